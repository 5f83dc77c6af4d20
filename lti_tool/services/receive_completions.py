"""Use case: record completions that another system reports, each judged on its own."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lti_tool.awarding import NewCompletion, record
from lti_tool.errors import ConflictError, InvalidInputError, QuoinError
from lti_tool.lti.registrations import authority_of_issuer
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Listed, list_by_keys
from lti_tool.persistence.completions import find_contents
from lti_tool.persistence.learners import ensure_learners, lock_name
from lti_tool.persistence.snapshots import load_zone
from lti_tool.signatures import TOLERANCE, Caller
from stacking_rules import scale_bounds

SOURCE = "api"


@dataclass(frozen=True, slots=True)
class ReportedCompletion:
    """A completion as the LMS tells it.

    ``key`` is the LMS's own and unique within the issuer; ``completed_at`` is aware; ``grade``
    is in percent of the scale; ``evidence`` are lines of text, links included.
    """

    key: str
    issuer: str
    subject: str
    competency: str
    completed_at: datetime
    grade: Decimal | None = None
    evidence: tuple[str, ...] = ()

    @property
    def ledger_key(self) -> str:
        """Return the key in the ledger: two sites may use the same keys."""
        site = hashlib.sha256(self.issuer.encode()).hexdigest()[:32]
        return f"{SOURCE}:{site}:{self.key}"

    @property
    def content_hash(self) -> str:
        """Return what stands for all that is said under the key."""
        grade = None if self.grade is None else format(self.grade.normalize(), "f")
        told = [
            self.issuer,
            self.subject,
            self.competency,
            self.completed_at.astimezone(UTC).isoformat(),
            grade,
            *self.evidence,
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


class OutcomeStatus(StrEnum):
    """What became of one reported completion."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one reported completion; ``error`` says why it was refused."""

    status: OutcomeStatus
    error: QuoinError | None = None


def receive_completions(
    database: Database,
    caller: Caller,
    reports: Sequence[ReportedCompletion | QuoinError],
    *,
    now: datetime,
) -> tuple[Outcome, ...]:
    """Record what is new and good of ``reports`` (at most 10,000); return an outcome for each.

    An error among them is one that the door has found, and is its own outcome. What is recorded
    and the awards that follow are one transaction. A key that is known with the same content
    changes nothing; with other content it is refused.
    """
    with database.writing() as session:
        # Two batches with the same keys come one after the other, so each knows what is new.
        lock_name(session, f"reported completions:{caller.institution_id}")
        desk = _Desk(session, caller, reports, now)
        outcomes = tuple(desk.judge(report) for report in reports)
        entries = _entries(session, caller, desk, now)
        if entries:
            actor = f"api-key:{caller.key_id}"
            record(session, caller.institution_id, entries, actor=actor, now=now)
    return outcomes


class _Desk:
    """Judges the reports of one batch in their order, and collects those to be recorded."""

    def __init__(
        self,
        session: Session,
        caller: Caller,
        reports: Sequence[ReportedCompletion | QuoinError],
        now: datetime,
    ) -> None:
        self.caller, self.now = caller, now
        told = [report for report in reports if isinstance(report, ReportedCompletion)]
        self.catalogue: Mapping[str, Listed] = list_by_keys(
            session, caller.institution_id, {report.competency for report in told}
        )
        keys = [report.ledger_key for report in told]
        self.contents = find_contents(session, caller.institution_id, list(dict.fromkeys(keys)))
        self.good: list[ReportedCompletion] = []

    def judge(self, report: ReportedCompletion | QuoinError) -> Outcome:
        """Return what becomes of a report."""
        if isinstance(report, QuoinError):
            return Outcome(OutcomeStatus.REFUSED, report)
        try:
            return Outcome(self._judge(report))
        except QuoinError as error:
            return Outcome(OutcomeStatus.REFUSED, error)

    def _judge(self, report: ReportedCompletion) -> OutcomeStatus:
        self.caller.check_issuer(report.issuer)
        if report.ledger_key in self.contents:
            if self.contents[report.ledger_key] == report.content_hash:
                return OutcomeStatus.REPEATED
            raise ConflictError(
                "This key stands for another completion already, which stays as it is. Use a new "
                "key for a new completion.",
                code="key-taken",
            )
        self._check_competency(report.competency)
        _check_moment(report.completed_at, self.now)
        self.contents[report.ledger_key] = report.content_hash
        self.good.append(report)
        return OutcomeStatus.RECORDED

    def _check_competency(self, key: str) -> None:
        found = self.catalogue.get(key)
        if found is None:
            raise InvalidInputError(
                f"The catalogue has no competency '{key}'.",
                code="unknown-competency",
                field="competency",
            )
        if found.is_award:
            raise InvalidInputError(
                f"'{key}' is awarded by rules and cannot be completed.",
                code="unknown-competency",
                field="competency",
            )


def _check_moment(completed_at: datetime, now: datetime) -> None:
    if completed_at - now > TOLERANCE:
        raise InvalidInputError("The date lies in the future.", field="completed_at")


def _entries(session: Session, caller: Caller, desk: _Desk, now: datetime) -> list[NewCompletion]:
    """Return what is to be recorded; learners whom nobody has met before are made."""
    subjects: dict[str, list[str]] = defaultdict(list)
    for report in desk.good:
        subjects[report.issuer].append(report.subject)
    learners = {
        issuer: ensure_learners(
            session, caller.institution_id, authority_of_issuer(issuer), subjects[issuer], now
        )
        for issuer in sorted(subjects)
    }
    zone = ZoneInfo(load_zone(session, caller.institution_id)) if desk.good else None
    return [
        NewCompletion(
            learner_id=learners[report.issuer][report.subject],
            achievement_id=desk.catalogue[report.competency].id,
            completed_on=report.completed_at.astimezone(zone).date(),
            source=SOURCE,
            idempotency_key=report.ledger_key,
            content_hash=report.content_hash,
            grade=_on_scale(report.grade, desk.catalogue[report.competency].scale),
            note="\n".join(report.evidence),
        )
        for report in desk.good
    ]


def _on_scale(percent: Decimal | None, scale: str) -> Decimal | None:
    """Return a grade on its scale: 0 percent is the lower end, 100 percent the upper one."""
    if percent is None:
        return None
    low, high = scale_bounds(scale)
    return low + (high - low) * percent / 100
