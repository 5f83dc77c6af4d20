"""The list of a course: filters, search, order, pages; looking at a learner; a large course."""

from __future__ import annotations

import re
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import event, select

from lti_tool.awarding import NewCompletion, record
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.completions import Evidence
from lti_tool.persistence.courses import Context, get_institution_id
from lti_tool.persistence.exceptions import ExceptionEnd, GrantedException
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.standings import StoredStanding
from lti_tool.services.keep_standings import keep_standings
from tests.web.course import BOTH, count, enrol, of_test
from tests.web.world import World

FACTS = {
    "Ada": {"sql": date(2026, 6, 1), "charts": date(2026, 6, 2)},
    "Bo": {"sql": date(2026, 6, 1)},
    "Cy": {"sql": date(2026, 1, 1)},
    "Di": {},
}


@pytest.fixture
def world(request: pytest.FixtureRequest, now: datetime) -> World:
    """A course with four learners who stand in different places; Amara has nothing either."""
    found = World(of_test(request), now)
    fill(found, FACTS)
    with found.database.writing() as session:
        for context in session.scalars(select(Context)):
            context.roster_synced_at = now
    return found


def fill(world: World, facts: dict[str, dict[str, date]]) -> None:
    """Put these people into the course with what they have completed."""
    uuids = enrol(world, {name: name for name in facts})
    context_id = world.context_of("harbour")
    with world.database.writing() as session:
        institution_id = get_institution_id(session, context_id)
        ids = {row.uuid: row.id for row in session.scalars(select(Learner))}
        keys = {a.key: a.id for a in list_achievements(session, institution_id)}
        entries = [
            NewCompletion(
                ids[uuids[name]],
                keys[key],
                day,
                "teacher",
                f"{name}:{key}",
                Decimal(80),
                context_id,
            )
            for name, done in facts.items()
            for key, day in done.items()
        ]
        record(session, institution_id, entries, actor="test", now=world.now)


def listed(world: World, **asked: str) -> list[str]:
    """Return the names that the page lists, in their order."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    page = world.teacher.get(f"roster?{query}")
    assert page.status_code == 200
    return re.findall(r'<h3><a dir="auto"[^>]*>([^<]+)</a></h3>', page.text)


@BOTH
def test_learners_are_filtered_by_where_they_stand(world: World, engine: str) -> None:
    def at(where: str) -> list[str]:
        return listed(world, stack="data-basics", where=where)

    assert at("held") == ["Ada"]
    assert at("nothing") == ["Amara", "Di"]
    assert at("stalled") == ["Cy"]
    assert at("close") == []
    address = world.teacher.post("standings", {"stack": "data-basics", "where": "close"})
    assert address.status_code == 303
    assert "stack=data-basics&where=close" in (address.location or "")
    assert at("close") == ["Bo", "Cy"]
    assert listed(world, stack="data-basics", order="progress")[:3] == ["Ada", "Bo", "Cy"]
    assert listed(world, order="latest")[:3] == ["Ada", "Bo", "Cy"]


@BOTH
def test_evidence_that_waits_and_awards_under_review_are_in_review(
    world: World, engine: str
) -> None:
    with world.database.writing() as session:
        context_id = world.context_of("harbour")
        keys = {a.key: a.id for a in list_achievements(session, 1)}
        session.add(
            Evidence(
                uuid=uuid4(),
                learner_id=world.learner.learner_id,
                context_id=context_id,
                achievement_id=keys["charts"],
                text="x",
                submitted_at=world.now,
            )
        )
    assert listed(world, stack="data-basics", where="in-review") == ["Amara"]
    # The larger stack asks for the smaller one, and so for its parts.
    assert listed(world, stack="data-practice", where="in-review") == ["Amara"]


def test_a_search_takes_signs_of_patterns_as_they_are(world: World) -> None:
    enrol(world, {"x": "100%_sure", "y": "Ünal\\x"})
    assert listed(world, q="%25_") == ["100%_sure"]
    assert listed(world, q="\\x") == ["Ünal\\x"]
    assert listed(world, q="a") == ["Ada", "Amara", "Ünal\\x"]
    assert listed(world, stack="no-such", where="burnt", order="size", page="-1") != []


def test_new_facts_make_what_was_computed_old(world: World) -> None:
    world.teacher.post("standings")
    assert "not computed" not in world.teacher.get("roster?stack=data-basics&where=close").text
    rows = count(world, StoredStanding)
    fill(world, {"Di": {"charts": date(2026, 6, 9)}})
    page = world.teacher.get("roster?stack=data-basics&where=close").text
    assert "The progress of 1 learner is not computed yet" in page
    world.teacher.post("standings")
    assert "Di" in listed(world, stack="data-basics", where="close")
    assert count(world, StoredStanding) == rows
    with world.database.writing() as session:
        for row in session.scalars(select(StoredStanding)):
            row.computed_at -= timedelta(days=1, seconds=1)
    page = world.teacher.get("roster?stack=data-basics&where=close").text
    assert "The progress of 5 learners is not computed yet" in page


def test_an_exception_and_its_end_make_what_was_computed_old(world: World) -> None:
    world.teacher.post("standings")
    with world.database.writing() as session:
        granted = GrantedException(
            uuid=uuid4(),
            institution_id=1,
            learner_id=world.learner.learner_id,
            stack_key="data-basics",
            kind="waive",
            address="/charts",
            reason_code="other",
            reason="x",
            author="test",
            granted_on=world.now.date(),
            decided_at=world.now,
        )
        session.add(granted)
        session.flush()
        granted_id = granted.id
    path = "roster?stack=data-basics&where=close"
    assert "of 1 learner is not computed" in world.teacher.get(path).text
    world.teacher.post("standings")
    assert "not computed" not in world.teacher.get(path).text
    with world.database.writing() as session:
        session.add(
            ExceptionEnd(exception_id=granted_id, reason="x", actor="test", ended_at=world.now)
        )
    assert "of 1 learner is not computed" in world.teacher.get(path).text


@BOTH
def test_the_worker_computes_courses_in_use_portion_by_portion(world: World, engine: str) -> None:
    enrol(world, {f"n{i}": f"Learner {i:02}" for i in range(60)})
    assert keep_standings(world.database, now=world.now) == 15
    assert keep_standings(world.database, now=world.now) == 0
    assert count(world, StoredStanding) == 65 * 2
    # Then the course of the other institution, with one learner; then nothing is left to do.
    assert keep_standings(world.database, now=world.now) == 0
    assert count(world, StoredStanding) == 66 * 2
    fill(world, {"Di": {"charts": date(2026, 6, 9)}})
    assert keep_standings(world.database, now=world.now + timedelta(hours=9)) == 0
    assert listed(world, stack="data-basics", where="close") == ["Bo", "Cy"]


def test_to_look_at_a_learner_is_written_down_once_an_hour(world: World) -> None:
    path = f"learners/{world.learner.learner_uuid}"
    for _ in range(2):
        page = world.teacher.get(path)
        assert page.status_code == 200
        assert "<form" not in page.text
    with world.database.reading() as session:
        looks = list(
            session.scalars(select(AuditEvent).where(AuditEvent.action == "learner.looked-at"))
        )
    assert [(e.actor, e.subject) for e in looks] == [
        (str(world.teacher.learner_uuid), str(world.learner.learner_uuid))
    ]


def test_a_course_of_two_thousand_is_a_page_of_25_in_as_many_statements(world: World) -> None:
    def statements(path: str) -> tuple[int, float, str]:
        seen: list[str] = []

        def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(world.database.engine, "before_cursor_execute", note)
        begun = time.perf_counter()
        page = world.teacher.get(path)
        took = time.perf_counter() - begun
        event.remove(world.database.engine, "before_cursor_execute", note)
        return len(seen), took, page.text

    world.teacher.get("roster")
    small, _, _ = statements("roster?stack=data-basics&where=nothing")
    enrol(world, {f"n{i}": f"Learner {i:04}" for i in range(2000)})
    large, took, page = statements("roster?stack=data-basics&where=nothing")
    assert page.count("<h3><a") == 25
    assert "Page 1 of 81" in page
    assert large <= small + 2
    # Measured at 0.1 s; the bound of 0.3 s is for an idle machine.
    assert took < 1.5
    assert len(listed(world, page="81")) == 5
    assert listed(world, page="82") == []
