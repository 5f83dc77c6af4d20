"""The queue of evidence: order, one after the other, who has what open, many at once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from lti_tool.persistence.awards import Award
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.claims import EvidenceClaim
from lti_tool.persistence.completions import Completion, Evidence
from lti_tool.persistence.courses import get_institution_id
from lti_tool.persistence.learners import Learner
from lti_tool.services.set_rubric_levels import set_rubric_levels
from tests.web.course import BOTH, count, enrol, of_test
from tests.web.world import Person, World


@pytest.fixture
def world(request: pytest.FixtureRequest, now: datetime) -> World:
    """A course with two more learners."""
    found = World(of_test(request), now)
    enrol(found, {"u1": "Bo Larsen", "u2": "Chloé Lefèvre"})
    return found


@pytest.fixture
def pieces(world: World) -> list[UUID]:
    """Three pieces that wait, the oldest first: Bo's two, then Chloé's."""
    uuids = [uuid4() for _ in range(3)]
    handed_in = (("Chloé Lefèvre", "sql", 1), ("Bo Larsen", "sql", 3), ("Bo Larsen", "charts", 2))
    with world.database.writing() as session:
        context_id = world.context_of("harbour")
        institution_id = get_institution_id(session, context_id)
        keys = {a.key: a.id for a in list_achievements(session, institution_id)}
        people = {one.name: one.id for one in session.scalars(select(Learner))}
        for uuid, (name, key, days) in zip((uuids[2], uuids[0], uuids[1]), handed_in, strict=True):
            session.add(
                Evidence(
                    uuid=uuid,
                    learner_id=people[name],
                    context_id=context_id,
                    achievement_id=keys[key],
                    text=f"My {key} of {name}",
                    submitted_at=world.now - timedelta(days=days),
                )
            )
    return uuids


def _post(person: Person, uuids: list[UUID], **form: Any) -> str:
    answer = person.post("queue", {"evidence": [str(uuid) for uuid in uuids], **form})
    assert answer.status_code == 200, answer.text
    return answer.text


@BOTH
def test_one_after_the_other_the_oldest_first(
    world: World, pieces: list[UUID], engine: str
) -> None:
    page = world.teacher.get("queue").text
    assert re.findall(r'name="evidence" value="([^"]+)"', page) == [str(one) for one in pieces]
    page = world.teacher.get(f"queue/{pieces[0]}").text
    assert "Piece 1 of 3" in page
    assert re.findall(r'rel="(prev|next)" href="[^"]*/([^"/]+)"', page) == [
        ("next", str(pieces[1]))
    ]
    answer = world.teacher.post(f"queue/{pieces[0]}", {"decision": "accept", "grade": "80"})
    assert answer.status_code == 303
    assert str(pieces[1]) in (answer.location or "")
    refused = world.teacher.post(f"queue/{pieces[1]}", {"decision": "return", "note": ""})
    assert refused.status_code == 422
    assert 'href="#decide-note"' in refused.text
    world.teacher.post(f"queue/{pieces[1]}", {"decision": "return", "note": "Units"})
    answer = world.teacher.post(f"queue/{pieces[2]}", {"decision": "accept"})
    assert (answer.location or "").endswith("/queue?notice=evidence-accepted")
    assert "Nothing waits" in world.teacher.get("queue").text
    again = world.teacher.post(f"queue/{pieces[2]}", {"decision": "accept"})
    assert (again.location or "").endswith("/queue?notice=evidence-decided")
    assert "Nothing was done twice." in world.teacher.get("queue?notice=evidence-decided").text
    assert count(world, Completion) == 2


@BOTH
def test_what_somebody_has_open_nobody_else_decides_for_fifteen_minutes(
    world: World, pieces: list[UUID], engine: str
) -> None:
    tom = world.come_as("tom", is_instructor=True)
    world.teacher.get(f"queue/{pieces[0]}")
    page = tom.get(f"queue/{pieces[0]}").text
    assert "Maria</bdi> has this open until 30 June 2026, 12:15 UTC" in page
    assert "<form" not in page
    assert "Maria</bdi> has it open" in tom.get("queue").text
    for path in (f"queue/{pieces[0]}", f"evidence/{pieces[0]}/decision"):
        answer = tom.post(path, {"decision": "accept"})
        assert answer.status_code == 409
        assert "Maria has this evidence open until 12:15 UTC" in answer.text
    assert "Somebody else has it open" in _post(tom, [pieces[0]], step="confirm")
    assert count(world, Completion) == 0
    world.now += timedelta(minutes=15)
    assert "It is yours until" in tom.get(f"queue/{pieces[0]}").text
    assert tom.post(f"queue/{pieces[0]}", {"decision": "accept"}).status_code == 303
    assert count(world, EvidenceClaim) == 0


@BOTH
def test_many_are_accepted_at_once_after_a_look_and_nothing_twice(
    world: World, pieces: list[UUID], engine: str
) -> None:
    page = _post(world.teacher, pieces, step="preview", grade="90")
    assert "Data basics" in page
    assert "Accept 3 pieces of evidence" in page
    assert count(world, Completion) == 0
    assert "3 pieces of evidence accepted." in _post(
        world.teacher, pieces, step="confirm", grade="90"
    )
    assert "Nothing was left to accept." in _post(world.teacher, pieces, step="confirm")
    assert (count(world, Completion), count(world, Award)) == (3, 1)


def test_the_queue_is_narrowed_by_competency_and_name(world: World, pieces: list[UUID]) -> None:
    sql = world.achievement("sql")
    page = world.teacher.get(f"queue?competency={sql}").text
    assert page.count('name="evidence"') == 2
    assert world.teacher.get("queue?q=chlo").text.count('name="evidence"') == 1
    page = world.teacher.get(f"queue/{pieces[0]}?competency={sql}").text
    assert "Piece 1 of 2" in page
    assert f"{pieces[2]}?competency={sql}" in page


def test_a_level_of_the_rubric_can_be_chosen(world: World, pieces: list[UUID]) -> None:
    set_rubric_levels(
        world.database,
        institution_key="harbour",
        achievement_key="sql",
        levels=[("Sound", Decimal(70))],
        actor="test",
        now=world.now,
    )
    assert "Sound (70 of 100)" in world.teacher.get(f"queue/{pieces[0]}").text
    world.teacher.post(f"queue/{pieces[0]}", {"decision": "accept", "level": "Sound"})
    with world.database.reading() as session:
        assert session.scalars(select(Completion)).one().grade == 70


def test_a_level_can_be_chosen_in_the_class_list_and_on_the_page_of_a_learner(
    world: World, pieces: list[UUID]
) -> None:
    set_rubric_levels(
        world.database,
        institution_key="harbour",
        achievement_key="sql",
        levels=[("Sound", Decimal(70))],
        actor="test",
        now=world.now,
    )
    choice = f'id="decide-{pieces[0]}-level"'
    assert choice in world.teacher.get("roster").text
    # Charts have no levels: there is nothing to choose.
    assert f'id="decide-{pieces[1]}-level"' not in world.teacher.get("roster").text
    with world.database.reading() as session:
        evidence = session.scalars(select(Evidence).where(Evidence.uuid == pieces[0])).one()
        learner = session.get_one(Learner, evidence.learner_id).uuid
    assert choice in world.teacher.get(f"learners/{learner}").text
    path = f"evidence/{pieces[0]}/decision"
    both = {"decision": "accept", "level": "Sound", "grade": "70"}
    refused = world.teacher.post(path, both)
    assert refused.status_code == 422
    assert f'id="decide-{pieces[0]}-grade-error"' in refused.text
    assert world.teacher.post(path, {"decision": "accept", "level": "Sound"}).status_code == 303
    with world.database.reading() as session:
        assert session.scalars(select(Completion)).one().grade == 70


def test_what_is_wrong_with_many_stands_at_its_field(world: World, pieces: list[UUID]) -> None:
    for form, field in (
        ({}, "evidence"),
        ({"evidence": ["x"]}, "evidence"),
        ({"evidence": [str(uuid4())]}, "evidence"),
        ({"evidence": [str(pieces[0])], "grade": "101"}, "grade"),
    ):
        answer = world.teacher.post("queue", {"step": "preview", **form})
        assert answer.status_code == 422
        assert f'href="#queue-{field}"' in answer.text


def test_who_may_not_decide_sees_the_list_and_opens_nothing(
    world: World, pieces: list[UUID]
) -> None:
    world.allow(assistant=[])
    assistant = world.come_as("tom", is_instructor=True, role="assistant")
    page = assistant.get("queue")
    assert page.status_code == 200
    assert 'name="evidence"' not in page.text
    preview = world.come_as("pia", is_instructor=True, purpose="preview")
    for person in (assistant, world.learner, preview, world.come_as("mo", role="mentor")):
        assert person.post(f"queue/{pieces[0]}", {"decision": "accept"}).status_code == 403
        assert person.post("queue", {"evidence": [str(pieces[0])]}).status_code == 403
    assert assistant.get(f"queue/{pieces[0]}").status_code == 403
    assert world.learner.get("queue").status_code == 403
    assert world.other_teacher.get(f"queue/{pieces[0]}").status_code == 404
    assert count(world, EvidenceClaim) == count(world, Completion) == 0
