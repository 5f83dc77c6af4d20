"""What the rules that made awards say of them afterwards: when they end, what they have counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.persistence.awards import AwardRow, list_receipts, notes_of
from lti_tool.persistence.base import CHUNK
from lti_tool.persistence.catalog import StackVersion
from stacking_rules import Award as Held
from stacking_rules import Fact, Stack, parse_stack
from stacking_rules.receipts import is_renewal
from stacking_rules.standing import ends_on, lasts_from

MOST_READ = 5_000
"""Versions of which is kept what they say of awards afterwards."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What a version says of its awards: the stack where it says anything of their time, or
    debits; whether it leaves what was counted free for others (``consume: never``)."""

    stack: Stack | None
    leaves_free: bool


_READ: dict[UUID, _Said] = {}


@dataclass(frozen=True, slots=True)
class Terms:
    """The first day on which an award is not valid any more (None: it does not end), the ids of
    the facts that it uses up for others, and whether it has debited them for good."""

    ends_on: date | None = None
    counted: tuple[str, ...] = ()
    is_banked: bool = False


def award_terms(
    session: Session,
    awards: Sequence[AwardRow],
    completions: Iterable[Fact],
    *,
    with_parts: bool = True,
) -> dict[int, Terms]:
    """Return the terms of those of these awards that have any, by internal id.

    What counts is the version that made an award: how long it ``lasts``; where it is ``valid``
    throughout, the first end of what it counted (the ``completions``, or smaller awards, which
    were made before it); what it renews; and what it uses up (``consume``). ``with_parts`` is
    False where what an award has only counted, and not debited, need not be known: no receipt
    is read for that.
    """
    said = _read(session, {a.stack_version_id: a.version_uuid for a in awards})
    asked = {
        version_id
        for version_id, one in said.items()
        if one.stack is not None or (with_parts and not one.leaves_free)
    }
    receipts = list_receipts(session, [a.id for a in awards if a.stack_version_id in asked])
    facts = {fact.id: fact for fact in completions}
    found: dict[int, Terms] = {}
    ends: dict[tuple[int, int], date | None] = {}
    for award in sorted(awards, key=lambda award: award.id):
        end, stack = None, said[award.stack_version_id].stack
        if award.id in receipts:
            notes = notes_of(receipts[award.id])
            counted = tuple(dict.fromkeys(str(note["id"]) for note in notes))
            if stack is not None:
                before = ends.get((award.learner_id, award.stack_id)) if is_renewal(notes) else None
                since = lasts_from(award.awarded_on, before)
                end = ends_on(stack, since, [facts[c] for c in counted if c in facts])
            is_free = said[award.stack_version_id].leaves_free
            is_banked = stack is not None and stack.consume == "bank"
            uses_up = is_banked or (with_parts and not is_free)
            found[award.id] = Terms(end, counted if uses_up else (), is_banked)
        ends[award.learner_id, award.stack_id] = end
        facts[award.uuid] = Held(
            award.uuid, "", award.awarded_on, award.recorded_at, valid_until=end
        )
    return found


def list_sharers(session: Session, awards: Iterable[tuple[int, int]]) -> set[int]:
    """Return the learners two of whose awards have counted the same fact.

    ``awards`` are (learner, award) by internal id; who has a single one shares nothing.
    """
    of: dict[int, list[int]] = defaultdict(list)
    for learner_id, award_id in awards:
        of[learner_id].append(award_id)
    several = {award: learner for learner, ids in of.items() if len(ids) > 1 for award in ids}
    seen, found = set[tuple[int, str]](), set[int]()
    for award_id, receipt in list_receipts(session, several).items():
        parts = {(several[award_id], str(note["id"])) for note in notes_of(receipt)}
        if not seen.isdisjoint(parts):
            found.add(several[award_id])
        seen |= parts
    return found


def rules_with_terms(session: Session, versions: Mapping[int, UUID]) -> dict[int, Stack]:
    """Return those of these versions (uuid by internal id) that say anything of it, as stacks."""
    found = _read(session, versions)
    return {id_: said.stack for id_, said in found.items() if said.stack is not None}


def _read(session: Session, versions: Mapping[int, UUID]) -> dict[int, _Said]:
    """Return what these versions say; a version is read once, for it never changes."""
    unread = sorted(id_ for id_, uuid in versions.items() if uuid not in _READ)
    if len(_READ) + len(unread) > MOST_READ:
        _READ.clear()
        unread = sorted(versions)
    read: dict[int, _Said] = {}
    for start in range(0, len(unread), CHUNK):
        query = select(StackVersion).where(StackVersion.id.in_(unread[start : start + CHUNK]))
        for version in session.scalars(query):
            read[version.id] = _READ[version.uuid] = _said(version)
    return {id_: read[id_] if id_ in read else _READ[uuid] for id_, uuid in versions.items()}


def _said(version: StackVersion) -> _Said:
    text = version.document
    ends = text.get("lasts") is not None or text.get("valid") == "throughout"
    has_terms = ends or text.get("consume") == "bank"
    stack = parse_stack(text, version=version.number) if has_terms else None
    return _Said(stack, text.get("consume") == "never")
