"""The roster service (section 8, B43)."""

import json
from dataclasses import replace

import pytest

from lti_tool.errors import LTIServiceError
from lti_tool.lti.roster import SCOPE, Member, Roster, of_link, read_members
from tests.lti.local_server import Reply, json_reply
from tests.lti.platform import INSTRUCTOR, LEARNER, TestPlatform


def _members(*entries):
    return read_members(json.dumps({"id": "x", "members": list(entries)}).encode())


def test_members_are_read_with_roles_in_both_forms():
    """Moodle sends short words."""
    found = _members(
        {"user_id": "1", "roles": [INSTRUCTOR], "name": "Tia"},
        {"user_id": "2", "roles": ["Learner"], "given_name": "Ada", "family_name": "Example"},
        {"user_id": "3", "roles": ["Instructor"], "status": "Active"},
        {"user_id": "4", "roles": [LEARNER], "status": "Inactive"},
        {"user_id": "5", "status": "Deleted"},
    )
    assert found == [
        Member("1", "Tia", is_instructor=True, is_active=True),
        Member("2", "Ada Example", is_instructor=False, is_active=True),
        Member("3", None, is_instructor=True, is_active=True),
        Member("4", None, is_instructor=False, is_active=False),
        Member("5", None, is_instructor=False, is_active=False),
    ]


def test_entries_of_one_person_are_put_together():
    found = _members(
        {"user_id": "1", "roles": [LEARNER]},
        {"user_id": "1", "roles": [INSTRUCTOR], "name": "Tia"},
    )
    assert found == [Member("1", "Tia", is_instructor=True, is_active=True)]


def test_entries_that_cannot_be_used_are_left_out():
    found = _members(
        {}, {"user_id": ""}, {"user_id": 7}, {"user_id": "x" * 256}, {"user_id": "é"}, "text", None
    )
    assert found == []
    assert _members({"user_id": "1", "roles": "Instructor", "name": 7, "status": 7}) == [
        Member("1", None, is_instructor=False, is_active=True)
    ]


def test_mentors_are_no_learners_of_the_course():
    context = "http://purl.imsglobal.org/vocab/lis/v2/membership"
    found = _members(
        {"user_id": "1", "roles": [f"{context}#Mentor"]},
        {"user_id": "2", "roles": ["Mentor"]},
        {"user_id": "3", "roles": [f"{context}/Mentor#Observer"]},
        {"user_id": "4", "roles": [f"{context}#Mentor", LEARNER]},
        {"user_id": "5", "roles": ["urn:unknown"]},
    )
    assert [member.user_id for member in found] == ["4", "5"]


def test_names_are_cleaned():
    (member,) = _members({"user_id": "1", "name": "A\x00da \u202eb"})
    assert member.name == "Ada b"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"members": {}}'])
def test_what_is_no_roster_is_an_error(body):
    with pytest.raises(LTIServiceError):
        read_members(body)


@pytest.fixture
def registration(server):
    server.on("POST /token", json_reply({"access_token": "t", "expires_in": 3600}))
    return replace(
        TestPlatform().registration,
        token_url=f"{server.url}/token",
        authorization_url=f"{server.url}/auth",
        allows_loopback=True,
    )


def _page(number, more=""):
    return json_reply({"members": [{"user_id": str(number)}]}, Link=more)


def test_a_roster_is_read_to_its_end(server, client, registration):
    server.on("GET /members", _page(1, f"<{server.url}/members/2?c=AbC>;rel=next"))
    server.on("GET /members/2", _page(2, '</members/3>; rel="next"'))
    server.on("GET /members/3", _page(3))
    roster = Roster(client, registration, f"{server.url}/members")
    assert [[member.user_id for member in page] for page in roster] == [["1"], ["2"], ["3"]]
    assert roster.is_complete
    (request,) = server.sent("GET /members/2")
    assert request.query == {"c": "AbC"}
    assert request.headers["Accept"] == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    assert server.sent("POST /token")[0].form["scope"] == SCOPE


def test_a_roster_that_leads_to_another_host_is_incomplete(server, client, registration):
    server.on("GET /members", _page(1, '<http://127.0.0.1:1/2>; rel="next"'))
    roster = Roster(client, registration, f"{server.url}/members")
    assert len(list(roster)) == 1
    assert not roster.is_complete


def test_a_roster_that_is_refused_is_an_error(server, client, registration):
    """Open edX answers 403 above a size: that is no empty roster."""
    server.on("GET /members", Reply(403))
    roster = Roster(client, registration, f"{server.url}/members")
    with pytest.raises(LTIServiceError):
        list(roster)
    assert not roster.is_complete


def test_the_roster_of_a_link_is_asked_for_once():
    assert of_link("https://lms/m", "l 1") == "https://lms/m?rlid=l+1"
    assert of_link("https://lms/m?page=1", "l1") == "https://lms/m?page=1&rlid=l1"
    assert of_link("https://lms/m?rlid=l2", "l1") == "https://lms/m?rlid=l2"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("</since?c=AbC>; rel=differences", "/since?c=AbC"),
        ('</2>; rel="next", </since>; rel="differences"', "/since"),
        ('<https://evil.example/since>; rel="differences"', None),
        ('</2>; rel="last"', None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_where_the_differences_are_is_kept(server, client, registration, header, found):
    server.on("GET /members", _page(1, header))
    roster = Roster(client, registration, f"{server.url}/members")
    next(iter(roster))
    assert roster.differences_url == (found and server.url + found)
