"""Scores that did not arrive are seen, kept and sent again (section 7.3)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from lti_tool.errors import NotFoundError
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.deliveries import DeliveryState
from lti_tool.persistence.learners import Membership
from lti_tool.services.resend_score import Choice, resend_score
from lti_tool.services.show_score import show_score
from lti_tool.services.show_scores import show_scores
from tests.lti.local_server import Reply


def again(course, delivery_id=None):
    return resend_score(
        course.database,
        choice=Choice.AGAIN,
        delivery_uuid=None if delivery_id is None else course.row(delivery_id).uuid,
        context_id=course.launched.context_id,
        actor="teacher",
        now=course.now,
    )


def failed(course, status=403, body=b""):
    course.lms.score_replies = [Reply(status, body)]
    delivery = course.promise()
    course.work()
    return delivery


def test_a_failed_score_is_sent_again_under_a_newer_timestamp(course):
    delivery = failed(course)
    assert course.row(delivery).state == DeliveryState.FAILED
    course.now += timedelta(minutes=1)
    assert again(course, delivery) == 1
    assert again(course, delivery) == 0, "a second press changes nothing"
    course.work()
    assert course.row(delivery).state == DeliveryState.DONE
    first, second = (score["timestamp"] for score in course.lms.scores)
    assert (first, second) == ("2026-06-30T12:00:00.000000Z", "2026-06-30T12:01:00.000000Z")


def test_sent_again_within_the_same_second_it_waits_for_the_next(course):
    """B45: at least a second apart, and never in the future."""
    delivery = failed(course)
    again(course, delivery)
    course.work()
    assert len(course.lms.scores) == 1
    course.now += timedelta(seconds=1)
    course.work()
    first, second = (score["timestamp"] for score in course.lms.scores)
    assert (first, second) == ("2026-06-30T12:00:00.000000Z", "2026-06-30T12:00:01.000000Z")


def test_all_that_failed_or_are_held_are_sent_again_at_once(course):
    delivery = failed(course)
    course.now += timedelta(minutes=1)
    assert again(course) == 1
    course.work()
    assert course.row(delivery).state == DeliveryState.DONE
    assert again(course) == 0


def test_it_is_written_down_who_asked(course):
    again(course, failed(course))
    with course.database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "score.again"))
        assert [event.actor for event in events] == ["teacher"]


def test_a_score_that_is_not_there_is_not_found(course):
    with pytest.raises(NotFoundError):
        resend_score(
            course.database,
            choice=Choice.AGAIN,
            delivery_uuid=uuid4(),
            actor="teacher",
            now=course.now,
        )


def test_the_view_names_the_answer_the_tries_and_the_next_try(course):
    course.lms.score_replies = [Reply(503)]
    delivery = course.promise()
    course.work()
    (row,) = show_scores(course.database, context_id=course.launched.context_id).rows
    assert (row.state, row.attempts, row.tried_at) == ("pending", 1, course.now)
    assert row.next_try == course.now + timedelta(seconds=1.5)
    assert row.answer.startswith("Harbour LMS did not say whether it stored the score")
    assert (row.given, row.maximum) == (80, 100)
    context_id = course.launched.context_id
    uuid = course.row(delivery).uuid
    assert show_score(course.database, context_id=context_id, delivery_uuid=uuid) == row
    with pytest.raises(NotFoundError):
        show_score(course.database, context_id=context_id + 1, delivery_uuid=uuid)


def test_the_reason_is_told_in_the_platforms_words_without_people(course):
    body = b"<p>ada@example.edu (1234567) is not gradable here</p>"
    failed(course, 400, body)
    (row,) = show_scores(course.database, context_id=course.launched.context_id).rows
    assert row.answer == (
        "Harbour LMS refused this score because the learner may not be graded there. "
        "(status 400) It says: ... (...) is not gradable here"
    )


def test_of_each_learner_and_column_the_latest_is_shown(course):
    course.send_one("70")
    course.send_one("90")
    view = show_scores(course.database, context_id=course.launched.context_id)
    assert [(row.given, row.state) for row in view.rows] == [(90, "done")]
    assert (view.total, view.stuck) == (1, 0)


def test_operators_see_what_is_undelivered_everywhere(course):
    course.send_one("70")
    assert show_scores(course.database).rows == ()
    course.now += timedelta(minutes=1)
    failed(course)
    (row,) = show_scores(course.database).rows
    assert (row.platform, row.course_title) == ("Harbour LMS", "Data literacy")


def test_that_open_edx_hides_a_score_outside_of_a_block_is_told(course):
    course.family("openedx")
    course.server.on("GET /items/1/results/user-7", Reply(200, b"[]"))
    attempt = course.send_one("70")
    assert attempt.state is DeliveryState.DONE
    assert "belongs to no block" in attempt.answer


@pytest.mark.parametrize(
    ("given", "maximum"), [("NaN", "100"), ("101", "100"), ("-1", "100"), ("1", "0"), ("x", "1")]
)
def test_a_score_outside_its_range_stops_in_words(course, given, maximum):
    """B45."""
    delivery = course.promise(given, maximum)
    course.work()
    row = course.row(delivery)
    assert (row.state, row.reason) == (DeliveryState.FAILED, "our-defect")
    assert course.lms.scores == []


def test_a_learner_who_left_is_waited_for_and_the_score_follows(course):
    course.change(Membership, is_active=False)
    delivery = course.promise()
    course.work()
    assert course.row(delivery).state == DeliveryState.HELD
    course.change(Membership, is_active=True)
    course.now += timedelta(minutes=1)
    assert again(course, delivery) == 1
    course.work()
    assert course.row(delivery).state == DeliveryState.DONE
