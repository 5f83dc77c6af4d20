"""The gradebook service (section 7)."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from lti_tool.lti.grades import (
    Result,
    Score,
    find_result,
    json_number,
    post_score,
    score_body,
    service_url,
    timestamp,
)
from lti_tool.lti.platforms import GENERIC
from tests.lti.local_server import Reply, json_reply
from tests.lti.platform import NOW


def _score(**changed):
    score = Score("user-7", Decimal("80"), Decimal("100"), NOW, "Well done")
    return replace(score, **changed)


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
    assert json.loads(score_body(_score(given=Decimal(0)), GENERIC))["scoreGiven"] == 0


@pytest.mark.parametrize(
    ("given", "maximum"),
    [("-1", "100"), ("101", "100"), ("NaN", "100"), ("Infinity", "100"), ("0", "0"), ("1", "NaN")],
)
def test_a_score_outside_its_range_is_never_sent(given, maximum):
    """B45."""
    with pytest.raises(ValueError, match="score"):
        score_body(_score(given=Decimal(given), maximum=Decimal(maximum)), GENERIC)


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
