"""Use case: list what the achievements of an institution are aligned with."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lti_tool.credentials.document import Alignment
from lti_tool.issuing.alignments import alignments_of
from lti_tool.persistence.alignments import list_aligned
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution, list_achievements
from lti_tool.persistence.frameworks import load_items


@dataclass(frozen=True, slots=True)
class AlignmentRow:
    """An alignment; ``is_withdrawn`` says that its item is in no newer version."""

    uuid: UUID
    target: Alignment
    is_withdrawn: bool
    replaced_by: str | None


@dataclass(frozen=True, slots=True)
class AlignedAchievement:
    """An achievement of the catalogue with its alignments."""

    key: str
    uuid: UUID
    name: str
    alignments: tuple[AlignmentRow, ...]


def list_alignments(database: Database, *, institution_key: str) -> list[AlignedAchievement]:
    """Return the whole catalogue by name, each with its alignments.

    ``NotFoundError`` for an unknown institution.
    """
    with database.reading() as session:
        institution_id = get_institution(session, institution_key).id
        rows = [row for row, _ in list_aligned(session, institution_id)]
        targets = alignments_of(session, rows)
        items = load_items(session, {row.item_id for row in rows if row.item_id is not None})
        by_achievement: dict[int, list[AlignmentRow]] = {}
        for row, target in zip(rows, targets, strict=True):
            item = None if row.item_id is None else items[row.item_id][0]
            by_achievement.setdefault(row.achievement_id, []).append(
                AlignmentRow(
                    row.uuid,
                    target,
                    is_withdrawn=item is not None and item.withdrawn_at is not None,
                    replaced_by=item.replaced_by if item is not None else None,
                )
            )
        return [
            AlignedAchievement(a.key, a.uuid, a.name, tuple(by_achievement.get(a.id, ())))
            for a in list_achievements(session, institution_id)
        ]
