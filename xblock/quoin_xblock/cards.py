"""Stacks as cards: what is shown of each, in words. Used by both blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from quoin_xblock.learner import Learner
from quoin_xblock.rendering import icon
from quoin_xblock.standing import Fact, Part, Stack, as_of
from quoin_xblock.steps import step_words
from quoin_xblock.words import Words

MOST_SEGMENTS = 12
KINDS = {"met": "met", "not-met": "open", "unknown": "unknown", "not-decided": "unknown"}


LinkOf = Callable[[str], str]
"""Gives the address at which the learner gets the credential of an award."""


def build_cards(stacks: Iterable[Stack], link_of: LinkOf, words: Words) -> list[dict[str, Any]]:
    """Give a card for each stack: those that are held first, then those nearest to their award."""
    return [_card(stack, link_of, words) for stack in sorted(stacks, key=_nearness)]


def build_details(stacks: Iterable[Stack], link_of: LinkOf, words: Words) -> list[dict[str, Any]]:
    """Give the same cards with the next steps, what counts and what is missing."""
    ordered = sorted(stacks, key=_nearness)
    nearest = next((stack["key"] for stack in ordered if not stack["awarded_on"]), None)
    return [
        {
            **_card(stack, link_of, words),
            "steps": [step_words(step, words) for step in stack["steps"]],
            "rows": [_row(part, stack["status"], words) for part in stack["parts"]],
            "is_open": stack["key"] == nearest,
        }
        for stack in ordered
    ]


def seen_words(last_seen: Mapping[str, Any], learner: Learner, words: Words) -> str:
    """Say of when the progress is; of people who have none here, nothing."""
    when = as_of(last_seen)
    if when is not None:
        return words.gettext("As of {moment}").format(moment=words.moment(when))
    return words.gettext("Your progress has not been fetched yet.") if learner.can_record else ""


def number(text: str) -> float:
    """Give the number that ``text`` writes, 0 for none."""
    try:
        return max(float(text), 0.0)
    except ValueError:
        return 0.0


def _nearness(stack: Stack) -> tuple[bool, float]:
    need = number(stack["need"])
    share = number(stack["have"]) / need if need else 0.0
    return not stack["awarded_on"], 1 - share


def _card(stack: Stack, link_of: LinkOf, words: Words) -> dict[str, Any]:
    need = number(stack["need"])
    whole = need == int(need) and 2 <= need <= MOST_SEGMENTS
    return {
        "title": stack["title"],
        "have": stack["have"],
        "need": stack["need"] or "1",
        "is_held": bool(stack["awarded_on"]),
        "state": _state(stack, words),
        "expiry": _expiry(stack, words),
        "segments": int(need) if whole else 0,
        "link": link_of(award) if (award := stack.get("credential", "")) else "",
        "link_words": words.gettext("Download the credential"),
    }


def _state(stack: Stack, words: Words) -> str:
    if stack["awarded_on"]:
        on = words.day(_day(stack["awarded_on"]))
        if stack["is_under_review"]:
            return words.gettext("Awarded on {day}; under review").format(day=on)
        return words.gettext("Awarded on {day}").format(day=on)
    if stack["status"] == "met":
        return words.gettext("Everything counts; the award follows")
    return _amount(stack["have"], stack["need"], stack["unit"], words)


def _expiry(stack: Stack, words: Words) -> str:
    day = _day(stack["expires_on"])
    if day is None:
        return ""
    return words.gettext("Expires on {day}").format(day=words.day(day))


def _amount(have: str, need: str, unit: str, words: Words) -> str:
    """Say how much of it is there."""
    _ = words.gettext
    if unit == "credits":
        text = _("{have} of {need} credits")
    elif unit == "points":
        text = _("{have} of {need} points")
    elif unit == "parts" and need.isdecimal():
        text = words.ngettext("{have} of {need} part", "{have} of {need} parts", int(need))
    else:
        text = _("{have} of {need}")
    return text.format(have=have or "0", need=need)


def _row(part: Part, stack: str, words: Words) -> dict[str, Any]:
    kind = KINDS[part["status"]]
    if kind == "open" and stack == "met":
        kind = "spare"
    status = {
        "met": words.gettext("Counts"),
        "open": words.gettext("Missing"),
        "spare": words.gettext("Not needed"),
        "unknown": words.gettext("Not known yet"),
    }[kind]
    amount = _amount(part["have"], part["need"], part["unit"], words)
    details = [text for fact in part["facts"] if (text := _fact(fact, part["title"], words))]
    return {
        "title": part["title"] or amount,
        "amount": amount if part["title"] and number(part["need"]) > 1 else "",
        "detail": "; ".join(details),
        "look": f"quoin-row quoin-part-{kind} quoin-level-{part['level']}",
        "icon": icon(kind),
        "status": status,
    }


def _fact(fact: Fact, title: str, words: Words) -> str:
    """Say what is held, and why it does not count; the title only where the row has another."""
    _ = words.gettext
    day = words.day(_day(fact["on"]))
    grade = _("grade {grade}").format(grade=fact["grade"]) if fact["grade"] else ""
    name = "" if fact["title"] == title else fact["title"]
    said = " · ".join(text for text in (name, day, grade) if text)
    if not fact["reason"]:
        return said
    why = {
        "below-grade": _("the grade is too low"),
        "grade-missing": _("no grade is recorded"),
        "expired": _("it has expired"),
        "used-elsewhere": _("it counts elsewhere"),
        "not-needed": _("enough counts already"),
        "pending": _("it is not decided yet"),
    }.get(fact["reason"], _("it does not fit the rule"))
    return _("{fact}: does not count, {why}").format(fact=said, why=why)


def _day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None
