"""One competency for many learners: the form, the preview, the record, and what never happens."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from lti_tool.persistence.awards import Award
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.deliveries import Delivery
from lti_tool.persistence.standings import StoredStanding
from lti_tool.services.forget_learner import forget_learner
from lti_tool.services.set_rubric_levels import set_rubric_levels
from lti_tool.services.withdraw_completion import withdraw_completion
from tests.web.course import BOTH, count, enrol, of_test
from tests.web.world import Person, World


@pytest.fixture
def world(request: pytest.FixtureRequest, now: datetime) -> World:
    """A course on SQLite; on each database in turn where a test asks for ``both``."""
    return World(of_test(request), now)


@pytest.fixture
def people(world: World) -> dict[str, UUID]:
    """Three more learners of the course."""
    return enrol(world, {"u1": "Bo Larsen", "u2": "Chloé Lefèvre", "u3": "=HYPERLINK()"})


def _form(world: World, learners: list[UUID], **changed: Any) -> dict[str, Any]:
    return {
        "form_id": str(uuid4()),
        "achievement": str(world.achievement("sql")),
        "learner": [str(uuid) for uuid in learners],
        "grade": "80",
        "completed_on": "2026-06-01",
        "note": "Oral exam",
        "step": "preview",
    } | changed


@BOTH
def test_the_preview_shows_what_follows_and_records_nothing(
    world: World, engine: str, people: dict[str, UUID]
) -> None:
    ready = _form(world, [people["u1"]], achievement=str(world.achievement("charts")))
    world.teacher.post("attest", ready | {"step": "confirm"})
    before = (count(world, Completion), count(world, Delivery))
    page = world.teacher.post("attest", _form(world, list(people.values())))
    assert page.status_code == 200
    assert "3 completions to record. 1 award to follow." in page.text
    assert "Data basics" in page.text
    assert (count(world, Completion), count(world, Delivery)) == before == (1, 0)
    assert count(world, Award) == 0


@BOTH
def test_confirmed_it_is_recorded_for_all_and_the_awards_follow(
    world: World, engine: str, people: dict[str, UUID]
) -> None:
    for key in ("sql", "charts"):
        form = _form(world, list(people.values()), achievement=str(world.achievement(key)))
        page = world.teacher.post("attest", form | {"step": "confirm"})
        assert "3 completions recorded." in page.text
    assert (count(world, Completion), count(world, Award)) == (6, 3)


@BOTH
def test_a_double_click_and_a_second_form_record_nothing_twice(
    world: World, engine: str, people: dict[str, UUID]
) -> None:
    form = _form(world, list(people.values()), step="confirm")
    world.teacher.post("attest", form)
    again = world.teacher.post("attest", form)
    assert "Nothing was left to record" in again.text
    other = world.teacher.post("attest", form | {"form_id": str(uuid4())})
    assert "Is recorded already, once" in other.text
    assert count(world, Completion) == 3


@BOTH
def test_back_after_a_withdrawal_brings_nothing_back_and_a_new_form_does(
    world: World, engine: str, people: dict[str, UUID]
) -> None:
    form = _form(world, [people["u1"]], step="confirm")
    world.teacher.post("attest", form)
    with world.database.reading() as session:
        done = session.query(Completion).one()
    withdraw_completion(
        world.database,
        institution_id=done.institution_id,
        completion_uuid=done.uuid,
        reason="Mistake",
        actor="test",
        now=world.now,
    )
    assert "Was withdrawn meanwhile" in world.teacher.post("attest", form).text
    assert count(world, Completion) == 1
    world.teacher.post("attest", form | {"form_id": str(uuid4())})
    assert count(world, Completion) == 2


@BOTH
def test_two_teachers_at_the_same_moment_record_once(
    world: World, people: dict[str, UUID], engine: str
) -> None:
    tom = world.come_as("tom", is_instructor=True)
    start = threading.Barrier(2)

    def send(person: Person) -> str:
        form = _form(world, list(people.values()), step="confirm")
        start.wait()
        return person.post("attest", form).text

    with ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(send, (world.teacher, tom)))
    assert sorted("3 completions recorded." in page for page in pages) == [False, True]
    assert count(world, Completion) == 3


def test_what_is_computed_and_claimed_goes_with_the_person(world: World) -> None:
    world.teacher.post("standings")
    before = count(world, StoredStanding)
    forget_learner(
        world.database,
        institution_id=1,
        learner_id=world.learner.learner_id,
        actor="test",
        now=world.now,
    )
    assert count(world, StoredStanding) == before - 2


def test_a_level_of_the_rubric_gives_the_grade(world: World, people: dict[str, UUID]) -> None:
    set_rubric_levels(
        world.database,
        institution_key="harbour",
        achievement_key="sql",
        levels=[("Excellent", Decimal(95)), ("Sound", Decimal(70))],
        actor="test",
        now=world.now,
    )
    page = world.teacher.get(f"attest?achievement={world.achievement('sql')}").text
    assert "Excellent (95 of 100)" in page
    form = _form(world, [people["u1"]], grade="", level="Sound", step="confirm")
    assert "Sound · 70 of 100" in world.teacher.post("attest", form).text
    with world.database.reading() as session:
        assert session.query(Completion).one().grade == 70
    both = world.teacher.post("attest", form | {"grade": "80", "form_id": str(uuid4())})
    assert both.status_code == 422
    assert "Choose a level or enter a grade, not both." in both.text
    wrong = world.teacher.post("attest", form | {"level": "Superb", "form_id": str(uuid4())})
    assert wrong.status_code == 422
    assert "Choose one of the levels." in wrong.text


def test_one_completion_is_recorded_by_a_level_as_well(
    world: World, people: dict[str, UUID]
) -> None:
    set_rubric_levels(
        world.database,
        institution_key="harbour",
        achievement_key="sql",
        levels=[("Excellent", Decimal(95)), ("Sound", Decimal(70))],
        actor="test",
        now=world.now,
    )
    sql, charts = world.achievement("sql"), world.achievement("charts")
    page = world.teacher.get("roster").text
    assert f'<option value="{sql}:Sound">SQL foundations: Sound (70 of 100)</option>' in page
    sent = {
        "form_id": str(uuid4()),
        "learner": str(people["u1"]),
        "achievement": str(sql),
        "level": f"{sql}:Sound",
        "completed_on": world.now.date().isoformat(),
    }
    for changed, field in (
        ({"achievement": str(charts)}, "level"),
        ({"level": f"{sql}:Superb"}, "level"),
        ({"grade": "80"}, "grade"),
    ):
        wrong = world.teacher.post("completions", sent | changed)
        assert wrong.status_code == 422, changed
        assert f'id="record-{field}-error"' in wrong.text, changed
    assert world.teacher.post("completions", sent).status_code == 303
    with world.database.reading() as session:
        assert session.query(Completion).one().grade == 70


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    world: World, people: dict[str, UUID]
) -> None:
    for changed, field in (
        ({"grade": "101"}, "grade"),
        ({"completed_on": "2026-08-01"}, "completed_on"),
        ({"learner": []}, "learner"),
        ({"learner": ["nobody"]}, "learner"),
        ({"learner": [str(world.other_learner.learner_uuid)]}, "learner"),
        ({"achievement": str(world.achievement("data-basics"))}, ""),
    ):
        answer = world.teacher.post("attest", _form(world, [people["u1"]], **changed))
        assert answer.status_code == 422, changed
        assert f'href="#attest-{field}"' in answer.text or not field, changed
    assert 'value="80"' in world.teacher.post("attest", _form(world, [])).text
    assert count(world, Completion) == 0


def test_all_that_are_shown_can_be_ticked_at_once_and_changed_again(
    world: World, people: dict[str, UUID]
) -> None:
    page = world.teacher.get(f"attest?achievement={world.achievement('sql')}&q=o").text
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    assert set(shown) == {str(people["u1"]), str(people["u2"])}
    form = _form(world, [], shown=shown, all="1")
    assert "2 completions to record" in world.teacher.post("attest", form).text
    back = world.teacher.post("attest", _form(world, [people["u2"]], step="change", q="o")).text
    assert back.count("checked") == 1
    assert 'value="80"' in back
    form = _form(world, [people["u1"]], step="confirm")
    world.teacher.post("attest", form)
    page = world.teacher.get(f"attest?achievement={world.achievement('sql')}&missing=1").text
    assert str(people["u1"]) not in page


def test_a_competency_of_another_institution_is_not_found(
    world: World, people: dict[str, UUID]
) -> None:
    foreign = str(world.achievement("sql", "hill"))
    answer = world.teacher.post("attest", _form(world, [people["u1"]], achievement=foreign))
    assert answer.status_code == 404
    assert count(world, Completion) == 0


def test_who_may_not_record_does_not_even_see_the_form(
    world: World, people: dict[str, UUID]
) -> None:
    world.allow(assistant=[])
    assistant = world.come_as("tom", is_instructor=True, role="assistant")
    preview = world.come_as("pia", is_instructor=True, purpose="preview")
    for path in ("attest", f"tables/{uuid4()}"):
        assert assistant.get(path).status_code == 403
        assert world.learner.get(path).status_code == 403
    for person in (assistant, preview, world.learner, world.come_as("mo", role="mentor")):
        answer = person.post("attest", _form(world, [people["u1"]], step="confirm"))
        assert answer.status_code == 403
    assert count(world, Completion) == 0
    assert "Record for many" not in assistant.get("tables").text
