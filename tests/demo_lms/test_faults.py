"""The fault menu: things go wrong when asked for, once, and after the work where that is meant."""

import threading
import time
from pathlib import Path

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


@pytest.mark.parametrize(
    "body",
    [
        {"service": "scores", "kind": "unknown"},
        {"service": "unknown", "kind": "500"},
        {"service": "scores", "kind": "slow", "seconds": -1},
        {"service": "scores", "kind": "slow", "seconds": "long"},
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
