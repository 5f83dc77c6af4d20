"""Rows to engine values: the only file that knows both worlds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.persistence.award_terms import Terms, award_terms
from lti_tool.persistence.awards import list_awards, list_revoked
from lti_tool.persistence.catalog import (
    CurrentStack,
    StackVersion,
    find_award_keys,
    get_institution_by_id,
    list_current_stacks,
)
from lti_tool.persistence.completions import Completion as CompletionRow
from lti_tool.persistence.completions import list_completions
from lti_tool.persistence.exceptions import GrantedException, list_standing
from stacking_rules import Award, Completion, Grade, LearnerRecord, Stack, Waiver, parse_stack
from stacking_rules.facts import Attributes

EXTERNAL = "external"
"""The attribute of what was reached elsewhere; ``issuer`` says where. All other facts have both."""

MOST_READ = 5_000
"""Versions of stacks that are kept as the engine takes them; a large one has some 100 kB."""

_READ: dict[UUID, Stack] = {}

NEVER = datetime.max.replace(tzinfo=UTC)
"""When a revoked award becomes known: it counts nowhere, and is not made again."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The current stacks of an institution, as the engine takes them and as rows."""

    stacks: tuple[Stack, ...]
    rows: dict[str, CurrentStack]

    @property
    def credits_of(self) -> dict[str, Decimal]:
        """What each award is worth in larger stacks."""
        return {key: row.achievement.credits for key, row in self.rows.items()}


def load_rules(session: Session, institution_id: int) -> Rules:
    """Read the current version of every stack of an institution."""
    rows = {row.stack.key: row for row in list_current_stacks(session, institution_id)}
    return Rules(tuple(read_version(row.version) for row in rows.values()), rows)


def read_version(version: StackVersion) -> Stack:
    """Return a published version as the engine takes it: read once, for it never changes.

    The engine keeps what it has worked out of a stack as well, for as long as it is the same.
    """
    known = _READ.get(version.uuid)
    if known is None:
        if len(_READ) >= MOST_READ:
            _READ.clear()
        known = parse_stack(version.document, version=version.number)
        _READ[version.uuid] = known
    return known


def load_zone(session: Session, institution_id: int) -> str:
    """Return the zone whose days all current stacks speak of; UTC where they differ."""
    zones = {stack.definitions.zone for stack in load_rules(session, institution_id).stacks}
    return zones.pop() if len(zones) == 1 else "UTC"


def load_records(session: Session, learner_ids: Collection[int]) -> dict[int, LearnerRecord]:
    """Read everything that is known of these learners, withdrawn completions included.

    What was recognised from elsewhere as an award is an award of another issuer. One that was
    revoked is known to nobody (``NEVER``). Own awards end, and use up, by their rules. Of
    exceptions those are there that nobody has ended; the engine leaves out those whose time is
    over.
    """
    completions: dict[int, list[Completion]] = {learner_id: [] for learner_id in learner_ids}
    awards: dict[int, list[Award]] = {learner_id: [] for learner_id in learner_ids}
    origins = Origins(session)
    for row, key, withdrawn_at in list_completions(session, learner_ids):
        if origins.is_award(row, key):
            if withdrawn_at is None:
                awards[row.learner_id].append(_outside_award(row, key, origins.attributes(row)))
            continue
        grade = None if row.grade is None else Grade(row.grade, row.scale)
        completions[row.learner_id].append(
            Completion(
                str(row.uuid),
                key,
                row.completed_on,
                row.recorded_at,
                row.credits,
                grade,
                withdrawn_at,
                valid_until=row.valid_until,
                attributes=origins.attributes(row),
            )
        )
    held = list_awards(session, learner_ids)
    revoked = list_revoked(session, learner_ids) if held else {}
    facts = [f for known in (completions, awards) for found in known.values() for f in found]
    terms = award_terms(session, [award for award, _ in held], facts) if held else {}
    for award, achievement in held:
        own = terms.get(award.id, Terms())
        awards[award.learner_id].append(
            Award(
                str(award.uuid),
                achievement.key,
                award.awarded_on,
                NEVER if award.id in revoked else award.recorded_at,
                achievement.credits,
                own.ends_on,
                origins.local(award.institution_id),
                own.counted,
                own.is_banked,
            )
        )
    waivers: dict[int, list[Waiver]] = {learner_id: [] for learner_id in learner_ids}
    for exception in list_standing(session, learner_ids):
        waivers[exception.learner_id].append(as_waiver(exception))
    return {
        learner_id: LearnerRecord(
            tuple(completions[learner_id]),
            tuple(awards[learner_id]),
            waivers=tuple(waivers[learner_id]),
        )
        for learner_id in learner_ids
    }


def as_waiver(row: GrantedException) -> Waiver:
    """Return an exception as the engine takes it; its reason is the code, never the text."""
    is_number = row.kind == "change-limit" or row.field in ("credits", "grade")
    return Waiver(
        id=str(row.uuid),
        kind=row.kind,
        stack=row.stack_key,
        at=row.address,
        author=row.author,
        reason=row.reason_code,
        granted_on=row.granted_on,
        recorded_at=row.decided_at,
        until=row.valid_until,
        fact=row.fact,
        field=row.field,
        value=Decimal(row.value) if is_number and row.value is not None else row.value,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What is asked of a completion about where it comes from."""

    institution_id: int
    attributes: dict[str, Any] | None


class Origins:
    """Tells where facts come from; what is asked for is read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._local: dict[int, Attributes] = {}
        self._awards: dict[int, set[str]] = {}

    def local(self, institution_id: int) -> Attributes:
        """Return what is said of everything that was reached here."""
        if institution_id not in self._local:
            key = get_institution_by_id(self._session, institution_id).key
            self._local[institution_id] = ((EXTERNAL, (False,)), ("issuer", (key,)))
        return self._local[institution_id]

    def attributes(self, row: CompletionRow | Told) -> Attributes:
        """Return what the rules are told of a completion."""
        if not row.attributes:
            return self.local(row.institution_id)
        said = {**row.attributes}
        if "level" in said:
            said["level"] = Decimal(str(said["level"]))
        known = dict(self.local(row.institution_id)) | {n: (v,) for n, v in said.items()}
        return tuple(sorted(known.items()))

    def is_award(self, row: CompletionRow | Told, key: str) -> bool:
        """Return whether a completion stands for an award that somebody else made."""
        if not row.attributes or not row.attributes.get(EXTERNAL):
            return False
        if row.institution_id not in self._awards:
            self._awards[row.institution_id] = find_award_keys(self._session, row.institution_id)
        return key in self._awards[row.institution_id]


def _outside_award(row: CompletionRow, key: str, attributes: Attributes) -> Award:
    return Award(
        str(row.uuid),
        key,
        row.completed_on,
        row.recorded_at,
        row.credits,
        valid_until=row.valid_until,
        attributes=attributes,
    )
