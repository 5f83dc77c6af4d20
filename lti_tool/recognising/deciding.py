"""A decision on an outside credential: what it counts for here, or why it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.awarding import MadeAward, NewCompletion, record
from lti_tool.credentials.recognition.outcomes import Outcome
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.completions import (
    Completion,
    Withdrawal,
    add_withdrawal,
    find_completion_id,
)
from lti_tool.persistence.equivalencies import Equivalency, find_equivalency
from lti_tool.persistence.outside_credentials import (
    OutsideCredential,
    OutsideState,
    Recognition,
    add_recognition,
    find_latest_decision,
    list_completion_uuids,
    list_live_completions,
    list_same,
)
from lti_tool.persistence.reviews import Cause
from lti_tool.persistence.snapshots import EXTERNAL
from lti_tool.recognising.keeping import CHECK_EVERY, Remark
from lti_tool.reviewing import ask_about
from lti_tool.translating import _

SOURCE = "recognition"
MOST_CREDITS = Decimal(1000)
MOST_LEVEL = Decimal(20)
MOST_PLACES = 4


@dataclass(frozen=True, slots=True)
class Mapping:
    """What an outside credential counts for: an achievement of ours, and how it counts.

    ``level`` is what rules see as the attribute ``level``; valid before ``valid_until``.
    """

    achievement: Achievement
    credits: Decimal
    completed_on: date
    grade: Decimal | None = None
    level: Decimal | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides: a person of the staff (internal id), or an equivalency by itself."""

    actor: str
    learner_id: int | None
    equivalency_id: int | None = None


def check_bounds(amount: Decimal, level: Decimal | None) -> None:
    """Refuse credits or a level that nobody means; ``InvalidInputError`` names the field."""
    if not amount.is_finite() or not 0 <= amount <= MOST_CREDITS or _places(amount):
        raise InvalidInputError(
            _("Credits are a number from 0 to {most}, such as 7.5.", most=MOST_CREDITS),
            field="credits",
        )
    if level is not None and not (level.is_finite() and 0 <= level <= MOST_LEVEL):
        raise InvalidInputError(
            _("A level is a number from 0 to {most}.", most=MOST_LEVEL), field="level"
        )


def _places(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent < -MOST_PLACES


def recognise(
    session: Session,
    row: OutsideCredential,
    mapping: Mapping,
    reason: str,
    decider: Decider,
    now: datetime,
    *,
    is_identity_confirmed: bool = False,
) -> Sequence[MadeAward]:
    """Let a credential count, as a completion with its issuer; return the awards that follow.

    What an earlier decision, or an older version of the credential, let count is withdrawn first,
    in the same transaction. The caller holds the lock of the learner. ``InvalidInputError`` for a
    credential that its issuer does not vouch for now, or what nobody means.
    """
    check_bounds(mapping.credits, mapping.level)
    if row.outcome not in (Outcome.VALID, Outcome.UNKNOWN_ISSUER, Outcome.NOT_YOURS):
        raise InvalidInputError("Its issuer does not vouch for this credential at the moment.")
    before = find_latest_decision(session, row.id)
    withdrawn = _take_back(session, row, reason, decider, now)
    entry = _entry(row, mapping, decider, before)
    recorded = record(session, row.institution_id, [entry], actor=decider.actor, now=now)
    _ask_about_lost(session, withdrawn, decider, now)
    completion = find_completion_id(session, row.institution_id, entry.idempotency_key)
    _note(
        session,
        row,
        Recognition(
            state=OutsideState.RECOGNISED,
            achievement_id=mapping.achievement.id,
            completion_id=completion,
            reason=reason,
            is_identity_confirmed=is_identity_confirmed,
        ),
        before,
        decider,
        now,
    )
    return recorded.awards


def decline(
    session: Session, row: OutsideCredential, reason: str, decider: Decider, now: datetime
) -> None:
    """Let a credential not count, with a reason that the learner reads; take back what counted."""
    before = find_latest_decision(session, row.id)
    _ask_about_lost(session, _take_back(session, row, reason, decider, now), decider, now)
    decided = Recognition(state=OutsideState.DECLINED, reason=reason)
    _note(session, row, decided, before, decider, now)


def confirm(
    session: Session, row: OutsideCredential, reason: str, decider: Decider, now: datetime
) -> None:
    """Let what counts go on to count although its issuer no longer vouches for it."""
    before = find_latest_decision(session, row.id)
    if before is None or before.state != OutsideState.RECOGNISED:
        raise InvalidInputError("Nothing counts by this credential.")
    decided = Recognition(
        state=before.state,
        achievement_id=before.achievement_id,
        completion_id=before.completion_id,
        reason=reason,
        is_identity_confirmed=before.is_identity_confirmed,
    )
    _note(session, row, decided, before, decider, now)


def decide_by_itself(
    session: Session, row: OutsideCredential, now: datetime
) -> Sequence[MadeAward] | None:
    """Let an automatic equivalency decide; None where none does.

    Only where nothing is left for a person to look at: a trusted issuer, the learner's own.
    """
    if row.outcome != Outcome.VALID or row.remark not in (Remark.NOTHING, Remark.NEWER):
        return None
    found = equivalency_of(session, row)
    if found is None or not found.is_automatic:
        return None
    mapping = Mapping(
        achievement=session.get_one(Achievement, found.achievement_id),
        credits=found.credits,
        completed_on=min(row.valid_from.date(), now.date()),
        level=found.level,
        valid_until=None if row.valid_until is None else row.valid_until.date(),
    )
    decider = Decider(f"equivalency:{found.uuid}", None, found.id)
    return recognise(session, row, mapping, found.reason, decider, now)


def equivalency_of(session: Session, row: OutsideCredential) -> Equivalency | None:
    """Return what the institution has said before of credentials of this kind."""
    outside = str(row.told.get("achievement", ""))
    issued = row.valid_from.date()
    return find_equivalency(session, row.institution_id, row.issuer, outside, issued)


def _entry(
    row: OutsideCredential,
    mapping: Mapping,
    decider: Decider,
    before: Recognition | None,
) -> NewCompletion:
    attributes: dict[str, Any] = {EXTERNAL: True, "issuer": row.issuer}
    if mapping.level is not None:
        attributes["level"] = str(mapping.level)
    return NewCompletion(
        learner_id=row.learner_id,
        achievement_id=mapping.achievement.id,
        completed_on=mapping.completed_on,
        source=SOURCE,
        idempotency_key=f"outside:{row.uuid}:{0 if before is None else before.id}",
        grade=mapping.grade,
        is_recognised=True,
        recorded_by=decider.learner_id,
        credits=mapping.credits,
        valid_until=mapping.valid_until,
        attributes=attributes,
    )


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was taken back just now, and all that ever counted by the same credential.

    An award may name the first of several corrected completions, and rest on the last one.
    """

    pairs: tuple[tuple[Completion, Withdrawal], ...]
    ever: tuple[UUID, ...]


def _take_back(
    session: Session, row: OutsideCredential, reason: str, decider: Decider, now: datetime
) -> Withdrawn:
    """Withdraw what this credential, or another version of it, lets count for this learner."""
    same = {row.id: row} | {
        one.id: one
        for one in list_same(session, row.institution_id, row.identity_hash)
        if one.learner_id == row.learner_id
    }
    for other in same.values():
        if other.id != row.id:
            other.state, other.next_check_at = OutsideState.SUPERSEDED, None
            other.changed_at = None
    pairs = tuple(
        (completion, add_withdrawal(session, completion.id, reason, decider.learner_id, now))
        for completion in list_live_completions(session, same)
    )
    return Withdrawn(pairs, tuple(list_completion_uuids(session, same)))


def _ask_about_lost(
    session: Session, withdrawn: Withdrawn, decider: Decider, now: datetime
) -> None:
    """Look again at the awards that counted it, once what takes its place counts."""
    for completion, withdrawal in withdrawn.pairs:
        institution_id, learner_id = completion.institution_id, completion.learner_id
        cause = Cause(withdrawal.reason, withdrawal_id=withdrawal.id)
        asked = [
            ask_about(session, institution_id, learner_id, gone, cause, now)
            for gone in withdrawn.ever
        ]
        add_event(
            session,
            institution_id=institution_id,
            actor=decider.actor,
            action="completion.withdrawn",
            at=now,
            subject=str(completion.uuid),
            detail={"reviews": [str(uuid) for one in asked for uuid in one.opened]},
        )


def _note(
    session: Session,
    row: OutsideCredential,
    decided: Recognition,
    before: Recognition | None,
    decider: Decider,
    now: datetime,
) -> None:
    """Write the decision down beside those before it; the question of it is answered."""
    decided.outside_credential_id = row.id
    decided.replaces_id = None if before is None else before.id
    decided.decided_by, decided.equivalency_id = decider.learner_id, decider.equivalency_id
    decided.decided_at = now
    add_recognition(session, decided)
    row.state, row.changed_at = decided.state, None
    # What counts for nothing need not be watched.
    is_watched = decided.state == OutsideState.RECOGNISED
    row.next_check_at = (row.next_check_at or now + CHECK_EVERY) if is_watched else None
    add_event(
        session,
        institution_id=row.institution_id,
        actor=decider.actor,
        action=f"outside-credential.{decided.state}",
        at=now,
        subject=str(row.uuid),
        detail={"corrects": before is not None, "outcome": row.outcome, "issuer": row.issuer},
    )
    session.flush()
