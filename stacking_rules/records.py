"""Record documents (plain data) to what a learner has; every error names its address.

The format is described in ``docs/stack-format.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import TypeVar

from stacking_rules.definitions import AchievementText, Definitions
from stacking_rules.errors import DocumentError, LimitExceededError
from stacking_rules.facts import (
    WAIVER_KINDS,
    Attestation,
    Attributes,
    Award,
    Completion,
    Learner,
    LearnerRecord,
    Pin,
    Value,
    Waiver,
)
from stacking_rules.reading import (
    amount_of,
    any_mapping,
    attributes_of,
    day_of,
    escape,
    grade_of,
    instant_of,
    key_of,
    keys_of,
    kind_of,
    mapping_of,
    one_of,
    optional_day,
    refuse_repeats,
    text_of,
    values_of,
)

T = TypeVar("T")
MAX_FACTS = 100_000
STATES = ("done", "pending", "in-progress", "planned")
_FACT = ("id", "on", "recorded_at", "valid_until", "attributes")
_COMPLETION = (
    *_FACT,
    "achievement",
    "credits",
    "credit_kind",
    "grade",
    "scale",
    "started",
    "withdrawn_at",
    "state",
    "attempt",
)
_AWARD = (*_FACT, "award", "credits", "counted", "banked", "carried")
_ATTESTATION = (*_FACT, "statement", "by", "role")
_WAIVER = (
    "kind",
    "stack",
    "at",
    "author",
    "reason",
    "from",
    "until",
    "recorded_at",
    "id",
    "fact",
    "field",
    "value",
)
_TOP = (
    "completions",
    "awards",
    "external",
    "attestations",
    "learner",
    "waivers",
    "pins",
    "applied",
    "declined",
)


def parse_record(data: object, definitions: Definitions | None = None) -> LearnerRecord:
    """Read what one learner has: completions, awards, credentials of others, and the rest.

    ``definitions`` of the stacks give the scales, and what a completion does not say itself
    (credits, attributes). ``DocumentError`` names the first thing that is wrong by its JSON
    pointer; ``LimitExceededError`` if there are more than 100,000 facts of a kind.
    """
    top = mapping_of(data, "", _TOP)
    reader = _Reader(definitions or Definitions())
    completions = _all(top, "completions", reader.completion)
    awards = (*_all(top, "awards", _award), *_all(top, "external", _external))
    attestations = _all(top, "attestations", _attestation)
    for name, facts in (
        ("completions", completions),
        ("awards", awards),
        ("attestations", attestations),
    ):
        refuse_repeats((fact.id for fact in facts), f"/{name}", "/id")
    return LearnerRecord(
        completions,
        awards,
        attestations,
        _learner(top.get("learner", {}), "/learner"),
        _all(top, "waivers", _waiver),
        _all(top, "pins", _pin),
        _stacks(top, "applied"),
        _stacks(top, "declined"),
    )


def _all(
    top: Mapping[str, object], name: str, read: Callable[[object, str, int], T]
) -> tuple[T, ...]:
    found = top.get(name, [])
    if not isinstance(found, list):
        raise DocumentError(f"/{name}", f"Here a list is needed, not {kind_of(found)}.")
    if len(found) > MAX_FACTS:
        raise LimitExceededError(name, MAX_FACTS)
    return tuple(read(item, f"/{name}/{index}", index) for index, item in enumerate(found))


def _stacks(top: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Return keys of stacks; none without the field, or for an empty list."""
    return keys_of(top[name], f"/{name}") if top.get(name, []) != [] else ()


class _Reader:
    """Reads completions with what the document says of their achievements."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions

    def completion(self, data: object, address: str, index: int) -> Completion:
        item = mapping_of(data, address, _COMPLETION)
        on = day_of(item.get("on"), f"{address}/on")
        key = key_of(item.get("achievement"), f"{address}/achievement")
        text = self.definitions.achievements.get(key, AchievementText(key, key))
        graded = item if "scale" in item or "grade" not in item else {**item, "scale": text.scale}
        return Completion(
            id=text_of(item.get("id", f"completion-{index + 1}"), f"{address}/id"),
            achievement=key,
            completed_on=on,
            recorded_at=_recorded_at(item, address, on),
            credits=amount_of(item.get("credits", text.credits), f"{address}/credits"),
            grade=grade_of(graded, address, self.definitions.scales),
            withdrawn_at=_instant(item, "withdrawn_at", address),
            started_on=optional_day(item, "started", address),
            valid_until=optional_day(item, "valid_until", address),
            attributes=_attributes(item, address, text.attributes),
            state=one_of(item.get("state", "done"), STATES, f"{address}/state"),
            attempt=text_of(item.get("attempt", ""), f"{address}/attempt"),
            credit_kind=text_of(item.get("credit_kind", ""), f"{address}/credit_kind"),
        )


def _award(data: object, address: str, index: int) -> Award:
    return _any_award(data, address, f"award-{index + 1}", ())


def _external(data: object, address: str, index: int) -> Award:
    """Read a credential of another issuer: an award whose attributes say so."""
    return _any_award(data, address, f"external-{index + 1}", (("external", (True,)),))


def _any_award(data: object, address: str, name: str, known: Attributes) -> Award:
    item = mapping_of(data, address, _AWARD)
    on = day_of(item.get("on"), f"{address}/on")
    counted = item.get("counted", [])
    if not isinstance(counted, list):
        raise DocumentError(f"{address}/counted", "Here a list of ids is needed.")
    banked = item.get("banked", False)
    if not isinstance(banked, bool):
        raise DocumentError(f"{address}/banked", "'banked' is true or false.")
    return Award(
        id=text_of(item.get("id", name), f"{address}/id"),
        achievement=key_of(item.get("award"), f"{address}/award"),
        awarded_on=on,
        recorded_at=_recorded_at(item, address, on),
        credits=amount_of(item.get("credits", 0), f"{address}/credits"),
        valid_until=optional_day(item, "valid_until", address),
        attributes=_attributes(item, address, known),
        counted=tuple(text_of(v, f"{address}/counted/{i}") for i, v in enumerate(counted)),
        is_banked=banked,
        carried=amount_of(item.get("carried", 0), f"{address}/carried"),
    )


def _attestation(data: object, address: str, index: int) -> Attestation:
    item = mapping_of(data, address, _ATTESTATION)
    on = day_of(item.get("on"), f"{address}/on")
    said = {name: item[name] for name in ("by", "role") if name in item}
    return Attestation(
        id=text_of(item.get("id", f"attestation-{index + 1}"), f"{address}/id"),
        achievement=key_of(item.get("statement"), f"{address}/statement"),
        attested_on=on,
        recorded_at=_recorded_at(item, address, on),
        valid_until=optional_day(item, "valid_until", address),
        attributes=_attributes(item, address, attributes_of(said, address)),
    )


def _learner(data: object, address: str) -> Learner:
    item = mapping_of(data, address, ("attributes", "events"))
    events = any_mapping(item.get("events", {}), f"{address}/events")
    return Learner(
        attributes_of(item.get("attributes", {}), f"{address}/attributes"),
        tuple(
            (name, day_of(value, f"{address}/events/{escape(name)}"))
            for name, value in events.items()
        ),
    )


def _waiver(data: object, address: str, index: int) -> Waiver:
    item = mapping_of(data, address, _WAIVER)
    on = day_of(item.get("from"), f"{address}/from")
    for name in ("author", "reason"):
        if not text_of(item.get(name, ""), f"{address}/{name}").strip():
            raise DocumentError(f"{address}/{name}", f"An exception needs its {name}.")
    kind = one_of(item.get("kind"), WAIVER_KINDS, f"{address}/kind")
    needed = {"waive": (), "change-limit": ("value",), "change-value": ("fact", "field", "value")}
    for name in needed.get(kind, ("fact",)):
        if name not in item:
            raise DocumentError(address, f"'{kind}' needs '{name}'.")
    field = text_of(item.get("field", ""), f"{address}/field")
    value = _new_value(kind, field, item["value"], f"{address}/value") if "value" in item else None
    return Waiver(
        id=text_of(item.get("id", f"waiver-{index + 1}"), f"{address}/id"),
        kind=kind,
        stack=key_of(item.get("stack"), f"{address}/stack"),
        at=text_of(item.get("at", "/"), f"{address}/at"),
        author=text_of(item["author"], f"{address}/author"),
        reason=text_of(item["reason"], f"{address}/reason"),
        granted_on=on,
        recorded_at=_recorded_at(item, address, on),
        until=optional_day(item, "until", address),
        fact=text_of(item.get("fact", ""), f"{address}/fact"),
        field=field,
        value=value,
    )


def _new_value(kind: str, field: str, data: object, address: str) -> Value:
    """Return the value that an exception sets: an amount, a day, or what an attribute may be."""
    if kind == "change-limit" or field == "credits":
        return amount_of(data, address)
    if field == "grade":
        return amount_of(data, address, least=-1_000_000)
    if field in ("on", "started", "valid_until"):
        return day_of(data, address).isoformat()
    return values_of(data, address)[0]


def _pin(data: object, address: str, _index: int) -> Pin:
    item = mapping_of(data, address, ("stack", "at", "fact"))
    return Pin(
        key_of(item.get("stack"), f"{address}/stack"),
        text_of(item.get("at"), f"{address}/at"),
        text_of(item.get("fact"), f"{address}/fact"),
    )


def _recorded_at(item: Mapping[str, object], address: str, on: date) -> datetime:
    found = _instant(item, "recorded_at", address)
    return datetime.combine(on, time.min, UTC) if found is None else found


def _instant(item: Mapping[str, object], name: str, address: str) -> datetime | None:
    value = item.get(name)
    return None if value is None else instant_of(value, f"{address}/{name}")


def _attributes(item: Mapping[str, object], address: str, known: Attributes) -> Attributes:
    """Return the attributes of a fact; what it does not say is as ``known`` of its achievement."""
    said = any_mapping(item.get("attributes", {}), f"{address}/attributes")
    found = attributes_of(said, f"{address}/attributes")
    return (*found, *((name, values) for name, values in known if name not in said))
