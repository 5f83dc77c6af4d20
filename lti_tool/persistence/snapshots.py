"""Rows to engine values: the only file that knows both worlds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.persistence.award_terms import Terms, award_terms
from lti_tool.persistence.awards import list_award_facts
from lti_tool.persistence.catalog import (
    CurrentStack,
    StackVersion,
    find_award_keys,
    get_institution_by_id,
    list_current_stacks,
    mark_versions,
)
from lti_tool.persistence.completions import Completion as CompletionRow
from lti_tool.persistence.completions import FactRow, list_facts
from lti_tool.persistence.exceptions import ExceptionRow, GrantedException, list_standing
from stacking_rules import (
    Award,
    Completion,
    Grade,
    LearnerRecord,
    Network,
    Stack,
    Waiver,
    parse_stack,
)
from stacking_rules.facts import Attributes

EXTERNAL = "external"
"""The attribute of what was reached elsewhere; ``issuer`` says where. All other facts have both."""

MOST_READ = 5_000
"""Versions of stacks that are kept as the engine takes them; a large one has some 100 kB."""

_READ: dict[UUID, Stack] = {}

_PUBLISHED: dict[tuple[int, UUID, int], Published] = {}

MOST_PUBLISHED = 500
"""Institutions whose rules are kept ready."""

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


@dataclass(frozen=True, slots=True)
class Place:
    """Where an award belongs: internal ids of its stack, version and achievement."""

    stack_id: int
    version_id: int
    achievement_id: int


@dataclass(frozen=True, slots=True)
class Published:
    """The current stacks of an institution, ready to be asked; ``places`` is by stack key."""

    stacks: tuple[Stack, ...]
    network: Network
    places: Mapping[str, Place]


def load_published(session: Session, institution_id: int) -> Published:
    """Return the current version of every stack of an institution, read once for each change.

    All of it follows from published versions, which never change; what can change, such as
    credits, is not in it. So it is as good in any process as the mark under which it is kept.
    """
    mark = mark_versions(session, institution_id)
    if mark is None:
        return Published((), Network(()), {})
    known = _PUBLISHED.get((institution_id, *mark))
    if known is None:
        if len(_PUBLISHED) >= MOST_PUBLISHED:
            _PUBLISHED.clear()
        known = _PUBLISHED[institution_id, *mark] = _publish(load_rules(session, institution_id))
    return known


def _publish(rules: Rules) -> Published:
    places = {
        key: Place(row.stack.id, row.version.id, row.achievement.id)
        for key, row in rules.rows.items()
    }
    return Published(rules.stacks, Network(rules.stacks), places)


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
    zones = {s.definitions.zone for s in load_published(session, institution_id).stacks}
    return zones.pop() if len(zones) == 1 else "UTC"


def load_records(
    session: Session, learner_ids: Collection[int], *, with_parts: bool = True
) -> dict[int, LearnerRecord]:
    """Read everything that is known of these learners, withdrawn completions included.

    What was recognised from elsewhere as an award is an award of another issuer. One that was
    revoked is known to nobody (``NEVER``). Own awards end, and use up, by their rules. Of
    exceptions those are there that nobody has ended; the engine leaves out those whose time is
    over. Without parts nobody asks what awards have counted: more may seem met, and never less.
    """
    completions: dict[int, list[Completion]] = {learner_id: [] for learner_id in learner_ids}
    awards: dict[int, list[Award]] = {learner_id: [] for learner_id in learner_ids}
    origins = Origins(session)
    for row in list_facts(session, learner_ids):
        origins.know(row.institution_id, row.institution_key)
        if origins.is_award(row, row.key):
            if row.withdrawn_at is None:
                awards[row.learner_id].append(_outside_award(row, origins.attributes(row)))
            continue
        completions[row.learner_id].append(_completion(row, origins.attributes(row)))
    held = list_award_facts(session, learner_ids)
    facts = [f for known in (completions, awards) for found in known.values() for f in found]
    terms = award_terms(session, held, facts, with_parts=with_parts) if held else {}
    for award in held:
        origins.know(award.institution_id, award.institution_key)
        own = terms.get(award.id, Terms())
        awards[award.learner_id].append(
            Award(
                award.uuid,
                award.key,
                award.awarded_on,
                award.recorded_at if award.revoked is None else NEVER,
                award.credits,
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


def _completion(row: FactRow, attributes: Attributes) -> Completion:
    return Completion(
        row.uuid,
        row.key,
        row.completed_on,
        row.recorded_at,
        row.credits,
        None if row.grade is None else Grade(row.grade, row.scale),
        row.withdrawn_at,
        valid_until=row.valid_until,
        attributes=attributes,
    )


def as_waiver(row: GrantedException | ExceptionRow) -> Waiver:
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
            self.know(institution_id, get_institution_by_id(self._session, institution_id).key)
        return self._local[institution_id]

    def know(self, institution_id: int, key: str) -> None:
        """Note the key of an institution, where it has been read already."""
        if institution_id not in self._local:
            self._local[institution_id] = ((EXTERNAL, (False,)), ("issuer", (key,)))

    def attributes(self, row: CompletionRow | FactRow | Told) -> Attributes:
        """Return what the rules are told of a completion."""
        if not row.attributes:
            return self.local(row.institution_id)
        said = {**row.attributes}
        if "level" in said:
            said["level"] = Decimal(str(said["level"]))
        known = dict(self.local(row.institution_id)) | {n: (v,) for n, v in said.items()}
        return tuple(sorted(known.items()))

    def is_award(self, row: CompletionRow | FactRow | Told, key: str) -> bool:
        """Return whether a completion stands for an award that somebody else made."""
        if not row.attributes or not row.attributes.get(EXTERNAL):
            return False
        if row.institution_id not in self._awards:
            self._awards[row.institution_id] = find_award_keys(self._session, row.institution_id)
        return key in self._awards[row.institution_id]


def _outside_award(row: FactRow, attributes: Attributes) -> Award:
    return Award(
        row.uuid,
        row.key,
        row.completed_on,
        row.recorded_at,
        row.credits,
        valid_until=row.valid_until,
        attributes=attributes,
    )
