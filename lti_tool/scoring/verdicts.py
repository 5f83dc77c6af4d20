"""What follows from an answer to a score: one state and one sentence for each (lti.md 7.3)."""

from __future__ import annotations

from lti_tool.errors import LTIServiceError
from lti_tool.lti.platform_client import PAUSE_UNAUTHORISED
from lti_tool.lti.score_answers import Meaning, classify_status, excerpt, sentence
from lti_tool.persistence.deliveries import Attempt, DeliveryState

STATES = {
    Meaning.STORED: DeliveryState.DONE,
    Meaning.UNKNOWN: DeliveryState.PENDING,
    Meaning.TOO_FAST: DeliveryState.PENDING,
    Meaning.WAITS: DeliveryState.PENDING,
    Meaning.UNAUTHORISED: DeliveryState.HELD,
    Meaning.SWITCHED_OFF: DeliveryState.HELD,
    Meaning.SUSPENDED: DeliveryState.HELD,
    Meaning.LEFT_COURSE: DeliveryState.HELD,
    Meaning.TEACHES: DeliveryState.HELD,
    Meaning.SUPERSEDED: DeliveryState.SUPERSEDED,
    Meaning.LEFT_AS_IT_IS: DeliveryState.SUPERSEDED,
    Meaning.CONFLICT: DeliveryState.OVERRIDDEN,
    Meaning.OVERRIDDEN: DeliveryState.OVERRIDDEN,
}
"""Every other meaning stops: a person has to do something and then resend."""

WORTH_QUOTING = {
    Meaning.FORBIDDEN,
    Meaning.REFUSED,
    Meaning.UNKNOWN_LEARNER,
    Meaning.NOT_GRADABLE,
    Meaning.STRANGE,
}
OF_THE_PLATFORM = {Meaning.UNAUTHORISED, Meaning.TOO_FAST}
"""What is not about this one score: nothing is sent through the registration for a while."""

UNAUTHORISED_WAIT = PAUSE_UNAUTHORISED.total_seconds()
SLOW_WAIT = 60.0


def attempt_of(meaning: Meaning, name: str) -> Attempt:
    """Return what follows from a meaning; ``name`` is what people call the platform."""
    state = STATES.get(meaning, DeliveryState.FAILED)
    return Attempt(state, sentence(meaning, name), reason=meaning)


def again(answer: str, retry_after: float | None = None) -> Attempt:
    """Return that a score is tried again, in words that say why."""
    return Attempt(DeliveryState.PENDING, answer, retry_after, Meaning.WAITS)


def held(meaning: Meaning, name: str, retry_after: float) -> Attempt:
    """Return that a score is kept until something else has changed."""
    return Attempt(DeliveryState.HELD, sentence(meaning, name), retry_after, meaning)


def verdict(
    meaning: Meaning, name: str, status: int, body: bytes, retry_after: float | None
) -> Attempt:
    """Return what follows from an answer to a score that needs no further question."""
    remark = excerpt(body) if meaning in WORTH_QUOTING else ""
    quoted = f"It says: {remark}" if remark else ""
    shown = "" if meaning is Meaning.STORED else f"(status {status})"
    words = " ".join(part for part in (sentence(meaning, name), shown, quoted) if part)
    return Attempt(
        STATES.get(meaning, DeliveryState.FAILED),
        words,
        _wait(meaning, retry_after),
        meaning,
        meaning in OF_THE_PLATFORM,
    )


def failed_call(error: LTIServiceError, name: str) -> Attempt:
    """Judge a call that gave no answer to the score itself (a token, a list, silence)."""
    meaning = _meaning_of(error)
    state = STATES.get(meaning, DeliveryState.FAILED)
    words = sentence(meaning, name) if meaning is Meaning.UNAUTHORISED else error.message
    holds = meaning in OF_THE_PLATFORM or error.code == "lti-platform-paused"
    return Attempt(state, words, _wait(meaning, error.retry_after), meaning, holds)


def _meaning_of(error: LTIServiceError) -> Meaning:
    meaning = classify_status(error.status)
    if error.code == "lti-token-refused":
        # Without a token nothing of this registration goes out, whatever the status.
        is_refusal = error.status is not None and 400 <= error.status < 429
        return Meaning.UNAUTHORISED if is_refusal else Meaning.UNKNOWN
    return Meaning.UNKNOWN if meaning is Meaning.STORED else meaning


def _wait(meaning: Meaning, retry_after: float | None) -> float | None:
    if meaning is Meaning.UNAUTHORISED:
        return UNAUTHORISED_WAIT
    if meaning is Meaning.TOO_FAST:
        return retry_after or SLOW_WAIT
    return retry_after
