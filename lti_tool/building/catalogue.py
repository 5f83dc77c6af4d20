"""What an institution has already, as a draft looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.building.checks import Known
from lti_tool.building.declaring import Plain
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.definitions import find_current_definitions
from lti_tool.persistence.snapshots import Rules, load_rules


@dataclass(frozen=True, slots=True)
class Place:
    """Who works on drafts: the institution, the course they came from, and the person."""

    institution_id: int
    context_id: int
    learner_id: int
    learner_uuid: UUID

    @property
    def actor(self) -> str:
        """The person as the audit names them."""
        return str(self.learner_uuid)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The achievements and the current stacks of an institution, and what it declares.

    ``declared_number`` is the version of that, 0 for none.
    """

    known: tuple[Known, ...]
    rules: Rules
    declared: Plain
    declared_number: int

    @property
    def names(self) -> dict[str, str]:
        """The name of every achievement by key."""
        return {one.key: one.name for one in self.known}


def load_catalogue(session: Session, institution_id: int) -> Catalogue:
    """Read what an institution has published and described."""
    known = tuple(
        Known(one.key, one.name, one.credits, one.scale, one.is_award, one.description)
        for one in list_achievements(session, institution_id)
    )
    row = find_current_definitions(session, institution_id)
    declared, number = (row.document, row.number) if row is not None else ({}, 0)
    return Catalogue(known, load_rules(session, institution_id), declared, number)
