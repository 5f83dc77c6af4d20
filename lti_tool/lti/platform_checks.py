"""Diagnosis of one platform: what can be seen of it from here, and what to do about it."""

from __future__ import annotations

import ssl
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from lti_tool.errors import LTIServiceError
from lti_tool.lti.http_client import Answer, HTTPClient
from lti_tool.lti.jwks import fetch_keyset, parse_keyset
from lti_tool.lti.keys import KeyRing
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.lti.scopes import WANTED, missing_scopes
from lti_tool.lti.service_tokens import NOT_GRANTED, request_token
from lti_tool.strict_json import StrictJSONError, parse_object

NEAR, FAR = timedelta(seconds=5), timedelta(seconds=60)
"""Moodle takes no assertion of the future; we take a token that is a minute off, not more."""


class Verdict(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a diagnosis: what was looked at, what was found, what to do ("" if nothing)."""

    topic: str
    verdict: Verdict
    found: str
    advice: str = ""


def check_keyset(
    http: HTTPClient, registration: PlatformRegistration
) -> tuple[Finding, Answer | None]:
    """Read the platform's keyset; the answer is given on, for its clock."""
    try:
        answer = fetch_keyset(http, registration)
    except LTIServiceError as error:
        return _failed("keyset", error, "every launch fails"), None
    try:
        keys = parse_keyset(answer.body)
    except StrictJSONError as error:
        found = f"What stands at {registration.jwks_url} is no keyset: {error}."
        advice = "Enter the keyset address of the LMS: quoin platform add."
        return Finding("keyset", Verdict.FAILURE, found, advice), answer
    if not keys:
        found = f"The keyset at {registration.jwks_url} holds no RSA key of 2048 bits for RS256."
        advice = "Look whether it is the keyset of this LMS; every launch fails without a key."
        return Finding("keyset", Verdict.FAILURE, found, advice), answer
    return Finding("keyset", Verdict.OK, f"Usable keys: {len(keys)}."), answer


def check_clock(answer: Answer | None, now: datetime) -> Finding | None:
    """Compare the platform's clock, as its answer tells it, with ours at that moment."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("Date", "") if answer else "")
    except ValueError:
        return None
    theirs = theirs.replace(tzinfo=theirs.tzinfo or UTC)
    both = f"The clock of the LMS says {_clock(theirs)}, ours says {_clock(now)}."
    apart = abs(theirs - now)
    if apart <= NEAR:
        return Finding("clock", Verdict.OK, both)
    verdict = Verdict.WARNING if apart <= FAR else Verdict.FAILURE
    return Finding(
        "clock",
        verdict,
        f"{both} They are {int(apart.total_seconds())} seconds apart.",
        "Set the one that is wrong (NTP). Launches fail from a minute on, access tokens sooner.",
    )


def check_scopes(
    http: HTTPClient, keyring: KeyRing, registration: PlatformRegistration, now: datetime
) -> tuple[list[Finding], frozenset[str] | None]:
    """Ask for a token with every wanted scope, then one by one; say what each missing one breaks.

    Returns the granted scopes too, None when no token came at all.
    """
    try:
        granted = _granted(http, keyring, registration, now)
    except LTIServiceError as error:
        return [_failed("token", error, "no score and no list of members")], None
    findings = [Finding("token", Verdict.OK, f"Scopes granted: {_names(granted)}.")]
    findings += [
        Finding(
            f"scope {scope.name}",
            Verdict.WARNING,
            f"It is not granted: {scope.loss}.",
            "Switch it on for this tool in the LMS.",
        )
        for scope in missing_scopes(granted)
    ]
    return findings, granted


def _granted(
    http: HTTPClient, keyring: KeyRing, registration: PlatformRegistration, now: datetime
) -> frozenset[str]:
    wanted = frozenset(scope.url for scope in WANTED)
    try:
        return request_token(http, keyring.current(), registration, wanted, now).scopes & wanted
    except LTIServiceError as error:
        if error.code not in ("lti-token-refused", NOT_GRANTED):
            raise
        one_by_one = frozenset(_each(http, keyring, registration, now))
        if not one_by_one:
            raise
        return one_by_one


def _each(
    http: HTTPClient, keyring: KeyRing, registration: PlatformRegistration, now: datetime
) -> Iterator[str]:
    """Yield the scopes that are granted when they are asked for alone."""
    for scope in WANTED:
        wish = frozenset({scope.url})
        try:
            token = request_token(http, keyring.current(), registration, wish, now)
        except LTIServiceError:
            continue
        if wish <= token.scopes:
            yield scope.url


def check_configuration(http: HTTPClient, registration: PlatformRegistration, url: str) -> Finding:
    """Compare the addresses kept here with what the platform says of itself now."""
    try:
        answer = http.request(
            "GET",
            url,
            headers={"Accept": "application/json"},
            allows_loopback=registration.allows_loopback,
        )
    except LTIServiceError as error:
        return _failed("configuration", error, "nothing can be compared")
    if answer.status in (401, 403):
        found = "The LMS shows it only during a registration; nothing was compared."
        return Finding("configuration", Verdict.OK, found)
    try:
        members = parse_object(answer.body, max_bytes=256 * 1024) if answer.status == 200 else {}
    except StrictJSONError:
        members = {}
    kept = {
        "issuer": registration.issuer,
        "authorization_endpoint": registration.authorization_url,
        "token_endpoint": registration.token_url,
        "jwks_uri": registration.jwks_url,
    }
    other = [name for name, value in kept.items() if members.get(name) != value]
    if not other:
        return Finding("configuration", Verdict.OK, "Addresses are as the LMS names them.")
    return Finding(
        "configuration",
        Verdict.WARNING,
        f"It cannot be read, or names others than are kept here: {', '.join(other)}.",
        f"Compare with {url}; enter new addresses with quoin platform add.",
    )


def _failed(topic: str, error: LTIServiceError, loss: str) -> Finding:
    """Turn a call without a usable answer into a line; trouble with a certificate is named."""
    trouble = certificate_trouble(error)
    if trouble:
        return Finding(
            topic,
            Verdict.FAILURE,
            f"The https certificate of the LMS is not valid here: {trouble}.",
            f"Have it renewed, with its intermediate certificates; until then {loss}.",
        )
    return Finding(topic, Verdict.FAILURE, error.message, _advice(error, loss))


def _advice(error: LTIServiceError, loss: str) -> str:
    if error.code == "lti-token-refused":
        return (
            "Look whether the tool is active in the LMS, whether the LMS can read our keyset "
            f"(/lti/jwks), and at the clocks; until then {loss}."
        )
    return f"Look whether the address is right and the LMS answers; until then {loss}."


def certificate_trouble(error: BaseException) -> str:
    """Return what is wrong with a certificate, "" when that is not why a call failed."""
    seen: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting:
        current = waiting.pop()
        if isinstance(current, ssl.SSLCertVerificationError):
            return current.verify_message
        seen.append(current)
        causes = (current.__cause__, current.__context__, getattr(current, "reason", None))
        waiting += [
            cause
            for cause in (*causes, *current.args)
            if isinstance(cause, BaseException) and cause not in seen
        ]
    return ""


def _names(scopes: Collection[str]) -> str:
    return ", ".join(sorted(scope.rsplit("/", 1)[-1] for scope in scopes)) or "none"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
