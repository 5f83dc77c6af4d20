"""Credits and results: numbers that somebody may count must be numbers that can be counted."""

from __future__ import annotations

import math
from typing import Any

from lti_tool.credentials.recognition.outcomes import invalid
from lti_tool.credentials.recognition.values import listed

MOST_CREDITS = 1_000_000
"""Some institutions count points or hours; what is above is a mistake or an attack."""

MOST_RESULTS = 500


def check_results(subject: dict[str, Any]) -> None:
    """Refuse credits that are none, and results below what the achievement itself requires."""
    achievement = subject["achievement"]
    earned = _credits(subject.get("creditsEarned"))
    available = _credits(achievement.get("creditsAvailable"))
    if earned is not None and available is not None and earned > available:
        raise invalid("credits-wrong")
    described = _by_id(achievement.get("resultDescription"))
    results = listed(subject.get("result"))
    if len(results) > MOST_RESULTS:
        raise invalid("result-unknown")
    for result in results:
        if not isinstance(result, dict):
            raise invalid("result-unknown")
        name = result.get("resultDescription")
        if name is not None:
            _check_result(result, _described(described, name))


def _credits(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid("credits-wrong")
    if not (math.isfinite(value) and 0 <= value <= MOST_CREDITS):
        raise invalid("credits-wrong")
    return float(value)


def _check_result(result: dict[str, Any], description: dict[str, Any]) -> None:
    levels = _by_id(description.get("rubricCriterionLevel"))
    achieved, required = result.get("achievedLevel"), description.get("requiredLevel")
    if achieved is not None and levels:
        _described(levels, achieved)
    if required is not None and not _reaches_level(achieved, required, levels):
        raise invalid("result-below")
    least = description.get("requiredValue")
    if least is not None and not _reaches_value(result.get("value"), least):
        raise invalid("result-below")


def _reaches_level(achieved: object, required: object, levels: dict[str, dict[str, Any]]) -> bool:
    """Compare levels by their points; without points only the required level itself will do."""
    if achieved == required:
        return True
    have, need = (
        _number(levels.get(str(level), {}).get("points")) for level in (achieved, required)
    )
    return have is not None and need is not None and have >= need


def _reaches_value(value: object, least: object) -> bool:
    if value == least:
        return True
    have, need = _number(value), _number(least)
    return have is not None and need is not None and have >= need


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _by_id(value: object) -> dict[str, dict[str, Any]]:
    return {
        entry["id"]: entry
        for entry in listed(value)[:MOST_RESULTS]
        if isinstance(entry, dict) and isinstance(entry.get("id"), str)
    }


def _described(known: dict[str, dict[str, Any]], name: object) -> dict[str, Any]:
    if not isinstance(name, str) or name not in known:
        raise invalid("result-unknown")
    return known[name]
