"""Use case: show the drafts of an institution, and what the publication of one would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.building.reviewed import checked_draft
from lti_tool.building.simulated import StackResult, base_of, read_result
from lti_tool.building.text import names_of, read_draft
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import list_people
from lti_tool.persistence.simulations import Simulation, find_simulation, list_simulations
from lti_tool.persistence.stack_drafts import StackDraft, get_draft, list_drafts


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in a list; ``simulated_at`` is when its present text was simulated to the end."""

    uuid: UUID
    title: str
    state: str
    changed_at: datetime
    simulated_at: datetime | None


@dataclass(frozen=True, slots=True)
class SimulationView:
    """A draft with its simulation.

    ``asked_at`` is None without one. It is outdated (``is_old``) if the draft, or what is
    published, has changed since. ``people`` are uuid and name of the examples, by internal id,
    and ``names`` those of achievements by key.
    """

    uuid: UUID
    title: str
    state: str
    is_sound: bool
    asked_at: datetime | None
    finished_at: datetime | None
    is_old: bool
    trouble: str
    learners: int
    total: int
    stacks: tuple[StackResult, ...]
    people: dict[int, tuple[UUID, str]]
    names: dict[str, str]


def list_simulated_drafts(database: Database, *, institution_id: int) -> tuple[DraftRow, ...]:
    """Return the drafts of an institution, the latest change first."""
    with database.reading() as session:
        known = list_simulations(session, institution_id)
        return tuple(
            DraftRow(
                draft.uuid,
                draft.title,
                draft.state,
                draft.changed_at,
                _finished(draft, known.get(draft.id)),
            )
            for draft in list_drafts(session, institution_id)
        )


def _finished(draft: StackDraft, row: Simulation | None) -> datetime | None:
    if row is None or row.trouble or row.revision != draft.revision:
        return None
    return row.finished_at


def show_simulation(database: Database, uuid: UUID, *, institution_id: int) -> SimulationView:
    """Return a draft of the institution with its simulation; ``NotFoundError`` otherwise."""
    with database.reading() as session:
        draft = get_draft(session, institution_id, uuid)
        catalogue, checked = checked_draft(session, draft)
        row = find_simulation(session, draft.id)
        stacks = read_result(row.result) if row is not None else ()
        return SimulationView(
            uuid=draft.uuid,
            title=draft.title,
            state=draft.state,
            is_sound=checked.is_publishable,
            asked_at=row.asked_at if row else None,
            finished_at=row.finished_at if row else None,
            is_old=row is not None and _is_old(session, draft, row),
            trouble=row.trouble if row else "",
            learners=row.learners if row else 0,
            total=row.total if row else 0,
            stacks=stacks,
            people=list_people(session, _learners(stacks)),
            names=names_of(read_draft(draft.document), catalogue.names),
        )


def _is_old(session: Session, draft: StackDraft, row: Simulation) -> bool:
    return row.revision != draft.revision or row.base != base_of(session, draft.institution_id)


def _learners(stacks: tuple[StackResult, ...]) -> set[int]:
    return {
        example.learner_id
        for stack in stacks
        for requirements in stack.requirements.values()
        for one in requirements
        for example in one.examples
    }
