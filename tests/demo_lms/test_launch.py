"""Launches go to the registered address, for the signed-in person, once."""

from typing import Any

import pytest

from tests.demo_lms.stand_in_tool import CLAIM, DEEP_LINKING, Pair

AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"


def test_a_learner_launch_says_who_where_and_what(pair: Pair) -> None:
    visitor = pair.lms.visit("olena")
    form = pair.launch(visitor, visitor.start_link("algorithms"))
    claims = pair.claims_of(form)
    assert form.action == f"{pair.tool.url}/lti/launch"
    assert form.fields["state"] == "state-1"
    assert (claims["sub"], claims["name"]) == (pair.lms.sub("olena"), "Олена Ковальчук")
    assert (claims["given_name"], claims["family_name"]) == ("Олена", "Ковальчук")
    assert claims[f"{CLAIM}roles"][0].endswith("membership#Learner")
    assert claims[f"{CLAIM}context"]["id"] == "algorithms"
    assert claims[f"{CLAIM}resource_link"]["id"] == pair.lms.first_link("algorithms")
    assert claims[f"{CLAIM}target_link_uri"] == f"{pair.tool.url}/lti/launch"
    presentation = claims[f"{CLAIM}launch_presentation"]
    assert presentation["locale"] == "en"
    assert presentation["return_url"] == f"{pair.lms.url}/courses/algorithms"
    assert claims[AGS]["lineitems"] == f"{pair.lms.url}/lti/contexts/algorithms/lineitems"
    assert "lineitem" not in claims[AGS]
    assert claims[NRPS]["context_memberships_url"].endswith("/algorithms/memberships")


@pytest.mark.parametrize(
    ("username", "role"), [("maria", "Instructor"), ("ingrid", "Administrator")]
)
def test_roles_follow_the_course(pair: Pair, username: str, role: str) -> None:
    visitor = pair.lms.visit(username)
    claims = pair.claims_of(pair.launch(visitor, visitor.start_link("algorithms")))
    assert claims[f"{CLAIM}roles"][0].endswith(f"membership#{role}")


def test_an_unregistered_redirect_uri_gets_nothing_posted_to_it(pair: Pair) -> None:
    visitor = pair.lms.visit("amara")
    for uri in ("https://thief.example/launch", f"{pair.tool.url}/lti/launch?x=1", ...):
        asked = pair.authentication(visitor.start_link("algorithms"), redirect_uri=uri)
        answer = pair.ask(visitor, asked)
        assert answer.status_code == 400
        assert "id_token" not in answer.text
        assert "thief.example" not in answer.text


def test_another_client_id_is_refused_on_the_spot(pair: Pair) -> None:
    visitor = pair.lms.visit("amara")
    asked = pair.authentication(visitor.start_link("algorithms"), client_id="another")
    assert pair.ask(visitor, asked).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"response_type": "code"},
        {"scope": ...},
        {"scope": "openid profile"},
        {"prompt": ...},
        {"response_mode": "query"},
        {"nonce": ...},
        {"state": ...},
        {"login_hint": ...},
        {"lti_message_hint": ...},
        {"lti_message_hint": "forged"},
    ],
)
def test_a_wrong_authentication_request_is_answered_with_an_error(
    pair: Pair, changes: dict[str, Any]
) -> None:
    visitor = pair.lms.visit("amara")
    form = pair.launch(visitor, visitor.start_link("algorithms"), **changes)
    assert form.action == f"{pair.tool.url}/lti/launch"
    assert form.fields["error"] == "invalid_request"
    assert "id_token" not in form.fields
    assert form.fields["state"] == ("" if "state" in changes else "state-1")


def test_a_message_hint_is_good_once(pair: Pair) -> None:
    visitor = pair.lms.visit("amara")
    login = visitor.start_link("algorithms")
    assert "id_token" in pair.launch(visitor, login).fields
    assert pair.launch(visitor, login).fields["error"] == "invalid_request"


def test_hints_are_bound_to_the_signed_in_person(pair: Pair) -> None:
    amara, ben = pair.lms.visit("amara"), pair.lms.visit("ben")
    login = amara.start_link("algorithms")
    assert pair.launch(ben, login).fields["error"] == "login_required"
    changed = pair.launch(ben, login, login_hint=pair.lms.sub("ben"))
    assert changed.fields["error"] == "invalid_request"
    assert "id_token" in pair.launch(amara, login).fields


def test_nobody_signed_in_means_login_required(pair: Pair) -> None:
    visitor = pair.lms.visit("amara")
    login = visitor.start_link("algorithms")
    visitor.cookies.clear()
    assert pair.launch(visitor, login).fields["error"] == "login_required"


def test_a_parameter_given_twice_is_refused(pair: Pair) -> None:
    visitor = pair.lms.visit("amara")
    asked = pair.authentication(visitor.start_link("algorithms"))
    answer = visitor.post(f"{pair.lms.url}/lti/auth?nonce=other", data=asked, timeout=10)
    assert answer.status_code == 400


def test_only_teachers_are_asked_to_choose_content(pair: Pair) -> None:
    url = f"{pair.lms.url}/courses/algorithms/add/start"
    assert pair.lms.visit("amara").get(url, timeout=10).status_code == 403
    assert pair.lms.visit("thomas").get(url, timeout=10).status_code == 404
    settings = pair.deep_linking_settings()
    assert settings["accept_types"] == ["ltiResourceLink"]


def test_a_deep_linking_request_has_no_resource_link(pair: Pair) -> None:
    visitor = pair.lms.visit("maria")
    claims = pair.claims_of(pair.launch(visitor, visitor.start_deep_linking("algorithms")))
    assert claims[f"{CLAIM}message_type"] == "LtiDeepLinkingRequest"
    assert f"{CLAIM}resource_link" not in claims
    assert f"{DEEP_LINKING}deep_linking_settings" in claims
