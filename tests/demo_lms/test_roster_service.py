"""The roster over NRPS."""

import pytest

from demo_lms.nrps import MEMBERS
from demo_lms.registration import MEMBERSHIP_READ
from tests.demo_lms.stand_in_tool import Pair

LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"


@pytest.fixture
def token(pair: Pair) -> str:
    return pair.token(MEMBERSHIP_READ)


def test_the_roster_names_everybody_in_the_course(pair: Pair, token: str) -> None:
    answer = pair.call("GET", "algorithms/memberships", token, accept=MEMBERS)
    assert answer.headers["Content-Type"] == MEMBERS
    body = answer.json()
    assert body["context"] == {
        "id": "algorithms",
        "label": "algorithms",
        "title": "Algorithms in Practice",
    }
    members = {member["user_id"]: member for member in body["members"]}
    assert len(members) == 9
    farid = members[pair.lms.sub("farid")]
    assert (farid["name"], farid["status"], farid["roles"]) == ("فريد الحداد", "Active", [LEARNER])
    assert pair.lms.sub("ingrid") not in members


def test_the_roster_has_pages_that_keep_the_role(pair: Pair, token: str) -> None:
    found, address = [], "algorithms/memberships?limit=3&role=Learner"
    while address:
        answer = pair.call("GET", address, token, accept=MEMBERS)
        assert answer.status_code == 200, answer.text
        assert "next" not in answer.json()
        found += [member["user_id"] for member in answer.json()["members"]]
        address = answer.links["next"]["url"] if "next" in answer.links else ""
    assert len(found) == len(set(found)) == 8


def test_roles_filter_by_uri_or_short_word(pair: Pair, token: str) -> None:
    for role, count in (("Instructor", 1), (LEARNER.replace("#", "%23"), 8), ("Mentor", 0)):
        answer = pair.call("GET", f"algorithms/memberships?role={role}", token, accept=MEMBERS)
        assert len(answer.json()["members"]) == count


def test_a_link_of_another_course_and_an_unknown_course_are_refused(pair: Pair, token: str) -> None:
    own, foreign = pair.lms.first_link("algorithms"), pair.lms.first_link("foundations")
    for link, status in ((own, 200), (foreign, 403)):
        answer = pair.call("GET", f"algorithms/memberships?rlid={link}", token, accept=MEMBERS)
        assert answer.status_code == status
    assert pair.call("GET", "nowhere/memberships", token, accept=MEMBERS).status_code == 404


def test_media_types_are_exact(pair: Pair, token: str) -> None:
    answer = pair.call("GET", "algorithms/memberships", token, accept="application/json")
    assert answer.status_code == 406
