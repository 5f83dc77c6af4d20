"""Use case: look at what the publication of a draft would change; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.building.catalogue import Place
from lti_tool.building.comparing import StackChange, compare
from lti_tool.building.effects import Effects, find_effects
from lti_tool.building.reviewed import checked_draft
from lti_tool.persistence.base import Database
from lti_tool.persistence.stack_drafts import get_draft


@dataclass(frozen=True, slots=True)
class DraftPreview:
    """What changes in the rules, and for whom; ``effects`` is None while something is wrong."""

    changes: tuple[StackChange, ...]
    effects: Effects | None


def preview_draft(database: Database, place: Place, uuid: UUID, *, now: datetime) -> DraftPreview:
    """Hold a draft against what is published, and against the learners; ``NotFoundError``."""
    with database.reading() as session:
        draft = get_draft(session, place.institution_id, uuid)
        catalogue, checked = checked_draft(session, draft)
        if checked.document is None or not checked.is_publishable:
            return DraftPreview((), None)
        changes = compare(catalogue.rules.stacks, checked.document.stacks)
        effects = find_effects(session, place, catalogue, checked.document, now)
    return DraftPreview(changes, effects)
