"""The step that several use cases share: record completions, then award what follows.

Every function takes the session of the use case that calls it: a completion, the awards that
follow from it and the deliveries that report them are one transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.awards import add_awards, number_awards
from lti_tool.persistence.catalog import Listed, list_by_ids
from lti_tool.persistence.completions import add_completions
from lti_tool.persistence.deliveries import add_deliveries
from lti_tool.persistence.learners import lock_learners
from lti_tool.persistence.news import Fresh, add_news
from lti_tool.persistence.outside_credentials import hasten_checks
from lti_tool.persistence.placements import list_placed
from lti_tool.persistence.snapshots import EXTERNAL, Published, load_published, load_records
from lti_tool.promising import promise_credentials, score_delivery, taking_scores
from lti_tool.solver import solver
from lti_tool.translating import _
from stacking_rules import (
    LearnerRecord,
    NewAward,
    Stack,
    Status,
    roll_up,
    scale_bounds,
)

OLD_CHECK = timedelta(hours=1)
"""A credential of another issuer that counts is checked anew unless it was so lately."""


@dataclass(frozen=True, slots=True)
class NewCompletion:
    """A completion to be recorded. ``grade`` is on the achievement's own scale.

    ``idempotency_key`` is unique within the institution: the same fact told twice is one fact.
    ``credits`` are the achievement's unless a person decided otherwise; it is valid before
    ``valid_until``. ``attributes`` (JSON) are what rules are told of it besides.
    """

    learner_id: int
    achievement_id: int
    completed_on: date
    source: str
    idempotency_key: str
    grade: Decimal | None = None
    context_id: int | None = None
    is_recognised: bool = False
    note: str = ""
    recorded_by: int | None = None
    content_hash: str | None = None
    credits: Decimal | None = None
    valid_until: date | None = None
    attributes: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class MadeAward:
    """An award made just now: whose, and of which stack."""

    learner_id: int
    stack_key: str
    title: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording led to: how many completions were new, how many known, and the awards."""

    added: int
    repeated: int
    awards: tuple[MadeAward, ...]


def record(
    session: Session,
    institution_id: int,
    entries: Sequence[NewCompletion],
    *,
    actor: str,
    now: datetime,
) -> Recorded:
    """Record ``entries`` (at most some thousands) and award what follows.

    ``InvalidInputError`` for a grade outside its scale or a date that has not come; then
    nothing is recorded.
    """
    catalogue = list_by_ids(session, institution_id, {e.achievement_id for e in entries})
    rows = [_row(institution_id, entry, catalogue, now) for entry in entries]
    lock_learners(session, {entry.learner_id for entry in entries})
    added = add_completions(session, rows)
    new = [entry for entry in entries if entry.idempotency_key in added]
    if not new:
        return Recorded(0, len(entries), ())
    add_event(
        session,
        institution_id=institution_id,
        actor=actor,
        action="completions.recorded",
        at=now,
        detail={"completions": sorted(str(uuid) for uuid in added.values())},
    )
    _promise_scores(session, new, catalogue, added, now)
    awards = award_what_follows(
        session,
        institution_id,
        {entry.learner_id for entry in new},
        contexts={e.learner_id: e.context_id for e in new if e.context_id is not None},
        actor=actor,
        now=now,
    )
    return Recorded(len(added), len(entries) - len(added), awards)


def award_what_follows(
    session: Session,
    institution_id: int,
    learner_ids: Collection[int],
    *,
    actor: str,
    now: datetime,
    contexts: dict[int, int] | None = None,
) -> tuple[MadeAward, ...]:
    """Evaluate every stack for these learners and store the awards that are new.

    ``contexts`` tells in which course a learner's news arose: the award's score goes there.
    """
    rules = load_published(session, institution_id)
    credits_of: dict[str, Decimal] | None = None
    rows: dict[UUID, dict[str, Any]] = {}
    found: dict[UUID, MadeAward] = {}
    is_quick = rules.network.is_simple
    records = load_records(session, learner_ids, with_parts=not is_quick)
    for learner_id, known in records.items():
        asked = stacks_with_news(rules, known, now)
        if not asked:
            continue
        is_whole = not is_quick or not known.awards
        facts = known if is_whole else load_records(session, [learner_id])[learner_id]
        if credits_of is None:
            credits_of = _credits(session, institution_id, rules)
        result = roll_up(
            asked,
            facts,
            as_of=now.date(),
            known_on=now,
            award_id=lambda _key: str(uuid4()),
            credits_of=credits_of,
            solver=solver(),
        )
        numbers = number_awards(session, _renewed(result.new_awards))
        for new in result.new_awards:
            uuid = UUID(new.award.id)
            number = numbers[UUID(new.renews.id)] + 1 if new.renews else 1
            rows[uuid] = _award_row(institution_id, learner_id, new, rules, number, now)
            found[uuid] = MadeAward(learner_id, new.stack.key, new.stack.title)
    made = add_awards(session, list(rows.values()))
    _tell(session, institution_id, made, rows, contexts or {}, actor, now)
    news = [
        Fresh(award.learner_id, "award", _told_as(rows[uuid]), f"award:{uuid}", award.title)
        for uuid, award in found.items()
        if uuid in made
    ]
    add_news(session, institution_id, news, now)
    return tuple(award for uuid, award in found.items() if uuid in made)


def _told_as(award: Mapping[str, Any]) -> str:
    return "made" if award["number"] == 1 else "renewed"


def stacks_with_news(rules: Published, facts: LearnerRecord, now: datetime) -> Sequence[Stack]:
    """Return the stacks that may lead to an award: the quick question first.

    Where a network answers it, these are the ones that are met and whose award is not held; it
    counts the awards that would be made, so none of them needs a stack that is left out.
    """
    if not rules.network.is_simple:
        return rules.stacks
    # What has ended may be earned again.
    held = {
        award.achievement
        for award in facts.awards
        if award.valid_until is None or now.date() < award.valid_until
    }
    statuses = rules.network.statuses(facts, as_of=now.date(), known_on=now, solver=solver())
    return [
        stack
        for stack in rules.stacks
        if stack.key not in held and statuses[stack.key] is Status.MET
    ]


def _credits(session: Session, institution_id: int, rules: Published) -> dict[str, Decimal]:
    """Return what each award is worth in larger stacks, by the key of its stack."""
    ids = {place.achievement_id for place in rules.places.values()}
    found = list_by_ids(session, institution_id, ids)
    return {key: found[place.achievement_id].credits for key, place in rules.places.items()}


def _renewed(awards: Sequence[NewAward]) -> set[UUID]:
    return {UUID(new.renews.id) for new in awards if new.renews is not None}


def _tell(
    session: Session,
    institution_id: int,
    made: set[UUID],
    rows: dict[UUID, dict[str, Any]],
    contexts: dict[int, int],
    actor: str,
    now: datetime,
) -> None:
    """Write the audit event of the awards that were made; promise credentials and scores."""
    if not made:
        return
    promise_credentials(session, [rows[uuid] for uuid in sorted(made)], now)
    _hasten_checks(session, [rows[uuid] for uuid in made], now)
    add_event(
        session,
        institution_id=institution_id,
        actor=actor,
        action="awards.made",
        at=now,
        detail={"awards": sorted(str(uuid) for uuid in made)},
    )
    placed: dict[int, set[int]] = defaultdict(set)
    for context_id in set(contexts.values()):
        placed[context_id] = {a.id for a in list_placed(session, context_id)}
    taking = taking_scores(session, placed)
    scores = []
    for uuid in made:
        row = rows[uuid]
        where = contexts.get(row["learner_id"])
        if where and where in taking and row["achievement_id"] in placed[where]:
            key = f"award:{uuid}:{where}"
            scores.append(score_delivery(key, where, row, Decimal(1), Decimal(1), now))
    add_deliveries(session, scores)


def _hasten_checks(session: Session, awards: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Let credentials of others that counted just now be checked soon, if that was long ago."""
    outside = {
        UUID(str(note["id"]))
        for award in awards
        for note in award["receipt"]["counted"]
        if True in note.get("attributes", {}).get(EXTERNAL, ())
    }
    if outside:
        hasten_checks(session, outside, now - OLD_CHECK, now)


def _row(
    institution_id: int,
    entry: NewCompletion,
    catalogue: Mapping[int, Listed],
    now: datetime,
) -> dict[str, Any]:
    achievement = catalogue[entry.achievement_id]
    check_grade(entry.grade, achievement.scale)
    check_day(entry.completed_on, now)
    return {
        "uuid": uuid4(),
        "institution_id": institution_id,
        "learner_id": entry.learner_id,
        "achievement_id": entry.achievement_id,
        "context_id": entry.context_id,
        "grade": entry.grade,
        "scale": achievement.scale,
        "credits": achievement.credits if entry.credits is None else entry.credits,
        "is_recognised": entry.is_recognised,
        "completed_on": entry.completed_on,
        "valid_until": entry.valid_until,
        "attributes": None if entry.attributes is None else dict(entry.attributes),
        "note": entry.note,
        "source": entry.source,
        "idempotency_key": entry.idempotency_key,
        "content_hash": entry.content_hash,
        "recorded_by": entry.recorded_by,
        "recorded_at": now,
    }


def read_grade(text: str) -> Decimal | None:
    """Return the grade a person typed, None for an empty field; a comma is a decimal point.

    ``InvalidInputError`` for anything that is not a number.
    """
    text = text.strip().replace(",", ".")
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InvalidInputError("The grade must be a number.", field="grade") from None


def check_grade(grade: Decimal | None, scale: str) -> None:
    """Refuse a grade outside its scale: ``InvalidInputError``."""
    low, high = scale_bounds(scale)
    if grade is not None and not (grade.is_finite() and low <= grade <= high):
        raise InvalidInputError(
            _("The grade must be between {low} and {high}.", low=low, high=high), field="grade"
        )


def check_day(completed_on: date, now: datetime) -> None:
    """Refuse a day that has not come: ``InvalidInputError``."""
    # A course may lie a day ahead of UTC; nobody completes anything the day after tomorrow.
    if (completed_on - now.date()).days > 1:
        raise InvalidInputError("The date lies in the future.", field="completed_on")


def _award_row(
    institution_id: int,
    learner_id: int,
    new: NewAward,
    rules: Published,
    number: int,
    now: datetime,
) -> dict[str, Any]:
    place = rules.places[new.stack.key]
    return {
        "uuid": UUID(new.award.id),
        "institution_id": institution_id,
        "learner_id": learner_id,
        "stack_id": place.stack_id,
        "stack_version_id": place.version_id,
        "achievement_id": place.achievement_id,
        "number": number,
        "awarded_on": new.award.awarded_on,
        "receipt": new.receipt,
        "recorded_at": now,
    }


def _promise_scores(
    session: Session,
    entries: Sequence[NewCompletion],
    catalogue: Mapping[int, Listed],
    added: Mapping[str, UUID],
    now: datetime,
) -> None:
    """Promise each grade to the gradebook of the course in which it was recorded."""
    contexts = {entry.context_id for entry in entries if entry.context_id is not None}
    taking = taking_scores(session, contexts)
    scores = []
    for entry in entries:
        if entry.context_id is None or entry.context_id not in taking:
            continue
        low, high = scale_bounds(catalogue[entry.achievement_id].scale)
        given = high if entry.grade is None else entry.grade
        row = {"learner_id": entry.learner_id, "achievement_id": entry.achievement_id}
        key = f"completion:{added[entry.idempotency_key]}"
        scores.append(score_delivery(key, entry.context_id, row, given - low, high - low, now))
    add_deliveries(session, scores)
