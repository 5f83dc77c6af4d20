"""Use case: what a rule would have completed, without recording anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from lti_tool.gathering.course import load_course
from lti_tool.gathering.opening import SourceDoor
from lti_tool.gathering.rules import check_rule, find_offer
from lti_tool.persistence.base import Database
from lti_tool.persistence.evidence_sources import get_evidence_source
from lti_tool.sources.deciding import is_met
from lti_tool.sources.evidence import EvidenceSource, Fact, Item

MOST_PAGES = 30
"""Somebody waits for this; a larger course is shown in part, and it says so."""


@dataclass(frozen=True, slots=True)
class TriedRow:
    """One learner, what the source says, and whether that would complete."""

    name: str | None
    percent: Decimal | None
    at: datetime | None
    is_met: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried; people without a result are only counted."""

    item: Item
    rows: Sequence[TriedRow]
    people: int
    is_complete: bool

    @property
    def met(self) -> int:
        """Return how many it would complete for."""
        return sum(row.is_met for row in self.rows)


def try_mapping(
    database: Database,
    door: SourceDoor,
    *,
    institution_id: int,
    context_id: int,
    source_uuid: UUID,
    item: str,
    threshold: Decimal | None,
    evidence_text: str,
) -> Tried:
    """Read the course and return for whom the rule would complete something.

    ``SourceError`` where the source does not answer, ``InvalidInputError`` for a wrong choice.
    """
    with database.writing() as session:
        source = get_evidence_source(session, source_uuid, institution_id)
        course = load_course(session, source, context_id)
    opened = course.open(door)
    chosen = find_offer(opened.offers(course.key, course.somebody), item)
    check_rule(chosen.kind, threshold, evidence_text)
    facts, is_complete = _read(opened, course.key, chosen, sorted(course.people))
    rows = [
        TriedRow(course.people[fact.subject].name, fact.percent, fact.at, is_met(fact, threshold))
        for fact in facts
        if fact.subject in course.people and (fact.percent is not None or fact.is_reached)
    ]
    rows.sort(key=lambda row: (not row.is_met, row.name or ""))
    return Tried(chosen, rows, len(course.people), is_complete)


def _read(
    source: EvidenceSource, course: str, item: Item, people: Sequence[str]
) -> tuple[list[Fact], bool]:
    facts: list[Fact] = []
    cursor = None
    for _ in range(MOST_PAGES):
        page = source.read(course, frozenset({item.kind}), people, cursor)
        facts += [
            fact for fact in page.facts if (fact.item.kind, fact.item.key) == (item.kind, item.key)
        ]
        cursor = page.cursor
        if cursor is None:
            return facts, True
    return facts, False
