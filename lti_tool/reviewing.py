"""The step that several use cases share: what rested on a thing that was taken back.

Nothing is taken away silently. An award that counted it is solved again without it; where it
follows from other facts as well, that is noted, and else a person is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.persistence.awards import (
    Award,
    ReviewState,
    find_renewed,
    list_awards,
    list_revoked,
    notes_of,
    waivers_of,
)
from lti_tool.persistence.catalog import Achievement, StackVersion
from lti_tool.persistence.news import Fresh, add_news
from lti_tool.persistence.reviews import Cause, add_review, add_revocation, list_open_of
from lti_tool.persistence.snapshots import Rules, load_records, load_rules, read_version
from lti_tool.persistence.status_lists import set_revocation_bits
from lti_tool.solver import solver
from stacking_rules import Stack, Status, evaluate


@dataclass(frozen=True, slots=True)
class Asked:
    """The uuids of awards about which a person is asked now, and of those that stand anyway."""

    opened: tuple[UUID, ...] = ()
    standing: tuple[UUID, ...] = ()

    @property
    def detail(self) -> dict[str, object]:
        """The same for an audit event."""
        return {
            "reviews": [str(uuid) for uuid in self.opened],
            "standing": [str(uuid) for uuid in self.standing],
        }


def ask_about(
    session: Session, institution_id: int, learner_id: int, gone: UUID, cause: Cause, now: datetime
) -> Asked:
    """Look again at the awards of a learner that counted ``gone``, and open the reviews.

    ``gone`` is a withdrawn completion, a revoked award or an ended exception. Only what counted it
    itself is looked at: what rests on such an award in turn is asked about when that is revoked.
    An award stands by the rule version and as of the day by which it was made, or by today's.
    """
    revoked = list_revoked(session, [learner_id])
    made = list_awards(session, [learner_id])
    touched = [
        (award, achievement.key)
        for award, achievement in made
        if award.id not in revoked and str(gone) in _grounds(session, award)
    ]
    if not touched:
        return Asked()
    rules = load_rules(session, institution_id)
    record = load_records(session, [learner_id])[learner_id]
    found: dict[ReviewState, list[UUID]] = {ReviewState.OPEN: [], ReviewState.STANDS: []}
    for award, key in touched:
        # Nor does an award stand by those that renewed it.
        later = {str(one.uuid) for one, of in made if of.key == key and one.number >= award.number}
        others = tuple(held for held in record.awards if held.id not in later)
        bare = replace(record, awards=others)
        is_met = any(
            evaluate(stack, bare, as_of=day, known_on=now, solver=solver()).status is Status.MET
            for stack, day in _rules_of(session, rules, award, key, now)
        )
        state = ReviewState.STANDS if is_met else ReviewState.OPEN
        if add_review(session, award.id, cause, now, state=state):
            found[state].append(award.uuid)
            if state is ReviewState.OPEN:
                _tell(session, award, "opened", str(gone), now)
    return Asked(tuple(found[ReviewState.OPEN]), tuple(found[ReviewState.STANDS]))


def take_back(
    session: Session, award: Award, reason: str, actor: str, now: datetime
) -> Asked | None:
    """Revoke an award: it counts nowhere from now on, and verifiers see its credential revoked.

    Its open reviews are answered by this. None when it was revoked before.
    """
    revocation = add_revocation(session, award.id, reason, actor, now)
    if revocation is None:
        return None
    set_revocation_bits(session, award.id)
    _tell(session, award, "revoked", "", now)
    for review in list_open_of(session, award.id):
        review.state, review.decided_at = ReviewState.REVOKED, now
        review.decided_by, review.decision_note = actor, reason
    session.flush()
    cause = Cause(reason, revocation_id=revocation.id)
    return ask_about(session, award.institution_id, award.learner_id, award.uuid, cause, now)


def _tell(session: Session, award: Award, state: str, about: str, now: datetime) -> None:
    name = session.get_one(Achievement, award.achievement_id).name
    key = f"review:{award.uuid}:{state}:{about}"
    add_news(
        session, award.institution_id, [Fresh(award.learner_id, "review", state, key, name)], now
    )


def _grounds(session: Session, award: Award) -> set[str]:
    """Return the uuids of all that an award rests on: facts, exceptions, the award it renews."""
    found = {str(note["id"]) for note in notes_of(award.receipt)} | waivers_of(award.receipt)
    renewed = find_renewed(session, award) if award.number > 1 else None
    return found if renewed is None else found | {str(renewed.uuid)}


def _rules_of(
    session: Session, rules: Rules, award: Award, key: str, now: datetime
) -> Iterator[tuple[Stack, date]]:
    """Yield (rule, day for which is asked): as the award was made, then as it would be today."""
    version = session.get_one(StackVersion, award.stack_version_id)
    made = read_version(version)
    yield made, date.fromisoformat(str(award.receipt["as_of"]))
    yield from ((stack, now.date()) for stack in rules.stacks if stack.key == key)
