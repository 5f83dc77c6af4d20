"""What a check can come to: an outcome, a stable code, and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from lti_tool.credentials.recognition.words import WORDS
from lti_tool.errors import QuoinError


class Outcome(StrEnum):
    """What somebody may rely on, from best to worst."""

    VALID = "valid"
    UNKNOWN_ISSUER = "unknown issuer"
    NOT_YOURS = "not yours"
    UNCHECKABLE = "cannot be checked"
    UNSUPPORTED = "not supported"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    REVOKED = "revoked"
    INVALID = "invalid"


GRAVITY = {outcome: place for place, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: ``code`` is stable and documented, ``words`` is a sentence to show."""

    code: str
    words: str


def reason(code: str) -> Reason:
    """Return the reason of a code, with its words."""
    return Reason(code, WORDS[code])


@dataclass(frozen=True, slots=True)
class Told:
    """What a credential says, in plain text; only what its signature covers.

    ``rule_hash`` and ``receipt_hash`` are what a credential of a stack says of its rule and of
    the receipt of what was counted, as Quoin writes it.
    """

    kind: str = ""
    id: str = ""
    issuer: str = ""
    issuer_name: str = ""
    name: str = ""
    description: str = ""
    achievement: str = ""
    achievement_type: str = ""
    subject: str = ""
    valid_from: str = ""
    valid_until: str = ""
    credits: str = ""
    endorsed_by: tuple[str, ...] = ()
    criteria: str = ""
    results: tuple[str, ...] = ()
    alignments: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    rule_hash: str = ""
    receipt_hash: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of a check; ``members`` are those of a transcript (CLR), each with its own."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    form: str = ""
    told: Told | None = None
    members: tuple[Verdict, ...] = field(default=())


class FindingError(QuoinError):
    """What a step found. Raised, it ends the check; kept, it is weighed with others."""

    code = "credential-finding"

    def __init__(self, outcome: Outcome, code: str) -> None:
        super().__init__(WORDS[code], code=code)
        self.outcome = outcome

    @property
    def reason(self) -> Reason:
        """The code with its words."""
        return reason(self.code)


def invalid(code: str) -> FindingError:
    """Return what is raised for a credential that must not be relied on."""
    return FindingError(Outcome.INVALID, code)


def uncheckable(code: str) -> FindingError:
    """Return what is raised when something that decides could not be had."""
    return FindingError(Outcome.UNCHECKABLE, code)


def unsupported(code: str) -> FindingError:
    """Return what is raised for a form that Quoin does not read."""
    return FindingError(Outcome.UNSUPPORTED, code)


def gravest(found: list[FindingError]) -> FindingError:
    """Return the finding that decides."""
    return max(found, key=lambda refused: GRAVITY[refused.outcome])
