"""Use case: say what the publication of a document would do to all learners; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.building.declaring import take_up
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.definitions import find_current_definitions
from lti_tool.persistence.learners import list_people
from lti_tool.simulating import (
    change_of,
    day_of,
    published_rules,
    rules_of,
    simulate_institution,
)
from lti_tool.solver import solver
from lti_tool.stack_text import document_of, read_plain
from stacking_rules import Document
from stacking_rules.cohort.changing import RuleChange
from stacking_rules.cohort.simulating import Outcome
from stacking_rules.cohort.tally import Totals, add_up, explainer

LEARNERS = 50_000
"""Learners that are held in memory at a time."""


Keep = Callable[[Sequence[str], list[Outcome]], None]
"""Is given the uuids of some learners ("" where nothing changes), and what changes for them."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a change does: by stack, and who the examples are (uuid, name) by internal id."""

    change: RuleChange
    totals: Totals
    people: dict[int, tuple[UUID, str]]


def simulate_change(
    database: Database,
    *,
    institution_key: str,
    text: str,
    against: str | None = None,
    only: str | None = None,
    now: datetime,
    names: int,
    advance: Callable[[int], None] = lambda _: None,
    keep: Keep | None = None,
) -> Simulated:
    """Return what changes for whom if a document (YAML or JSON text) is published now.

    It is held against what is published, or against the text ``against``; either takes up what
    the institution declares. ``names`` learners of each effect and requirement are named; ``keep``
    is given all of them, some at a time. ``NotFoundError`` without such an institution,
    ``StackTextError`` for a text that is wrong, ``InvalidInputError`` for rules that cannot be
    published or do not have the stack ``only``.
    """
    totals: Totals = {}
    with database.reading() as session:
        institution_id = get_institution(session, institution_key).id
        if against is None:
            before = published_rules(session, institution_id)
        else:
            before = rules_of(_read(session, institution_id, against))
        change = change_of(before, rules_of(_read(session, institution_id, text)), only)
        when = day_of(session, institution_id, now)
        for ids, crowd, outcomes in simulate_institution(
            session, institution_id, change, when, size=LEARNERS, advance=advance
        ):
            why = explainer(change, crowd, when, solver())
            add_up(totals, outcomes, ids.__getitem__, names, why)
            if keep is not None:
                keep(_uuids(session, ids, outcomes), outcomes)
        named = {e.learner for total in totals.values() for e in total.examples}
        people = list_people(session, named)
    return Simulated(change, totals, people)


def _read(session: Session, institution_id: int, text: str) -> Document:
    row = find_current_definitions(session, institution_id)
    declared = row.document if row is not None else {}
    return read_plain(text, lambda data: document_of(take_up(data, declared)))


def _uuids(session: Session, ids: Sequence[int], outcomes: Sequence[Outcome]) -> list[str]:
    changes = [i for i in range(len(ids)) if any(o.effects[i] for o in outcomes)]
    people = list_people(session, [ids[i] for i in changes])
    found = [""] * len(ids)
    for index in changes:
        found[index] = str(people[ids[index]][0])
    return found
