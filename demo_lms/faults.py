"""The fault menu: on request a service is slow, fails, lies, or works and never says so."""

import threading
from dataclasses import asdict, dataclass
from typing import Any

SERVICES = {
    "oidc.authenticate": "auth",
    "oidc.jwks": "jwks",
    "tokens.token": "token",
    "ags.line_items": "lineitems",
    "ags.one_line_item": "lineitems",
    "ags.scores": "scores",
    "ags.results": "results",
    "nrps.memberships": "memberships",
    "notices.handlers": "notice-handlers",
    "deep_linking.receive": "deep-linking",
    "web_services.server": "webservice",
}
KINDS = {
    "slow": "answers after so many seconds",
    "500": "fails before the work",
    "429": "asks to wait so many seconds",
    "answer-lost": "does the work, then the connection breaks",
    "hold": "does the work, answers when told to",
    "html-for-json": "does the work, answers a page",
    "half-json": "does the work, answers half of the document",
    "no-next": "leaves out the link to the next page",
    "duplicate-member": "gives the first entry of a list twice",
    "expired-token": "says that the access token has expired",
    "gone": "says that there is no such thing (404)",
    "outage": "is down until the faults are cleared",
    "skew": "signs by a clock that is so many seconds off",
    "rotated-key": "signs with a new key, the old one is gone",
    "no-keys": "publishes an empty keyset",
    "huge-keys": "publishes a keyset of a megabyte",
    "private-keys": "publishes private parts of keys",
    "wrong-types": "writes words where numbers belong",
    "other-people": "tells of another course and of somebody else",
    "million-rows": "answers with a million rows",
    "changed-ids": "has given everything in the course another id",
    "revoked-token": "says that the token is not valid",
    "ahead": "tells of things that come in so many seconds",
}
ONLY_FOR = {
    "skew": ("auth",),
    "rotated-key": ("auth",),
    "no-keys": ("jwks",),
    "huge-keys": ("jwks",),
    "private-keys": ("jwks",),
    "wrong-types": ("webservice",),
    "other-people": ("webservice",),
    "million-rows": ("webservice",),
    "changed-ids": ("webservice",),
    "revoked-token": ("webservice",),
    "ahead": ("webservice",),
}
LONGEST_HOLD_SECONDS = 120.0
FARTHEST_CLOCK_SECONDS = 366 * 24 * 3600.0


@dataclass(frozen=True)
class Fault:
    """One thing that shall go wrong with the next request of a service.

    ``seconds`` is how long a slow answer takes, what a 429 asks for, or how far a clock is ahead
    (below 0: behind); ``method`` narrows the fault to one HTTP method.
    """

    service: str
    kind: str
    method: str | None = None
    seconds: float = 2.0

    def __post_init__(self) -> None:
        services = sorted(set(SERVICES.values()))
        if self.service not in services:
            raise ValueError(f"service must be one of {', '.join(services)}")
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if self.service not in ONLY_FOR.get(self.kind, services):
            raise ValueError(f"{self.kind} is for {', '.join(ONLY_FOR[self.kind])} only")
        lowest, highest = self._range()
        if not lowest <= self.seconds <= highest:
            raise ValueError(f"seconds must lie between {lowest:.0f} and {highest:.0f}")

    def _range(self) -> tuple[float, float]:
        if self.kind in {"skew", "ahead"}:
            return -FARTHEST_CLOCK_SECONDS, FARTHEST_CLOCK_SECONDS
        return 0, LONGEST_HOLD_SECONDS


class FaultMenu:
    """The armed faults; each strikes once, in the order of arming, an outage again and again."""

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
        """The fault that strikes this request; it is used up, unless it is an outage."""
        with self._lock:
            for fault in self._armed:
                if fault.service == service and fault.method in {None, method}:
                    if fault.kind != "outage":
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
