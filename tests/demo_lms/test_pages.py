"""The LMS's own pages show each person what is theirs."""

import pytest
import requests

from demo_lms.ags import ITEM
from demo_lms.registration import LINE_ITEM, SCORE
from tests.demo_lms.stand_in_tool import Pair


def test_the_sign_in_page_lists_everybody(pair: Pair) -> None:
    page = requests.get(pair.lms.url, timeout=10).text
    for name in ("María Fernández Soto", "فريد الحداد", "Олена Ковальчук", "Ingrid Solheim"):
        assert name in page
    assert "no password" in page.lower() or "nobody has a password" in page


def test_the_session_cookie_is_fit_for_frames(pair: Pair) -> None:
    answer = requests.post(
        f"{pair.lms.url}/sign-in", data={"username": "ben"}, allow_redirects=False, timeout=10
    )
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=None"))
    assert answer.headers["Location"] == "/courses"


@pytest.mark.parametrize("wanted", ["https://thief.example/", "//thief.example", "/courses\\@x"])
def test_signing_in_never_leads_elsewhere(pair: Pair, wanted: str) -> None:
    data = {"username": "ben", "next": wanted}
    answer = requests.post(f"{pair.lms.url}/sign-in", data=data, allow_redirects=False, timeout=10)
    assert answer.headers["Location"] == "/courses"


def test_forms_of_other_sites_are_refused(pair: Pair) -> None:
    headers = {"Origin": "https://elsewhere.example"}
    data = {"username": "ben"}
    url = f"{pair.lms.url}/sign-in"
    assert requests.post(url, data=data, headers=headers, timeout=10).status_code == 403


@pytest.mark.parametrize("path", ["", "/grades", "/people", "/add", "/links/nothing"])
def test_a_course_is_closed_to_outsiders(pair: Pair, path: str) -> None:
    url = f"{pair.lms.url}/courses/algorithms{path}"
    assert requests.get(url, timeout=10).status_code == 401
    assert pair.lms.visit("isaac").get(url, timeout=10).status_code in {403, 404}


@pytest.mark.parametrize("button", ["Add from Quoin", "Open Quoin"])
def test_only_teachers_see_the_buttons_of_the_tool(pair: Pair, button: str) -> None:
    url = f"{pair.lms.url}/courses/algorithms"
    assert button in pair.lms.visit("maria").get(url, timeout=10).text
    for username in ("amara", "ingrid"):
        assert button not in pair.lms.visit(username).get(url, timeout=10).text


@pytest.mark.parametrize("maximum", [100, 100.05])
def test_points_are_shown_as_they_are(pair: Pair, maximum: float) -> None:
    column = {"label": "Sorting", "scoreMaximum": maximum}
    item = {"type": "ltiResourceLink", "custom": {"quoin_placement": "p-1"}, "lineItem": column}
    assert pair.reply(pair.deep_linking_settings(), [item]).status_code == 200
    page = pair.lms.visit("ben").get(f"{pair.lms.url}/courses/algorithms", timeout=10).text
    assert f"Graded, {maximum} points" in page


@pytest.mark.parametrize("path", ["state", "faults"])
def test_practice_aids_are_closed_to_names_that_merely_resolve_here(pair: Pair, path: str) -> None:
    url = f"{pair.lms.url}/{path}"
    assert requests.get(url, timeout=10).status_code == 200
    foreign = {"Host": f"thief.example:{pair.lms.port}"}
    assert requests.get(url, headers=foreign, timeout=10).status_code == 403


def test_a_learner_sees_her_own_grades_only(pair: Pair) -> None:
    _grade(pair, "amara", "Splendid <work>")
    url = f"{pair.lms.url}/courses/algorithms/grades"
    own = pair.lms.visit("amara").get(url, timeout=10).text
    assert "Splendid &lt;work&gt;" in own
    assert "<time datetime=" in own
    other = pair.lms.visit("ben").get(url, timeout=10).text
    assert "Splendid" not in other
    assert "Amara" not in other
    for username in ("maria", "ingrid"):
        everything = pair.lms.visit(username).get(url, timeout=10).text
        assert "Splendid" in everything
        assert "Amara Nwosu" in everything


def test_mail_addresses_are_for_teachers(pair: Pair) -> None:
    url = f"{pair.lms.url}/courses/algorithms/people"
    assert "amara.nwosu<wbr>@harbour.example" in pair.lms.visit("maria").get(url, timeout=10).text
    assert "@harbour.example" not in pair.lms.visit("amara").get(url, timeout=10).text


def test_the_frame_page_frames_the_start_of_the_launch(pair: Pair) -> None:
    link = pair.lms.first_link("algorithms")
    answer = pair.lms.visit("amara").get(
        f"{pair.lms.url}/courses/algorithms/links/{link}", timeout=10
    )
    assert f'src="/courses/algorithms/links/{link}/start"' in answer.text
    assert f"frame-src 'self' {pair.tool.url};" in answer.headers["Content-Security-Policy"]


def _grade(pair: Pair, username: str, comment: str) -> None:
    token = pair.token(LINE_ITEM, SCORE)
    item = {"label": "Sorting", "scoreMaximum": 10}
    made = pair.call("POST", "algorithms/lineitems", token, body=item, content_type=ITEM)
    score = {
        "userId": pair.lms.sub(username),
        "scoreGiven": 9,
        "scoreMaximum": 10,
        "comment": comment,
        "timestamp": "2026-11-24T10:00:00Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }
    media = "application/vnd.ims.lis.v1.score+json"
    path = f"{made.json()['id']}/scores"
    assert pair.call("POST", path, token, body=score, content_type=media).status_code == 200
