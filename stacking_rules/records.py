"""Record documents (plain data) to what a learner has; every error names its address.

The format is described in ``docs/stack-format.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from stacking_rules.errors import DocumentError, LimitExceededError
from stacking_rules.facts import Attributes, Award, Completion, LearnerRecord
from stacking_rules.read_test import values_of
from stacking_rules.reading import (
    amount_of,
    any_mapping,
    day_of,
    escape,
    grade_of,
    instant_of,
    key_of,
    kind_of,
    mapping_of,
    text_of,
)

MAX_FACTS = 100_000
_FACT = ("id", "on", "credits", "recorded_at", "valid_until", "attributes")
_COMPLETION = (*_FACT, "achievement", "grade", "scale", "started", "withdrawn_at")
_AWARD = (*_FACT, "award")


def parse_record(data: object) -> LearnerRecord:
    """Read what one learner has: ``completions`` and ``awards``.

    ``DocumentError`` names the first thing that is wrong by its JSON pointer;
    ``LimitExceededError`` if there are more than 100,000 facts.
    """
    top = mapping_of(data, "", ("completions", "awards"))
    completions = tuple(
        _completion(item, f"/completions/{index}", index)
        for index, item in enumerate(_facts(top, "completions"))
    )
    awards = tuple(
        _award(item, f"/awards/{index}", index) for index, item in enumerate(_facts(top, "awards"))
    )
    _refuse_repeats("completions", [fact.id for fact in completions])
    _refuse_repeats("awards", [fact.id for fact in awards])
    return LearnerRecord(completions, awards)


def _facts(top: Mapping[str, object], name: str) -> list[object]:
    found = top.get(name, [])
    if not isinstance(found, list):
        raise DocumentError(f"/{name}", f"Here a list is needed, not {kind_of(found)}.")
    if len(found) > MAX_FACTS:
        raise LimitExceededError(name, MAX_FACTS)
    return found


def _completion(data: object, address: str, index: int) -> Completion:
    item = mapping_of(data, address, _COMPLETION)
    on = day_of(item.get("on"), f"{address}/on")
    return Completion(
        id=text_of(item.get("id", f"completion-{index + 1}"), f"{address}/id"),
        achievement=key_of(item.get("achievement"), f"{address}/achievement"),
        completed_on=on,
        recorded_at=_recorded_at(item, address, on),
        credits=amount_of(item.get("credits", 0), f"{address}/credits"),
        grade=grade_of(item, address),
        withdrawn_at=_instant(item, "withdrawn_at", address),
        started_on=_day(item, "started", address),
        valid_until=_day(item, "valid_until", address),
        attributes=_attributes(item, address),
    )


def _award(data: object, address: str, index: int) -> Award:
    item = mapping_of(data, address, _AWARD)
    on = day_of(item.get("on"), f"{address}/on")
    return Award(
        id=text_of(item.get("id", f"award-{index + 1}"), f"{address}/id"),
        achievement=key_of(item.get("award"), f"{address}/award"),
        awarded_on=on,
        recorded_at=_recorded_at(item, address, on),
        credits=amount_of(item.get("credits", 0), f"{address}/credits"),
        valid_until=_day(item, "valid_until", address),
        attributes=_attributes(item, address),
    )


def _recorded_at(item: Mapping[str, object], address: str, on: date) -> datetime:
    found = _instant(item, "recorded_at", address)
    return datetime.combine(on, time.min, UTC) if found is None else found


def _instant(item: Mapping[str, object], name: str, address: str) -> datetime | None:
    value = item.get(name)
    return None if value is None else instant_of(value, f"{address}/{name}")


def _day(item: Mapping[str, object], name: str, address: str) -> date | None:
    value = item.get(name)
    return None if value is None else day_of(value, f"{address}/{name}")


def _attributes(item: Mapping[str, object], address: str) -> Attributes:
    """Return the attributes; one that is null or an empty list is not known."""
    found = any_mapping(item.get("attributes", {}), f"{address}/attributes")
    return tuple(
        (name, values_of(value, f"{address}/attributes/{escape(name)}"))
        for name, value in found.items()
        if value is not None and value != []
    )


def _refuse_repeats(name: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for index, found in enumerate(ids):
        if found in seen:
            raise DocumentError(f"/{name}/{index}/id", f"'{found}' stands here twice.")
        seen.add(found)
