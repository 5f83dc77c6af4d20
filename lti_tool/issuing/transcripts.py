"""What a transcript says, read from the ledger: credentials as issued, and how they stack."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.credentials.clr import MOST, Association, Relation, Step, achievement_id
from lti_tool.credentials.recognition.transcripts import MOST_ASSOCIATIONS
from lti_tool.persistence.awards import (
    Award,
    awards_counted,
    list_awards,
    list_revoked,
    notes_of,
)
from lti_tool.persistence.catalog import Achievement, StackVersion, find_by_keys
from lti_tool.persistence.credentials import (
    Credential,
    list_current_credentials,
    list_issued_awards,
)
from lti_tool.persistence.snapshots import read_version
from stacking_rules.clauses import After

Held = dict[str, tuple[Award, Achievement]]
"""A learner's awards by uuid."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What stands in a transcript, apart from what it is called.

    ``waits_for`` are names of awards whose credentials are not issued, or are to be issued anew.
    """

    members: tuple[dict[str, Any], ...]
    steps: tuple[Step, ...]
    associations: tuple[Association, ...]
    waits_for: tuple[str, ...] = ()


def read_stack(session: Session, award: Award) -> Contents:
    """Return the transcript of one award: all that it was built from, down to the last step.

    Where that is too much for one document, only what it counted itself.
    """
    held = _held(session, award.learner_id)
    names = [str(award.uuid)]
    for name in names:
        if name in held:
            names += [
                below for below in awards_counted(held[name][0].receipt) if below not in names
            ]
    if len(names) > MOST:
        names = [str(award.uuid), *awards_counted(award.receipt)]
    revoked = list_revoked(session, [award.learner_id])
    issued = list_issued_awards(session, award.learner_id)
    # What was revoked before it was issued gets no credential: nothing waits for it.
    rows = [
        held[name]
        for name in reversed(names)
        if name in held and (held[name][0].id not in revoked or held[name][0].id in issued)
    ]
    return _contents(session, held, rows)


def read_all(session: Session, learner_id: int) -> list[Contents]:
    """Return all credentials that a learner holds, as transcripts of ``MOST`` members at most."""
    held = _held(session, learner_id)
    revoked = list_revoked(session, [learner_id])
    issued = list_current_credentials(session, learner_id)
    rows = [row for row in held.values() if row[0].id in issued and row[0].id not in revoked]
    return [_contents(session, held, rows[i : i + MOST]) for i in range(0, len(rows), MOST)]


def _held(session: Session, learner_id: int) -> Held:
    return {str(award.uuid): (award, made) for award, made in list_awards(session, [learner_id])}


def _contents(session: Session, held: Held, rows: Sequence[tuple[Award, Achievement]]) -> Contents:
    issued = list_current_credentials(session, rows[0][0].learner_id) if rows else {}
    ids = {award.id for award, _ in rows}
    keys = {
        str(note["achievement"])
        for award, _ in rows
        for note in notes_of(award.receipt)
        if note["kind"] != "award"
    }
    steps = find_by_keys(session, rows[0][0].institution_id, keys) if rows else {}
    awarded = {made.id for _, made in rows}
    return Contents(
        members=tuple(_document(issued[award.id]) for award, _ in rows if award.id in issued),
        steps=tuple(
            Step(row.uuid, row.name, row.description, row.credits)
            for row in steps.values()
            if row.id not in awarded
        ),
        associations=_bounded(tuple(_associations(session, held, rows, steps, ids))),
        waits_for=tuple(made.name for award, made in rows if award.id not in issued),
    )


def _bounded(found: tuple[Association, ...]) -> tuple[Association, ...]:
    """Return each association once; where they are too many, the order of the steps is left out."""
    unique = tuple(dict.fromkeys(found))
    if len(unique) <= MOST_ASSOCIATIONS:
        return unique
    return tuple(one for one in unique if one.relation is not Relation.PRECEDES)


def _document(credential: Credential) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(credential.document)
    return found


def _associations(
    session: Session,
    held: Held,
    rows: Sequence[tuple[Award, Achievement]],
    steps: Mapping[str, Achievement],
    ids: set[int],
) -> Iterable[Association]:
    """Yield how what counted leads to each award: child for awards, part for completions."""
    for award, made in rows:
        upper, places = achievement_id(made.uuid), []
        for note in notes_of(award.receipt):
            if note["kind"] == "award":
                lower = held.get(str(note["id"]))
                if lower is None or lower[0].id not in ids:
                    continue
                relation, lower_id = Relation.CHILD, achievement_id(lower[1].uuid)
            else:
                step = steps.get(str(note["achievement"]))
                if step is None:
                    continue
                relation, lower_id = Relation.PART, achievement_id(step.uuid)
            places.append((str(note["address"]), lower_id))
            if lower_id != upper:
                yield Association(relation, lower_id, upper)
        yield from _ordered(session, award, places)


def _ordered(
    session: Session, award: Award, places: Sequence[tuple[str, str]]
) -> Iterable[Association]:
    """Yield what the rule puts in an order: all at one address before all at another."""
    version = session.get_one(StackVersion, award.stack_version_id)
    stack = read_version(version)
    for _, here, clause in stack.clauses():
        if not isinstance(clause, After):
            continue
        first = [lower for address, lower in places if _is_below(address, clause.of)]
        then = [lower for address, lower in places if _is_below(address, here)]
        # What counts on both sides is in no order with itself.
        both = {*first} & {*then}
        for early in first:
            for late in then:
                if early not in both and late not in both:
                    yield Association(Relation.PRECEDES, early, late)


def _is_below(address: str, node: str) -> bool:
    return node == "/" or address == node or address.startswith(f"{node}/")
