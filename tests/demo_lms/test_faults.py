"""The fault menu: things go wrong when asked for, once, and after the work where that is meant."""

import base64
import threading
import time
from pathlib import Path

import jwt
import pytest
import requests

from demo_lms.__main__ import main
from demo_lms.ags import ITEM
from demo_lms.registration import LINE_ITEM, MEMBERSHIP_READ
from demo_lms.serving import PortTakenError, bind_loopback
from demo_lms.testing import RunningLMS
from tests.demo_lms.stand_in_tool import Pair


def _create(pair: Pair, token: str) -> requests.Response:
    item = {"label": "Sorting", "scoreMaximum": 10}
    return pair.call("POST", "algorithms/lineitems", token, body=item, content_type=ITEM)


def test_a_lost_answer_was_worked_for(pair: Pair) -> None:
    token = pair.token(LINE_ITEM)
    pair.lms.fault("lineitems", "answer-lost", method="POST")
    assert pair.call("GET", "algorithms/lineitems", token).json() == []
    with pytest.raises(requests.ConnectionError):
        _create(pair, token)
    assert len(pair.lms.state()["columns"]) == 1
    assert _create(pair, token).status_code == 201


def test_a_held_answer_waits_after_storing(pair: Pair) -> None:
    token = pair.token(LINE_ITEM)
    pair.lms.fault("lineitems", "hold", method="POST")
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(_create(pair, token).status_code))
    thread.start()
    pair.lms.wait_until_held()
    assert (len(pair.lms.state()["columns"]), answers) == (1, [])
    pair.lms.release()
    thread.join(10)
    assert answers == [201]


def test_errors_and_slowness_strike_once_and_before_the_work(pair: Pair) -> None:
    token = pair.token(LINE_ITEM)
    pair.lms.fault("lineitems", "500")
    pair.lms.fault("lineitems", "429", seconds=7)
    pair.lms.fault("lineitems", "slow", seconds=0.3)
    assert _create(pair, token).status_code == 500
    second = _create(pair, token)
    assert (second.status_code, second.headers["Retry-After"]) == (429, "7")
    assert pair.lms.state()["columns"] == []
    started = time.monotonic()
    assert _create(pair, token).status_code == 201
    assert time.monotonic() - started >= 0.3


def test_the_token_endpoint_and_the_roster_have_faults_too(pair: Pair) -> None:
    pair.lms.fault("token", "500")
    assert pair.ask_token(MEMBERSHIP_READ).status_code == 500
    pair.lms.fault("memberships", "500")
    token = pair.token(MEMBERSHIP_READ)
    assert pair.call("GET", "algorithms/memberships", token).status_code == 500


def test_an_answer_may_be_a_page_or_half_a_document(pair: Pair) -> None:
    token = pair.token(LINE_ITEM)
    pair.lms.fault("lineitems", "html-for-json", method="POST")
    page = _create(pair, token)
    assert (page.status_code, page.headers["Content-Type"][:9]) == (201, "text/html")
    pair.lms.fault("lineitems", "half-json")
    half = pair.call("GET", "algorithms/lineitems", token)
    whole = pair.call("GET", "algorithms/lineitems", token)
    assert half.status_code == 200
    assert whole.text.startswith(half.text)
    with pytest.raises(requests.JSONDecodeError):
        half.json()
    assert len(whole.json()) == 1, "the work was done behind the page"


def test_a_list_may_lose_its_next_page_or_name_somebody_twice(pair: Pair) -> None:
    token = pair.token(MEMBERSHIP_READ)
    pair.lms.fault("memberships", "no-next")
    pair.lms.fault("memberships", "duplicate-member")
    path = "algorithms/memberships?limit=4"
    truncated, doubled, whole = (pair.call("GET", path, token) for _ in range(3))
    assert (len(truncated.json()["members"]), "Link" in truncated.headers) == (4, False)
    members = doubled.json()["members"]
    assert (len(members), members[0]) == (5, members[1])
    assert "next" in whole.links


@pytest.mark.parametrize(("kind", "status"), [("expired-token", 401), ("gone", 404)])
def test_a_call_is_refused_once(pair: Pair, kind: str, status: int) -> None:
    token = pair.token(LINE_ITEM)
    pair.lms.fault("lineitems", kind)
    calls = [pair.call("GET", "algorithms/lineitems", token).status_code for _ in range(2)]
    assert calls == [status, 200]


def test_an_outage_lasts_until_it_is_cleared(pair: Pair) -> None:
    token = pair.token(LINE_ITEM)
    pair.lms.fault("lineitems", "outage")
    assert [_create(pair, token).status_code for _ in range(3)] == [503, 503, 503]
    pair.lms.release()
    assert _create(pair, token).status_code == 201


@pytest.mark.parametrize("seconds", [-90.0, 90.0, 7200.0])
def test_a_clock_may_be_wrong(pair: Pair, seconds: float) -> None:
    visitor = pair.lms.visit("amara")
    before = int(time.time())
    pair.lms.fault("auth", "skew", seconds=seconds)
    form = pair.launch(visitor, visitor.start_link("algorithms"))
    claims = jwt.decode(
        form.fields["id_token"],
        pair.lms.lms.keys.current.public_pem,
        algorithms=["RS256"],
        audience="quoin-demo",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert before <= claims["iat"] - seconds <= time.time()
    assert claims["exp"] - claims["iat"] == 300


def test_a_launch_may_be_signed_with_a_key_nobody_has_seen(pair: Pair) -> None:
    before = {key["kid"] for key in _keys(pair)}
    visitor = pair.lms.visit("amara")
    pair.lms.fault("auth", "rotated-key")
    form = pair.launch(visitor, visitor.start_link("algorithms"))
    kid = jwt.get_unverified_header(form.fields["id_token"])["kid"]
    assert kid not in before
    assert [key["kid"] for key in _keys(pair)] == [kid]


def test_a_keyset_may_be_bad_in_many_ways(pair: Pair) -> None:
    kinds = ("html-for-json", "500", "no-keys", "huge-keys", "private-keys")
    for kind in kinds:
        pair.lms.fault("jwks", kind)
    url = f"{pair.lms.url}/lti/jwks"
    page, broken, empty, huge, private = (requests.get(url, timeout=10) for _ in kinds)
    assert page.headers["Content-Type"].startswith("text/html")
    assert broken.status_code == 500
    assert empty.json() == {"keys": []}
    assert (len(huge.content) > 1024 * 1024, huge.json()["keys"]) == (True, _keys(pair))
    key, published = private.json()["keys"][0], _keys(pair)[0]
    assert {"d", "p", "q"} < key.keys()
    assert (key["kid"], key["n"]) == (published["kid"], published["n"])
    real = pair.lms.lms.keys.current.private.private_numbers().d
    shown = int.from_bytes(base64.urlsafe_b64decode(key["d"] + "=="))
    assert shown != real, "the LMS's own secret stays one"


def _keys(pair: Pair) -> list[dict[str, str]]:
    keys: list[dict[str, str]] = requests.get(f"{pair.lms.url}/lti/jwks", timeout=10).json()["keys"]
    return keys


def test_faults_are_armed_on_a_page_too(pair: Pair) -> None:
    url = f"{pair.lms.url}/faults"
    assert "Nothing is armed" in requests.get(f"{url}/page", timeout=10).text
    order = {"service": "scores", "kind": "slow", "method": "", "seconds": "1.5"}
    page = requests.post(url, data=order, timeout=10)
    assert "scores: answers after so many seconds (1.5 s)" in page.text
    wrong = requests.post(url, data={"service": "scores", "kind": "skew"}, timeout=10)
    assert (wrong.status_code, "skew is for auth only" in wrong.text) == (400, True)
    cleared = requests.post(f"{url}/clear", timeout=10)
    assert "Nothing is armed" in cleared.text
    foreign = {"Origin": "https://thief.example"}
    assert requests.post(url, data=order, headers=foreign, timeout=10).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"service": "scores", "kind": "unknown"},
        {"service": "unknown", "kind": "500"},
        {"service": "scores", "kind": "slow", "seconds": -1},
        {"service": "scores", "kind": "slow", "seconds": "long"},
        {"service": "scores", "kind": "no-keys"},
        {"service": "auth", "kind": "skew", "seconds": 1e12},
        {"nothing": 1},
        [],
    ],
)
def test_a_wrong_order_is_explained(pair: Pair, body: object) -> None:
    answer = requests.post(f"{pair.lms.url}/faults", json=body, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_state_and_faults_are_for_this_machine(pair: Pair) -> None:
    client = pair.lms.app.test_client()
    for path in ("/state", "/faults"):
        assert client.get(path, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 403
        assert requests.get(pair.lms.url + path, timeout=10).status_code == 200


def test_data_and_keys_outlive_the_process(tmp_path: Path) -> None:
    path = tmp_path / "demo" / "lms.sqlite3"
    kids = []
    for _ in range(2):
        with RunningLMS(database=path) as lms:
            kids.append(lms.lms.keys.current.kid)
            assert len(lms.state()["links"]) == 3
    assert kids[0] == kids[1]
    for secret in path.parent.glob("lms-*"):
        assert secret.stat().st_mode & 0o777 == 0o600


def test_a_taken_port_is_named(
    pair: Pair, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(PortTakenError, match=f"Port {pair.lms.port} is taken"):
        bind_loopback(pair.lms.port)
    assert main(["--port", str(pair.lms.port), "--database", str(tmp_path / "x")]) == 1
    assert "is taken" in capsys.readouterr().err
