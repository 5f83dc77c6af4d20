"""Gradebook columns that were renamed, removed, made again, deleted (section 7.1)."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from lti_tool.errors import ConflictError, ForbiddenError, LTIServiceError, NotFoundError
from lti_tool.lti.grades import LINE_ITEM_READONLY, SCORE
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.courses import Context
from lti_tool.persistence.deliveries import DeliveryState
from lti_tool.persistence.placements import LineItem, ensure_line_item, ensure_placement
from lti_tool.services.change_column import ColumnAct, change_column
from lti_tool.services.show_scores import show_scores
from tests.lti.local_server import Reply
from tests.lti.platform import INSTRUCTOR, NOW


@pytest.fixture
def teacher_id(course):
    accepted = course.world.launch(sub="teacher", roles=[INSTRUCTOR])
    return course.world.launched(accepted).learner_id


@pytest.fixture
def change(course, teacher_id):
    def act(what, **changed):
        values = {
            "context_id": course.launched.context_id,
            "achievement_uuid": course.world.achievement_uuid,
            "teacher_id": teacher_id,
        }
        change_column(
            course.database,
            course.client,
            act=what,
            actor="teacher",
            now=course.now,
            **(values | changed),
        )

    return act


def column(course):
    (found,) = show_scores(course.database, context_id=course.launched.context_id).columns
    return found


def gone(course):
    """The column is removed in the LMS, and a score finds that out."""
    course.send_one("70")
    course.lms.items.clear()
    course.lms.score_replies = [Reply(404)]
    course.now += timedelta(minutes=1)
    delivery = course.promise("90")
    course.work()
    assert course.row(delivery).state == DeliveryState.FAILED
    return delivery


def test_a_removed_column_is_made_again_by_the_teacher_alone(course, change):
    delivery = gone(course)
    assert column(course).is_removed
    course.now += timedelta(minutes=1)
    another = course.promise("95")
    course.work()
    assert course.row(another).reason == "column-gone"
    assert course.lms.items == []
    for _ in range(2):
        change(ColumnAct.MAKE_AGAIN)
    course.work()
    assert course.row(another).state == DeliveryState.DONE
    assert course.row(delivery).state == DeliveryState.SUPERSEDED
    assert len(course.lms.items) == 1
    assert not column(course).is_removed


def test_a_link_that_was_added_again_brings_its_own_column(course, teacher_id):
    """The teacher's act in the LMS is as good as the button."""
    gone(course)
    with course.database.writing() as session:
        placement = ensure_placement(
            session, course.launched.context_id, course.world.achievement_id, teacher_id, NOW
        )
    course.lms.add_item(resourceLinkId="link-2")
    course.world.launch(
        custom={"placement": str(placement.uuid), "quoin_placement": str(placement.uuid)},
        resource_link={"id": "link-2"},
        endpoint={"scope": [SCORE], "lineitem": f"{course.server.url}/items/1"},
    )
    assert course.line_item().url == f"{course.server.url}/items/1"
    assert course.send_one("95").state is DeliveryState.DONE


def rename(course, name):
    with course.database.writing() as session:
        session.scalars(select(Achievement)).one().name = name


def serve_item(course):
    def put(request):
        course.lms.items[0] = request.json
        return Reply(200, b"{}")

    def get(_request):
        return Reply(200, json.dumps(course.lms.items[0]).encode())

    course.server.on("GET /items/1", get)
    course.server.on("PUT /items/1", put)


def test_a_new_name_reaches_the_column_that_we_made_with_the_next_score(course):
    course.send_one("70")
    serve_item(course)
    course.lms.items[0]["startDateTime"] = "2026-07-01T00:00:00Z"
    rename(course, "Data cleaning II")
    for given in ("80", "90"):
        assert course.send_one(given).state is DeliveryState.DONE
    assert course.lms.items[0]["label"] == "Data cleaning II"
    assert course.lms.items[0]["startDateTime"] == "2026-07-01T00:00:00Z"
    assert course.lms.items[0]["resourceId"] == course.line_item().resource_id
    assert course.server.count("PUT /items/1") == 1


def test_a_new_maximum_reaches_it_too_and_a_refusal_holds_no_score_up(course):
    course.send_one("70")
    course.change(LineItem, score_maximum=10)
    course.server.on("GET /items/1", Reply(403))
    assert course.send_one("80").state is DeliveryState.DONE
    serve_item(course)
    assert course.send_one("90").state is DeliveryState.DONE
    assert course.lms.items[0]["scoreMaximum"] == 10


def test_the_column_of_an_activity_keeps_the_name_that_the_teacher_gave(course):
    course.lms.add_item()
    with course.database.writing() as session:
        context_id = course.launched.context_id
        url = f"{course.server.url}/items/1"
        ensure_line_item(session, context_id, course.world.achievement_id, NOW, url=url)
    rename(course, "Another name")
    assert course.send_one("70").state is DeliveryState.DONE
    assert course.server.count("PUT /items/1") == 0
    assert not column(course).is_outdated


def test_the_teacher_may_rename_at_once(course, change):
    course.send_one("70")
    serve_item(course)
    rename(course, "Data cleaning II")
    assert column(course).is_outdated
    for _ in range(2):
        change(ColumnAct.RENAME)
    assert course.lms.items[0]["label"] == "Data cleaning II"
    assert not column(course).is_outdated


def test_a_column_of_ours_that_nothing_needs_is_deleted_and_not_made_again(course, change):
    course.send_one("70")
    serve_item(course)
    course.server.on("DELETE /items/1", Reply(204))
    assert column(course).can_be_deleted
    for _ in range(2):
        change(ColumnAct.DELETE)
    assert course.server.count("DELETE /items/1") == 1
    course.lms.items.clear()
    attempt = course.send_one("80")
    assert (attempt.state, attempt.reason) == (DeliveryState.FAILED, "column-gone")
    assert course.lms.items == []


def test_a_column_that_was_gone_already_is_deleted_without_a_word(course, change):
    course.send_one("70")
    change(ColumnAct.DELETE)
    assert column(course).is_removed


def test_a_column_whose_achievement_is_placed_stays(course, change, teacher_id):
    course.send_one("70")
    with course.database.writing() as session:
        context_id = course.launched.context_id
        ensure_placement(session, context_id, course.world.achievement_id, teacher_id, NOW)
    assert not column(course).can_be_deleted
    with pytest.raises(ConflictError):
        change(ColumnAct.DELETE)
    assert course.server.count("DELETE /items/1") == 0


def test_a_column_that_the_platform_bound_to_an_activity_stays(course, change):
    course.send_one("70")
    serve_item(course)
    course.lms.items[0]["resourceLinkId"] = "link-9"
    with pytest.raises(ConflictError):
        change(ColumnAct.DELETE)
    assert course.server.count("DELETE /items/1") == 0


def test_a_column_that_we_found_and_did_not_make_stays(course, change):
    course.send_one("70")
    course.change(LineItem, is_ours=False)
    for act in (ColumnAct.DELETE, ColumnAct.RENAME):
        with pytest.raises(ConflictError):
            change(act)


def test_a_platform_that_deletes_nothing_changes_nothing_here(course, change):
    """Open edX."""
    course.send_one("70")
    serve_item(course)
    course.server.on("DELETE /items/1", Reply(403))
    with pytest.raises(LTIServiceError):
        change(ColumnAct.DELETE)
    assert not column(course).is_removed


def test_without_the_right_nothing_is_renamed(course, change):
    course.send_one("70")
    course.change(Context, grade_scopes=[LINE_ITEM_READONLY, SCORE])
    with pytest.raises(ConflictError):
        change(ColumnAct.RENAME)


def test_only_the_teacher_of_the_course_changes_its_columns(course, change):
    course.send_one("70")
    with pytest.raises(ForbiddenError):
        change(ColumnAct.DELETE, teacher_id=course.launched.learner_id)
    with pytest.raises(NotFoundError):
        change(ColumnAct.DELETE, achievement_uuid=uuid4())
