"""A score with whatever the course grants (section 7.1; B40, B44)."""

import pytest

from lti_tool.lti.grades import LINE_ITEM, LINE_ITEM_READONLY, SCORE
from lti_tool.persistence.courses import Context
from lti_tool.persistence.deliveries import DeliveryState
from lti_tool.persistence.placements import LineItem, ensure_line_item
from tests.lti.local_server import json_reply
from tests.lti.platform import NOW


def known_column(course, url):
    with course.database.writing() as session:
        context_id = course.launched.context_id
        ensure_line_item(session, context_id, course.world.achievement_id, NOW, url=url)


def test_line_item_and_score_are_enough(course):
    course.change(Context, grade_scopes=[LINE_ITEM, SCORE])
    assert course.send_one().state is DeliveryState.DONE
    assert len(course.lms.items) == 1


@pytest.mark.parametrize("scopes", [[SCORE], [LINE_ITEM_READONLY, SCORE]])
def test_a_column_that_the_launch_named_is_enough(course, scopes):
    """The declarative mode of Open edX."""
    known_column(course, course.lms.add_item())
    course.change(Context, grade_scopes=scopes, line_items_url=None)
    assert course.send_one().state is DeliveryState.DONE
    assert course.server.count("GET /items") == 0


def test_a_read_only_column_of_ours_is_found(course):
    course.send_one("70")
    course.change(LineItem, url=None)
    course.change(Context, grade_scopes=[LINE_ITEM_READONLY, SCORE])
    assert course.send_one("80").state is DeliveryState.DONE
    assert len(course.lms.items) == 1


def test_a_column_at_a_foreign_host_gets_neither_token_nor_score(course):
    """B44: wherever the address came from."""
    known_column(course, "https://evil.example/items/1")
    attempt = course.send_one()
    assert attempt.state is DeliveryState.FAILED
    assert "not the platform's" in attempt.answer
    assert course.server.count("POST /token") == 0


def test_a_platform_that_grants_one_scope_at_a_time_is_asked_one_at_a_time(course):
    """B40: invalid_scope for the whole wish."""

    def grant(request):
        if " " in request.form["scope"]:
            return json_reply({"error": "invalid_scope"}, 400)
        return json_reply({"access_token": "t", "expires_in": 3600})

    course.server.on("POST /token", grant)
    assert course.send_one().state is DeliveryState.DONE
    asked = course.server.count("POST /token")
    assert course.send_one("90").state is DeliveryState.DONE
    assert course.server.count("POST /token") == asked, "what was granted is kept"


@pytest.mark.parametrize("is_strict", [False, True])
def test_a_scope_that_is_refused_is_not_asked_for_with_every_score(course, is_strict):
    """B40: results may not be read; one pass has several calls."""

    def grant(request):
        wish = request.form["scope"].split()
        kept = [s for s in wish if not s.endswith("result.readonly")]
        if not kept or (is_strict and kept != wish):
            return json_reply({"error": "invalid_scope"}, 400)
        granted = {"access_token": "t", "expires_in": 3600, "scope": " ".join(kept)}
        return json_reply(granted)

    course.server.on("POST /token", grant)
    course.send_one("70")
    asked = course.server.count("POST /token")
    course.send_one("80")
    assert course.server.count("POST /token") == asked
