"""A quiz that is passed completes, awards and awards again with no click; what is undone, too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from lti_tool.persistence.base import Database
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.learners import Membership
from lti_tool.services.withdraw_completion import withdraw_completion
from tests.evidence_sources.flowing import DYNAMIC, GRAPHS, SEARCHING, Flow, open_flow


@pytest.fixture
def flow(database: Database) -> Iterator[Flow]:
    """Both run, on each engine in turn."""
    with open_flow(database) as found:
        yield found


def _pass_everything(flow: Flow, username: str = "ben") -> None:
    for quiz in (SEARCHING, GRAPHS, DYNAMIC):
        flow.put(quiz, 9, username)


def test_three_quizzes_become_a_microcredential_and_a_larger_award(flow: Flow) -> None:
    flow.map_quizzes()
    flow.read()
    before = flow.awards("ben")
    assert flow.completions() == []
    _pass_everything(flow)
    flow.poll()
    assert flow.completions() == [
        ("searching", Decimal(90), True),
        ("graphs", Decimal(90), True),
        ("dynamic", Decimal(90), True),
    ]
    made = [key for key in flow.awards("ben") if key not in before]
    assert made == ["algorithms-pathway", "masters-admission"]
    for _ in range(3):
        flow.poll()
    assert len(flow.completions()) == 3


def test_each_fact_keeps_its_original_and_when_it_was_read(flow: Flow) -> None:
    flow.map("grade:2101", "searching")
    flow.put(SEARCHING, 7)
    flow.read()
    (fact,) = flow.facts()
    assert fact.original == {"graderaw": 7.0, "grademin": 0, "grademax": 10.0}
    assert (fact.percent, fact.is_met) == (Decimal(70), True)
    assert fact.at is not None
    assert abs(fact.read_at - flow.now) < timedelta(minutes=1)


def test_a_regrade_below_the_threshold_lists_the_award_for_review(flow: Flow) -> None:
    flow.map_quizzes()
    _pass_everything(flow)
    flow.read()
    held = flow.awards("ben")
    assert "masters-admission" in held
    flow.put(GRAPHS, 3, "ben")
    flow.poll()
    assert flow.completions()[1] == ("graphs", Decimal(90), False)
    assert flow.reviews() == ["algorithms-pathway"]
    assert flow.awards("ben") == held, "nothing is removed by itself"
    flow.poll()
    assert flow.reviews() == ["algorithms-pathway"]


def test_a_better_grade_corrects_and_leaves_the_award_alone(flow: Flow) -> None:
    flow.map_quizzes()
    _pass_everything(flow)
    flow.read()
    flow.put(GRAPHS, 10, "ben")
    flow.poll()
    assert flow.completions()[1:] == [
        ("graphs", Decimal(90), False),
        ("dynamic", Decimal(90), True),
        ("graphs", Decimal(100), True),
    ]
    assert flow.reviews() == []


def test_a_grade_that_is_taken_away_takes_the_completion_back(flow: Flow) -> None:
    flow.map("grade:2101", "searching")
    flow.put(SEARCHING, 8)
    flow.read()
    flow.put(SEARCHING, None)
    flow.poll()
    assert flow.completions() == [("searching", Decimal(80), False)]
    flow.put(SEARCHING, 8)
    flow.poll()
    assert flow.completions()[1:] == [("searching", Decimal(80), True)]
    assert [fact.number for fact in flow.facts()] == [1, 2, 3]


def test_a_night_without_the_source_loses_nothing_and_doubles_nothing(flow: Flow) -> None:
    flow.map_quizzes()
    flow.put(SEARCHING, 9, "ben")
    flow.read()
    flow.lms.fault("webservice", "outage")
    flow.put(GRAPHS, 9, "ben")
    for _ in range(12):
        flow.wait(timedelta(hours=1))
        (done,) = flow.read()
        assert done.problem == "source-busy"
    flow.put(DYNAMIC, 9, "ben")
    flow.lms.release()
    flow.wait(timedelta(hours=1))
    flow.read()
    assert [row[0] for row in flow.completions()] == ["searching", "graphs", "dynamic"]
    assert flow.source_row().problem == ""
    assert "masters-admission" in flow.awards("ben")


def test_activities_the_course_and_competencies_flow_in_page_by_page(flow: Flow) -> None:
    flow.map("activity:1101", "searching", None)
    flow.map("competency:3102", "graphs", None)
    flow.map("course:algorithms", "dynamic", None)
    flow.put(SEARCHING, 9, "ben")
    flow.put(GRAPHS, 9, "ben")
    flow.read()
    assert [row[0] for row in flow.completions()] == ["searching", "graphs"]
    flow.put(DYNAMIC, 6, "ben")
    flow.poll()
    assert flow.completions()[2] == ("dynamic", None, True)
    assert flow.problems() == ["", "", ""]


def test_somebody_who_is_not_in_the_course_here_is_counted_and_not_kept(flow: Flow) -> None:
    flow.map("grade:2101", "searching")
    flow.put(SEARCHING, 9, "ben")
    _let_ben_be(flow, is_active=False)
    flow.read()
    assert (flow.completions(), flow.facts(), flow.reading().strangers) == ([], [], 1)
    _let_ben_be(flow, is_active=True)
    flow.poll()
    assert [row[0] for row in flow.completions()] == ["searching"]
    assert flow.reading().strangers == 0


def _let_ben_be(flow: Flow, *, is_active: bool) -> None:
    ben = flow.learner_called("ben")
    with flow.database.writing() as session:
        session.execute(
            update(Membership).where(Membership.learner_id == ben.id).values(is_active=is_active)
        )


def test_what_a_teacher_withdrew_by_hand_stays_withdrawn(flow: Flow) -> None:
    flow.map("grade:2101", "searching")
    flow.put(SEARCHING, 9)
    flow.read()
    with flow.database.reading() as session:
        uuid = session.scalars(select(Completion.uuid).where(Completion.source == "moodle")).one()
    withdraw_completion(
        flow.database,
        institution_id=flow.institution_id,
        completion_uuid=uuid,
        reason="Copied.",
        actor="teacher",
        now=flow.now,
    )
    flow.poll()
    assert flow.completions() == [("searching", Decimal(90), False)]
