"""What achievements say of themselves, written by those who teach: elements and alignments."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from lti_tool.credentials.element_text import Description, elements_of, to_data
from lti_tool.credentials.elements import Elements
from lti_tool.credentials.pictures import read_picture
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import find_achievement, get_institution
from lti_tool.persistence.elements import find_elements
from lti_tool.services.describe_achievements import describe_achievements
from lti_tool.services.list_descriptions import list_descriptions
from lti_tool.services.search_frameworks import search_frameworks
from lti_tool.web.element_fields import read_fields, to_fields
from lti_tool.web.forms import Form
from tests.sources.framework_examples import as_files, package
from tests.web.test_admin_frameworks import aligned, item_of, take_in
from tests.web.world import World

WHOLE: dict[str, Any] = {
    "european": True,
    "achievement_type": "Course",
    "criteria": "Tasks in SQL.",
    "learning_outcomes": ["Asks a database", "Draws"],
    "workload_hours": "62.5",
    "credit_kind": "ECTS",
    "levels": [
        {"framework": "EQF", "level": "5"},
        {"framework": "NQF of Harbour", "level": "6", "url": "https://nqf.example/6"},
    ],
    "assessment": {"types": ["project work", "quiz"], "description": "Two tasks."},
    "participation": "blended",
    "quality_assurance": {"type": "internal", "body": "Council", "url": "https://q.example"},
    "country": "FI",
    "region": "Uusimaa",
    "languages": ["en", "pt-BR"],
    "prerequisites": "None.",
    "supervision": "supervised",
    "grade": {"type": "percent", "description": "Points", "low": "0", "high": "100"},
    "stackability": {"option": "stackable", "description": "Of data practice."},
    "further_information": "More.",
    "tags": ["data"],
    "human_code": "DB-1",
    "field_of_study": "Computing",
    "version": "2.0",
}


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> World:
    """Two institutions; one of them has a framework."""
    return World(sqlite_database, now)


def _page(world: World) -> str:
    return f"catalogue/{world.achievement('sql')}"


def _elements(world: World) -> dict[str, Any]:
    found = list_descriptions(world.database, "harbour")
    (entry,) = [one for one in found if one.key == "sql"]
    return {} if entry.elements is None else to_data(entry.elements)


def test_every_element_comes_back_from_the_form_as_it_went_in() -> None:
    elements = elements_of(WHOLE)
    assert set(to_data(elements)) == set(WHOLE)
    form = Form("describe", to_fields(elements))
    assert read_fields(form) == elements
    assert form.errors == {}
    empty = Form("describe", to_fields(Elements()))
    assert (read_fields(empty), empty.errors) == (Elements(), {})


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("workload_hours", "many", "number"),
        ("country", "ZZ", "two letters"),
        ("languages", "en\nnot a language", "language"),
        ("levels", "EQF 9", "1 to 8"),
        ("quality_assurance-url", "ftp://x", "web address"),
        ("learning_outcomes", "same\nsame", "twice"),
        ("criteria", "x" * 5001, "5,000"),
        ("stackability-option", "", "Choose one here"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    world: World, field: str, value: str, words: str
) -> None:
    sent = {**to_fields(elements_of(WHOLE)), "number": "0", field: value}
    answer = world.teacher.post(_page(world), sent)
    assert answer.status_code == 422
    name = f"describe-{field}"
    found = re.search(rf'id="{name}-error">([^<]+)<', answer.text)
    assert found is not None, answer.text
    assert words in found[1]
    assert "Two tasks." in answer.text
    assert _elements(world) == {}


def test_a_description_holds_and_missing_elements_need_a_reason(world: World) -> None:
    sent = {"number": "0", "european": "1", "criteria": "Tasks.", "achievement_type": "Course"}
    refused = world.teacher.post(_page(world), sent)
    assert refused.status_code == 422
    assert 'id="describe-despite-error"' in refused.text
    assert "Tasks.</textarea>" in refused.text
    kept = world.teacher.post(_page(world), {**sent, "despite": "The council meets in May."})
    assert kept.status_code == 303
    assert _elements(world)["criteria"] == "Tasks."
    page = world.teacher.get(_page(world)).text
    assert "mandatory European elements are missing" in page
    assert 'value="The council meets in May."' in page
    assert "Elements are missing, with a reason" in world.teacher.get("catalogue").text


def test_two_people_do_not_overwrite_each_other(world: World) -> None:
    first = {"number": "0", "criteria": "The first."}
    assert world.teacher.post(_page(world), first).status_code == 303
    second = world.teacher.post(_page(world), {"number": "0", "criteria": "The second."})
    assert second.status_code == 422
    assert "Somebody else has described this meanwhile" in second.text
    assert "The second.</textarea>" in second.text
    assert _elements(world)["criteria"] == "The first."
    again = world.teacher.post(_page(world), {"number": "1", "criteria": "The second."})
    assert again.status_code == 303
    assert _elements(world)["criteria"] == "The second."


def test_a_picture_that_was_handed_in_stays(world: World) -> None:
    picture = read_picture(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><g/></svg>')
    describe_achievements(
        world.database,
        institution_key="harbour",
        descriptions=[Description("sql", Elements(criteria="Before."))],
        pictures={"sql": picture},
        actor="test",
        now=world.now,
    )
    sent = {"number": "1", "criteria": "After."}
    assert world.teacher.post(_page(world), sent).status_code == 303
    with world.database.reading() as session:
        institution_id = get_institution(session, "harbour").id
        achievement = find_achievement(session, institution_id, "sql")
        assert achievement is not None
        row = find_elements(session, achievement.id)
        assert row is not None
        assert (row.number, row.image_hash) == (2, picture.content_hash)


def test_it_is_aligned_by_a_search_and_the_alignment_taken_away(world: World) -> None:
    take_in(world, as_files(package()), "harbour")
    name = list_names(world)[0]
    page = f"{_page(world)}?q={name.split()[0]}"
    item = item_of(world, name)
    assert item in world.teacher.get(page).text
    sent = {"item": item, "q": name}
    assert world.teacher.post(f"{_page(world)}/alignments", sent).status_code == 303
    (made,) = aligned(world)
    page = world.teacher.get(f"{_page(world)}?q={name}").text
    assert "It is aligned with this." in page
    again = world.teacher.post(f"{_page(world)}/alignments", sent)
    assert again.status_code == 409
    assert "already" in again.text
    removal = f"{_page(world)}/alignments/{made.uuid}/removal"
    assert world.other_teacher.post(removal).status_code == 404
    assert len(aligned(world)) == 1
    assert world.teacher.post(removal).status_code == 303
    assert aligned(world) == []


def list_names(world: World) -> list[str]:
    """The names of the framework's items, as a search finds them."""
    found = search_frameworks(world.database, "a", institution_key="harbour", limit=50)
    return [one.name for one in found if not one.is_withdrawn]


def test_roles_without_the_right_do_not_see_it(world: World) -> None:
    assert world.learner.get("catalogue").status_code == 403
    world.allow(**{"teaching-assistant": []})
    assert world.other_teacher.get(f"catalogue/{world.achievement('sql')}").status_code == 404
