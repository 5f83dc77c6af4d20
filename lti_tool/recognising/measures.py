"""What a credential is measured by: whom an institution trusts, and who hands it in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.credentials.recognition.outcomes import Outcome, Verdict, reason
from lti_tool.credentials.recognition.policy import Policy, Recipient, TrustedIssuer
from lti_tool.persistence.trusted_issuers import TrustedIssuerRow, list_trusted


@dataclass(frozen=True, slots=True)
class Person:
    """Who hands a credential in: the learner's uuid, and an e-mail the platform vouches for."""

    uuid: UUID
    email: str | None = None

    @property
    def recipient(self) -> Recipient:
        """What a credential may name them by."""
        return Recipient((self.email,) if self.email else (), (f"urn:uuid:{self.uuid}",))


def read_policy(session: Session, institution_id: int, home: str, person: Person | None) -> Policy:
    """Return what an institution measures by; without a person nobody asks whose it is.

    ``home`` is the public address of this tool, whose documents are asked for without a network.
    """
    trusted = tuple(_trusted(row) for row in list_trusted(session, institution_id))
    return Policy(trusted, None if person is None else person.recipient, home)


def as_institution_sees(verdict: Verdict, policy: Policy) -> Verdict:
    """Return the verdict with the trust of the institution alone.

    For the check, every issuer of this tool is known; an institution trusts whom it names. What
    holds for a transcript holds for its members.
    """
    members = tuple(as_institution_sees(member, policy) for member in verdict.members)
    verdict = replace(verdict, members=members)
    told = verdict.told
    if verdict.outcome is not Outcome.VALID or told is None:
        return verdict
    alone = replace(policy, home="")
    if alone.trusts(told.issuer, moment(told.valid_from) or EARLIEST, told.achievement_type):
        return verdict
    return replace(verdict, outcome=Outcome.UNKNOWN_ISSUER, reasons=(reason("unknown-issuer"),))


def moment(text: str) -> datetime | None:
    """Return an instant of a credential that was checked; None where it says none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


EARLIEST = datetime.fromisoformat("1900-01-01T00:00:00+00:00")
"""The day of issue of what says none."""


def _trusted(row: TrustedIssuerRow) -> TrustedIssuer:
    return TrustedIssuer(row.name, row.since, row.until, frozenset(row.achievement_types))
