"""The student's page over a real database: deadlines, versions, waiting, what if, the calendar."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.persistence.completions import Completion, Evidence
from lti_tool.services.decide_evidence import decide_evidence
from tests.web.student import AWARD, STEP, Student
from tests.web.world import ORIGIN


@pytest.fixture
def student(sqlite_database: Database, now: datetime) -> Student:
    """A student who holds an award that ends soon."""
    return Student(sqlite_database, now)


def words(text: str) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_what_ends_soon_is_said_before_the_day_with_what_falls(student: Student) -> None:
    page = words(student.world.learner.get("progress").text)
    assert "The award Laboratory safety is valid until 20 July 2026." in page
    assert "It stops counting toward Datenschutz." in page
    assert "Its rule names no renewal." in page


def test_what_has_ended_counts_no_longer(student: Student) -> None:
    world = student.world
    assert "1 of 4 parts counted, 0 of 12 credits" in words(world.learner.get("progress").text)
    world.now += timedelta(days=21)
    course = world.context_of("harbour")
    later = world._person(course, "harbour", "amara", is_instructor=False, links=True)
    page = words(later.get("progress").text)
    assert "0 of 4 parts counted, 0 of 12 credits" in page
    assert "Not counted here: it is no longer valid." in page
    assert "What ends soon" not in page


def test_the_version_that_binds_and_how_the_newer_one_differs(student: Student) -> None:
    page = words(student.world.learner.get("progress").text)
    assert "Awarded under rule version 1, which stays. Version 2 counts for new awards." in page
    assert "How version 2 differs from version 1" in page
    assert f"{STEP}: the grade asked for is 65 of 100 instead of 60 of 100." in page


def test_evidence_says_who_looks_at_it_since_when(student: Student) -> None:
    page = words(student.world.learner.get("progress").text)
    assert "In review by the teachers of this course since 30 June 2026, 12:00 UTC." in page


def test_every_choice_says_what_it_asks_for(student: Student) -> None:
    page = words(student.world.learner.get("progress").text)
    assert "Auditvorbereitungsgespräche (5 credits)" in page
    assert "Looked at under rule version 2 on 30 June 2026, 12:00 UTC." in page


def test_the_calendar_is_the_learners_own(student: Student) -> None:
    answer = student.world.learner.get("deadlines.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "DTSTART;VALUE=DATE:20260720" in answer.text
    assert "VEVENT" not in student.world.teacher.get("deadlines.ics").text
    assert answer.text == student.world.learner.get("deadlines.ics").text


def _counts(database: Database) -> list[int]:
    with database.reading() as session:
        tables = (Completion, Award, AuditEvent)
        return [session.scalar(select(func.count()).select_from(t)) or 0 for t in tables]


def test_what_if_says_what_would_follow_and_writes_nothing(student: Student) -> None:
    before = _counts(student.database)
    page = student.world.learner.get("what-if?stack=data-basics&done=sql&grade-sql=80&done=charts")
    text = words(page.text)
    assert f"{AWARD} would be earned. Today: 0 of 2 parts counted." in text
    assert "nothing is recorded" in text
    assert "only imagined here" in text
    assert _counts(student.database) == before


def test_what_if_of_a_grade_that_is_too_low(student: Student) -> None:
    text = words(student.world.learner.get("what-if?stack=data-basics&done=sql&grade-sql=64").text)
    assert "would stand at 0 of 2 parts counted" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("done=sql&grade-sql=101", "must be between 0 and 100"),
        ("done=sql&grade-sql=NaN", "must be between 0 and 100"),
        ("done=sql&grade-sql=much", "The grade must be a number."),
        ("done=nothing-like-it", "not in the catalogue any more"),
        ("done=privacy", "not in the catalogue any more"),
        ("&".join(f"done=c{n}" for n in range(40)), "Tick 30 competencies at most."),
    ],
)
def test_what_if_refuses_bad_input_and_keeps_what_was_typed(
    student: Student, query: str, said: str
) -> None:
    answer = student.world.learner.get(f"what-if?stack=data-basics&{query}")
    assert answer.status_code == 422
    assert said in words(answer.text)
    if "done=sql" in query:
        assert 'value="sql" checked' in answer.text


def test_what_if_with_a_stack_that_is_not_there_shows_one_that_is(student: Student) -> None:
    answer = student.world.learner.get("what-if?stack=<script>&done=sql")
    assert answer.status_code == 200
    assert "<script>" not in answer.text.replace("<script src", "")


def test_a_row_that_looks_wrong_leads_to_a_request_about_it(student: Student) -> None:
    learner = student.world.learner
    path = f"{learner.course}/requests/new?stack=data-basics&amp;address=/sql"
    assert f'href="{path}">This looks wrong' in learner.get("progress").text
    form = learner.get(path.replace("&amp;", "&"))
    assert form.status_code == 200
    assert STEP in form.text
    seen = student.world.teacher.get(f"learners/{learner.learner_uuid}").text
    assert "requests/new" not in seen


def test_news_are_shown_until_they_are_read(student: Student) -> None:
    learner = student.world.learner
    page = learner.get("progress").text
    assert "1 news item since you looked last" in page
    assert "You earned Laboratory safety." in page
    up_to = re.search(r'name="up_to" value="([^"]+)"', page)
    assert up_to
    answer = learner.post("news/seen", {"up_to": up_to[1]})
    assert answer.status_code == 303
    assert "since you looked last" not in learner.get("progress").text


def test_returned_evidence_is_news_and_a_kind_can_be_switched_off(student: Student) -> None:
    world, database = student.world, student.database
    with database.reading() as session:
        evidence = session.scalars(select(Evidence)).one().uuid
    decide_evidence_as(student, evidence)
    assert "is returned with a note" in world.learner.get("progress").text
    shown = {"shown-award": "1", "shown-review": "1", "shown-expiry": "1", "address": ""}
    assert world.learner.post("news", shown).status_code == 303
    assert "is returned with a note" not in world.learner.get("progress").text


def decide_evidence_as(student: Student, evidence: UUID) -> None:
    """Return the evidence with a note, as the teacher does."""
    decide_evidence(
        student.database,
        institution_id=student.world._institutions["harbour"],
        context_id=student.world.context_of("harbour"),
        evidence_uuid=evidence,
        is_accepted=False,
        grade="",
        note="Show the figures.",
        decided_by=student.world.teacher.learner_id,
        now=student.now,
    )


def test_an_address_is_asked_for_its_code_and_bad_input_stays(student: Student) -> None:
    learner = student.world.learner
    wrong = learner.post("news", {"mailed-award": "1", "address": "amara at home"})
    assert wrong.status_code == 422
    assert "Enter one mail address" in wrong.text
    assert 'value="amara at home"' in wrong.text
    assert 'name="mailed-award" value="1" checked' in wrong.text
    right = {"mailed-award": "1", "shown-award": "1", "address": "amara@example.edu"}
    assert "news-code-sent" in (learner.post("news", right).location or "")
    assert "Confirm your address" in learner.get("news").text
    assert learner.post("news/code", {"code": "nothing"}).status_code == 422
    assert "amara@example.edu" not in student.world.teacher.get("news").text


def test_a_link_of_no_mail_of_ours_ends_nothing(student: Student) -> None:
    client = student.world.app.test_client(use_cookies=False)
    path = f"/news/{student.world.learner.learner_uuid}/stop/{'0' * 64}"
    asked = client.get(path, base_url=ORIGIN)
    assert asked.status_code == 200
    assert "frame-ancestors 'none'" in asked.headers["Content-Security-Policy"]
    assert client.post(path, base_url=ORIGIN).status_code == 404


def test_a_teacher_sees_the_same_and_nothing_that_is_the_learners_own(student: Student) -> None:
    path = f"learners/{student.world.learner.learner_uuid}"
    page = student.world.teacher.get(path).text
    assert "The award Laboratory safety is valid until 20 July 2026." in words(page)
    for own in ("what-if", "deadlines.ics", "since you looked last", "/news"):
        assert own not in page
