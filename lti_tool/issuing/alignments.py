"""What an achievement is aligned with, as credentials and pages say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from lti_tool.credentials.document import Alignment
from lti_tool.persistence.alignments import AchievementAlignment, list_alignments
from lti_tool.persistence.frameworks import (
    Framework,
    FrameworkItem,
    FrameworkLabel,
    choose_label,
    load_items,
    load_labels,
)

TARGET_TYPES = {"case": "CFItem", "digcomp": "ext:DigComp", "esco": "ext:ESCOSkill"}
"""What the standard calls an item of each kind of framework."""

LONGEST_NAME = 200
"""Characters of a statement up to which it is a name."""


def read_alignments(session: Session, achievement_id: int) -> tuple[Alignment, ...]:
    """Return what an achievement is aligned with, the first made first."""
    return alignments_of(session, list_alignments(session, achievement_id))


def alignments_of(session: Session, rows: Sequence[AchievementAlignment]) -> tuple[Alignment, ...]:
    """Return the same for rows that are read already, in their order."""
    ids = {row.item_id for row in rows if row.item_id is not None}
    items = load_items(session, ids) if ids else {}
    labels = load_labels(session, ids) if ids else {}
    return tuple(_alignment(row, items, labels) for row in rows)


def _alignment(
    row: AchievementAlignment,
    items: Mapping[int, tuple[FrameworkItem, Framework]],
    labels: Mapping[int, Sequence[FrameworkLabel]],
) -> Alignment:
    if row.item_id is None:
        return Alignment(
            row.target_name,
            row.target_url,
            row.target_type,
            row.target_code,
            row.target_framework,
            row.target_description,
        )
    item, framework = items[row.item_id]
    label = choose_label(labels.get(item.id, ()), framework.language)
    name, description = _texts(label, item)
    title = " ".join(part for part in (framework.title, framework.version) if part)
    titled = framework.title if framework.version in framework.title else title
    return Alignment(name, item.uri, row.target_type, item.code, titled, description)


def _texts(label: FrameworkLabel | None, item: FrameworkItem) -> tuple[str, str]:
    """Return name and description: a long statement is described by itself, and cut as a name."""
    if label is None:
        return item.uri, ""
    if len(label.name) <= LONGEST_NAME:
        return label.name, label.description
    short = label.alternatives.split("\n")[0] or label.name[: LONGEST_NAME - 1].rstrip() + "…"
    return short, label.name
