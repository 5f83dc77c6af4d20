"""Every kind of person that a tool may meet, and every message that is sent about them."""

from typing import Any

import pytest
import requests

from demo_lms.ags import ITEM
from demo_lms.nrps import MEMBERS
from demo_lms.registration import LINE_ITEM, MEMBERSHIP_READ
from demo_lms.roles import ASSISTANT, INSTITUTION, MEMBERSHIP, SYSTEM, TEST_USER
from tests.demo_lms.stand_in_tool import CLAIM, Pair

AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
SECONDS = 10


def launch(pair: Pair, username: str, course: str = "hill-algorithms") -> dict[str, Any]:
    visitor = pair.lms.visit(username)
    return pair.claims_of(pair.launch(visitor, visitor.start_link(course)))


@pytest.mark.parametrize(
    ("username", "course", "roles"),
    [
        ("priya", "hill-algorithms", [f"{MEMBERSHIP}Instructor", f"{INSTITUTION}Faculty"]),
        (
            "noor",
            "hill-algorithms",
            [f"{MEMBERSHIP}Instructor", ASSISTANT, f"{INSTITUTION}Faculty"],
        ),
        ("lin", "hill-algorithms", [f"{MEMBERSHIP}ContentDeveloper", f"{INSTITUTION}Faculty"]),
        ("omar", "hill-algorithms", [f"{MEMBERSHIP}Mentor", f"{INSTITUTION}Guest"]),
        (
            "walter",
            "hill-algorithms",
            [f"{MEMBERSHIP}Administrator", f"{INSTITUTION}Administrator"],
        ),
        ("ada", "hill-algorithms", [f"{INSTITUTION}Administrator", f"{SYSTEM}Administrator"]),
        (
            "dana",
            "hill-algorithms",
            [f"{MEMBERSHIP}Learner", f"{INSTITUTION}Student", f"{INSTITUTION}Instructor"],
        ),
        (
            "dana",
            "hill-writing",
            [
                f"{MEMBERSHIP}Instructor",
                f"{MEMBERSHIP}Learner",
                f"{INSTITUTION}Student",
                f"{INSTITUTION}Instructor",
            ],
        ),
        (
            "test-student:hill-algorithms",
            "hill-algorithms",
            [f"{MEMBERSHIP}Learner", f"{INSTITUTION}Student", TEST_USER],
        ),
    ],
)
def test_roles_say_what_a_person_is(
    shared: Pair, username: str, course: str, roles: list[str]
) -> None:
    assert launch(shared, username, course)[f"{CLAIM}roles"] == roles


def test_a_mentor_names_whom_she_sees_and_an_observer_nobody(shared: Pair) -> None:
    mentor, observer = launch(shared, "omar"), launch(shared, "vera")
    assert mentor[f"{CLAIM}role_scope_mentor"] == [shared.lms.sub("hana")]
    assert f"{CLAIM}role_scope_mentor" not in observer
    assert mentor[f"{CLAIM}roles"] == observer[f"{CLAIM}roles"]


def test_a_person_may_have_no_name_and_no_address(shared: Pair) -> None:
    claims = launch(shared, "quiet")
    assert not {"name", "given_name", "family_name", "email"} & claims.keys()
    roster = shared.call(
        "GET", "hill-algorithms/memberships", shared.token(MEMBERSHIP_READ), accept=MEMBERS
    )
    (quiet,) = [
        member
        for member in roster.json()["members"]
        if member["user_id"] == shared.lms.sub("quiet")
    ]
    assert quiet.keys() == {"user_id", "status", "roles"}
    for path in ("people", "grades"):
        url = f"{shared.lms.url}/courses/hill-algorithms/{path}"
        assert shared.lms.visit("priya").get(url, timeout=SECONDS).status_code == 200


@pytest.mark.parametrize(
    ("username", "locale"), [("leila", "ar"), ("hana", "ja"), ("omar", "en"), ("lin", "zh-CN")]
)
def test_the_presentation_speaks_the_persons_language(
    shared: Pair, username: str, locale: str
) -> None:
    presentation = launch(shared, username)[f"{CLAIM}launch_presentation"]
    assert presentation == {
        "document_target": "iframe",
        "return_url": f"{shared.lms.url}/courses/hill-algorithms",
        "locale": locale,
        "width": 900,
        "height": 700,
    }


def test_a_window_has_no_size(pair: Pair) -> None:
    visitor = pair.lms.visit("amara")
    link = pair.lms.first_link("algorithms")
    start = f"{pair.lms.url}/courses/algorithms/links/{link}/start?target=window"
    login = visitor.get(start, allow_redirects=False, timeout=SECONDS).headers["Location"]
    presentation = pair.claims_of(pair.launch(visitor, login))[f"{CLAIM}launch_presentation"]
    assert presentation["document_target"] == "window"
    assert "width" not in presentation


def test_the_roster_lists_members_of_the_course_alone(shared: Pair) -> None:
    token = shared.token(MEMBERSHIP_READ)
    answer = shared.call("GET", "hill-algorithms/memberships", token, accept=MEMBERS)
    roles = {member["user_id"]: member["roles"] for member in answer.json()["members"]}
    assert roles[shared.lms.sub("noor")] == [f"{MEMBERSHIP}Instructor", ASSISTANT]
    for outsider in ("walter", "ada", "test-student:hill-algorithms"):
        assert shared.lms.sub(outsider) not in roles
    encoded = ASSISTANT.replace("#", "%23")
    path = f"hill-algorithms/memberships?role={encoded}"
    (found,) = shared.call("GET", path, token, accept=MEMBERS).json()["members"]
    assert found["user_id"] == shared.lms.sub("noor")


def test_a_teacher_enters_and_leaves_the_student_view(pair: Pair) -> None:
    visitor = pair.lms.visit("maria")
    url = f"{pair.lms.url}/courses/algorithms/student-view"
    page = visitor.post(url, timeout=SECONDS).text
    assert "Test Student" in page
    claims = pair.claims_of(pair.launch(visitor, visitor.start_link("algorithms")))
    assert (claims["sub"], TEST_USER in claims[f"{CLAIM}roles"]) == (
        pair.lms.sub("test-student:algorithms"),
        True,
    )
    elsewhere = visitor.get(f"{pair.lms.url}/courses/data-skills", timeout=SECONDS)
    assert elsewhere.status_code == 404
    page = visitor.post(f"{pair.lms.url}/student-view/leave", timeout=SECONDS).text
    assert "María Fernández Soto" in page
    assert pair.lms.visit("amara").post(url, timeout=SECONDS).status_code == 403


# ---- the review of a submission


def _column(pair: Pair, **more: Any) -> int:
    item = {"label": "Sorting", "scoreMaximum": 10, **more}
    token = pair.token(LINE_ITEM)
    made = pair.call("POST", "algorithms/lineitems", token, body=item, content_type=ITEM)
    assert made.status_code == 201
    return int(made.json()["id"].rpartition("/")[2])


def test_a_submission_is_reviewed_from_the_gradebook(pair: Pair) -> None:
    link = pair.lms.first_link("algorithms")
    column = _column(pair, resourceLinkId=link)
    visitor = pair.lms.visit("maria")
    login = visitor.start_review("algorithms", column, "amara")
    claims = pair.claims_of(pair.launch(visitor, login))
    assert claims[f"{CLAIM}message_type"] == "LtiSubmissionReviewRequest"
    about = claims[f"{CLAIM}for_user"]
    assert (about["user_id"], about["name"]) == (pair.lms.sub("amara"), "Amara Nwosu")
    assert about["roles"] == [f"{MEMBERSHIP}Learner"]
    assert claims["sub"] == pair.lms.sub("maria")
    assert claims[AGS]["lineitem"].endswith(f"/lineitems/{column}")
    assert claims[f"{CLAIM}resource_link"]["id"] == link
    assert claims[f"{CLAIM}context"]["id"] == "algorithms"


def test_a_column_may_have_a_place_of_its_own_for_reviews(pair: Pair) -> None:
    url = f"{pair.tool.url}/lti/launch?review=1"
    column = _column(pair, submissionReview={"url": url, "custom": {"step": "2"}})
    visitor = pair.lms.visit("maria")
    login = visitor.start_review("algorithms", column, "amara")
    claims = pair.claims_of(pair.launch(visitor, login))
    assert claims[f"{CLAIM}target_link_uri"] == url
    assert claims[f"{CLAIM}custom"] == {"step": "2"}
    assert "review%3D1" in login


def test_only_graders_review_and_only_learners(pair: Pair) -> None:
    column = _column(pair)
    base = f"{pair.lms.url}/courses/algorithms/grades/{column}"
    for username, learner, status in (
        ("amara", "ben", 403),
        ("ingrid", "ben", 403),
        ("maria", "isaac", 404),
        ("maria", "ben", 200),
    ):
        visitor = pair.lms.visit(username)
        for path in ("", "/review"):
            answer = visitor.get(f"{base}/{learner}{path}", timeout=SECONDS)
            assert answer.status_code == status


@pytest.mark.parametrize("review", ["here", {"url": 7}, []])
def test_a_wrong_place_for_reviews_is_refused(pair: Pair, review: object) -> None:
    item = {"label": "Sorting", "scoreMaximum": 10, "submissionReview": review}
    token = pair.token(LINE_ITEM)
    answer = pair.call("POST", "algorithms/lineitems", token, body=item, content_type=ITEM)
    assert answer.status_code == 400


# ---- data privacy


def test_an_administrator_asks_about_a_person(pair: Pair) -> None:
    visitor = pair.lms.visit("ingrid")
    claims = pair.claims_of(pair.launch(visitor, visitor.start_privacy("amara")))
    assert claims[f"{CLAIM}message_type"] == "LtiDataPrivacyLaunchRequest"
    assert claims[f"{CLAIM}for_user"]["user_id"] == pair.lms.sub("amara")
    assert f"{INSTITUTION}Administrator" in claims[f"{CLAIM}roles"]
    missing = {f"{CLAIM}context", f"{CLAIM}resource_link", AGS, NRPS}
    assert not missing & claims.keys()
    assert claims[f"{CLAIM}deployment_id"] == "1"


def test_nobody_else_asks_and_not_about_other_institutions(shared: Pair) -> None:
    url = f"{shared.lms.url}/privacy"
    assert requests.get(url, timeout=SECONDS).status_code == 401
    for username in ("maria", "amara"):
        assert shared.lms.visit(username).get(url, timeout=SECONDS).status_code == 403
    ada = shared.lms.visit("ada")
    page = ada.get(url, timeout=SECONDS).text
    assert "Hana Sato" in page
    assert "Amara" not in page
    start = f"{url}/quoin-demo/amara/start"
    assert ada.get(start, timeout=SECONDS).status_code == 404
    claims = shared.claims_of(shared.launch(ada, ada.start_privacy("hana")))
    assert claims[f"{CLAIM}deployment_id"] == "2"
    assert claims[f"{CLAIM}roles"] == [f"{INSTITUTION}Administrator", f"{SYSTEM}Administrator"]
