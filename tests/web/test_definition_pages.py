"""The pages on which a registrar sets scales, tables, terms, zone, levels and rates."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.base import Database
from lti_tool.services.set_definitions import NewDefinitions, set_definitions
from lti_tool.services.show_definitions import show_definitions
from tests.web.admins import Admin, last_event, sign_in
from tests.web.world import World

LETTER = {
    "i0-key": "letter",
    "i0-r0-grade": "F",
    "i0-r0-points": "0",
    "i0-r1-grade": "C",
    "i0-r1-points": "2.5",
    "i0-r2-grade": "A",
    "i0-r2-points": "4",
}
SCALES = {"scales": {"letter": {"F": 0, "C": "2.5", "A": 4}}}


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """Two institutions on each engine in turn."""
    return World(database, now)


@pytest.fixture
def rita(world: World) -> Admin:
    """A registrar of the first institution."""
    return sign_in(world, "harbour", "Rita", roles=("registrar",))


def send(
    admin: Admin, kind: str, act: str, number: int = 0, reason: str = "The senate", **fields: str
) -> Any:
    """Press a button of a page."""
    form = {"act": act, "number": str(number), "reason": reason, **fields}
    return admin.post(f"definitions/{kind}", form)


def declared(world: World, key: str = "harbour") -> dict[str, Any]:
    return show_definitions(world.database, key=key).declared


def test_a_scale_is_set_row_by_row_and_every_change_is_a_version(world: World, rita: Admin) -> None:
    page = rita.get("definitions/scales").text
    assert 'name="i0-r0-grade"' in page
    page = send(rita, "scales", "add|0", **{"i0-key": "letter", "i0-r0-grade": "F"}).text
    assert 'name="i0-r1-grade"' in page
    assert re.search(r'id="definitions-i0-r1-grade"[^>]*autofocus', page)
    assert 'value="letter"' in page
    page = send(rita, "scales", "check", **LETTER).text
    assert "New: The scale letter goes from worst to best, with points: F (0), C (2.5)" in page
    assert declared(world) == {}
    answer = send(rita, "scales", "save", **LETTER)
    assert answer.status_code == 303
    assert declared(world) == SCALES
    assert last_event(world.database) == (rita.actor, "definitions-set")
    assert "saved as a new version" in rita.get(answer.headers["Location"]).text
    assert send(rita, "scales", "save", 1, **LETTER).headers["Location"].endswith("same")
    changed = {**LETTER, "i0-r2-points": "4.3"}
    page = send(rita, "scales", "check", 1, **changed).text
    assert "A (4)." in page
    assert "A (4.3)." in page
    assert send(rita, "scales", "save", 1, "Grade inflation", **changed).status_code == 303
    page = rita.get("definitions").text
    assert "Version 2" in page
    assert "Grade inflation" in page
    assert "Rita" in page
    view = show_definitions(world.database, key="harbour")
    assert [version.number for version in view.versions] == [2, 1]


def test_rows_and_scales_are_removed_and_the_rest_stays_as_typed(rita: Admin) -> None:
    page = send(rita, "scales", "remove|0|1", **LETTER).text
    assert 'value="2.5"' not in page
    assert 'value="A"' in page
    two = {**LETTER, "i1-key": "core", "i1-r0-grade": "E"}
    page = send(rita, "scales", "remove|0", **two).text
    assert 'value="core"' in page
    assert 'value="letter"' not in page
    for act in ("remove|9", "remove|0|99", "add|9", "remove|x", "nonsense|1"):
        assert send(rita, "scales", act, **LETTER).status_code == 200
    assert 'value="The senate"' in page or ">\nThe senate</textarea>" in page


@pytest.mark.parametrize(
    ("kind", "fields", "at", "says"),
    [
        ("scales", {**LETTER, "i0-key": "Letter grades"}, "i0-key", "A key has 1 to 100"),
        ("scales", {**LETTER, "i0-r1-points": "many"}, "i0-r1-points", "is not a number"),
        ("scales", {**LETTER, "i0-r1-points": "9"}, "i0-key", "from the worst grade to the best"),
        ("scales", {**LETTER, "i0-r1-points": ""}, "i0-r1-points", "Enter points for every"),
        ("scales", {**LETTER, "i0-r1-grade": "F"}, "i0-r1-grade", "stands here twice"),
        ("scales", {**LETTER, "i1-key": "letter", "i1-r0-grade": "x"}, "i1-key", "twice"),
        ("scales", {"i0-r0-grade": "F"}, "i0-key", "Fill this in"),
        (
            "terms",
            {"i0-name": "spring", "i0-from": "2026-06-01", "i0-to": "2026-01-01"},
            "i0-to",
            "A term ends after it has begun",
        ),
        ("terms", {"i0-name": "spring", "i0-from": "soon", "i0-to": "x"}, "i0-from", "a date"),
        ("rates", {"i0-from": "ou", "i0-to": "ects", "i0-rate": "half"}, "i0-rate", "not a number"),
        ("rates", {"i0-from": "ou", "i0-rate": "1/2"}, "i0-to", "Fill this in"),
        (
            "tables",
            {"i0-from": "letter", "i0-to": "0-100", "i0-r0-old": "A", "i0-r0-new": "90"},
            "i0-r0-old",
            "is not a number",
        ),
        ("tables", {"i0-from": "a", "i0-to": "b"}, "i0-to", "Add at least one row"),
        (
            "levels",
            {
                "i0-from": "scqf",
                "i0-to": "eqf",
                "i0-r0-old": "9",
                "i0-r0-new": "6",
                "i0-r1-old": "7",
                "i0-r1-new": "5",
            },
            "i0-r0-old",
            "must rise",
        ),
        ("zone", {"i0-zone": "Atlantis/Town"}, "i0-zone", "no such time zone"),
    ],
)
def test_what_the_engine_refuses_is_said_at_the_field(
    sqlite_database: Database,
    now: datetime,
    kind: str,
    fields: dict[str, str],
    at: str,
    says: str,
) -> None:
    world = World(sqlite_database, now)
    rita = sign_in(world, "harbour", "Rita", roles=("registrar",))
    for act in ("check", "save"):
        answer = send(rita, kind, act, **fields)
        assert answer.status_code == 422
        error = re.search(rf'id="definitions-{at}-error">([^<]*)<', answer.text)
        assert error is not None, answer.text
        assert says in error.group(1)
        for typed in fields.values():
            assert f'value="{typed}"' in answer.text
    assert declared(world) == {}


def test_a_reason_is_needed_to_save(world: World, rita: Admin) -> None:
    answer = send(rita, "zone", "save", reason=" ", **{"i0-zone": "Europe/Oslo"})
    assert answer.status_code == 422
    assert 'id="definitions-reason-error"' in answer.text
    assert 'value="Europe/Oslo"' in answer.text
    assert declared(world) == {}


def test_a_scale_that_a_table_needs_is_not_taken_away(world: World, rita: Admin) -> None:
    send(rita, "scales", "save", **LETTER)
    table = {"i0-from": "letter", "i0-to": "0-100", "i0-r0-old": "C", "i0-r0-new": "50"}
    assert send(rita, "tables", "save", 1, **table).status_code == 303
    answer = send(rita, "scales", "save", 2)
    assert answer.status_code == 422
    assert "Something under “Conversion tables” would no longer fit" in answer.text
    assert declared(world)["scales"] == SCALES["scales"]


def test_of_two_who_change_the_same_the_second_is_told_and_loses_nothing(
    world: World, rita: Admin
) -> None:
    omar = sign_in(world, "harbour", "Omar", roles=("registrar",))
    assert send(omar, "scales", "save", 0, "Theirs", **LETTER).status_code == 303
    mine = {**LETTER, "i0-key": "mine"}
    answer = send(rita, "scales", "save", 0, "Mine", **mine)
    assert answer.status_code == 409
    assert "Changed meanwhile" in answer.text
    assert "The scale letter goes from worst to best" in answer.text
    assert "Omar" in answer.text
    assert 'value="mine"' in answer.text
    assert 'name="number" value="1"' in answer.text
    assert declared(world) == SCALES
    assert send(rita, "scales", "save", 1, "Mine", **mine).status_code == 303
    assert set(declared(world)["scales"]) == {"mine"}
    terms = {"i0-name": "spring", "i0-from": "2026-01-01", "i0-to": "2026-06-01"}
    assert send(omar, "terms", "save", 1, "No conflict", **terms).status_code == 303
    assert set(declared(world)) == {"scales", "terms"}


def test_another_institution_sees_and_changes_nothing(world: World, rita: Admin) -> None:
    send(rita, "scales", "save", **LETTER)
    other = sign_in(world, "hill", "Hana", roles=("registrar",))
    for path in ("definitions", "definitions/scales"):
        page = other.get(path).text
        assert 'value="letter"' not in page
        assert "The scale letter" not in page
    send(other, "zone", "save", **{"i0-zone": "Europe/Oslo"})
    assert declared(world) == SCALES
    assert rita.get("definitions/nothing").status_code == 404
    admin = sign_in(world, "harbour", "Ingrid")
    assert admin.get("definitions").status_code == 403


def test_hostile_forms_are_bounded(sqlite_database: Database, now: datetime) -> None:
    world = World(sqlite_database, now)
    rita = sign_in(world, "harbour", "Rita", roles=("registrar",))
    many = {f"i{n}-key": f"s{n}" for n in range(101)}
    assert send(rita, "scales", "save", **many).status_code == 422
    assert send(rita, "scales", "save", reason="x", **{"i0-key": "\x00"}).status_code == 422
    answer = send(rita, "zone", "save", **{"i0-zone": "<b>x</b>" * 10})
    assert "<b>x" not in answer.text
    assert rita.post("definitions/zone", {"act": "save"}).status_code == 422
    set_definitions(
        world.database, NewDefinitions({}, reason="x"), actor="t", now=world.now, key="hill"
    )
    with world.database.reading() as session:
        assert not [
            event for event in session.query(AuditEvent) if event.action == "definitions-set"
        ]
