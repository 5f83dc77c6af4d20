"""The practice LMS registers tools with the habits of Moodle and of Canvas."""

from dataclasses import replace
from typing import Any

import jwt
import pytest
import requests

from demo_lms.dynamic_registration import TOOL
from demo_lms.registration import MEMBERSHIP_READ, SCORE, with_deployment
from demo_lms.registration_tokens import make_token, make_update_token
from tests.demo_lms.stand_in_tool import Pair

SECONDS = 10


def _document(pair: Pair, **changes: Any) -> dict[str, Any]:
    url = pair.tool.url
    document = {
        "application_type": "web",
        "response_types": ["id_token"],
        "initiate_login_uri": f"{url}/lti/login",
        "redirect_uris": [f"{url}/lti/launch"],
        "client_name": "Stand-in",
        "jwks_uri": f"{url}/lti/jwks",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": SCORE,
        TOOL: {"domain": url.partition("://")[2], "target_link_uri": f"{url}/lti/launch"},
    }
    return document | changes


def _post(pair: Pair, product: str, token: str, document: Any) -> requests.Response:
    return requests.post(
        f"{pair.lms.url}/lti/registrations/{product}",
        json=document,
        headers={"Authorization": f"Bearer {token}"},
        timeout=SECONDS,
    )


def _register(pair: Pair, product: str, **changes: Any) -> requests.Response:
    token = make_token(pair.lms.lms, product, "harbour")
    return _post(pair, product, token, _document(pair, **changes))


def test_moodle_answers_200_with_a_deployment_inside_the_tool_configuration(pair: Pair) -> None:
    token = make_token(pair.lms.lms, "moodle", "harbour")
    answer = _post(pair, "moodle", token, _document(pair))
    assert answer.status_code == 200
    claims = jwt.decode(token, options={"verify_signature": False})
    assert answer.json()["client_id"] == claims["sub"]
    assert claims["exp"] - claims["iat"] == 3600
    tool = pair.lms.lms.tool(claims["sub"])
    assert tool is not None
    assert answer.json()[TOOL]["deployment_id"] == str(tool.number)
    assert (tool.deployments, tool.scopes) == ((), (SCORE,)), "it waits to be activated"


def test_canvas_answers_201_without_a_deployment(pair: Pair) -> None:
    answer = _register(pair, "canvas")
    assert answer.status_code == 201
    assert "deployment_id" not in answer.json()[TOOL]


def test_a_token_is_good_once_and_for_its_product(pair: Pair) -> None:
    token = make_token(pair.lms.lms, "moodle", "harbour")
    assert _post(pair, "canvas", token, _document(pair)).status_code == 401
    assert _post(pair, "moodle", token, _document(pair)).status_code == 200
    again = _post(pair, "moodle", token, _document(pair))
    assert (again.status_code, again.text) == (400, "token_already_used")
    assert again.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_a_bad_token_is_a_page_that_is_not_there_in_moodle(pair: Pair, token: str) -> None:
    answer = _post(pair, "moodle", token, _document(pair))
    assert answer.status_code == 404
    assert "<html" in answer.text
    assert _post(pair, "canvas", token, _document(pair)).status_code == 401


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"redirect_uris": []}, "invalid_redirect_uris"),
        ({"jwks_uri": ""}, "missing_jwks_uri"),
        ({"jwks": {"keys": []}}, "jwks_not_supported"),
        ({"application_type": "native"}, "invalid_application_type"),
        ({"response_types": ["code"]}, "invalid_response_types"),
        ({TOOL: {}}, "missing_domain"),
        (
            {TOOL: {"domain": "tool.example", "target_link_uri": "https://tool.example:8443/"}},
            "domain_targetlinkuri_mismatch",
        ),
    ],
)
def test_a_wrong_document_gets_a_plain_word(pair: Pair, changes: Any, word: str) -> None:
    refused = _register(pair, "moodle", **changes)
    assert (refused.status_code, refused.text) == (400, word)
    assert _register(pair, "canvas", **changes).json() == {"error": word}


def test_the_configuration_is_free_in_moodle_and_wants_the_token_in_canvas(pair: Pair) -> None:
    address = f"{pair.lms.url}/lti/openid-configuration"
    assert requests.get(f"{address}/moodle", timeout=SECONDS).json()["issuer"] == pair.lms.url
    assert requests.get(f"{address}/canvas", timeout=SECONDS).status_code == 401
    token = make_token(pair.lms.lms, "canvas", "harbour")
    told = requests.get(
        f"{address}/canvas", headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS
    )
    assert told.json()["registration_endpoint"].endswith("/lti/registrations/canvas")


def test_moodle_shows_and_updates_a_known_tool_with_a_token_for_it(pair: Pair) -> None:
    client_id = _register(pair, "moodle").json()["client_id"]
    tool = pair.lms.lms.tool(client_id)
    assert tool is not None
    active = pair.lms.lms.put_tool(with_deployment(tool, str(tool.number), "harbour"))
    token = make_update_token(pair.lms.lms, active, "harbour")
    address = f"{pair.lms.url}/lti/registrations/moodle"
    headers = {"Authorization": f"Bearer {token}"}
    shown = requests.get(address, headers=headers, timeout=SECONDS).json()
    assert (shown["client_id"], shown["scope"]) == (client_id, SCORE)

    document = _document(pair, client_name="Stand-in 2", scope=f"{SCORE} {MEMBERSHIP_READ}")
    for _ in range(2):
        answer = _post(pair, "moodle", token, document)
        assert (answer.status_code, answer.json()["client_id"]) == (200, client_id)
    assert answer.json()[TOOL]["deployment_id"] == str(tool.number)
    updated = pair.lms.lms.tool(client_id)
    assert updated is not None
    assert (updated.name, updated.scopes) == ("Stand-in 2", (SCORE, MEMBERSHIP_READ))
    assert (updated.deployments, updated.number) == (active.deployments, tool.number)


def test_moodle_knows_no_other_way_to_update(pair: Pair) -> None:
    client_id = _register(pair, "moodle").json()["client_id"]
    tool = pair.lms.lms.tool(client_id)
    assert tool is not None
    address = f"{pair.lms.url}/lti/registrations/moodle"
    headers = {"Authorization": f"Bearer {make_update_token(pair.lms.lms, tool, 'harbour')}"}
    refused = requests.put(address, json=_document(pair), headers=headers, timeout=SECONDS)
    assert (refused.status_code, refused.text) == (400, "Unsupported operation")
    new = {"Authorization": f"Bearer {make_token(pair.lms.lms, 'moodle', 'harbour')}"}
    assert requests.get(address, headers=new, timeout=SECONDS).status_code == 404
    unknown = make_update_token(pair.lms.lms, replace(tool, number=99), "harbour")
    assert _post(pair, "moodle", unknown, _document(pair)).status_code == 404


def test_tools_are_the_registrars_business(pair: Pair) -> None:
    teacher = pair.lms.visit("maria")
    assert teacher.get(f"{pair.lms.url}/admin/tools").status_code == 403
    registrar = pair.lms.visit("ingrid")
    assert "Register a tool" in registrar.get(f"{pair.lms.url}/admin/tools").text
    wrong = {"address": "javascript:alert(1)", "product": "moodle"}
    assert registrar.post(f"{pair.lms.url}/admin/tools/register", data=wrong).status_code == 400
