"""What the rules that made awards say of them afterwards: when they end, what they have counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.persistence.awards import Award, notes_of
from lti_tool.persistence.base import CHUNK
from lti_tool.persistence.catalog import StackVersion
from stacking_rules import Award as Held
from stacking_rules import Fact, Stack, parse_stack
from stacking_rules.receipts import is_renewal
from stacking_rules.standing import ends_on, lasts_from


@dataclass(frozen=True, slots=True)
class Terms:
    """The first day on which an award is not valid any more (None: it does not end), the ids of
    the facts that it uses up for others, and whether it has debited them for good."""

    ends_on: date | None = None
    counted: tuple[str, ...] = ()
    is_banked: bool = False


def award_terms(
    session: Session, awards: Sequence[Award], completions: Iterable[Fact]
) -> dict[int, Terms]:
    """Return the terms of these awards, by internal id.

    What counts is the version that made an award: how long it ``lasts``; where it is ``valid``
    throughout, the first end of what it counted (the ``completions``, or smaller awards, which
    were made before it); what it renews; and whether it debits (``consume: bank``).
    """
    texts = _texts(session, {award.stack_version_id for award in awards})
    rules = _with_terms(texts)
    facts = {fact.id: fact for fact in completions}
    found: dict[int, Terms] = {}
    ends: dict[tuple[int, int], date | None] = {}
    for award in sorted(awards, key=lambda award: award.id):
        end, stack = None, rules.get(award.stack_version_id)
        notes = notes_of(award.receipt)
        counted = tuple(dict.fromkeys(str(note["id"]) for note in notes))
        if stack is not None:
            before = ends.get((award.learner_id, award.stack_id)) if is_renewal(notes) else None
            since = lasts_from(award.awarded_on, before)
            end = ends_on(stack, since, [facts[c] for c in counted if c in facts])
        consume = texts[award.stack_version_id].document.get("consume")
        found[award.id] = Terms(end, () if consume == "never" else counted, consume == "bank")
        uuid, ends[award.learner_id, award.stack_id] = str(award.uuid), end
        facts[uuid] = Held(uuid, "", award.awarded_on, award.recorded_at, valid_until=end)
    return found


def rules_with_terms(session: Session, version_ids: Iterable[int]) -> dict[int, Stack]:
    """Return those of these versions that say anything of it, read; the rest is left unread."""
    return _with_terms(_texts(session, version_ids))


def _texts(session: Session, version_ids: Iterable[int]) -> dict[int, StackVersion]:
    ids, found = sorted(version_ids), dict[int, StackVersion]()
    for start in range(0, len(ids), CHUNK):
        query = select(StackVersion).where(StackVersion.id.in_(ids[start : start + CHUNK]))
        found |= {version.id: version for version in session.scalars(query)}
    return found


def _with_terms(texts: dict[int, StackVersion]) -> dict[int, Stack]:
    found: dict[int, Stack] = {}
    for version in texts.values():
        text = version.document
        ends = text.get("lasts") is not None or text.get("valid") == "throughout"
        if ends or text.get("consume") == "bank":
            found[version.id] = parse_stack(text, version=version.number)
    return found
