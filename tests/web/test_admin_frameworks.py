"""The administrator's page of frameworks: search without JavaScript, align, take away."""

from __future__ import annotations

from datetime import datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from lti_tool.persistence.base import Database
from lti_tool.services.import_framework import import_framework
from lti_tool.services.list_alignments import AlignmentRow, list_alignments
from lti_tool.services.search_frameworks import search_frameworks
from lti_tool.sources.frameworks import read_framework
from tests.sources.framework_examples import as_files, document, item, package, skills
from tests.web.admins import Admin, last_event, sign_in
from tests.web.world import ORIGIN, World


def take_in(world: World, files: dict[str, bytes], institution: str | None) -> None:
    """Import a framework."""
    import_framework(
        world.database,
        read_framework(files),
        institution_key=institution,
        actor="test",
        now=world.now,
    )


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """Two institutions: one with a framework of its own, and one that both share."""
    world = World(database, now)
    take_in(world, as_files(package()), "harbour")
    take_in(world, skills("en", "sv"), None)
    return world


@pytest.fixture
def admin(world: World) -> Admin:
    """Somebody who looks after the first institution."""
    return sign_in(world, "harbour")


def item_of(world: World, query: str) -> str:
    """The uuid of the item that a search finds first."""
    return str(search_frameworks(world.database, query, institution_key="harbour")[0].uuid)


def aligned(world: World, institution: str = "harbour", key: str = "sql") -> list[AlignmentRow]:
    """The alignments of an achievement."""
    rows = list_alignments(world.database, institution_key=institution)
    return list(next(row.alignments for row in rows if row.key == key))


def test_a_search_is_a_plain_form(admin: Admin) -> None:
    page = admin.get("frameworks").text
    assert "<h1>Competency frameworks</h1>" in page
    assert 'role="search"' in page
    assert "Data skills" in page
    assert "This service uses the ESCO classification of the European Commission." in page
    found = admin.get("frameworks?q=brod&language=sv&achievement=sql").text
    assert '<h3 dir="auto" lang="sv">baka bröd</h3>' in found
    assert "1 item fits" in found
    assert "Align SQL foundations" in found
    only_look = admin.get("frameworks?q=bread").text
    assert "Choose an achievement above" in only_look
    assert "Nothing fits “zzz”" in admin.get("frameworks?q=zzz").text


def test_what_is_typed_is_shown_as_text(admin: Admin) -> None:
    page = admin.get('frameworks?q=<script>x</script>"&language=%3Cb%3E&achievement=%00').text
    assert "<script>x" not in page
    assert "<b>" not in page.split("<main")[1]


def test_an_achievement_is_aligned_and_the_search_comes_back(world: World, admin: Admin) -> None:
    form = {
        "item": item_of(world, "databases"),
        "achievement": "sql",
        "q": "databases",
        "institution": "harbour",
    }
    answer = admin.post("frameworks/align", form)
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.location).query) == {
        "institution": ["harbour"],
        "q": ["databases"],
        "achievement": ["sql"],
        "notice": ["aligned"],
    }
    assert last_event(world.database) == (admin.actor, "achievement.aligned")
    [row] = aligned(world)
    assert (row.target.target_name, row.target.target_type) == (
        "manage databases",
        "ext:ESCOSkill",
    )
    page = admin.get(answer.location).text
    assert "The achievement is aligned." in page
    assert "SQL foundations is aligned with it." in page
    again = admin.post("frameworks/align", form)
    assert again.status_code == 422
    assert "is aligned with" in again.text
    assert 'value="databases"' in again.text
    taken = admin.post("frameworks/unalign", {"alignment": row.uuid, "q": "databases"})
    assert taken.location.endswith("notice=unaligned")
    assert aligned(world) == []
    assert last_event(world.database) == (admin.actor, "achievement.unaligned")
    assert admin.post("frameworks/unalign", {"alignment": row.uuid}).status_code == 404


def test_what_is_missing_is_said(world: World, admin: Admin) -> None:
    answer = admin.post("frameworks/align", {"item": item_of(world, "databases"), "q": "data"})
    assert (answer.status_code, "Choose an achievement" in answer.text) == (422, True)
    for name in ("align", "unalign"):
        assert admin.post(f"frameworks/{name}", {"achievement": "sql"}).status_code == 422
    nobody = {"item": str(uuid4()), "achievement": "sql"}
    assert admin.post("frameworks/align", nobody).status_code == 404
    unknown = {"item": item_of(world, "databases"), "achievement": "nope"}
    assert admin.post("frameworks/align", unknown).status_code == 404
    assert aligned(world) == []


def test_nothing_of_another_institution_is_searched_set_or_taken_away(world: World) -> None:
    hill = sign_in(world, "hill")
    assert "Data skills" not in hill.get("frameworks").text
    assert "0 items fit" in hill.get("frameworks?q=chart").text
    assert hill.get("frameworks?institution=harbour").status_code == 404
    own = item_of(world, "chart")
    for form in (
        {"item": own, "achievement": "sql"},
        {"item": own, "achievement": "sql", "institution": "harbour"},
        {"item": item_of(world, "bread"), "achievement": "sql", "institution": "harbour"},
    ):
        assert hill.post("frameworks/align", form).status_code in (404, 422)
    sign_in(world, "harbour").post("frameworks/align", {"item": own, "achievement": "sql"})
    [row] = aligned(world)
    assert hill.post("frameworks/unalign", {"alignment": row.uuid}).status_code == 404
    other = {"alignment": row.uuid, "institution": "harbour"}
    assert hill.post("frameworks/unalign", other).status_code == 422
    assert (len(aligned(world)), aligned(world, "hill")) == (1, [])


def test_whoever_looks_after_the_whole_tool_chooses_the_institution(world: World) -> None:
    whole = sign_in(world)
    assert "Institution" in whole.get("frameworks").text
    form = {"institution": "hill", "item": item_of(world, "bread"), "achievement": "sql"}
    assert whole.post("frameworks/align", form).status_code == 303
    assert len(aligned(world, "hill")) == 1
    assert aligned(world) == []


def test_the_same_search_as_json(admin: Admin) -> None:
    answer = admin.send("GET", "frameworks?q=bread", headers={"Accept": "application/json"})
    [found] = answer.get_json()["items"]
    assert (found["name"], found["languages"], found["framework"]) == (
        "bake bread",
        ["en", "sv"],
        "ESCO skills",
    )
    bare = admin.send("GET", "frameworks", headers={"Accept": "application/json"})
    assert bare.get_json() == {"items": []}
    closed = admin.app.test_client().get(
        "/admin/frameworks?q=bread", headers={"Accept": "application/json"}, base_url=ORIGIN
    )
    assert closed.status_code == 401


def test_an_item_that_vanished_is_marked_and_taken_away_by_hand(world: World, admin: Admin) -> None:
    chart = item_of(world, "chart")
    admin.post("frameworks/align", {"item": chart, "achievement": "sql"})
    newer = document(version="2", lastChangeDateTime="2026-02-01T00:00:00Z")
    kept = [item(1, "Work with data")]
    take_in(world, as_files(package(CFDocument=newer, CFItems=kept, CFAssociations=[])), "harbour")
    page = unescape(admin.get("frameworks").text)
    assert "Withdrawn" in page
    assert "Draw a chart that tells the truth" in page
    found = admin.get("frameworks?q=D.3&achievement=charts").text
    assert "Draw a chart" in found
    assert f'value="{chart}"' not in found


def test_without_a_framework_the_page_says_how_one_comes(
    sqlite_database: Database, now: datetime
) -> None:
    page = sign_in(World(sqlite_database, now), "harbour").get("frameworks").text
    assert "quoin framework import" in page
    assert 'role="search"' not in page
