"""The 20-stack workload: a generated university, the same for everybody who draws it.

Learners have 3 to 29 completions of 200 achievements, a fifth of them retakes; the stacks are
nested up to five levels. The generator is NumPy's, so that others can draw the same data; the
order of the draws is part of the definition.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stacking_rules import Completion, Grade, LearnerRecord, Stack, parse_stack

if TYPE_CHECKING:
    from stacking_rules.cohort.columns import Columns

TODAY = date(2026, 6, 30)
KNOWN_ON = datetime(2026, 6, 30, 23, tzinfo=UTC)
LAST_DAY = 3650
ACHIEVEMENTS = 200
CREDITS = (1, 2, 3, 5, 6)


def stacks() -> list[Stack]:
    """Return the 20 stacks; every amount is an overlay, as the workload counts items freely."""
    return [parse_stack({"key": key, "requires": rule}) for key, rule in rules().items()]


def rules() -> dict[str, dict[str, Any]]:
    """Return what each of the 20 stacks asks for, by key."""
    found = [_small(number) for number in range(10)]
    for q in range(5):
        either = {"any": [_award(2 * q), _award(2 * q + 1)]}
        found.append({"all": [either, _credits(20 + q, range(40 * q, 40 * q + 40), grade=50)]})
    found.append({"all": [_any(10, 11), _credits(25, range(80), grade=60)]})
    sixth = {
        "items": 6,
        "of": _keys(range(80, 200, 4)),
        "grade": 60,
        "use": "overlay",
        **_last(2555),
    }
    found.append({"all": [_any(12, 13, 14), sixth]})
    found.append({"at_least": 2, "of": [_award(number) for number in range(10)]})
    found.append({"all": [_any(15, 16, 17), _credits(30, range(200), grade=50)]})
    found.append(
        {
            "any": [
                _award(18),
                {"all": [_award(3), _credits(40, range(200), days=1825)]},
                {"all": [_award(9), {"completed": "a190", "grade": 80}]},
            ]
        }
    )
    return {f"s{n}": rule for n, rule in enumerate(found)}


def _small(p: int) -> dict[str, Any]:
    b = 20 * p
    whole = range(b, b + 20)
    match p % 5:
        case 0:
            first = {"all": [_done(b, 50), _done(b + 1, 50)]}
            return {"all": [first, _items(2, range(b + 3, b + 9), 50)]}
        case 1:
            return _items(4, range(b, b + 10), 60)
        case 2:
            return _credits(15, whole, grade=50, days=1825)
        case 3:
            one = {"all": [_done(b, 40), _done(b + 1, 40)]}
            two = {"all": [_done(b + 2, 40), _done(b + 3, 40), _done(b + 4, 40)]}
            return {"all": [{"any": [one, two]}, _credits(10, whole)]}
    fours = [range(b + 4 * k, b + 4 * k + 4) for k in range(3)]
    return {
        "all": [{"items": 1, "of": _keys(four), "use": "overlay", **_last(1095)} for four in fours]
    }


def _done(number: int, grade: int) -> dict[str, Any]:
    return {"completed": f"a{number}", "grade": grade}


def _award(number: int) -> dict[str, Any]:
    return {"award": f"s{number}"}


def _any(*numbers: int) -> dict[str, Any]:
    return {"any": [_award(number) for number in numbers]}


def _keys(numbers: range) -> list[str]:
    return [f"a{number}" for number in numbers]


def _last(days: int) -> dict[str, Any]:
    return {"where": {"on": {"last": {"days": days}}}}


def _items(need: int, numbers: range, grade: int) -> dict[str, Any]:
    return {"items": need, "of": _keys(numbers), "grade": grade, "use": "overlay"}


def _credits(
    need: int, numbers: range, *, grade: int | None = None, days: int | None = None
) -> dict[str, Any]:
    rule: dict[str, Any] = {"credits": need, "of": _keys(numbers), "use": "overlay"}
    rule |= {} if grade is None else {"grade": grade}
    return rule if days is None else rule | _last(days)


@dataclass(frozen=True)
class Draw:
    """One row per completion, in the order of the draws; ``worth`` is by achievement."""

    learner: Any
    achievement: Any
    grade: Any
    day: Any
    worth: Any


def draw(count: int) -> Draw:
    """Draw the completions of ``count`` learners; the same count gives the same ones."""
    import numpy as np

    rng = np.random.default_rng(20240613)
    rows = 3 + rng.poisson(9, count)
    home = rng.integers(0, 10, count)
    total = int(rows.sum())
    is_home = rng.random(total) < 0.75
    u, v = rng.integers(0, 20, total), rng.integers(0, 24, total)
    anything = rng.integers(0, 200, total)
    owner = np.repeat(np.arange(count), rows)
    achievement = np.where(is_home, 20 * home[owner] + np.minimum(u, v), anything)
    achievement = np.minimum(achievement, 199)
    grade = np.clip(rng.normal(70, 15, total), 0, 100).astype(int)
    day = np.clip(LAST_DAY - rng.exponential(900, total), 0, LAST_DAY).astype(int)
    worth = rng.choice(CREDITS, ACHIEVEMENTS, p=[0.20, 0.25, 0.30, 0.15, 0.10])
    return Draw(owner, achievement, grade, day, worth)


def columns(drawn: Draw, count: int) -> Columns:
    """Return the completions of ``count`` learners as the columns of a cohort."""
    import numpy as np

    from stacking_rules.cohort.columns import Columns, Kind

    order = np.argsort(drawn.learner * ACHIEVEMENTS + drawn.achievement, kind="stable")
    rows = np.bincount(drawn.learner, minlength=count)
    return Columns(
        np.concatenate(([0], np.cumsum(rows))),
        drawn.achievement[order].astype(np.uint8),
        drawn.grade[order].astype(np.uint8),
        drawn.day[order].astype(np.uint16),
        [Kind(f"a{n}", credits=Decimal(int(drawn.worth[n]))) for n in range(ACHIEVEMENTS)],
        [Grade(Decimal(grade)) for grade in range(101)],
        TODAY - timedelta(days=LAST_DAY),
        TODAY,
    )


def learners(count: int) -> list[LearnerRecord]:
    """Draw ``count`` learners as records; the same count gives the same learners."""
    drawn = draw(count)
    found: list[list[Completion]] = [[] for _ in range(count)]
    start = TODAY - timedelta(days=LAST_DAY)
    for row in range(len(drawn.learner)):
        key = int(drawn.achievement[row])
        on = start + timedelta(days=int(drawn.day[row]))
        found[drawn.learner[row]].append(
            Completion(
                f"c{row}",
                f"a{key}",
                on,
                datetime(on.year, on.month, on.day, tzinfo=UTC),
                Decimal(int(drawn.worth[key])),
                Grade(Decimal(int(drawn.grade[row]))),
            )
        )
    return [LearnerRecord(tuple(completions)) for completions in found]
