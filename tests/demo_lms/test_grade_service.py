"""Line items, scores and results as a Moodle-like LMS keeps them."""

from typing import Any

import pytest
import requests

from demo_lms.ags import ITEM, ITEMS, RESULTS, SCORE_DOCUMENT
from demo_lms.registration import SCOPES
from tests.demo_lms.stand_in_tool import Pair, changed

AT = "2026-11-24T10:00:00.500+00:00"


class Grades:
    """A tool's view of one course's gradebook."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.token = pair.token(*SCOPES)

    def create(self, **changes: Any) -> requests.Response:
        item = {"label": "Sorting", "scoreMaximum": 10, "resourceId": "r-1", "tag": "quoin"}
        body = changed(item, changes)
        return self.call("POST", "algorithms/lineitems", ITEM, body, ITEM)

    def column(self, **changes: Any) -> str:
        answer = self.create(**changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def listed(self, query: str = "") -> list[dict[str, Any]]:
        answer = self.call("GET", f"algorithms/lineitems{query}", ITEMS)
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    def score(self, column: str, **changes: Any) -> requests.Response:
        score = {
            "userId": self.pair.lms.sub("amara"),
            "scoreGiven": 80,
            "scoreMaximum": 100,
            "comment": "Well done",
            "timestamp": AT,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
        }
        body = changed(score, changes)
        return self.call("POST", f"{column}/scores", None, body, SCORE_DOCUMENT)

    def results(self, column: str, query: str = "") -> list[dict[str, Any]]:
        answer = self.call("GET", f"{column}/results{query}", RESULTS)
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    def call(
        self,
        method: str,
        path: str,
        accept: str | None,
        body: object = None,
        content_type: str | None = None,
    ) -> requests.Response:
        return self.pair.call(
            method, path, self.token, accept=accept, body=body, content_type=content_type
        )


@pytest.fixture
def grades(pair: Pair) -> Grades:
    return Grades(pair)


def test_a_line_item_is_created_read_replaced_and_removed(grades: Grades) -> None:
    url = grades.column()
    assert grades.call("GET", url, ITEM).json() == {
        "id": url,
        "label": "Sorting",
        "scoreMaximum": 10.0,
        "resourceId": "r-1",
        "tag": "quoin",
    }
    replaced = grades.call("PUT", url, ITEM, {"label": "Searching", "scoreMaximum": 5}, ITEM)
    assert replaced.json() == {"id": url, "label": "Searching", "scoreMaximum": 5.0}
    assert grades.call("DELETE", url, None).status_code == 204
    assert grades.call("GET", url, ITEM).status_code == 404
    assert grades.call("DELETE", url, None).status_code == 404


def test_line_items_are_filtered_and_duplicates_are_not_refused(grades: Grades) -> None:
    link = grades.pair.lms.first_link("algorithms")
    first, second = grades.column(), grades.column()
    third = grades.column(resourceId="r-2", tag="other", resourceLinkId=link)
    assert [item["id"] for item in grades.listed()] == [first, second, third]
    assert [item["id"] for item in grades.listed("?resource_id=r-1")] == [first, second]
    assert [item["id"] for item in grades.listed("?tag=other")] == [third]
    assert [item["id"] for item in grades.listed(f"?resource_link_id={link}")] == [third]
    assert grades.listed("?resource_id=r-1&tag=other") == []


def test_pages_are_linked_when_a_limit_is_given(grades: Grades) -> None:
    urls = [grades.column(resourceId="Same+Case", tag=f"t{number}") for number in range(5)]
    found, address = [], "algorithms/lineitems?limit=2&resource_id=Same%2BCase"
    while address:
        answer = grades.call("GET", address, ITEMS)
        found += [item["id"] for item in answer.json()]
        header = answer.headers.get("Link")
        assert header is None or header.endswith('>; rel="next"')
        address = answer.links["next"]["url"] if header else ""
    assert found == urls
    assert "Link" not in grades.call("GET", "algorithms/lineitems", ITEMS).headers
    for query in ("limit=0", "limit=-1", "limit=x", "page=0", "limit=" + "9" * 5000):
        assert grades.call("GET", f"algorithms/lineitems?{query}", ITEMS).status_code == 400


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"label": ...}, 400),
        ({"label": "  "}, 400),
        ({"label": "x" * 256}, 400),
        ({"scoreMaximum": ...}, 400),
        ({"scoreMaximum": 0}, 400),
        ({"scoreMaximum": -5}, 400),
        ({"scoreMaximum": "10"}, 400),
        ({"scoreMaximum": True}, 400),
        ({"scoreMaximum": float("nan")}, 400),
        ({"scoreMaximum": 10**400}, 400),
        ({"tag": 5}, 400),
        ({"resourceLinkId": "of another course"}, 403),
    ],
)
def test_a_wrong_line_item_is_refused(grades: Grades, changes: dict[str, Any], status: int) -> None:
    assert grades.create(**changes).status_code == status
    assert grades.listed() == []


@pytest.mark.parametrize("body", ["", "{", "[]", "7", "[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(grades: Grades, body: str) -> None:
    headers = {"Authorization": f"Bearer {grades.token}", "Content-Type": ITEM, "Accept": ITEM}
    url = f"{grades.pair.lms.url}/lti/contexts/algorithms/lineitems"
    assert requests.post(url, data=body, headers=headers, timeout=10).status_code == 400


def test_media_types_are_exact(grades: Grades) -> None:
    for accept in ("application/json", "*/*", f"{ITEMS}, application/json", f"{ITEMS};q=1"):
        assert grades.call("GET", "algorithms/lineitems", accept).status_code == 406
    assert grades.call("GET", "algorithms/lineitems", None).headers["Content-Type"] == ITEMS
    wrong = grades.call("POST", "algorithms/lineitems", ITEM, {}, "application/json")
    assert wrong.status_code == 415
    listed = grades.call("POST", "algorithms/lineitems", ITEM, [], ITEM)
    assert listed.status_code == 400


def test_columns_and_links_of_other_courses_are_not_there(grades: Grades) -> None:
    url = grades.column()
    elsewhere = url.replace("/algorithms/", "/foundations/")
    assert grades.call("GET", elsewhere, ITEM).status_code == 404
    assert grades.score(elsewhere).status_code == 404
    assert grades.call("GET", "nowhere/lineitems", ITEMS).status_code == 404
    foreign = grades.pair.lms.first_link("foundations")
    assert grades.create(resourceLinkId=foreign).status_code == 403


def test_a_score_is_rescaled_and_read_as_a_result(grades: Grades) -> None:
    url = grades.column()
    answer = grades.score(url)
    assert (answer.status_code, answer.text) == (200, "")
    (result,) = grades.results(url)
    assert (result["resultScore"], result["resultMaximum"]) == (8.0, 10.0)
    assert (result["scoreOf"], result["comment"]) == (url, "Well done")
    assert result["userId"] == grades.pair.lms.sub("amara")
    assert grades.results(url, f"?user_id={grades.pair.lms.sub('ben')}") == []
    (column,) = grades.pair.lms.state()["columns"]
    assert (column["scores"][0]["username"], column["scores"][0]["score"]) == ("amara", 8.0)


def test_a_score_above_the_maximum_is_cut(grades: Grades) -> None:
    url = grades.column()
    assert grades.score(url, scoreGiven=150).status_code == 200
    assert grades.results(url)[0]["resultScore"] == 10.0


@pytest.mark.parametrize(
    ("timestamp", "status"),
    [
        ("2026-11-24T10:00:00.500+00:00", 409),
        ("2026-11-24T10:00:00.999Z", 409),
        ("2026-11-24T09:00:00Z", 409),
        ("2026-11-24T11:00:00.9+01:00", 409),
        ("2026-11-24T10:00:01.000Z", 200),
    ],
)
def test_a_score_must_be_newer_by_a_whole_second(
    grades: Grades, timestamp: str, status: int
) -> None:
    url = grades.column()
    assert grades.score(url).status_code == 200
    assert grades.score(url, scoreGiven=50, timestamp=timestamp).status_code == status
    assert grades.results(url)[0]["resultScore"] == (5.0 if status == 200 else 8.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"timestamp": ...},
        {"timestamp": "yesterday"},
        {"timestamp": "2026-11-24T10:00:00"},
        {"timestamp": 1764000000},
        {"timestamp": "0001-01-01T00:00:00+14:00"},
        {"scoreGiven": -1},
        {"scoreGiven": "80"},
        {"scoreGiven": float("inf")},
        {"scoreMaximum": 0},
        {"scoreMaximum": -100},
        {"scoreMaximum": ...},
        {"activityProgress": ...},
        {"gradingProgress": "Done"},
        {"comment": ["a"]},
        {"userId": ...},
        {"userId": "nobody"},
        {"userId": 7},
    ],
)
def test_a_wrong_score_is_refused_and_nothing_stands(
    grades: Grades, changes: dict[str, Any]
) -> None:
    url = grades.column()
    assert grades.score(url, **changes).status_code == 400
    assert grades.pair.lms.state()["columns"][0]["scores"] == []


@pytest.mark.parametrize("username", ["maria", "isaac", "ingrid"])
def test_only_learners_of_the_course_are_graded(grades: Grades, username: str) -> None:
    url = grades.column()
    assert grades.score(url, userId=grades.pair.lms.sub(username)).status_code == 400


@pytest.mark.parametrize(
    "changes", [{"gradingProgress": "Pending"}, {"scoreGiven": ..., "scoreMaximum": ...}]
)
def test_a_score_that_is_not_final_erases_what_stood(
    grades: Grades, changes: dict[str, Any]
) -> None:
    url = grades.column()
    assert grades.score(url).status_code == 200
    assert grades.score(url, timestamp="2026-11-24T10:05:00Z", **changes).status_code == 200
    assert grades.results(url) == []


def test_a_later_score_without_a_comment_clears_it(grades: Grades) -> None:
    url = grades.column()
    grades.score(url)
    grades.score(url, timestamp="2026-11-24T10:05:00Z", comment=...)
    assert grades.results(url)[0]["comment"] == ""


def test_results_have_pages(grades: Grades) -> None:
    url = grades.column()
    for username in ("amara", "ben", "chloe"):
        assert grades.score(url, userId=grades.pair.lms.sub(username)).status_code == 200
    first = grades.call("GET", f"{url}/results?limit=2", RESULTS)
    second = grades.call("GET", first.links["next"]["url"], RESULTS)
    assert (len(first.json()), len(second.json())) == (2, 1)
    assert "next" not in second.links
