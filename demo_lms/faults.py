"""The fault menu: on request a service is slow, fails, or works and never says so.

POST /faults    {"service": "scores", "kind": "answer-lost"}   arm one fault
GET /faults     what is armed, what is held
DELETE /faults  disarm all and release what is held
"""

import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import flask
from waitress.channel import ClientDisconnected

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KINDS = ("slow", "500", "429", "answer-lost", "hold")
SERVICES = {
    "oidc.authenticate": "auth",
    "oidc.jwks": "jwks",
    "tokens.token": "token",
    "ags.line_items": "lineitems",
    "ags.one_line_item": "lineitems",
    "ags.scores": "scores",
    "ags.results": "results",
    "nrps.memberships": "memberships",
    "deep_linking.receive": "deep-linking",
}
LONGEST_HOLD_SECONDS = 120.0
IN_REQUEST = "demo_lms.fault"

blueprint = flask.Blueprint("faults", __name__)


@dataclass(frozen=True)
class Fault:
    """One thing that shall go wrong with the next request of a service.

    ``seconds`` is how long a slow answer takes, or what a 429 asks for; ``method`` narrows the
    fault to one HTTP method.
    """

    service: str
    kind: str
    method: str | None = None
    seconds: float = 2.0

    def __post_init__(self) -> None:
        if self.service not in SERVICES.values():
            raise ValueError(f"service must be one of {', '.join(sorted(set(SERVICES.values())))}")
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if not 0 <= self.seconds <= LONGEST_HOLD_SECONDS:
            raise ValueError(f"seconds must lie between 0 and {LONGEST_HOLD_SECONDS:.0f}")


class FaultMenu:
    """The armed faults; each strikes once, in the order of arming."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._armed: list[Fault] = []
        self._held = 0
        self._releases = 0

    def arm(self, fault: Fault) -> None:
        """Let ``fault`` strike at the next fitting request."""
        with self._lock:
            self._armed.append(fault)

    def take(self, service: str, method: str) -> Fault | None:
        """The fault that strikes this request; it is used up."""
        with self._lock:
            for fault in self._armed:
                if fault.service == service and fault.method in {None, method}:
                    self._armed.remove(fault)
                    return fault
        return None

    def hold(self) -> None:
        """Wait until somebody releases (or two minutes)."""
        with self._lock:
            self._held += 1
            wanted = self._releases + 1
            self._lock.wait_for(lambda: self._releases >= wanted, LONGEST_HOLD_SECONDS)
            self._held -= 1

    def clear(self) -> None:
        """Disarm all faults and let everything held go on."""
        with self._lock:
            self._armed.clear()
            self._releases += 1
            self._lock.notify_all()

    def describe(self) -> dict[str, Any]:
        """What is armed, and how many requests are held at this moment."""
        with self._lock:
            return {"armed": [asdict(fault) for fault in self._armed], "held": self._held}


def strike_before(menu: FaultMenu) -> flask.Response | None:
    """Before the work: be slow, or refuse; other faults wait in the environ for the way back."""
    service = SERVICES.get(flask.request.endpoint or "")
    fault = menu.take(service, flask.request.method) if service else None
    if fault is None:
        return None
    if fault.kind == "slow":
        time.sleep(fault.seconds)
        return None
    if fault.kind == "500":
        return flask.Response("Something went wrong (a practised fault).\n", 500)
    if fault.kind == "429":
        return flask.Response("", 429, {"Retry-After": f"{fault.seconds:.0f}"})
    flask.request.environ[IN_REQUEST] = fault
    return None


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
        if fault is None:
            return answer
        if fault.kind == "hold":
            self.menu.hold()
            return answer
        # Nothing has gone out yet, and waitress closes the connection without a word.
        getattr(answer, "close", lambda: None)()
        raise ClientDisconnected


@blueprint.get("/faults")
def show() -> flask.Response:
    """What is armed."""
    return flask.jsonify(_menu().describe())


@blueprint.post("/faults")
def arm() -> flask.Response:
    """Arm one fault; only JSON is read, so that no foreign page can post it from a form."""
    body = flask.request.get_json()
    try:
        _menu().arm(Fault(**body))
    except (TypeError, ValueError) as problem:
        answer = flask.jsonify(error=str(problem))
        answer.status_code = 400
        return answer
    return flask.jsonify(_menu().describe())


@blueprint.delete("/faults")
def clear() -> flask.Response:
    """Disarm all and release."""
    _menu().clear()
    return flask.jsonify(_menu().describe())


def _menu() -> FaultMenu:
    menu: FaultMenu = flask.current_app.extensions["lms"].faults
    return menu
