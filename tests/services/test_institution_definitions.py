"""What an institution declares, on its way into drafts, publications and awards."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lti_tool.building.declaring import (
    changes_between,
    entries_of,
    in_words,
    leave_out,
    read_declared,
    take_up,
)
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError, StackTextError
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Institution, StackVersion
from lti_tool.persistence.definitions import InstitutionDefinitions
from lti_tool.services.approve_draft import approve_draft
from lti_tool.services.preview_draft import preview_draft
from lti_tool.services.publish_draft import publish_draft
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.set_definitions import NewDefinitions, set_definitions
from lti_tool.services.show_definitions import show_definitions
from lti_tool.services.submit_draft import submit_draft
from lti_tool.web.admin.definition_sheets import SHEETS
from stacking_rules import Completion, Grade, LearnerRecord, Status, evaluate, parse_stack
from tests.services.drafting import RULE, Desk
from tests.web.world import World

DECLARED: dict[str, Any] = {
    "zone": "Europe/Madrid",
    "scales": {"letter": {"F": 0, "C": 2, "A": 4}},
    "tables": [{"from": "0-100", "to": "letter", "rows": {"0": "F", "50": "C", "80": "A"}}],
    "terms": [{"name": "2026-spring", "from": "2026-01-15", "to": "2026-06-30"}],
    "levels": [{"from": "scqf", "to": "eqf", "rows": {"7": 5, "9": 6}}],
    "rates": [{"from": "ou", "to": "ects", "rate": "30/60", "quantum": "0.5"}],
}
WHOLE = {f"{RULE}|pick": "achievement:sql"}


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """Two institutions on each engine in turn."""
    return World(database, now)


@pytest.fixture
def maria(world: World) -> Desk:
    """Somebody who writes drafts."""
    return Desk(world, world.teacher)


def declare(desk: Desk, data: dict[str, Any] | None = None, *, days: int = 0) -> int:
    """Let the institution declare something, ``days`` later than the others of a test."""
    new = NewDefinitions(DECLARED if data is None else data, reason="The senate")
    moment = desk.now + timedelta(days=days)
    return set_definitions(
        desk.database, new, actor="admin:x", now=moment, within=desk.place.institution_id
    ).number


def graded(desk: Desk, key: str = "") -> Any:
    """Begin a draft that asks for a C in SQL, on the institution's scale."""
    draft = desk.start(key=key)
    desk.edit(draft, WHOLE)
    desk.edit(draft, {f"{RULE}/all/0|grade": "C", f"{RULE}/all/0|scale": "letter"})
    return draft


def publish(desk: Desk, draft: Any, *, days: int = 0) -> Any:
    revision = desk.view(draft).revision
    moment = desk.now + timedelta(days=days)
    return publish_draft(desk.database, desk.place, draft, revision, now=moment)[0]


def documents(world: World, key: str = "data-leader") -> list[dict[str, Any]]:
    with world.database.reading() as session:
        rows = session.scalars(select(StackVersion).order_by(StackVersion.id))
        return [row.document for row in rows if row.document["key"] == key]


def test_a_draft_takes_up_what_is_declared_and_its_publication_keeps_it(
    world: World, maria: Desk
) -> None:
    draft = graded(maria)
    assert not maria.view(draft).checked.is_publishable
    declare(maria)
    assert maria.view(draft).checked.is_publishable
    assert publish(maria, draft).version == 1
    frozen = documents(world)[0]
    assert read_declared(frozen["definitions"]) == read_declared(DECLARED)
    changed = {**DECLARED, "tables": [{**DECLARED["tables"][0], "rows": {"0": "F", "90": "C"}}]}
    declare(maria, changed, days=1)
    assert documents(world) == [frozen]
    stack = parse_stack(frozen)
    day = maria.now.date()
    fact = Completion("c1", "sql", day, maria.now, Decimal(2), Grade(Decimal(60), "0-100"))
    found = evaluate(stack, LearnerRecord((fact,)), as_of=day, known_on=maria.now)
    assert found.status is Status.MET


def test_a_new_version_takes_up_what_is_declared_then_and_says_what_that_changes(
    world: World, maria: Desk
) -> None:
    declare(maria)
    publish(maria, graded(maria), days=1)
    declare(maria, {**DECLARED, "scales": {"letter": {"F": 0, "C": 3, "A": 4}}}, days=2)
    draft = maria.start(key="data-leader")
    assert "definitions" not in maria.view(draft).text
    assert "scales" not in maria.view(draft).text
    preview = preview_draft(maria.database, maria.place, draft, now=maria.now)
    told = [in_words(change) for change in preview.changes[0].declared]
    said = "The scale letter goes from worst to best, with points: F (0), C ({}), A (4)."
    assert told == [f"Was: {said.format(2)} Is: {said.format(3)}"]
    assert publish(maria, draft, days=3).version == 2
    assert documents(world)[1]["definitions"]["scales"]["letter"]["C"] == 3
    uses = show_definitions(maria.database, key="harbour").uses["scales"]
    assert [(use.title, use.version, use.is_same) for use in uses] == [("Data leader", 2, True)]


def test_unchanged_definitions_make_no_new_version(maria: Desk) -> None:
    declare(maria)
    publish(maria, graded(maria), days=1)
    found = publish(maria, maria.start(key="data-leader"), days=2)
    assert (found.version, found.is_new) == (1, False)


def test_what_a_draft_declares_itself_goes_first(world: World, maria: Desk) -> None:
    declare(maria)
    draft = graded(maria)
    own = "zone: Asia/Tokyo\nscales: {letter: [X, C], mine: [a, b]}\n"
    text = maria.view(draft).text + own
    maria.write(draft, text)
    assert "no table leads" in str(maria.view(draft).checked.remarks), (
        "the institution's table speaks of another scale letter"
    )
    maria.write(draft, f"{text}tables: [{{from: 0-100, to: letter, rows: {{0: X, 50: C}}}}]\n")
    publish(maria, draft, days=1)
    frozen = documents(world)[0]["definitions"]
    assert frozen["zone"] == "Asia/Tokyo"
    assert frozen["scales"] == {"letter": ["X", "C"], "mine": ["a", "b"]}
    assert [table["rows"] for table in frozen["tables"]] == [{"0": "X", "50": "C"}]
    assert frozen["terms"] == DECLARED["terms"]
    again = maria.start(key="data-leader")
    assert "mine: [a, b]" in maria.view(again).text
    assert "2026-spring" not in maria.view(again).text


def test_a_document_of_the_command_line_takes_it_up_as_well(world: World, maria: Desk) -> None:
    stack = "{key: s, requires: {completed: sql, grade: C, scale: letter}}"
    document = f"quoin: 2\nstacks: [{stack}]\n"
    publishing: dict[str, Any] = {
        "institution_key": "harbour",
        "text": document,
        "actor": "t",
        "now": maria.now,
    }
    with pytest.raises(StackTextError, match="declared in 'scales'"):
        publish_stacks(maria.database, **publishing)
    declare(maria)
    assert publish_stacks(maria.database, **publishing)[0].is_new
    assert not publish_stacks(maria.database, **publishing)[0].is_new
    assert documents(world, "s")[0]["definitions"]["zone"] == "Europe/Madrid"
    with pytest.raises(StackTextError, match="declared in 'scales'"):
        publish_stacks(maria.database, **{**publishing, "institution_key": "hill"})


def test_with_four_eyes_nobody_publishes_with_definitions_that_nobody_approved(
    world: World, maria: Desk
) -> None:
    ben = Desk(world, world.come_as("ben", is_instructor=True))
    with world.database.writing() as session:
        session.get_one(Institution, maria.place.institution_id).four_eyes = True
    declare(maria)
    draft = graded(maria)
    revision = maria.view(draft).revision
    submit_draft(maria.database, maria.place, draft, revision, now=maria.now)
    approve_draft(ben.database, ben.place, draft, revision, now=maria.now)
    declare(maria, {**DECLARED, "zone": "Europe/Oslo"}, days=1)
    with pytest.raises(ConflictError, match="changed after this draft was approved"):
        publish(maria, draft)
    declare(maria, days=2)
    with pytest.raises(ConflictError):
        publish(maria, draft)
    maria.edit(draft, {"/stacks/0|description": "Anew."})
    revision = maria.view(draft).revision
    submit_draft(maria.database, maria.place, draft, revision, now=maria.now)
    approve_draft(ben.database, ben.place, draft, revision, now=maria.now)
    assert publish(maria, draft).version == 1


def test_versions_are_never_changed_and_never_deleted(world: World, maria: Desk) -> None:
    declare(maria)
    for act in ("UPDATE institution_definitions SET reason = 'x'", "DELETE FROM {}"):
        with pytest.raises(DBAPIError, match="append-only"), world.database.writing() as session:
            session.execute(text(act.format("institution_definitions")))
    with world.database.reading() as session:
        rows = session.scalars(select(InstitutionDefinitions)).all()
        assert [(row.number, row.reason) for row in rows] == [(1, "The senate")]


def test_nothing_wrong_and_nothing_unexplained_is_kept(maria: Desk) -> None:
    with pytest.raises(InvalidInputError) as refused:
        declare(maria, {"tables": [{"from": "letter", "to": "0-100", "rows": {"A": 90}}]})
    assert refused.value.field == "/tables/0/rows/A"
    with pytest.raises(InvalidInputError, match="Say why"):
        set_definitions(
            maria.database, NewDefinitions(DECLARED), actor="t", now=maria.now, key="harbour"
        )
    with pytest.raises(NotFoundError):
        show_definitions(maria.database, key="nowhere")
    assert show_definitions(maria.database, key="harbour").number == 0


def test_a_dry_run_says_what_would_change_and_writes_nothing(maria: Desk) -> None:
    found = set_definitions(
        maria.database,
        NewDefinitions({"zone": "Europe/Oslo"}),
        actor="t",
        now=maria.now,
        key="harbour",
        is_dry=True,
    )
    assert [in_words(change) for change in found.changes] == ["New: Days are days in Europe/Oslo."]
    assert show_definitions(maria.database, key="harbour").number == 0


def test_reading_is_stable_and_every_kind_has_its_sentence() -> None:
    declared = read_declared(DECLARED)
    assert read_declared(declared) == declared
    assert [entry.kind for entry in entries_of(declared)] == list(SHEETS)
    assert changes_between(declared, declared) == ()
    assert [c.after for c in changes_between(declared, {})] == [""] * 6


def test_taking_up_leaves_what_is_malformed_to_the_checks() -> None:
    declared = read_declared(DECLARED)
    for data in (None, [], "text"):
        assert take_up(data, declared) == data
    for wrong in ({"scales": 3}, {"tables": "x"}, {"tables": [3]}, {"rates": None}, {"zone": None}):
        kind, value = next(iter(wrong.items()))
        taken = take_up({**wrong, "stacks": []}, declared).get(kind)
        assert taken == value or (isinstance(taken, list) and taken[0] == value[0])


def test_what_was_taken_up_is_left_out_again() -> None:
    declared = read_declared(DECLARED)
    own = {"scales": {"mine": ["a", "b"]}, "rates": [{"from": "x", "to": "y", "rate": 2}]}
    whole = take_up({**own, "stacks": []}, declared)
    frozen = {kind: value for kind, value in whole.items() if kind != "stacks"}
    accepted = [{"for": "a", "instead": "b"}]
    stack = {"key": "s", "definitions": {**frozen, "accepted": accepted}}
    assert leave_out(stack, declared) == (own, {"key": "s", "definitions": {"accepted": accepted}})
    assert leave_out({"key": "s"}, declared) == ({}, {"key": "s"})


def test_an_achievement_on_a_scale_with_names_is_refused_where_nothing_could_record_it(
    maria: Desk,
) -> None:
    declare(maria)
    achievement = "achievements: {poem: {name: Poem, scale: letter}}"
    stack = "stacks: [{key: verse, requires: {completed: poem, grade: A, scale: letter}}]"
    document = f"quoin: 2\n{achievement}\n{stack}\n"
    with pytest.raises(InvalidInputError, match="recorded as numbers"):
        publish_stacks(
            maria.database, institution_key="harbour", text=document, actor="t", now=maria.now
        )
    draft = maria.start()
    maria.write(draft, document)
    remarks = maria.view(draft).checked.remarks
    assert [one.place for one in remarks if one.severity == "error"] == ["/achievements/poem/scale"]
