"""The gradebook service (section 7)."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from lti_tool.errors import LTIServiceError
from lti_tool.lti.grades import (
    LINE_ITEM,
    LINE_ITEM_READONLY,
    RESULT_READONLY,
    SCORE,
    Gradebook,
    Result,
    Score,
    create_column,
    find_result,
    json_number,
    list_columns,
    post_score,
    score_body,
    service_url,
    timestamp,
)
from tests.lti.local_server import Reply, json_reply
from tests.lti.platform import NOW, TestPlatform

OURS = {"resourceId": "resource-1", "tag": "quoin"}


@pytest.fixture
def book(server):
    server.on("POST /token", json_reply({"access_token": "t", "expires_in": 3600}))
    registration = replace(
        TestPlatform().registration,
        token_url=f"{server.url}/token",
        authorization_url=f"{server.url}/auth",
        allows_loopback=True,
    )
    return Gradebook(
        registration,
        f"{server.url}/items?type_id=1",
        (LINE_ITEM, LINE_ITEM_READONLY, RESULT_READONLY, SCORE, "https://other/scope"),
    )


def _score(**changed):
    score = Score("user-7", Decimal("80"), Decimal("100"), NOW, "Well done")
    return replace(score, **changed)


def test_our_line_items_are_found_by_resource_id_and_tag(server, client, book):
    items = [
        {"id": f"{server.url}/items/1", **OURS, "resourceLinkId": "link-1"},
        {"id": f"{server.url}/items/2", **OURS, "tag": "other"},
        {"id": f"{server.url}/items/3", "resourceId": "resource-2", "tag": "quoin"},
        {"id": "https://evil.example/items/4", **OURS},
        {"id": 7, **OURS},
        "text",
    ]
    server.on("GET /items", json_reply(items))
    columns = list_columns(client, book, "resource-1")
    assert [column.url for column in columns.found] == [f"{server.url}/items/1"]
    assert columns.found[0].resource_link_id == "link-1"
    assert columns.is_complete
    (request,) = server.sent("GET /items")
    assert request.query == {"type_id": "1", "resource_id": "resource-1", "tag": "quoin"}
    assert request.headers["Accept"] == "application/vnd.ims.lis.v2.lineitemcontainer+json"


def test_one_token_with_every_granted_scope_of_ours_is_asked_for(server, client, book):
    server.on("GET /items", json_reply([]))
    list_columns(client, book, "resource-1")
    (request,) = server.sent("POST /token")
    assert set(request.form["scope"].split()) == {
        LINE_ITEM,
        LINE_ITEM_READONLY,
        RESULT_READONLY,
        SCORE,
    }


def test_a_list_that_breaks_off_is_incomplete(server, client, book):
    server.on("GET /items", json_reply([], Link=f'<{server.url}/more>; rel="next"'))
    server.on("GET /more", Reply(403))
    assert not list_columns(client, book, "resource-1").is_complete


@pytest.mark.parametrize("reply", [Reply(200, b"<html>"), json_reply({}), Reply(200, b"")])
def test_what_is_no_list_is_an_error(server, client, book, reply):
    server.on("GET /items", reply)
    with pytest.raises(LTIServiceError):
        list_columns(client, book, "resource-1")


def _create(client, book, link="link-1"):
    return create_column(
        client,
        book,
        label="L" * 300,
        maximum=Decimal("100"),
        resource_id="resource-1",
        resource_link_id=link,
    )


def test_a_column_is_made_with_its_marks_and_its_link(server, client, book):
    server.on("POST /items", json_reply({"id": f"{server.url}/items/9?type_id=1"}, 201))
    assert _create(client, book).url == f"{server.url}/items/9?type_id=1"
    (request,) = server.sent("POST /items")
    assert request.json == {
        "label": "L" * 255,
        "scoreMaximum": 100,
        "resourceId": "resource-1",
        "tag": "quoin",
        "resourceLinkId": "link-1",
    }
    assert request.headers["Content-Type"] == "application/vnd.ims.lis.v2.lineitem+json"
    _create(client, book, link=None)
    assert "resourceLinkId" not in server.sent("POST /items")[1].json


@pytest.mark.parametrize(
    "reply", [Reply(403), Reply(201, b""), json_reply({"id": "https://evil.example/1"}, 201)]
)
def test_a_column_that_was_not_made_is_an_error(server, client, book, reply):
    """B44: no address elsewhere is ever used."""
    server.on("POST /items", reply)
    with pytest.raises(LTIServiceError):
        _create(client, book)


def test_a_score_goes_on_the_path_before_the_query(server, client, book):
    server.on("POST /items/1/scores", Reply(200))
    answer = post_score(client, book, f"{server.url}/items/1?type_id=1", _score())
    assert answer.status == 200
    (request,) = server.sent("POST /items/1/scores")
    assert request.query == {"type_id": "1"}
    assert request.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert request.json == {
        "userId": "user-7",
        "scoreGiven": 80,
        "scoreMaximum": 100,
        "comment": "Well done",
        "timestamp": "2026-06-30T12:00:00.000000Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }


def test_a_score_of_nothing_is_sent_as_nothing():
    assert json.loads(score_body(_score(given=Decimal(0))))["scoreGiven"] == 0


@pytest.mark.parametrize(
    ("given", "maximum"),
    [("-1", "100"), ("101", "100"), ("NaN", "100"), ("Infinity", "100"), ("0", "0"), ("1", "NaN")],
)
def test_a_score_outside_its_range_is_never_sent(given, maximum):
    """B45."""
    with pytest.raises(ValueError, match="score"):
        score_body(_score(given=Decimal(given), maximum=Decimal(maximum)))


def test_numbers_are_whole_where_they_are_whole():
    assert repr(json_number(Decimal("100.00"))) == "100"
    assert repr(json_number(Decimal("7.5"))) == "7.5"


def test_a_timestamp_has_a_zone_and_microseconds():
    assert timestamp(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02T03:04:05.000000Z"
    berlin = timezone(timedelta(hours=2))
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=berlin)
    assert timestamp(moment) == "2026-01-02T01:04:05.000678Z"


@pytest.mark.parametrize(
    ("url", "built"),
    [
        ("https://a/items/1", "https://a/items/1/scores"),
        ("https://a/items/1/", "https://a/items/1/scores"),
        (
            "https://a/items/1/lineitem?type_id=2&x=Y",
            "https://a/items/1/lineitem/scores?type_id=2&x=Y",
        ),
    ],
)
def test_a_service_below_a_line_item_keeps_its_query(url, built):
    assert service_url(url, "scores") == built


def test_the_result_of_a_user_is_found(server, client, book):
    results = [
        {"userId": "user-8", "resultScore": 1, "resultMaximum": 1},
        {"userId": "user-7", "resultScore": None},
        {"userId": "user-7", "resultScore": 40.5, "resultMaximum": 50},
    ]
    server.on("GET /items/1/results", json_reply(results))
    found = find_result(client, book, f"{server.url}/items/1", "user-7")
    assert found == Result(Decimal("40.5"), Decimal(50))
    assert server.sent("GET /items/1/results")[0].query == {"user_id": "user-7"}
    assert find_result(client, book, f"{server.url}/items/1", "user-9") is None
