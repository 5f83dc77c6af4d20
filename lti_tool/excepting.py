"""The step that several use cases share: an exception checked against the rule, and its effect.

What is asked for is checked completely before it is stored, so that a record with exceptions can
always be read. The effect is computed by the engine on the record as it would be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.snapshots import Rules
from lti_tool.solver import solver
from stacking_rules import (
    Amount,
    Completion,
    DocumentError,
    Fact,
    Group,
    LearnerRecord,
    Limit,
    Progress,
    Requirement,
    Stack,
    Status,
    Waiver,
    parse_record,
    roll_up,
    scale_bounds,
)
from stacking_rules.clauses import Clause

KINDS = ("waive", "substitute", "force", "exclude", "change-limit", "change-value")
REASON_CODES = (
    "prior-learning",
    "equivalent",
    "not-offered",
    "circumstances",
    "mistake",
    "other",
)
"""Why an exception is granted: what stands in the receipts of awards. Texts stay out of them."""
FIELDS = ("credits", "grade", "on", "started", "valid_until")
LONGEST_REASON = 2000
LONGEST_URL = 2000
LONGEST_AUTHOR = 100
LIMITS = frozenset({"need", "limit", "target", "count", "times", "share"})


@dataclass(frozen=True, slots=True)
class NewException:
    """What a registrar asks for, as it was typed.

    ``fact`` is the uuid of a fact of the learner or the key of an achievement; ``value`` a number
    (a comma is a decimal point) or a day (ISO 8601); ``until`` the first day without it.
    """

    stack_key: str
    kind: str
    address: str
    reason_code: str
    reason: str
    fact: str = ""
    field: str = ""
    value: str = ""
    document_url: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What an exception changes today in its stack, and the awards that follow (key, title).

    ``met`` are the requirements that become met, ``unmet`` those that are met no longer.
    """

    stack: Stack
    before: Progress
    after: Progress
    met: tuple[Progress, ...]
    unmet: tuple[Progress, ...]
    awards: tuple[tuple[str, str], ...]
    is_held: bool


def check_author(author: str) -> None:
    """Refuse a decision of nobody, or of somebody with an endless name; ``InvalidInputError``."""
    if not 0 < len(author.strip()) <= LONGEST_AUTHOR or not author.isprintable():
        raise InvalidInputError(
            f"Name who decides, in up to {LONGEST_AUTHOR} characters.", field="by"
        )


def check_link(url: str, field: str) -> None:
    """Refuse what is no address of the web; ``InvalidInputError``."""
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_good = False
    if url and not is_good:
        raise InvalidInputError("The link must begin with http:// or https://.", field=field)
    if len(url) > LONGEST_URL:
        raise InvalidInputError("The link is too long.", field=field)


def find_stack(rules: Rules, key: str) -> Stack:
    """Return the current version of a stack; ``InvalidInputError`` for an unknown one."""
    for stack in rules.stacks:
        if stack.key == key:
            return stack
    raise InvalidInputError("Choose an award from the list.", field="stack")


def places(stack: Stack) -> Iterator[tuple[str, Requirement | Clause]]:
    """Yield (address, requirement or clause) of all that an exception can be about."""
    clauses: dict[str, list[tuple[str, Clause]]] = {}
    for address, at, clause in stack.clauses():
        clauses.setdefault(at, []).append((address, clause))
    for at, node in stack.walk():
        yield at, node
        yield from clauses.get(at, ())


def find_place(stack: Stack, address: str) -> Requirement | Clause | None:
    """Return what stands at an address of a stack, None where nothing does (any more)."""
    return next((node for at, node in places(stack) if at == address), None)


def draft(
    entry: NewException, rules: Rules, record: LearnerRecord, uuid: UUID, author: str, now: datetime
) -> Waiver:
    """Return ``entry`` as the engine takes it; ``InvalidInputError`` names what is wrong."""
    stack = find_stack(rules, entry.stack_key)
    if entry.kind not in KINDS:
        raise InvalidInputError("Choose what kind of exception it is.", field="kind")
    if entry.reason_code not in REASON_CODES:
        raise InvalidInputError("Choose why it is granted.", field="reason_code")
    if not entry.reason.strip() or len(entry.reason) > LONGEST_REASON:
        raise InvalidInputError(
            f"Say why, in up to {LONGEST_REASON:,} characters: the learner reads it.",
            field="reason",
        )
    check_link(entry.document_url, "document_url")
    check_author(author)
    if entry.until is not None and entry.until <= now.date():
        raise InvalidInputError("It must last beyond today.", field="until")
    _check_place(entry, stack)
    fact = _check_fact(entry, record)
    value = _value(entry, stack, fact)
    waiver = Waiver(
        id=str(uuid),
        kind=entry.kind,
        stack=stack.key,
        at=entry.address,
        author=author,
        reason=entry.reason_code,
        granted_on=now.date(),
        recorded_at=now,
        until=entry.until,
        fact=entry.fact if _needs_fact(entry.kind) else "",
        field=entry.field if entry.kind == "change-value" else "",
        value=value,
    )
    _read_back(waiver, stack)
    return waiver


def effect_of(rules: Rules, record: LearnerRecord, waiver: Waiver, now: datetime) -> Effect:
    """Return what ``waiver`` changes as of ``now`` (aware). Nothing is written."""
    stack = find_stack(rules, waiver.stack)
    when: dict[str, Any] = {
        "as_of": now.date(),
        "known_on": now,
        "credits_of": rules.credits_of,
        "solver": solver(),
    }
    before = roll_up(rules.stacks, record, **when).progress[stack.key]
    with_it = replace(record, waivers=(*record.waivers, waiver))
    found = roll_up(rules.stacks, with_it, **when)
    after = found.progress[stack.key]
    then = {node.address: node for node in after.walk()}
    both = [(node, then[node.address]) for node in before.walk() if node.address in then]
    return Effect(
        stack=stack,
        before=before,
        after=after,
        met=tuple(old for old, new in both if _is_gained(old, new)),
        unmet=tuple(old for old, new in both if _is_gained(new, old)),
        awards=tuple((new.stack.key, new.stack.title) for new in found.new_awards),
        is_held=any(award.achievement == stack.key for award in record.awards),
    )


def row_of(
    entry: NewException, waiver: Waiver, institution_id: int, learner_id: int
) -> dict[str, Any]:
    """Return the row of a checked exception."""
    return {
        "uuid": UUID(waiver.id),
        "institution_id": institution_id,
        "learner_id": learner_id,
        "stack_key": waiver.stack,
        "kind": waiver.kind,
        "address": waiver.at,
        "fact": waiver.fact,
        "field": waiver.field,
        "value": None if waiver.value is None else _as_text(waiver.value),
        "reason_code": waiver.reason,
        "reason": entry.reason.strip(),
        "document_url": entry.document_url,
        "author": waiver.author,
        "granted_on": waiver.granted_on,
        "decided_at": waiver.recorded_at,
        "valid_until": waiver.until,
    }


def _is_gained(old: Progress, new: Progress) -> bool:
    return old.status is not Status.MET and new.status is Status.MET


def _as_text(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _needs_fact(kind: str) -> bool:
    return kind in ("substitute", "force", "exclude", "change-value")


def _check_place(entry: NewException, stack: Stack) -> None:
    place = find_place(stack, entry.address)
    if place is None:
        raise InvalidInputError("Choose the requirement it is about.", field="address")
    if entry.kind == "waive" and place is stack.requires and isinstance(place, Group):
        raise InvalidInputError(
            "Waive one requirement, not the award as a whole: choose a part of it.",
            field="address",
        )


def _check_fact(entry: NewException, record: LearnerRecord) -> Fact | None:
    """Return the one fact that is meant, None for an achievement or where none is asked for."""
    if not _needs_fact(entry.kind):
        return None
    facts: tuple[Fact, ...] = (*record.completions, *record.awards, *record.attestations)
    fact = next((fact for fact in facts if fact.id == entry.fact), None)
    is_known = fact is not None or any(f.achievement == entry.fact for f in facts)
    if not is_known or (fact is None and entry.kind == "change-value"):
        raise InvalidInputError("Choose which of the learner's results is meant.", field="fact")
    return fact


def _value(entry: NewException, stack: Stack, fact: Fact | None) -> str | Decimal | None:
    if entry.kind == "change-limit":
        return _limit(entry, stack)
    if entry.kind != "change-value":
        return None
    known = FIELDS if isinstance(fact, Completion) else ("credits", "valid_until")
    if entry.field not in known:
        raise InvalidInputError("Choose which value of this result changes.", field="field")
    if entry.field == "credits":
        return _number(entry.value)
    if entry.field == "grade":
        scale = fact.grade.scale if isinstance(fact, Completion) and fact.grade else "0-100"
        return _graded(_number(entry.value), scale)
    try:
        return date.fromisoformat(entry.value.strip()).isoformat()
    except ValueError:
        raise InvalidInputError(
            "Enter a date as year-month-day, for example 2026-05-12.", field="value"
        ) from None


def _graded(value: Decimal, scale: str) -> Decimal:
    low, high = scale_bounds(scale)
    if not low <= value <= high:
        raise InvalidInputError(f"The grade must be between {low} and {high}.", field="value")
    return value


def _limit(entry: NewException, stack: Stack) -> Decimal:
    place = find_place(stack, entry.address)
    numbers = (
        [getattr(place, f.name) for f in fields(place) if f.name in LIMITS]
        if isinstance(place, Clause)
        else []
    )
    if isinstance(place, Clause) and not any(n is not None for n in numbers):
        raise InvalidInputError("There is no amount at this place to change.", field="address")
    if not isinstance(place, Clause | Amount | Limit | Group):
        raise InvalidInputError("There is no amount at this place to change.", field="address")
    value = _number(entry.value)
    is_whole = isinstance(place, Group) or isinstance(next(iter(numbers), None), int)
    if is_whole and value % 1:
        raise InvalidInputError("Here a whole number is needed.", field="value")
    return value


def _number(text: str) -> Decimal:
    """Return an exact number from 0 to 1,000,000, as the engine takes it."""
    text = text.strip().replace(",", ".")
    try:
        value = Decimal(text)
    except ArithmeticError:
        raise InvalidInputError("Enter a number.", field="value") from None
    if not value.is_finite() or not 0 <= value <= 1_000_000:
        raise InvalidInputError("The number must be between 0 and 1,000,000.", field="value")
    return value


def _read_back(waiver: Waiver, stack: Stack) -> None:
    """Read the exception as a record document holds it: what is stored can always be read."""
    data = {
        "kind": waiver.kind,
        "stack": waiver.stack,
        "at": waiver.at,
        "author": waiver.author,
        "reason": waiver.reason,
        "from": waiver.granted_on.isoformat(),
        "fact": waiver.fact,
        "field": waiver.field,
    }
    if waiver.value is not None:
        data["value"] = _as_text(waiver.value)
    try:
        parse_record({"waivers": [data]}, stack.definitions)
    except DocumentError as error:
        raise InvalidInputError(error.message, field="value") from None
