"""Open edX as the platform: the roster, scores that reach the block, grades changed by others."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.lti.grades import LINE_ITEM
from lti_tool.persistence.courses import Context
from lti_tool.persistence.deliveries import Delivery, DeliveryState
from lti_tool.persistence.learners import Identity, Membership
from lti_tool.services.resend_score import Choice
from lti_tool.web.parts import Parts
from tests.open_edx.conftest import Connect, choose
from tests.open_edx.running import EdXBlock
from tests.services.practice import Course

FIRST = "SQL foundations"
STANDS = "The score stands in the gradebook."


class EdXCourse(Course):
    """The course after its teacher has chosen what the block is for and has opened it."""

    def __init__(self, parts: Parts, block: EdXBlock, *chosen: str) -> None:
        self.block = block
        if chosen:
            choose(block, *chosen)
        block.launch("maria")
        super().__init__(parts, learner_sub=block.edx.sub("amara"))

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The block's columns as Open edX holds them."""
        return list(self.block.state()["columns"])

    @property
    def shown(self) -> float | None:
        """The share of the maximum that Open edX shows the learner; None: nothing."""
        grade = self.block.state()["grades"].get("amara")
        return None if grade is None else float(grade)

    def score(self, grade: str) -> Delivery:
        """Record a completion and let its score go out."""
        uuid = self.record(grade)
        self.work()
        return self.row(uuid)


@pytest.fixture
def course(connect: Connect, tool: Parts) -> EdXCourse:
    """A course whose block was chosen for SQL foundations, in programmatic mode."""
    return EdXCourse(tool, connect(), FIRST)


def test_the_roster_names_everybody_with_their_roles(course: EdXCourse) -> None:
    assert course.roster.is_complete
    assert course.roster.members == 4
    query = select(Identity.subject, Membership.is_instructor).join(
        Membership, Membership.learner_id == Identity.learner_id
    )
    with course.database.reading() as session:
        found = {row.subject: row.is_instructor for row in session.execute(query)}
    roles = {"maria": True, "tom": True, "amara": False, "kofi": False}
    assert found == {course.block.edx.sub(name): teaches for name, teaches in roles.items()}


def test_a_score_reaches_the_block_through_a_column_of_its_link(course: EdXCourse) -> None:
    row = course.score("92")
    assert (row.state, row.last_answer) == (DeliveryState.DONE, STANDS)
    (column,) = course.columns
    assert (column["tag"], column["label"]) == ("quoin", FIRST)
    assert column["resource_link_id"] == course.block.shown["location"]
    assert column["scores"] == {course.block.edx.sub("amara"): 92}
    assert course.shown == 0.92


def test_a_better_score_replaces_the_first_in_the_same_column(course: EdXCourse) -> None:
    course.score("80")
    assert course.score("92").state == DeliveryState.DONE
    assert len(course.columns) == 1
    assert course.shown == 0.92


def test_a_score_of_nothing_is_sent_with_a_word_of_warning(course: EdXCourse) -> None:
    row = course.score("0")
    assert row.state == DeliveryState.DONE
    assert "Older Open edX" in row.last_answer
    assert course.shown == 0, "from version 11 on it shows"


def test_a_changed_score_stands_until_the_teacher_decides(course: EdXCourse) -> None:
    course.score("80")
    course.block.change_score("amara", 70)
    row = course.score("92")
    assert row.state == DeliveryState.OVERRIDDEN
    assert row.last_answer == "The gradebook says 70 of 100, we have 92 of 100."
    assert course.shown == 0.7
    course.choose(Choice.ANYWAY, row.uuid)
    course.work()
    assert course.row(row.uuid).state == DeliveryState.DONE
    assert course.shown == 0.92


def test_a_name_longer_than_a_label_of_open_edx_still_gets_its_column(course: EdXCourse) -> None:
    course.rename("Long " * 40)
    assert course.score("92").state == DeliveryState.DONE
    assert course.shown == 0.92


def test_a_column_follows_the_name_of_what_is_scored_in_it(course: EdXCourse) -> None:
    course.score("80")
    course.rename("Databases")
    course.score("92")
    assert [column["label"] for column in course.columns] == ["Databases"]


def test_what_was_chosen_for_no_block_is_stored_and_the_teacher_is_told_why_it_does_not_show(
    connect: Connect, tool: Parts
) -> None:
    course = EdXCourse(tool, connect())
    row = course.score("92")
    assert row.state == DeliveryState.DONE
    assert "belongs to no block" in row.last_answer
    assert course.shown is None
    choose(course.block, FIRST)
    course.block.launch("maria")
    assert course.score("95").last_answer == STANDS
    assert course.shown == 0.95


def test_in_declarative_mode_the_one_column_of_the_block_is_used(
    connect: Connect, tool: Parts
) -> None:
    course = EdXCourse(tool, connect(lti_advantage_ags_mode="declarative"), FIRST)
    with course.database.reading() as session:
        scopes = session.get_one(Context, course.context_id).grade_scopes
    assert LINE_ITEM not in scopes
    row = course.score("92")
    assert (row.state, row.last_answer) == (DeliveryState.DONE, STANDS)
    (column,) = course.columns
    assert column["tag"] == "", "the platform's own column; we made none"
    assert course.shown == 0.92


def test_without_the_grade_service_no_score_is_promised(connect: Connect, tool: Parts) -> None:
    course = EdXCourse(tool, connect(lti_advantage_ags_mode="disabled"), FIRST)
    assert course.record("92") is None
    course.work()
    assert course.columns == []


def test_without_the_roster_service_teachers_see_who_has_launched(
    connect: Connect, tool: Parts
) -> None:
    block = connect(lti_1p3_enable_nrps=False)
    block.launch("amara")
    _, page = block.launch("maria")
    assert page.status_code == 200
    assert "1 learner" in page.text
