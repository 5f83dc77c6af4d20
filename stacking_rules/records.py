"""Record documents (plain data) to what a learner has; every error names its address.

The format is described in ``docs/stack-format.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from stacking_rules.errors import DocumentError, LimitExceededError
from stacking_rules.facts import Award, Completion, LearnerRecord
from stacking_rules.reading import (
    amount_of,
    day_of,
    grade_of,
    instant_of,
    key_of,
    kind_of,
    mapping_of,
    text_of,
)

MAX_FACTS = 100_000
_COMPLETION = (
    "id",
    "achievement",
    "on",
    "credits",
    "grade",
    "scale",
    "recorded_at",
    "withdrawn_at",
)
_AWARD = ("id", "award", "on", "credits", "recorded_at")


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
    withdrawn = item.get("withdrawn_at")
    return Completion(
        id=text_of(item.get("id", f"completion-{index + 1}"), f"{address}/id"),
        achievement=key_of(item.get("achievement"), f"{address}/achievement"),
        completed_on=on,
        recorded_at=_recorded_at(item, address, on),
        credits=amount_of(item.get("credits", 0), f"{address}/credits"),
        grade=grade_of(item, address),
        withdrawn_at=None
        if withdrawn is None
        else instant_of(withdrawn, f"{address}/withdrawn_at"),
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
    )


def _recorded_at(item: Mapping[str, object], address: str, on: date) -> datetime:
    if item.get("recorded_at") is None:
        return datetime.combine(on, time.min, UTC)
    return instant_of(item["recorded_at"], f"{address}/recorded_at")


def _refuse_repeats(name: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for index, found in enumerate(ids):
        if found in seen:
            raise DocumentError(f"/{name}/{index}/id", f"'{found}' stands here twice.")
        seen.add(found)
