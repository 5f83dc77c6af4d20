"""Scores and services in the manner of three products."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from demo_lms.ags import ITEM, ITEMS, RESULTS, SCORE_DOCUMENT
from demo_lms.nrps import MEMBERS
from demo_lms.registration import SCOPES
from tests.demo_lms.stand_in_tool import CLAIM, Pair, changed

AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
SUBMISSION = "https://canvas.instructure.com/lti/submission"
AT = "2026-11-24T10:00:00.500+00:00"


class Shop:
    """A tool's way to the gradebook by the addresses that a launch gave it."""

    def __init__(self, pair: Pair, flavour: str) -> None:
        self.pair = pair
        pair.lms.control("flavour", client_id="quoin-demo", flavour=flavour)
        self.token = pair.token(*SCOPES)
        visitor = pair.lms.visit("maria")
        self.claims = pair.claims_of(pair.launch(visitor, visitor.start_link("algorithms")))
        self.items = self.claims[AGS]["lineitems"]
        self.members = self.claims[NRPS]["context_memberships_url"]
        self.link = self.claims[f"{CLAIM}resource_link"]["id"]

    def column(self, **changes: Any) -> str:
        item = changed({"label": "Sorting", "scoreMaximum": 10, "resourceId": "r-1"}, changes)
        answer = self.call("POST", self.items, body=item, content_type=ITEM)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def score(self, column: str, username: str = "amara", **changes: Any) -> requests.Response:
        score = {
            "userId": self.pair.lms.sub(username),
            "scoreGiven": 8,
            "scoreMaximum": 10,
            "timestamp": AT,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
        }
        body = changed(score, changes)
        url = beneath(column, "scores")
        return self.call("POST", url, body=body, content_type=SCORE_DOCUMENT)

    def standing(self, username: str = "amara") -> dict[str, Any]:
        (column,) = self.pair.lms.state()["columns"]
        return next(entry for entry in column["scores"] if entry["username"] == username)

    def call(self, method: str, url: str, **more: Any) -> requests.Response:
        return self.pair.call(method, url, self.token, **more)


def beneath(url: str, word: str) -> str:
    """``url`` with its path extended before the query."""
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path}/{word}").geturl()


def test_moodle_names_the_tool_in_every_address(pair: Pair) -> None:
    shop = Shop(pair, "moodle")
    number = parse_qs(urlsplit(shop.items).query)["type_id"]
    column = shop.column()
    for url in (shop.members, column):
        assert parse_qs(urlsplit(url).query)["type_id"] == number
    assert shop.score(column).status_code == 200
    assert shop.call("GET", beneath(column, "results")).json()[0]["resultScore"] == 8.0
    bare = column.partition("?")[0]
    assert shop.call("GET", bare, accept=ITEM).status_code == 404
    assert shop.call("POST", f"{column}/scores", content_type=SCORE_DOCUMENT).status_code == 405
    assert shop.call("GET", bare + "?type_id=99", accept=ITEM).status_code == 404


def test_moodle_wants_exactly_one_media_type_and_says_400(pair: Pair) -> None:
    shop = Shop(pair, "moodle")
    for accept in ("application/json", "*/*", f"{ITEMS}, application/json"):
        assert shop.call("GET", shop.items, accept=accept).status_code == 400
    assert shop.call("GET", shop.items, accept=None).status_code == 200
    answer = shop.call("POST", shop.items, body={}, content_type="application/json")
    assert answer.status_code == 400


def test_moodle_answers_its_tokens_as_html_and_cuts_scopes_silently(pair: Pair) -> None:
    Shop(pair, "moodle")
    answer = pair.ask_token(f"{SCOPES[0]} https://other.example/scope")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.json()["scope"] == SCOPES[0]


def test_moodle_cuts_scores_at_both_ends_and_fails_on_a_limit(pair: Pair) -> None:
    shop = Shop(pair, "moodle")
    column = shop.column()
    assert shop.score(column, scoreGiven=-3).status_code == 200
    assert shop.standing()["score"] == 0.0
    assert shop.score(column, scoreGiven=99, timestamp="2026-11-24T10:01:00Z").status_code == 200
    assert shop.standing()["score"] == 10.0
    limited = shop.call("GET", beneath(column, "results") + "&limit=1", accept=RESULTS)
    assert (limited.status_code, limited.headers["Content-Type"][:9]) == (404, "text/html")


def test_moodle_names_roles_by_short_words(pair: Pair) -> None:
    shop = Shop(pair, "moodle")
    members = shop.call("GET", shop.members, accept=MEMBERS).json()["members"]
    assert {role for member in members for role in member["roles"]} == {"Instructor", "Learner"}


@pytest.mark.parametrize(("linked", "stays"), [(True, True), (False, False)])
def test_moodle_keeps_a_teachers_grade_in_the_column_of_an_activity(
    pair: Pair, linked: bool, stays: bool
) -> None:
    shop = Shop(pair, "moodle")
    column = shop.column(resourceLinkId=shop.link if linked else ...)
    assert shop.score(column).status_code == 200
    override(pair, "amara", "3")
    assert shop.score(column).status_code == 409
    assert shop.score(column, timestamp="2099-01-01T00:00:00Z").status_code == 200
    assert shop.standing()["score"] == (3.0 if stays else 8.0)
    assert shop.standing()["changed_by"] == ("maria" if stays else "")


@pytest.mark.parametrize("username", ["test-student:algorithms", "maria", "isaac"])
def test_canvas_refuses_whoever_is_no_student_with_422(pair: Pair, username: str) -> None:
    shop = Shop(pair, "canvas")
    answer = shop.score(shop.column(), username)
    assert answer.status_code == 422
    assert "not a student" in answer.json()["error"]


def test_canvas_counts_submissions_unless_told_otherwise(pair: Pair) -> None:
    shop = Shop(pair, "canvas")
    column = shop.column()
    stamps = [f"2026-11-24T10:0{minute}:00Z" for minute in range(3)]
    extensions: list[Any] = [..., {"new_submission": False}, {"new_submission": True}]
    for stamp, extension, submissions in zip(stamps, extensions, (1, 1, 2), strict=True):
        changes = {"timestamp": stamp, SUBMISSION: extension}
        assert shop.score(column, **changes).status_code == 200
        assert shop.standing()["submissions"] == submissions
    for wrong in ("no", {"new_submission": "no"}):
        changes = {"timestamp": "2026-11-24T11:00:00Z", SUBMISSION: wrong}
        assert shop.score(column, **changes).status_code == 400


def test_canvas_compares_parts_of_seconds_and_gives_extra_credit(pair: Pair) -> None:
    shop = Shop(pair, "canvas")
    column = shop.column()
    assert shop.score(column).status_code == 200
    assert shop.score(column).status_code == 409
    later = "2026-11-24T10:00:00.600+00:00"
    assert shop.score(column, scoreGiven=12, timestamp=later).status_code == 200
    assert shop.standing()["score"] == 12.0


def test_canvas_keeps_the_grade_when_a_score_is_not_final(pair: Pair) -> None:
    shop = Shop(pair, "canvas")
    column = shop.column()
    shop.score(column)
    later = {"gradingProgress": "Pending", "timestamp": "2026-11-24T11:00:00Z"}
    assert shop.score(column, scoreGiven=1, **later).status_code == 200
    assert shop.standing()["score"] == 8.0


@pytest.mark.parametrize("timestamp", [AT, "2026-11-24T09:00:00Z"])
def test_openedx_says_400_about_an_old_timestamp(pair: Pair, timestamp: str) -> None:
    shop = Shop(pair, "openedx")
    column = shop.column()
    assert shop.score(column).status_code == 201
    answer = shop.score(column, timestamp=timestamp)
    assert answer.status_code == 400
    assert "timestamp" in answer.json()["error"]


@pytest.mark.parametrize(
    ("linked", "changes", "published"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"scoreGiven": 0}, False),
        (True, {"gradingProgress": "Pending"}, False),
    ],
)
def test_openedx_stores_more_than_it_publishes(
    pair: Pair, linked: bool, changes: dict[str, Any], published: bool
) -> None:
    shop = Shop(pair, "openedx")
    column = shop.column(resourceLinkId=shop.link if linked else ...)
    assert shop.score(column, **changes).status_code == 201
    assert shop.standing()["published"] is published
    (result,) = shop.call("GET", beneath(column, "results"), accept=RESULTS).json()
    assert result["resultScore"] == changes.get("scoreGiven", 8)
    page = pair.lms.visit("amara").get(f"{pair.lms.url}/courses/algorithms/grades", timeout=10)
    assert ("Not graded yet" not in page.text) is published


def test_openedx_names_the_person_in_the_path_of_results_and_ignores_a_query(pair: Pair) -> None:
    shop = Shop(pair, "openedx")
    column = shop.column()
    assert {shop.score(column, name).status_code for name in ("amara", "ben")} == {201}

    def users(path: str) -> set[str]:
        answer = shop.call("GET", beneath(column, path), accept=RESULTS)
        return {entry["userId"] for entry in answer.json()}

    amara, ben = pair.lms.sub("amara"), pair.lms.sub("ben")
    assert users(f"results/{amara}") == {amara}
    assert users(f"results?user_id={amara}") == {amara, ben}
    assert users("results/nobody") == set()


@pytest.mark.parametrize("flavour", ["plain", "moodle", "canvas"])
def test_others_have_no_such_path(pair: Pair, flavour: str) -> None:
    shop = Shop(pair, flavour)
    column = shop.column()
    shop.score(column)
    path = beneath(column, f"results/{pair.lms.sub('amara')}")
    assert shop.call("GET", path, accept=RESULTS).status_code == 404


def test_openedx_wants_a_resource_and_whole_points_and_removes_nothing(pair: Pair) -> None:
    shop = Shop(pair, "openedx")
    for wrong in ({"label": "x", "scoreMaximum": 10}, {"label": "x", "scoreMaximum": 9.5}):
        body = {**wrong, **({"resourceId": "r"} if wrong["scoreMaximum"] == 9.5 else {})}
        answer = shop.call("POST", shop.items, body=body, content_type=ITEM)
        assert answer.status_code == 400
    assert shop.call("DELETE", shop.column()).status_code == 403


def test_the_gradebook_shows_who_had_the_last_word(pair: Pair) -> None:
    shop = Shop(pair, "plain")
    column = shop.column()
    shop.score(column)
    shop.score(column, timestamp="2026-11-24T09:00:00Z")
    url = f"{pair.lms.url}/courses/algorithms/grades"
    page = pair.lms.visit("maria").get(url, timeout=10).text
    assert "by the tool" in page
    assert "The timestamp is not newer than the last change of this grade (409)" in page
    override(pair, "amara", "4.5")
    page = pair.lms.visit("ingrid").get(url, timeout=10).text
    assert "by <bdi>María Fernández Soto</bdi>" in page
    assert "<strong>4.5</strong>" in page
    assert "Change<" not in page
    assert "Refused scores" not in pair.lms.visit("amara").get(url, timeout=10).text
    override(pair, "amara", "")
    assert shop.call("GET", beneath(column, "results"), accept=RESULTS).json() == []


def test_only_graders_change_grades_and_only_to_grades_of_the_column(pair: Pair) -> None:
    shop = Shop(pair, "plain")
    shop.column()
    for username, score, status in (
        ("ben", "5", 403),
        ("ingrid", "5", 403),
        ("maria", "11", 400),
        ("maria", "-1", 400),
        ("maria", "nan", 400),
        ("maria", "good", 400),
    ):
        assert post_grade(pair, username, "amara", score).status_code == status
    assert post_grade(pair, "maria", "isaac", "5").status_code == 404
    assert pair.lms.state()["columns"][0]["scores"] == []


def override(pair: Pair, learner: str, score: str) -> None:
    answer = post_grade(pair, "maria", learner, score)
    assert answer.status_code == 200, answer.text


def post_grade(pair: Pair, username: str, learner: str, score: str) -> requests.Response:
    (column,) = pair.lms.state()["columns"]
    url = f"{pair.lms.url}/courses/algorithms/grades/{column['id']}/{learner}"
    return pair.lms.visit(username).post(url, data={"score": score}, timeout=10)
