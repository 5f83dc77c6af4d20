"""What follows from a page of facts: completions recorded, corrected, withdrawn, in one step.

The functions take the session of the use case that calls them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lti_tool.awarding import NewCompletion, record
from lti_tool.gathering.course import SourceCourse
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.completions import Completion, add_withdrawal, find_completion_id
from lti_tool.persistence.evidence_readings import LastFact, add_fact, find_last_facts
from lti_tool.persistence.evidence_sources import EvidenceMapping
from lti_tool.persistence.learners import lock_learners
from lti_tool.persistence.reviews import Cause
from lti_tool.persistence.snapshots import load_zone
from lti_tool.reviewing import ask_about
from lti_tool.sources.deciding import Act, Known, content_of, day_of, decide, grade_of, is_met
from lti_tool.sources.evidence import Fact, FactPage, Item
from stacking_rules import scale_bounds


@dataclass(frozen=True, slots=True)
class Step:
    """One fact and what it asks for; ``last`` is what was kept before of the same person."""

    mapping: EvidenceMapping
    achievement: Achievement
    learner_id: int
    fact: Fact
    act: Act
    last: LastFact | None

    @property
    def number(self) -> int:
        """Return the number of the fact under its rule and learner."""
        return 1 if self.last is None else self.last.fact.number + 1

    @property
    def key(self) -> str:
        """Return the idempotency key of what it records."""
        return f"source:{self.mapping.uuid}:{self.learner_id}:{self.number}"

    @property
    def undone(self) -> Completion | None:
        """Return the completion that it takes back, if it does."""
        if self.act in (Act.CORRECT, Act.WITHDRAW) and self.last is not None:
            return self.last.completion
        return None


def note_items(course: SourceCourse, items: Sequence[Item], now: datetime) -> list[str]:
    """Note at the rules what the source calls their items now; return those that were seen.

    An id that now stands for something else is a problem of its rule, which rests until then.
    """
    known = {(item.kind.value, item.key): item for item in items}
    seen = []
    for mapping, _ in course.mappings:
        item = known.get((mapping.kind, mapping.item_key))
        if item is None:
            continue
        seen.append(f"{mapping.kind}:{mapping.item_key}")
        if is_another(mapping, item):
            note_problem(mapping, "item-changed", now)
            continue
        note_problem(mapping, "", now)
        mapping.item_name = item.name[:255] or mapping.item_name
    return seen


def is_another(mapping: EvidenceMapping, item: Item) -> bool:
    """Return whether an item is another one than was chosen, under the same id."""
    return bool(mapping.item_detail and item.detail and mapping.item_detail != item.detail)


def note_problem(mapping: EvidenceMapping, code: str, now: datetime) -> None:
    """Note what is wrong with a rule ("" for nothing), and since when."""
    if mapping.problem != code:
        mapping.problem, mapping.problem_at = code, now if code else None


def decide_page(session: Session, course: SourceCourse, page: FactPage) -> list[Step]:
    """Return what the facts of a page ask for, those that ask for nothing left out."""
    told: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in page.facts:
        told[fact.item.kind.value, fact.item.key].append(fact)
    learners = {
        course.people[fact.subject].learner_id
        for fact in page.facts
        if fact.subject in course.people
    }
    last = find_last_facts(session, [mapping.id for mapping, _ in course.mappings], learners)
    return list(_steps(course, told, last))


def _steps(
    course: SourceCourse,
    told: Mapping[tuple[str, str], Sequence[Fact]],
    last: Mapping[tuple[int, int], LastFact],
) -> Iterator[Step]:
    for mapping, achievement in course.mappings:
        for fact in told.get((mapping.kind, mapping.item_key), ()):
            person = course.people.get(fact.subject)
            if person is None or is_another(mapping, fact.item):
                continue
            before = last.get((mapping.id, person.learner_id))
            known = None if before is None else Known(before.fact.content, before.is_standing)
            act = decide(fact, mapping.threshold, known)
            if act is not Act.NOTHING or (known is not None and _differs(fact, mapping, known)):
                yield Step(mapping, achievement, person.learner_id, fact, act, before)


def _differs(fact: Fact, mapping: EvidenceMapping, known: Known) -> bool:
    return content_of(fact, mapping.threshold) != known.content


def apply_page(
    session: Session, course: SourceCourse, page: FactPage, now: datetime
) -> Mapping[Act, int]:
    """Do what a page of facts asks for; return how many of each.

    First what is taken back, then what is recorded, then the awards are looked at that counted
    the former: one that stands by the latter stands.
    """
    lock_learners(session, {step.learner_id for step in decide_page(session, course, page)})
    # Once more, now that nobody else changes what stands.
    steps = decide_page(session, course, page)
    if not steps:
        return {}
    actor = f"source:{course.source_uuid}"
    undone = [(step, _withdraw(session, step, now)) for step in steps if step.undone]
    zone = ZoneInfo(load_zone(session, course.institution_id))
    entries = [_entry(course, step, zone, now) for step in steps if _records(step)]
    if entries:
        record(session, course.institution_id, entries, actor=actor, now=now)
    for step in steps:
        _keep(session, course, step, now)
    asked: list[UUID] = []
    for step, cause in undone:
        gone = _uuid_of(step)
        found = ask_about(session, course.institution_id, step.learner_id, gone, cause, now)
        asked += found.opened
    counts = {act: sum(step.act is act for step in steps) for act in Act}
    add_event(
        session,
        institution_id=course.institution_id,
        actor=actor,
        action="evidence.read",
        at=now,
        subject=str(course.source_uuid),
        detail={
            **{act.value: count for act, count in counts.items()},
            "withdrawn": sorted(str(_uuid_of(step)) for step, _ in undone),
            "reviews": sorted(str(uuid) for uuid in asked),
        },
    )
    return counts


def _records(step: Step) -> bool:
    return step.act in (Act.RECORD, Act.CORRECT)


def _uuid_of(step: Step) -> UUID:
    if step.undone is None:
        raise ValueError("nothing is taken back by this step")
    return step.undone.uuid


def _withdraw(session: Session, step: Step, now: datetime) -> Cause:
    """Take a completion back by a second record; return why, as a review says it."""
    reason = _reason(step)
    if step.undone is None:
        raise ValueError("nothing is taken back by this step")
    withdrawal = add_withdrawal(session, step.undone.id, reason, None, now)
    return Cause(reason, withdrawal_id=withdrawal.id)


def _reason(step: Step) -> str:
    name, now = step.mapping.item_name, step.fact.percent
    before = None if step.last is None else step.last.fact.percent
    if now is None and before is None:
        return f"{name}: taken back at its source"
    if now == before:
        return f"{name}: {_said(now)}, asked for is {_said(step.mapping.threshold)}"
    return f"{name}: {_said(before)} → {_said(now)}"


def _said(percent: object) -> str:
    return "-" if percent is None else f"{percent:.4g} %"


def _entry(course: SourceCourse, step: Step, zone: ZoneInfo, now: datetime) -> NewCompletion:
    return NewCompletion(
        learner_id=step.learner_id,
        achievement_id=step.achievement.id,
        completed_on=day_of(step.fact, zone, now),
        source=course.source_kind,
        idempotency_key=step.key,
        content_hash=content_of(step.fact, step.mapping.threshold),
        grade=grade_of(step.fact, scale_bounds(step.achievement.scale)),
        context_id=course.context_id,
        note=step.mapping.evidence_text or step.mapping.item_name,
    )


def _keep(session: Session, course: SourceCourse, step: Step, now: datetime) -> None:
    completion_id = None
    if _records(step):
        completion_id = find_completion_id(session, course.institution_id, step.key)
    add_fact(
        session,
        {
            "mapping_id": step.mapping.id,
            "learner_id": step.learner_id,
            "number": step.number,
            "act": step.act.value,
            "original": dict(step.fact.original),
            "percent": step.fact.percent,
            "is_met": is_met(step.fact, step.mapping.threshold),
            "at": step.fact.at,
            "read_at": now,
            "content": content_of(step.fact, step.mapping.threshold),
            "completion_id": completion_id,
        },
    )
