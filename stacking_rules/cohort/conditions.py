"""What a requirement asks of one fact, taken apart by what the answer depends on.

A cohort has millions of facts but few different grades, days and kinds of facts. A condition that
falls into tests on one of these each is answered once for every grade, day and kind; a test that
mixes them is left open, so that whoever hangs on it is evaluated one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

from stacking_rules.facts import Grade
from stacking_rules.selection import (
    AllTests,
    Anchor,
    Compare,
    Recent,
    Test,
    literals,
)

_OF_NO_COLUMN = frozenset({"recorded", "started", "uses", "used_in"})
_ASKED = Anchor("asked")


@dataclass(frozen=True, slots=True)
class Condition:
    """A fact counts at the grade ``floor`` or better, and if it passes ``where`` (None: any)."""

    floor: Grade | None = None
    where: Test | None = None


ANY = Condition()


@dataclass(frozen=True, slots=True)
class Parts:
    """A condition in parts that must all hold: ``is_open`` says that a part is missing here."""

    floor: Grade | None
    of_kind: tuple[Test, ...] = ()
    of_grade: tuple[Test, ...] = ()
    of_day: tuple[Test, ...] = ()
    is_open: bool = False


def take_apart(condition: Condition) -> Parts:
    """Return ``condition`` by what each of its tests depends on."""
    found: dict[str, list[Test]] = {"kind": [], "grade": [], "day": [], "open": []}
    for test in _conjuncts(condition.where):
        found[_column(test)].append(test)
    return Parts(
        condition.floor,
        tuple(found["kind"]),
        tuple(found["grade"]),
        tuple(found["day"]),
        bool(found["open"]),
    )


def _conjuncts(test: Test | None) -> tuple[Test, ...]:
    if test is None:
        return ()
    if isinstance(test, AllTests):
        return tuple(part for inner in test.tests for part in _conjuncts(inner))
    return (test,)


def _column(test: Test) -> str:
    """Return on what the answer of ``test`` depends: "kind", "grade", "day", or "open"."""
    names = set()
    for literal in literals(test):
        if isinstance(literal, Recent) and literal.anchor != _ASKED:
            return "open"
        if isinstance(literal, Compare) and isinstance(literal.value, Anchor):
            return "open"
        names.add({"on": "day", "grade": "grade"}.get(literal.name, "kind"))
        if literal.name in _OF_NO_COLUMN:
            return "open"
    return names.pop() if len(names) == 1 else "open"
