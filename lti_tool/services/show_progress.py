"""Show a learner where they stand in every stack of the institution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.persistence.awards import Award, list_awards, list_reviewed
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.completions import Completion, list_completions
from lti_tool.persistence.courses import get_context
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.readings import (
    NAMELESS,
    AchievementOption,
    EvidenceView,
    read_evidence,
    read_options,
)
from lti_tool.persistence.snapshots import Rules, load_records, load_rules
from lti_tool.solver import solver
from stacking_rules import Progress, Step, next_steps, roll_up


@dataclass(frozen=True, slots=True)
class FactView:
    """A completion or award in words: what, when, how good, recorded where."""

    name: str
    on: date
    grade: Decimal | None
    scale: str
    credits: Decimal
    source: str
    course: str
    is_award: bool
    is_recognised: bool


@dataclass(frozen=True, slots=True)
class AwardView:
    """An award the learner holds, with the version of the stack that made it."""

    uuid: UUID
    awarded_on: date
    version: int
    is_under_review: bool


@dataclass(frozen=True, slots=True)
class StackView:
    """One stack for one learner.

    ``facts`` is keyed by the id of the facts in ``progress``; ``names`` by achievement key.
    ``steps`` is the smallest set of what is missing (empty when met).
    """

    key: str
    title: str
    description: str
    version: int
    progress: Progress
    steps: tuple[Step, ...]
    award: AwardView | None


@dataclass(frozen=True, slots=True)
class ProgressView:
    """The whole page of one learner. ``as_of`` is the day, ``known_on`` the instant (UTC)."""

    learner_uuid: UUID
    learner_name: str
    course_title: str
    as_of: date
    known_on: datetime
    stacks: tuple[StackView, ...]
    names: Mapping[str, str]
    facts: Mapping[str, FactView]
    evidence: tuple[EvidenceView, ...]
    competencies: tuple[AchievementOption, ...]


def show_progress(
    database: Database, *, institution_id: int, context_id: int, learner_id: int, now: datetime
) -> ProgressView:
    """Evaluate every stack for one learner as of ``now`` (aware) and give it with its words.

    The same evaluation makes awards, so that page and award cannot disagree. Nothing is written.
    """
    with database.reading() as session:
        rules = load_rules(session, institution_id)
        record = load_records(session, [learner_id])[learner_id]
        found = roll_up(
            rules.stacks,
            record,
            as_of=now.date(),
            known_on=now,
            credits_of=rules.credits_of,
            solver=solver(),
        )
        options = read_options(session, institution_id, context_id)
        awards = list_awards(session, [learner_id])
        learner, context = get_learner(session, learner_id), get_context(session, context_id)
        return ProgressView(
            learner_uuid=learner.uuid,
            learner_name=learner.name or NAMELESS,
            course_title=context.title,
            as_of=now.date(),
            known_on=now,
            stacks=_stacks(session, rules, found.progress, awards, learner_id),
            names={option.key: option.name for option in options},
            facts=_facts(session, learner_id, {o.key: o.name for o in options}, awards),
            evidence=read_evidence(session, context_id, learner_id=learner_id),
            competencies=tuple(option for option in options if not option.is_award),
        )


def _stacks(
    session: Session,
    rules: Rules,
    progress: Mapping[str, Progress],
    awards: list[tuple[Award, Achievement]],
    learner_id: int,
) -> tuple[StackView, ...]:
    held = {achievement.key: award for award, achievement in awards}
    reviewed = list_reviewed(session, learner_id)
    views = []
    for stack in rules.stacks:
        row, award = rules.rows[stack.key], held.get(stack.key)
        views.append(
            StackView(
                key=stack.key,
                title=stack.title,
                description=stack.description,
                version=row.version.number,
                progress=progress[stack.key],
                steps=next_steps(progress[stack.key]),
                award=None if award is None else _award(award, award.id in reviewed),
            )
        )
    return tuple(views)


def _award(award: Award, is_under_review: bool) -> AwardView:  # noqa: FBT001
    version = award.receipt["version"]
    number = version if isinstance(version, int) else 0
    return AwardView(award.uuid, award.awarded_on, number, is_under_review)


def _facts(
    session: Session,
    learner_id: int,
    names: Mapping[str, str],
    awards: list[tuple[Award, Achievement]],
) -> dict[str, FactView]:
    facts = {
        str(row.uuid): _completion(session, row, names.get(key, key))
        for row, key, _ in list_completions(session, [learner_id])
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
    )
