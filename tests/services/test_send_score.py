"""Use case: a promised score into the gradebook (section 7; B41, B44, B45)."""

from datetime import timedelta

import pytest

from lti_tool.lti.grades import LINE_ITEM_READONLY, SCORE
from lti_tool.persistence.courses import Context
from lti_tool.persistence.deliveries import DeliveryState
from lti_tool.persistence.learners import Membership
from lti_tool.persistence.placements import LineItem
from lti_tool.persistence.platforms import Registration
from lti_tool.scoring import columns
from lti_tool.services import send_score as module
from lti_tool.services.switch_institution import switch_institution
from tests.lti.local_server import Reply
from tests.lti.platform import NOW


def test_the_first_score_makes_the_column_and_the_second_uses_it(course):
    assert course.send(course.promise()).state is DeliveryState.DONE
    course.now += timedelta(minutes=1)
    assert course.send(course.promise("90")).state is DeliveryState.DONE
    assert len(course.lms.items) == 1
    assert course.lms.items[0]["label"] == "Data cleaning"
    assert course.lms.items[0]["resourceId"] == course.line_item().resource_id
    assert course.lms.items[0]["tag"] == "quoin"
    assert [score["scoreGiven"] for score in course.lms.scores] == [80, 90]
    assert course.lms.scores[0]["userId"] == "user-7"
    assert course.lms.scores[0]["timestamp"] == "2026-06-30T12:00:00.000000Z"
    assert course.server.count("GET /items") == 1


def test_a_column_that_is_there_is_found_and_none_is_made(course):
    delivery = course.promise()
    assert course.send(delivery, settle=False).state is DeliveryState.DONE
    course.change(LineItem, url=None)
    course.send(delivery)
    assert len(course.lms.items) == 1
    assert course.server.count("POST /items") == 1


def test_an_incomplete_list_never_leads_to_a_new_column(course):
    course.lms.next_link = '<http://127.0.0.1:1/items>; rel="next"'
    attempt = course.send(course.promise())
    assert attempt.state is DeliveryState.PENDING
    assert "could not be read to its end" in attempt.answer
    assert course.lms.items == []


@pytest.mark.parametrize("scopes", [[SCORE], [SCORE, LINE_ITEM_READONLY]])
def test_where_columns_may_not_be_made_the_score_stops_with_a_reason(course, scopes):
    course.change(Context, grade_scopes=scopes)
    attempt = course.send(course.promise())
    assert attempt.state is DeliveryState.FAILED
    assert "column" in attempt.answer


def test_a_column_known_from_a_launch_needs_no_list(course):
    course.send(course.promise())
    course.change(LineItem, url=f"{course.server.url}/items/1?type_id=1")
    course.change(Context, grade_scopes=[SCORE], line_items_url=None)
    course.now += timedelta(minutes=1)
    assert course.send(course.promise()).state is DeliveryState.DONE


def test_a_crash_after_the_column_was_made_leaves_one_column(course, monkeypatch):
    """Made at the platform, not yet noted here."""
    delivery = course.promise()
    with monkeypatch.context() as patch:
        patch.setattr(columns, "note_line_item_url", _crash)
        patch.setattr(columns, "release_line_item", lambda *_: None)
        with pytest.raises(SystemError):
            course.send(delivery)
    assert len(course.lms.items) == 1
    assert course.send(delivery).answer == "The gradebook column is being looked for."
    course.now += timedelta(seconds=61)
    assert course.send(delivery).state is DeliveryState.DONE
    assert len(course.lms.items) == 1
    assert len(course.lms.scores) == 1


def test_a_crash_after_the_score_was_stored_sends_the_same_score_again(course, monkeypatch):
    delivery = course.promise()
    with monkeypatch.context() as patch:
        patch.setattr(module, "_judge", _crash)
        with pytest.raises(SystemError):
            course.send(delivery)
    course.now += timedelta(minutes=3)
    assert course.send(delivery).state is DeliveryState.DONE
    assert course.lms.scores[0] == course.lms.scores[1]


def _crash(*_, **__):
    raise SystemError("killed")


def test_only_one_worker_at_a_time_looks_for_a_column(course):
    course.send(course.promise())
    course.change(LineItem, url=None, claimed_until=course.now + timedelta(seconds=30))
    course.now += timedelta(seconds=2)
    attempt = course.send(course.promise())
    assert (attempt.state, attempt.retry_after) == (DeliveryState.PENDING, 5)
    assert course.server.count("GET /items") == 1


def test_a_newer_score_supersedes_an_older_unsent_one(course):
    older, newer = course.promise("70"), course.promise("90")
    assert course.send(older).state is DeliveryState.SUPERSEDED
    assert course.lms.scores == []
    assert course.send(newer).state is DeliveryState.DONE


def test_timestamps_rise_by_a_second_even_if_the_clock_goes_back(course):
    course.send(course.promise())
    course.now = NOW - timedelta(minutes=5)
    delivery = course.promise("90")
    attempt = course.send(delivery, settle=False)
    assert attempt.state is DeliveryState.PENDING
    assert attempt.retry_after == pytest.approx(301)
    course.now = NOW + timedelta(seconds=1)
    assert course.send(delivery).state is DeliveryState.DONE
    stamps = [score["timestamp"] for score in course.lms.scores]
    assert stamps == ["2026-06-30T12:00:00.000000Z", "2026-06-30T12:00:01.000000Z"]


def test_the_same_message_is_sent_again_after_no_answer(course):
    course.lms.score_replies = [Reply(503), Reply(write=lambda _: None), Reply(200)]
    delivery = course.promise()
    states = []
    for _ in range(3):
        states.append(course.send(delivery).state)
        course.now += timedelta(minutes=2)
    assert states == [DeliveryState.PENDING, DeliveryState.PENDING, DeliveryState.DONE]
    assert course.lms.scores[0] == course.lms.scores[1] == course.lms.scores[2]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, DeliveryState.DONE),
        (201, DeliveryState.DONE),
        (400, DeliveryState.FAILED),
        (401, DeliveryState.HELD),
        (403, DeliveryState.FAILED),
        (406, DeliveryState.FAILED),
        (412, DeliveryState.FAILED),
        (413, DeliveryState.FAILED),
        (415, DeliveryState.FAILED),
        (418, DeliveryState.FAILED),
        (422, DeliveryState.FAILED),
        (429, DeliveryState.PENDING),
        (500, DeliveryState.PENDING),
        (502, DeliveryState.PENDING),
        (503, DeliveryState.PENDING),
        (504, DeliveryState.PENDING),
    ],
)
def test_each_answer_has_its_consequence(course, status, state):
    """Section 7.3, row by row; 404 and 409 have tests of their own."""
    course.lms.score_replies = [Reply(status, b"words of ada@example.edu")] * 2
    attempt = course.send(course.promise())
    assert attempt.state is state
    assert attempt.answer
    assert "ada" not in attempt.answer


def test_a_column_that_has_moved_is_found_again(course):
    delivery = course.promise()
    course.send(delivery, settle=False)
    course.lms.add_item(**{**course.lms.items.pop(), "id": f"{course.server.url}/items/2"})
    course.lms.score_replies = [Reply(404)]
    attempt = course.send(delivery)
    assert (attempt.state, attempt.retry_after) == (DeliveryState.PENDING, 0)
    assert course.line_item().url == f"{course.server.url}/items/2"
    assert course.send(delivery).state is DeliveryState.DONE


def test_a_column_that_was_removed_is_not_made_again_without_the_teacher(course):
    delivery = course.promise()
    course.send(delivery, settle=False)
    course.lms.items.clear()
    for _ in range(2):
        course.lms.score_replies = [Reply(404)]
        attempt = course.send(delivery, settle=False)
        assert attempt.state is DeliveryState.FAILED
        assert "was removed in Harbour LMS" in attempt.answer
    assert len(course.lms.scores) == 2
    assert course.server.count("POST /items") == 1


def test_a_column_that_is_there_but_says_404_does_not_know_the_learner(course):
    course.lms.score_replies = [Reply(404)]
    attempt = course.send(course.promise())
    assert attempt.state is DeliveryState.FAILED
    assert "does not know the learner" in attempt.answer


def test_a_conflict_with_our_own_score_means_that_it_stands(course):
    """A time-out after the platform had stored it."""
    course.lms.results = [{"userId": "user-7", "resultScore": 8.0, "resultMaximum": 10}]
    course.lms.score_replies = [Reply(409)]
    assert course.send(course.promise()).state is DeliveryState.DONE


def test_teachers_and_those_who_left_are_not_graded(course):
    """B45. The score is kept: a roster may bring the learner back."""
    course.change(Membership, is_active=False)
    assert course.send(course.promise()).state is DeliveryState.HELD
    course.change(Membership, is_active=True, is_instructor=True)
    assert course.send(course.promise()).state is DeliveryState.HELD
    assert course.lms.scores == []


def test_a_learner_without_an_identity_at_the_platform_is_not_graded(course):
    from lti_tool.persistence.learners import ensure_learner, ensure_membership

    with course.database.writing() as session:
        stranger = ensure_learner(session, course.world.institution_id, "oulad", "1", NOW)
        ensure_membership(
            session, course.launched.context_id, stranger.id, NOW, is_instructor=False
        )
    attempt = course.send(course.promise(learner_id=stranger.id))
    assert attempt.state is DeliveryState.FAILED


def test_a_platform_that_is_switched_off_is_waited_for(course):
    course.change(Registration, is_enabled=False)
    attempt = course.send(course.promise())
    assert (attempt.state, attempt.retry_after) == (DeliveryState.HELD, 900)


def test_a_suspended_institution_is_waited_for_and_its_platform_is_not_called(course):
    """B9."""
    delivery = course.promise()
    calls = len(course.server.requests)
    options = {"actor": "test", "now": course.now}
    switch_institution(course.database, "harbour", is_suspended=True, **options)
    attempt = course.send(delivery)
    assert (attempt.state, "suspended" in attempt.answer) == (DeliveryState.HELD, True)
    assert len(course.server.requests) == calls
    switch_institution(course.database, "harbour", is_suspended=False, **options)
    assert course.send(delivery).state == DeliveryState.DONE


def test_a_platform_that_is_down_is_waited_for(course):
    course.server.on("POST /token", Reply(503))
    assert course.send(course.promise()).state is DeliveryState.PENDING
    course.server.on("POST /token", Reply(write=lambda _: None))
    assert course.send(course.promise()).state is DeliveryState.PENDING


def test_a_scope_that_was_not_granted_stops_with_its_name(course):
    course.server.on(
        "POST /token",
        Reply(200, b'{"access_token": "t", "expires_in": 3600, "scope": "other"}'),
    )
    attempt = course.send(course.promise())
    assert attempt.state is DeliveryState.FAILED
    assert "lineitem" in attempt.answer


def test_a_wish_to_wait_is_handed_on(course):
    course.lms.score_replies = [Reply(429, headers={"Retry-After": "120"})]
    course.send(course.promise())
    course.now += timedelta(seconds=20)
    attempt = course.send(course.promise())
    assert attempt.retry_after == pytest.approx(100)


def test_the_teachers_link_is_named_in_a_new_column(course):
    course.send(course.promise(), settle=False)
    course.lms.items.clear()
    course.change(LineItem, url=None, resource_link_id="link-1")
    course.now += timedelta(seconds=2)
    course.send(course.promise())
    assert course.lms.items[0]["resourceLinkId"] == "link-1"


def test_of_two_columns_the_one_of_the_known_link_is_taken(course):
    course.send(course.promise(), settle=False)
    first = course.lms.items[0]
    course.lms.add_item(**{**first, "id": f"{course.server.url}/items/2", "resourceLinkId": "l2"})
    course.change(LineItem, url=None, resource_link_id="l2")
    course.now += timedelta(seconds=2)
    course.send(course.promise())
    assert course.line_item().url == f"{course.server.url}/items/2"
