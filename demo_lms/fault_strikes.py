"""How faults strike: before the work, on the finished answer, or on its way out."""

import json
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import flask
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from waitress.channel import ClientDisconnected

from demo_lms.faults import SERVICES, Fault, FaultMenu
from demo_lms.lms import LMS
from demo_lms.web_services import refused

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

IN_REQUEST = "demo_lms.fault"
HUGE_BYTES = 1024 * 1024
REFUSALS = {
    "500": (500, "Something went wrong (a practised fault).\n"),
    "outage": (503, "This service is down (a practised fault).\n"),
    "gone": (404, "There is no such thing (a practised fault).\n"),
    "expired-token": (401, "The access token has expired (a practised fault).\n"),
}


def struck_by() -> Fault | None:
    """The fault that strikes the current request."""
    fault: Fault | None = flask.request.environ.get(IN_REQUEST)
    return fault


def strike_before(lms: LMS) -> flask.Response | None:
    """Before the work: be slow, or refuse; other faults wait in the environ for their moment."""
    service = SERVICES.get(flask.request.endpoint or "")
    fault = lms.faults.take(service, flask.request.method) if service else None
    if fault is None:
        return None
    flask.request.environ[IN_REQUEST] = fault
    if fault.kind == "slow":
        time.sleep(fault.seconds)
    elif fault.kind == "rotated-key":
        lms.keys.rotate(publish_old=False)
    elif fault.kind == "429":
        return flask.Response("", 429, {"Retry-After": f"{fault.seconds:.0f}"})
    elif fault.kind == "revoked-token":
        return refused("invalidtoken")
    elif fault.kind in REFUSALS:
        status, text = REFUSALS[fault.kind]
        return flask.Response(text, status, mimetype="text/plain")
    return None


def strike_after(answer: flask.Response) -> flask.Response:
    """After the work: spoil the answer."""
    fault = struck_by()
    if fault is not None and answer.status_code < 300:
        SPOILERS.get(fault.kind, _nothing)(answer)
    return answer


def _nothing(_answer: flask.Response) -> None:
    """Faults that do not spoil a finished answer."""


def _html(answer: flask.Response) -> None:
    answer.set_data("<!doctype html><title>Oops</title><p>Please sign in.</p>")
    answer.content_type = "text/html; charset=utf-8"


def _half(answer: flask.Response) -> None:
    body = answer.get_data()
    answer.set_data(body[: max(1, len(body) // 2)])


def _no_next(answer: flask.Response) -> None:
    answer.headers.pop("Link", None)


def _twice(answer: flask.Response) -> None:
    document = answer.get_json(force=True)
    entries = document["members"] if isinstance(document, dict) else document
    entries[:0] = entries[:1]
    _put(answer, document)


def _no_keys(answer: flask.Response) -> None:
    _put(answer, {"keys": []})


def _huge_keys(answer: flask.Response) -> None:
    document = answer.get_json()
    _put(answer, {**document, "padding": "x" * HUGE_BYTES})


def _private_keys(answer: flask.Response) -> None:
    """Private parts under the published ids, of a key that has never signed anything."""
    throw_away = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = RSAAlgorithm.to_jwk(throw_away, as_dict=True)
    _put(answer, {"keys": [{**private, **key} for key in answer.get_json()["keys"]]})


def _wrong_types(answer: flask.Response) -> None:
    _change(answer, lambda _name, value: f"#{value}" if _is_number(value) else value)


def _other_people(answer: flask.Response) -> None:
    others = {"userid": "somebody-else", "courseid": "another-course"}
    _change(answer, lambda name, value: others.get(name, value))


def _changed_ids(answer: flask.Response) -> None:
    names = ("id", "cmid", "iteminstance", "instance", "competencyid")
    _change(answer, lambda name, value: value + 50_000 if name in names else value)


def _ahead(answer: flask.Response) -> None:
    fault = struck_by()
    by = int(fault.seconds) if fault else 0
    names = ("gradedategraded", "timecompleted", "timemodified")
    _change(answer, lambda name, value: value + by if name in names and value else value)


def _million_rows(answer: flask.Response) -> None:
    answer.set_data('{"usergrades": [' + '{"userid": 1},' * 1_000_000 + "{}]}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _change(answer: flask.Response, change: Callable[[str, Any], Any]) -> None:
    """Change every plain value of a document by the name of its member."""

    def walk(value: Any, name: str) -> Any:
        if isinstance(value, dict):
            return {key: walk(one, key) for key, one in value.items()}
        if isinstance(value, list):
            return [walk(one, name) for one in value]
        return change(name, value)

    _put(answer, walk(answer.get_json(), ""))


def _put(answer: flask.Response, document: Any) -> None:
    """Replace the document; its type stays."""
    answer.set_data(json.dumps(document))


SPOILERS: dict[str, Callable[[flask.Response], None]] = {
    "html-for-json": _html,
    "half-json": _half,
    "no-next": _no_next,
    "duplicate-member": _twice,
    "no-keys": _no_keys,
    "huge-keys": _huge_keys,
    "private-keys": _private_keys,
    "wrong-types": _wrong_types,
    "other-people": _other_people,
    "changed-ids": _changed_ids,
    "ahead": _ahead,
    "million-rows": _million_rows,
}


class FaultyAnswers:
    """WSGI: after the work is done and stored, keep the answer back or lose it."""

    def __init__(self, application: "WSGIApplication", menu: FaultMenu) -> None:
        self.application = application
        self.menu = menu

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        answer = self.application(environ, start_response)
        fault: Fault | None = environ.get(IN_REQUEST)
        if fault is not None and fault.kind == "hold":
            self.menu.hold()
        if fault is not None and fault.kind == "answer-lost":
            # Nothing has gone out yet, and waitress closes the connection without a word.
            getattr(answer, "close", lambda: None)()
            raise ClientDisconnected
        return answer
