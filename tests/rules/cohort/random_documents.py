"""Random documents of several stacks that build on each other, and records for them."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.rules.random_rules import KEYS, Draw

WHERE: list[dict[str, Any]] = [
    {"on": {"last": {"months": 3}}},
    {"on": {"last": {"months": 6}}},
    {"color": "red"},
    {"level": {"at_least": 2}},
    {"all": [{"home": True}, {"on": {"last": {"months": 6}}}]},
    {"grade": {"at_most": 80}},
    {"on": {"at_least": "2026-01-01"}},
    {"any": [{"color": "red"}, {"grade": {"at_least": 65}}]},
]
WORTH = {"a": 1, "b": 2, "c": 2, "d": 1.5, "e": 3, "f": 1, "g": 2}
HELD = {"id": "wz", "on": "2026-02-01"}
WAIVED = {"kind": "waive", "stack": "s0", "at": "/", "author": "a", "reason": "b",
          "from": "2026-01-01"}  # fmt: skip


def stacks(some: Random) -> list[dict[str, Any]]:
    """Return one to four stacks; most of them ask for amounts alone, some for anything."""
    found: list[dict[str, Any]] = []
    for number in range(some.randint(1, 4)):
        if some.random() < 0.8:
            rule = {"requires": _rule(some, [stack["key"] for stack in found])} | _terms(some)
        else:
            rule = dict(Draw(some.randint(0, 10**9)).stack)
            rule.pop("definitions", None)
        found.append({**rule, "key": f"s{number}"})
    return found


def _rule(some: Random, awards: list[str]) -> dict[str, Any]:
    parts: list[Any] = [_part(some, awards, f"p{n}") for n in range(some.randint(1, 4))]
    if awards and some.random() < 0.6:
        parts.append({"id": "w", "award": some.choice(awards)})
    if len(awards) > 1 and some.random() < 0.3:
        pair = [{"award": key} for key in some.sample(awards, 2)]
        parts.append({"items": some.randint(1, 2), "of": pair, "id": "aw"})
    if some.random() < 0.1:
        parts.append({"id": "none", "none": [some.choice(KEYS)]})
    few = {"at_least": some.randint(1, len(parts)), "of": parts}
    return some.choice([{"all": parts}, {"all": parts}, {"any": parts}, few])


def _part(some: Random, awards: list[str], name: str) -> Any:
    own = some.sample(KEYS, some.randint(1, 5))
    unit = some.choice(["items", "items", "credits"])
    of: list[Any] = [*own]
    if awards and unit == "items" and some.random() < 0.3:
        of.append({"award": some.choice(awards)})
    amount: dict[str, Any] = {unit: some.randint(1, min(4, len(own))), "of": of, "id": name}
    amount |= {"grade": some.choice([50, 60, 70])} if some.random() < 0.3 else {}
    amount |= {"where": some.choice(WHERE)} if some.random() < 0.3 else {}
    amount |= {"use": "overlay"} if some.random() < 0.35 else {}
    if some.random() < 0.1:
        amount.pop("of")
    group = some.choice([{"any": own}, {"all": own}, {"at_least": 1, "of": own}])
    return some.choice([amount, amount, amount, {"completed": own[0], "id": name},
                        {**group, "id": name}])  # fmt: skip


def _terms(some: Random) -> dict[str, Any]:
    chances: list[tuple[float, dict[str, Any]]] = [
        (0.04, {"repeats": some.choice(["latest", "first", "none"])}),
        (0.06, {"issue": some.choice(["on-application", "opt-out"])}),
        (0.06, {"lasts": {"months": 6}}),
        (0.06, {"valid": "throughout"}),
        (0.03, {"consume": some.choice(["bank", "never"])}),
        (0.05, {"renewal": {"requires": {"all": [some.choice(KEYS)]}}}),
    ]
    found: dict[str, Any] = {}
    for chance, terms in chances:
        found |= terms if some.random() < chance else {}
    return found


def record(some: Random, draw: Draw) -> dict[str, Any]:
    """Return a record of ``draw``, with more that one may say of a learner."""
    found = draw.draw_record()
    for fact in found["completions"]:
        more: list[tuple[float, dict[str, Any]]] = [
            (0.6, {"credits": WORTH[fact["achievement"]]}),
            (0.02, {"state": some.choice(["pending", "in-progress", "planned"])}),
            (0.01, {"credit_kind": "ects"}),
            (0.01, {"scale": "0-200"} if "grade" in fact else {}),
        ]
        for chance, values in more:
            fact.update(values if some.random() < chance else {})
    if some.random() < 0.08:
        ends = {"valid_until": "2026-03-01"} if some.random() < 0.3 else {}
        award = {**HELD, "award": some.choice(["s0", "s1", "x"]), **ends}
        found.setdefault("awards", []).append(award)
    for name, value in (("applied", ["s0"]), ("declined", ["s0"]), ("waivers", [WAIVED])):
        found |= {name: value} if some.random() < 0.02 else {}
    if some.random() < 0.8:
        found.pop("learner")
    return found
