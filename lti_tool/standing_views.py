"""Where a learner stands in every stack, in frozen values: for a page and for the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.persistence.awards import (
    Award,
    list_awards,
    list_reviews_since,
    list_revoked,
)
from lti_tool.persistence.catalog import Achievement, CurrentStack, list_versions
from lti_tool.persistence.completions import Completion, list_completions
from lti_tool.persistence.courses import find_titles
from lti_tool.persistence.credentials import list_credentialed
from lti_tool.persistence.snapshots import Rules, load_records, load_rules, read_version
from lti_tool.persistence.transcripts import list_transcribed
from lti_tool.solver import solver
from stacking_rules import (
    Completion as PlannedCompletion,
)
from stacking_rules import (
    LearnerRecord,
    Progress,
    Requirement,
    Stack,
    Step,
    next_steps,
    roll_up,
)
from stacking_rules.differences import Difference, differences


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
    """An award the learner holds, with the version of the stack that made it.

    ``ends_on`` is the first day on which it is not valid any more (None: it does not end),
    ``review_since`` when the open review of it began.
    """

    uuid: UUID
    awarded_on: date
    version: int
    is_under_review: bool
    has_credential: bool
    has_transcript: bool = False
    ends_on: date | None = None
    review_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class VersionChange:
    """How the version in force differs from an earlier one of a stack, ``earlier``.

    ``before`` and ``after`` are the requirements of the two by address.
    """

    earlier: int
    differences: tuple[Difference, ...]
    before: Mapping[str, Requirement]
    after: Mapping[str, Requirement]


@dataclass(frozen=True, slots=True)
class StackView:
    """One stack for one learner.

    ``facts`` is keyed by the id of the facts in ``progress``; ``names`` by achievement key.
    ``steps`` is the smallest set of what is missing (empty when met). An award that was revoked
    is not held any more, and not made again. ``published_at`` is when the version was published,
    ``change`` how it differs from the one before it, or from the one that made the award.
    """

    key: str
    title: str
    description: str
    version: int
    progress: Progress
    steps: tuple[Step, ...]
    award: AwardView | None
    is_revoked: bool = False
    published_at: datetime | None = None
    change: VersionChange | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One learner in all stacks of an institution; ``record`` is what that rests on."""

    rules: Rules
    record: LearnerRecord
    stacks: tuple[StackView, ...]
    facts: Mapping[str, FactView]
    progress: Mapping[str, Progress] = field(default_factory=dict)


def read_standing(
    session: Session,
    institution_id: int,
    learner_id: int | None,
    names: Mapping[str, str],
    now: datetime,
    planned: Sequence[PlannedCompletion] = (),
    *,
    says_changes: bool = False,
) -> Standing:
    """Evaluate every stack for one learner as of ``now`` (aware); None is somebody new.

    ``names`` are those of the catalogue by key. The same evaluation makes awards, so that what
    is shown and what is awarded cannot disagree. Nothing is written. ``planned`` are completions
    that are only imagined. ``says_changes`` asks for how versions of the rules differ.
    """
    rules = load_rules(session, institution_id)
    ids = [] if learner_id is None else [learner_id]
    record = load_records(session, ids).get(learner_id or 0, LearnerRecord((), ()))
    record = replace(record, completions=(*record.completions, *planned))
    found = roll_up(
        rules.stacks,
        record,
        as_of=now.date(),
        known_on=now,
        credits_of=rules.credits_of,
        solver=solver(),
    )
    awards = list_awards(session, ids)
    views = _stacks(session, rules, found.progress, awards, ids, record)
    if says_changes:
        views = tuple(_with_change(session, rules, view) for view in views)
    facts = read_facts(session, ids, names, awards)
    return Standing(rules, record, views, facts, found.progress)


def _stacks(
    session: Session,
    rules: Rules,
    progress: Mapping[str, Progress],
    awards: list[tuple[Award, Achievement]],
    ids: list[int],
    record: LearnerRecord,
) -> tuple[StackView, ...]:
    ends = {award.id: award.valid_until for award in record.awards}
    reviewed = {k: v for id_ in ids for k, v in list_reviews_since(session, id_).items()}
    issued = {uuid for learner_id in ids for uuid in list_credentialed(session, learner_id)}
    holders = ids if awards else []
    transcribed = {uuid for holder in holders for uuid in list_transcribed(session, holder)}
    revoked = list_revoked(session, holders)
    # Of several awards of a stack the latest that stands, else the latest that was taken back.
    in_order = sorted(awards, key=lambda pair: (pair[0].id not in revoked, pair[0].id))
    held = {achievement.key: award for award, achievement in in_order}
    views = []
    for stack in rules.stacks:
        row, award = rules.rows[stack.key], held.get(stack.key)
        is_held = award is not None and award.id not in revoked
        view = _award(award, reviewed, issued, transcribed) if award and is_held else None
        if view is not None:
            view = replace(view, ends_on=ends.get(str(view.uuid)))
        views.append(
            StackView(
                key=stack.key,
                title=stack.title,
                description=stack.description,
                version=row.version.number,
                progress=progress[stack.key],
                steps=next_steps(progress[stack.key]),
                award=view,
                is_revoked=award is not None and not is_held,
                published_at=row.version.published_at,
            )
        )
    return tuple(views)


def _with_change(session: Session, rules: Rules, view: StackView) -> StackView:
    stack = next(stack for stack in rules.stacks if stack.key == view.key)
    return replace(view, change=_change(session, rules.rows[view.key], stack, view.award))


def _change(
    session: Session, row: CurrentStack, stack: Stack, award: AwardView | None
) -> VersionChange | None:
    """Return how the version in force differs from the one before, or the award's own."""
    number = row.version.number
    earlier = award.version if award is not None and award.version else number - 1
    if not 0 < earlier < number:
        return None
    versions = list_versions(session, row.achievement.id)
    found = next((version for version in versions if version.number == earlier), None)
    if found is None:
        return None
    old = read_version(found)
    return VersionChange(earlier, differences(old, stack), dict(old.walk()), dict(stack.walk()))


def _award(
    award: Award,
    reviewed: Mapping[int, datetime],
    issued: Set[UUID],
    transcribed: Set[UUID],
) -> AwardView:
    version = award.receipt["version"]
    return AwardView(
        award.uuid,
        award.awarded_on,
        version if isinstance(version, int) else 0,
        award.id in reviewed,
        award.uuid in issued,
        award.uuid in transcribed,
        review_since=reviewed.get(award.id),
    )


def read_facts(
    session: Session,
    ids: Sequence[int],
    names: Mapping[str, str],
    awards: Sequence[tuple[Award, Achievement]],
) -> dict[str, FactView]:
    """Return the completions and ``awards`` of these learners in words, by id."""
    rows = list_completions(session, ids)
    courses = find_titles(session, {row.context_id for row, _, _ in rows if row.context_id})
    facts = {str(row.uuid): _completion(row, names.get(key, key), courses) for row, key, _ in rows}
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


def _completion(row: Completion, name: str, courses: Mapping[int, str]) -> FactView:
    return FactView(
        name=name,
        on=row.completed_on,
        grade=row.grade,
        scale=row.scale,
        credits=row.credits,
        source=row.source,
        course=courses.get(row.context_id or 0, ""),
        is_award=False,
        is_recognised=row.is_recognised,
        issuer=str((row.attributes or {}).get("issuer", "")),
    )
