"""The token endpoint gives tokens to the registered tool and to nobody else."""

import time
from typing import Any

import pytest
import requests

from demo_lms.registration import LINE_ITEM, MEMBERSHIP_READ, SCOPES, SCORE
from tests.demo_lms.stand_in_tool import Pair


def test_a_good_assertion_gets_a_token_for_the_scopes_asked_for(pair: Pair) -> None:
    answer = pair.ask_token(f"{SCORE} {LINE_ITEM}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json()
    assert body["scope"].split() == [SCORE, LINE_ITEM]
    assert (body["token_type"], body["expires_in"]) == ("bearer", 3600)


def test_unknown_scopes_are_left_out_and_none_left_is_an_error(pair: Pair) -> None:
    assert pair.ask_token(f"{SCORE} https://other.example/scope").json()["scope"] == SCORE
    answer = pair.ask_token("https://other.example/scope")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"iss": "another-client"}, id="iss of another client"),
        pytest.param({"sub": "another-client"}, id="sub of another client"),
        pytest.param({"sub": ...}, id="no sub"),
        pytest.param({"aud": "https://elsewhere.example/token"}, id="aud of another server"),
        pytest.param({"aud": ...}, id="no aud"),
        pytest.param({"exp": ...}, id="no exp"),
        pytest.param({"exp": int(time.time()) - 60}, id="expired"),
        pytest.param({"exp": int(time.time()) + 90_000}, id="far too long a life"),
        pytest.param({"exp": "soon"}, id="exp is a text"),
        pytest.param({"iat": ...}, id="no iat"),
        pytest.param({"iat": int(time.time()) + 86_400}, id="issued in the future"),
        pytest.param({"jti": ...}, id="no jti"),
        pytest.param({"jti": ""}, id="empty jti"),
        pytest.param({"jti": 7}, id="jti is a number"),
    ],
)
def test_a_wrong_claim_is_refused_as_invalid_client(pair: Pair, changes: dict[str, Any]) -> None:
    answer = pair.ask_token(SCORE, pair.assertion(**changes))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


def test_an_assertion_is_good_once(pair: Pair) -> None:
    assertion = pair.assertion()
    assert pair.ask_token(SCORE, assertion).status_code == 200
    answer = pair.ask_token(SCORE, assertion)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


@pytest.mark.parametrize("assertion", ["nonsense", "a.b.c", "e30.e30.e30", "W10.W10.x"])
def test_a_text_that_is_no_jwt_is_refused(pair: Pair, assertion: str) -> None:
    answer = pair.ask_token(SCORE, assertion)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


def test_a_foreign_key_under_a_known_id_is_refused(pair: Pair) -> None:
    assert pair.ask_token(SCORE).status_code == 200
    kid = pair.tool.kid
    pair.tool.new_key()
    pair.tool.kid = kid
    assert pair.ask_token(SCORE).json()["error"] == "invalid_client"


def test_a_rotated_key_of_the_tool_is_found(pair: Pair) -> None:
    assert pair.ask_token(SCORE).status_code == 200
    pair.tool.new_key()
    assert pair.ask_token(SCORE).status_code == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ...}, "invalid_request"),
        ({"client_assertion_type": "something"}, "invalid_request"),
        ({"client_assertion": ...}, "invalid_request"),
        ({"scope": ...}, "invalid_scope"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
    ],
)
def test_a_wrong_request_gets_the_error_of_rfc_6749(
    pair: Pair, changes: dict[str, Any], error: str
) -> None:
    answer = pair.ask_token(SCORE, **changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_json_is_not_read_as_a_form(pair: Pair) -> None:
    answer = requests.post(f"{pair.lms.url}/lti/token", json={"grant_type": "x"}, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def _signed_by_lms(pair: Pair, **changes: Any) -> str:
    now = int(time.time())
    tool = pair.lms.lms.tool("quoin-demo")
    registration = pair.lms.lms.platform(tool).registration
    claims = {"iss": pair.lms.url, "sub": "quoin-demo", "scopes": " ".join(SCOPES)}
    times = {"iat": now - 100, "exp": now + 100}
    return str(registration.platform_encode_and_sign({**claims, **times, **changes}))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"exp": int(time.time()) - 10}, id="expired"),
        pytest.param({"iss": "https://elsewhere.example"}, id="of another issuer"),
        pytest.param({"sub": "another-client"}, id="of another client"),
        pytest.param({"aud": "quoin-demo"}, id="an id_token"),
    ],
)
def test_a_token_that_is_not_ours_any_more_is_401(pair: Pair, changes: dict[str, Any]) -> None:
    answer = pair.call("GET", "algorithms/memberships", _signed_by_lms(pair, **changes))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "error" in answer.json()


def test_garbage_and_no_token_are_401(pair: Pair) -> None:
    assert pair.call("GET", "algorithms/memberships", "garbage").status_code == 401
    url = f"{pair.lms.url}/lti/contexts/algorithms/memberships"
    session = requests.get(url, timeout=10, headers={"Accept": None})
    assert session.status_code == 401


OPERATIONS = [
    ("GET", "algorithms/lineitems", {"lineitem", "lineitem.readonly"}),
    ("POST", "algorithms/lineitems", {"lineitem"}),
    ("GET", "algorithms/lineitems/1", {"lineitem", "lineitem.readonly"}),
    ("PUT", "algorithms/lineitems/1", {"lineitem"}),
    ("DELETE", "algorithms/lineitems/1", {"lineitem"}),
    ("POST", "algorithms/lineitems/1/scores", {"score"}),
    ("GET", "algorithms/lineitems/1/results", {"result.readonly"}),
    ("GET", "algorithms/memberships", {"contextmembership.readonly"}),
]
MEDIA = {
    "POST algorithms/lineitems": "application/vnd.ims.lis.v2.lineitem+json",
    "PUT algorithms/lineitems/1": "application/vnd.ims.lis.v2.lineitem+json",
    "POST algorithms/lineitems/1/scores": "application/vnd.ims.lis.v1.score+json",
}


@pytest.mark.parametrize(("method", "path", "opening"), OPERATIONS)
def test_each_operation_is_opened_by_its_own_scopes_only(
    pair: Pair, method: str, path: str, opening: set[str]
) -> None:
    body: object = {} if method in {"POST", "PUT"} else None
    for scope in SCOPES:
        token = pair.token(scope)
        media = MEDIA.get(f"{method} {path}")
        answer = pair.call(method, path, token, body=body, content_type=media)
        allowed = scope.rsplit("/", 1)[-1] in opening
        assert (answer.status_code != 403) is allowed, (scope, answer.status_code, answer.text)


def test_the_membership_scope_reads_the_roster(pair: Pair) -> None:
    answer = pair.call("GET", "algorithms/memberships", pair.token(MEMBERSHIP_READ))
    assert answer.status_code == 200
