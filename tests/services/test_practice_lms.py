"""Scores and rosters against the practice LMS over real HTTP, faults included (B41, B45)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from lti_tool.persistence.base import Database
from lti_tool.persistence.deliveries import DeliveryState
from lti_tool.persistence.platforms import Registration
from lti_tool.services.change_column import ColumnAct
from lti_tool.services.resend_score import Choice
from tests.services.practice import Practice, open_practice


@pytest.fixture
def practice(sqlite_database: Database) -> Iterator[Practice]:
    """The practice LMS with one course; what differs by the database is tested elsewhere."""
    with open_practice(sqlite_database) as found:
        yield found


def test_the_roster_and_a_score_arrive(practice: Practice) -> None:
    assert practice.roster.is_complete
    assert practice.learner.name == "Amara Nwosu"
    score = practice.record("92")
    practice.work()
    assert practice.row(score).state == DeliveryState.DONE
    assert practice.standing() == [92]
    assert len(practice.columns()) == 1


@pytest.mark.parametrize(
    ("service", "kind", "seconds"),
    [
        ("scores", "answer-lost", 0),
        ("scores", "500", 0),
        ("scores", "429", 1),
        ("lineitems", "answer-lost", 0),
        ("token", "500", 0),
    ],
)
def test_whatever_goes_wrong_once_the_score_stands_once(
    practice: Practice, service: str, kind: str, seconds: float
) -> None:
    """B41: also when the platform had stored it and the answer was lost."""
    practice.lms.fault(service, kind, method="POST", seconds=seconds)
    score = practice.record("92")
    practice.work()
    assert practice.row(score).state == DeliveryState.DONE
    assert practice.lms.lms.faults.describe()["armed"] == [], "the fault has struck"
    assert practice.standing() == [92]
    assert len(practice.columns()) == 1


def test_a_teachers_grade_wins_until_the_teacher_decides(practice: Practice) -> None:
    practice.record("80")
    practice.work()
    practice.in_the_lms("UPDATE scores SET score = 70")
    ours = practice.record("92")
    practice.work()
    row = practice.row(ours)
    assert row.state == DeliveryState.OVERRIDDEN
    assert row.last_answer == "The gradebook says 70 of 100, we have 92 of 100."
    assert practice.standing() == [70]
    practice.choose(Choice.ANYWAY, ours)
    practice.work()
    assert practice.row(ours).state == DeliveryState.DONE
    assert practice.standing() == [92]


def test_on_open_edx_a_teachers_grade_is_found_by_the_path_of_its_learner(
    practice: Practice,
) -> None:
    practice.lms.control("flavour", client_id="quoin-demo", flavour="openedx")
    with practice.database.writing() as session:
        session.scalars(select(Registration)).one().product_family = "openedx"
    practice.record("80")
    practice.work()
    assert practice.standing() == [80]
    practice.in_the_lms("UPDATE scores SET score = 70")
    ours = practice.record("92")
    practice.work()
    assert practice.row(ours).last_answer == "The gradebook says 70 of 100, we have 92 of 100."


def test_a_column_that_was_deleted_comes_back_on_the_teachers_word(practice: Practice) -> None:
    practice.record("80")
    practice.work()
    practice.in_the_lms("DELETE FROM gradebook_columns")
    ours = practice.record("92")
    practice.work()
    assert practice.row(ours).state == DeliveryState.FAILED
    assert "removed in Practice LMS" in practice.row(ours).last_answer
    assert practice.columns() == []
    practice.change_column(ColumnAct.MAKE_AGAIN)
    practice.work()
    assert practice.row(ours).state == DeliveryState.DONE
    assert practice.standing() == [92]


def test_a_new_name_reaches_the_column_and_a_needless_column_goes(practice: Practice) -> None:
    practice.record("80")
    practice.work()
    practice.rename("Another name")
    practice.record("92")
    practice.work()
    (column,) = practice.columns()
    assert (column["label"], practice.standing()) == ("Another name", [92])
    practice.change_column(ColumnAct.DELETE)
    assert practice.columns() == []


def test_scores_in_a_row_rise_by_whole_seconds_and_the_newest_stands(practice: Practice) -> None:
    """B45: this LMS compares whole seconds, as Moodle does."""
    for grade in ("60", "70", "80"):
        practice.record(grade)
        practice.pass_once()
    practice.work()
    assert practice.standing() == [80]


def test_a_roster_whose_answer_is_lost_is_asked_for_again(practice: Practice) -> None:
    practice.lms.fault("memberships", "answer-lost")
    assert practice.sync().is_complete
