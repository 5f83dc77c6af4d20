"""Use case: show what an institution offers: competencies to complete, stacks to reach."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id, list_achievements
from lti_tool.persistence.snapshots import load_rules


@dataclass(frozen=True, slots=True)
class CompetencyEntry:
    """Something that can be completed; ``scale`` is the range of its grade ("0-100")."""

    key: str
    uuid: UUID
    title: str
    description: str
    credits: Decimal
    scale: str


@dataclass(frozen=True, slots=True)
class StackEntry:
    """A published stack in its current version."""

    key: str
    uuid: UUID
    title: str
    description: str
    version: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that an institution offers."""

    institution_key: str
    institution_name: str
    competencies: tuple[CompetencyEntry, ...]
    stacks: tuple[StackEntry, ...]


def show_catalogue(database: Database, *, institution_id: int) -> Catalogue:
    """Return the catalogue: competencies by name, stacks in the order of their publication."""
    with database.reading() as session:
        institution = get_institution_by_id(session, institution_id)
        rules = load_rules(session, institution_id)
        return Catalogue(
            institution.key,
            institution.name,
            tuple(
                CompetencyEntry(a.key, a.uuid, a.name, a.description, a.credits, a.scale)
                for a in list_achievements(session, institution_id)
                if not a.is_award
            ),
            tuple(
                StackEntry(
                    stack.key,
                    rules.rows[stack.key].stack.uuid,
                    stack.title,
                    stack.description,
                    stack.version,
                )
                for stack in rules.stacks
            ),
        )
