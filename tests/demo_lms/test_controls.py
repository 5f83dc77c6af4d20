"""What a developer turns at run time, by a program or on the page."""

from typing import Any

import jwt
import pytest
import requests

from demo_lms.nrps import MEMBERS
from demo_lms.registration import MEMBERSHIP_READ
from tests.demo_lms.stand_in_tool import CLAIM, Pair

SECONDS = 10


def _kids(pair: Pair) -> list[str]:
    keys = requests.get(f"{pair.lms.url}/lti/jwks", timeout=SECONDS).json()["keys"]
    return [key["kid"] for key in keys]


@pytest.mark.parametrize("publish_old", [True, False])
def test_a_new_key_signs_at_once_and_the_old_one_may_go(pair: Pair, publish_old: bool) -> None:
    old = _kids(pair)[0]
    token = pair.token(MEMBERSHIP_READ)
    state = pair.lms.control("keys", publish_old=publish_old)
    visitor = pair.lms.visit("amara")
    form = pair.launch(visitor, visitor.start_link("algorithms"))
    kid = jwt.get_unverified_header(form.fields["id_token"])["kid"]
    assert (kid, state["kid"]) == (_kids(pair)[0], kid)
    assert kid != old
    assert (old in _kids(pair)) is publish_old
    assert pair.claims_of(form)["sub"] == pair.lms.sub("amara")
    roster = pair.call("GET", "algorithms/memberships", token, accept=MEMBERS)
    assert roster.status_code == 200, "access tokens outlive the key that signed them"


def test_the_page_size_counts_without_a_limit(pair: Pair) -> None:
    pair.lms.control("page-size", page_size=4)
    token = pair.token(MEMBERSHIP_READ)
    first = pair.call("GET", "algorithms/memberships", token, accept=MEMBERS)
    assert len(first.json()["members"]) == 4
    assert 'rel="next"' in first.headers["Link"]
    more = pair.call("GET", "algorithms/memberships?limit=7", token, accept=MEMBERS)
    assert len(more.json()["members"]) == 4
    pair.lms.control("page-size")
    rest = pair.call("GET", "algorithms/memberships", token, accept=MEMBERS)
    assert len(rest.json()["members"]) == 9


def test_a_cursor_is_case_sensitive_and_of_this_lms(pair: Pair) -> None:
    token = pair.token(MEMBERSHIP_READ)
    first = pair.call("GET", "algorithms/memberships?limit=2", token, accept=MEMBERS)
    url = first.links["next"]["url"]
    head, _, cursor = url.rpartition("page=")
    assert cursor != cursor.lower()
    assert pair.call("GET", url, token, accept=MEMBERS).status_code == 200
    for wrong in (cursor.lower(), cursor[:-1], "2", ""):
        answer = pair.call("GET", f"{head}page={wrong}", token, accept=MEMBERS)
        assert answer.status_code == 400


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("flavour", {"client_id": "quoin-demo", "flavour": "sakai"}),
        ("flavour", {"client_id": "nobody", "flavour": "canvas"}),
        ("custom", {"client_id": "quoin-demo", "custom": "a=b"}),
        ("custom", {"client_id": "nobody", "custom": {}}),
        ("page-size", {"page_size": 0}),
        ("page-size", {"page_size": "many"}),
        ("enrolment", {"course": "nowhere", "username": "amara", "status": "Active"}),
        ("enrolment", {"course": "algorithms", "username": "amara", "status": "Lost"}),
        ("link", {"link": "nothing"}),
        ("notices", {"notices": "always"}),
        ("send", {"notice": "nothing"}),
        ("keys", []),
    ],
)
def test_a_wrong_order_is_explained(pair: Pair, name: str, order: Any) -> None:
    answer = requests.post(f"{pair.lms.url}/controls/{name}", json=order, timeout=SECONDS)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_an_unknown_control_is_not_there(pair: Pair) -> None:
    answer = requests.post(f"{pair.lms.url}/controls/nothing", json={}, timeout=SECONDS)
    assert answer.status_code == 404


def test_the_page_turns_them_too(pair: Pair) -> None:
    url = f"{pair.lms.url}/controls"
    page = requests.get(url, timeout=SECONDS).text
    assert "Sign with a new key" in page
    data = {"client_id": "quoin-demo", "flavour": "canvas"}
    answer = requests.post(f"{url}/flavour", data=data, timeout=SECONDS)
    assert "<option selected>canvas</option>" in answer.text
    wrong = requests.post(f"{url}/flavour", data={}, timeout=SECONDS)
    assert (wrong.status_code, "no tool of this LMS" in wrong.text) == (400, True)


@pytest.mark.parametrize(
    "path", ["controls", "controls/keys", "copies", "bad-launches", "faults/page"]
)
def test_practice_aids_are_for_this_machine_and_its_own_pages(pair: Pair, path: str) -> None:
    url = f"{pair.lms.url}/{path}"
    method = "POST" if path in {"controls/keys", "copies"} else "GET"
    client = pair.lms.app.test_client()
    far = client.open(f"/{path}", method=method, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert far.status_code == 403
    named = {"Host": f"thief.example:{pair.lms.port}"}
    assert requests.request(method, url, headers=named, timeout=SECONDS).status_code == 403
    if method == "POST":
        foreign = {"Origin": "https://thief.example"}
        answer = requests.post(url, data={"course": "algorithms"}, headers=foreign, timeout=SECONDS)
        assert answer.status_code == 403


def test_who_leaves_is_told_by_the_differences(pair: Pair) -> None:
    token = pair.token(MEMBERSHIP_READ)
    first = pair.call("GET", "algorithms/memberships", token, accept=MEMBERS)
    differences = first.links["differences"]["url"]
    assert pair.call("GET", differences, token, accept=MEMBERS).json()["members"] == []
    for username, status in (("ben", "Deleted"), ("elif", "Inactive"), ("isaac", "Active")):
        pair.lms.control("enrolment", course="algorithms", username=username, status=status)
    changed = pair.call("GET", differences, token, accept=MEMBERS)
    assert {member["user_id"]: member["status"] for member in changed.json()["members"]} == {
        pair.lms.sub("ben"): "Deleted",
        pair.lms.sub("elif"): "Inactive",
        pair.lms.sub("isaac"): "Active",
    }
    later = changed.links["differences"]["url"]
    assert pair.call("GET", later, token, accept=MEMBERS).json()["members"] == []
    whole = pair.call("GET", "algorithms/memberships", token, accept=MEMBERS).json()["members"]
    standing = {member["user_id"]: member["status"] for member in whole}
    assert standing[pair.lms.sub("elif")] == "Inactive"
    assert standing[pair.lms.sub("isaac")] == "Active"
    assert pair.lms.sub("ben") not in standing
    url = f"{pair.lms.url}/courses/algorithms"
    assert pair.lms.visit("ben").get(url, timeout=SECONDS).status_code == 404
    wrong = pair.call("GET", "algorithms/memberships?since=monday", token, accept=MEMBERS)
    assert wrong.status_code == 400


def test_differences_are_named_on_the_last_page_only(pair: Pair) -> None:
    token = pair.token(MEMBERSHIP_READ)
    first = pair.call("GET", "algorithms/memberships?limit=6", token, accept=MEMBERS)
    assert set(first.links) == {"current", "next"}
    second = pair.call("GET", first.links["next"]["url"], token, accept=MEMBERS)
    assert set(second.links) == {"differences"}


def test_a_restricted_link_is_open_to_some_and_its_roster_says_so(pair: Pair) -> None:
    link = pair.lms.first_link("algorithms")
    pair.lms.control("link", link=link, usernames=["amara", "grace"])
    token = pair.token(MEMBERSHIP_READ)
    path = f"algorithms/memberships?rlid={link}"
    members = pair.call("GET", path, token, accept=MEMBERS).json()["members"]
    names = ("maria", "amara", "grace")
    assert {member["user_id"] for member in members} == {pair.lms.sub(name) for name in names}
    (message,) = members[0]["message"]
    assert message[f"{CLAIM}message_type"] == "LtiResourceLinkRequest"
    visitor = pair.lms.visit("ben")
    assert pair.launch(visitor, visitor.start_link("algorithms")).fields["error"] == "access_denied"
    page = f"{pair.lms.url}/courses/algorithms"
    assert link not in visitor.get(page, timeout=SECONDS).text
    assert visitor.get(f"{page}/links/{link}", timeout=SECONDS).status_code == 404
    amara = pair.lms.visit("amara")
    assert "id_token" in pair.launch(amara, amara.start_link("algorithms")).fields
    pair.lms.control("link", link=link)
    assert "id_token" in pair.launch(visitor, visitor.start_link("algorithms")).fields
