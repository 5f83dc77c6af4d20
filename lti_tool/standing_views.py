"""Where a learner stands in every stack, in frozen values: for a page and for the API."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.persistence.awards import Award, list_awards, list_reviewed, list_revoked
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.completions import Completion, list_completions
from lti_tool.persistence.courses import get_context
from lti_tool.persistence.credentials import list_credentialed
from lti_tool.persistence.snapshots import Rules, load_records, load_rules
from lti_tool.persistence.transcripts import list_transcribed
from lti_tool.solver import solver
from stacking_rules import LearnerRecord, Progress, Step, next_steps, roll_up


@dataclass(frozen=True, slots=True)
class FactView:
    """A completion or award in words: what, when, how good, recorded where.

    ``issuer`` is who issued the credential of it, where that is somebody else.
    """

    name: str
    on: date
    grade: Decimal | None
    scale: str
    credits: Decimal
    source: str
    course: str
    is_award: bool
    is_recognised: bool
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class AwardView:
    """An award the learner holds, with the version of the stack that made it."""

    uuid: UUID
    awarded_on: date
    version: int
    is_under_review: bool
    has_credential: bool
    has_transcript: bool = False


@dataclass(frozen=True, slots=True)
class StackView:
    """One stack for one learner.

    ``facts`` is keyed by the id of the facts in ``progress``; ``names`` by achievement key.
    ``steps`` is the smallest set of what is missing (empty when met). An award that was revoked
    is not held any more, and not made again.
    """

    key: str
    title: str
    description: str
    version: int
    progress: Progress
    steps: tuple[Step, ...]
    award: AwardView | None
    is_revoked: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """One learner in all stacks of an institution; ``record`` is what that rests on."""

    rules: Rules
    record: LearnerRecord
    stacks: tuple[StackView, ...]
    facts: Mapping[str, FactView]


def read_standing(
    session: Session,
    institution_id: int,
    learner_id: int | None,
    names: Mapping[str, str],
    now: datetime,
) -> Standing:
    """Evaluate every stack for one learner as of ``now`` (aware); None is somebody new.

    ``names`` are those of the catalogue by key. The same evaluation makes awards, so that what
    is shown and what is awarded cannot disagree. Nothing is written.
    """
    rules = load_rules(session, institution_id)
    ids = [] if learner_id is None else [learner_id]
    record = load_records(session, ids).get(learner_id or 0, LearnerRecord((), ()))
    found = roll_up(
        rules.stacks,
        record,
        as_of=now.date(),
        known_on=now,
        credits_of=rules.credits_of,
        solver=solver(),
    )
    awards = list_awards(session, ids)
    return Standing(
        rules,
        record,
        _stacks(session, rules, found.progress, awards, ids),
        _facts(session, ids, names, awards),
    )


def _stacks(
    session: Session,
    rules: Rules,
    progress: Mapping[str, Progress],
    awards: list[tuple[Award, Achievement]],
    ids: list[int],
) -> tuple[StackView, ...]:
    held = {achievement.key: award for award, achievement in awards}
    reviewed = {award for learner_id in ids for award in list_reviewed(session, learner_id)}
    issued = {uuid for learner_id in ids for uuid in list_credentialed(session, learner_id)}
    holders = ids if awards else []
    transcribed = {uuid for holder in holders for uuid in list_transcribed(session, holder)}
    revoked = list_revoked(session, holders)
    views = []
    for stack in rules.stacks:
        row, award = rules.rows[stack.key], held.get(stack.key)
        is_held = award is not None and award.id not in revoked
        views.append(
            StackView(
                key=stack.key,
                title=stack.title,
                description=stack.description,
                version=row.version.number,
                progress=progress[stack.key],
                steps=next_steps(progress[stack.key]),
                award=_award(award, reviewed, issued, transcribed) if award and is_held else None,
                is_revoked=award is not None and not is_held,
            )
        )
    return tuple(views)


def _award(
    award: Award, reviewed: Set[int], issued: Set[UUID], transcribed: Set[UUID]
) -> AwardView:
    version = award.receipt["version"]
    return AwardView(
        award.uuid,
        award.awarded_on,
        version if isinstance(version, int) else 0,
        award.id in reviewed,
        award.uuid in issued,
        award.uuid in transcribed,
    )


def _facts(
    session: Session,
    ids: list[int],
    names: Mapping[str, str],
    awards: list[tuple[Award, Achievement]],
) -> dict[str, FactView]:
    facts = {
        str(row.uuid): _completion(session, row, names.get(key, key))
        for row, key, _ in list_completions(session, ids)
    }
    for award, achievement in awards:
        facts[str(award.uuid)] = FactView(
            name=achievement.name,
            on=award.awarded_on,
            grade=None,
            scale=achievement.scale,
            credits=achievement.credits,
            source="award",
            course="",
            is_award=True,
            is_recognised=False,
        )
    return facts


def _completion(session: Session, row: Completion, name: str) -> FactView:
    course = "" if row.context_id is None else get_context(session, row.context_id).title
    return FactView(
        name=name,
        on=row.completed_on,
        grade=row.grade,
        scale=row.scale,
        credits=row.credits,
        source=row.source,
        course=course,
        is_award=False,
        is_recognised=row.is_recognised,
        issuer=str((row.attributes or {}).get("issuer", "")),
    )
