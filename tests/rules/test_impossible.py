"""What is called impossible, or idle, is so for every learner: a second decision finds none."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from stacking_rules import Finding, LearnerRecord, Stack, lint, parse_document, parse_record
from stacking_rules.requirements import Amount, AnyOf, Group, Requirement
from stacking_rules.stacks import ROOT, walk
from tests.rules.random_rules import AS_OF, KEYS, Draw

oracle = pytest.importorskip("tests.rules.oracle", reason="OR-tools is in the extra 'test'")

CASES, RECORDS = 220, 4
NEVER = ("unsatisfiable", "never-passes")


class Case:
    """A random rule whose achievements are declared, and learners who have them as declared."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.draw = Draw(seed)
        self.texts = {key: self.text() for key in KEYS}
        stack = self.draw.stack
        meanings = stack.get("definitions", {})
        self.data = {"quoin": 2, "achievements": self.texts, "stacks": [stack]} | meanings
        stack.pop("definitions", None)

    def text(self) -> dict[str, Any]:
        some = self.random
        text: dict[str, Any] = {"credits": some.choice([1, 1.5, 2, 3])}
        if some.random() < 0.6:
            text["attributes"] = {
                "color": some.choice(["red", "blue"]),
                "level": some.randint(1, 3),
                "home": some.random() < 0.5,
                "area": some.sample(["p", "q", "r"], some.randint(1, 2)),
            }
        return text

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield learners: some of them have everything there is."""
        for number in range(RECORDS):
            keys = [*KEYS] if number % 2 else self.random.sample(KEYS, 4)
            keys += self.random.sample(KEYS, 2)
            facts = [self.draw.completion(index) for index in range(len(keys))]
            for fact, key in zip(facts, keys, strict=True):
                text = self.texts[key]
                fact |= {"achievement": key, "credits": text["credits"]}
                fact["attributes"] |= text.get("attributes", {})
                if number % 3 == 0:
                    fact |= {"grade": 95, "on": "2026-06-01", "started": "2026-06-01"}
                    fact.pop("valid_until", None)
            awards = [{"id": f"w{key}", "award": key, "on": "2026-01-05"} for key in "xy"]
            sworn = [{"statement": "sworn", "on": "2026-03-01"}]
            learner = {"attributes": {"profession": self.random.choice(["nurse", "midwife"])}}
            yield {
                "completions": facts,
                "awards": awards,
                "attestations": sworn,
                "learner": learner,
            }


def read(case: Case, stack: Stack) -> list[LearnerRecord]:
    exact = json.loads(json.dumps(list(case.records())), parse_float=Decimal)
    return [parse_record(record, stack.definitions) for record in exact]


def parts(case: Case) -> Iterator[tuple[Stack, tuple[Finding, ...]]]:
    """Yield every part of the rule as a stack of its own, and what is found in it."""
    exact = json.loads(json.dumps(case.data), parse_float=Decimal)
    document = parse_document(exact)
    (stack,) = document.stacks
    for _, node in walk(ROOT, stack.requires):
        alone = replace(stack, requires=replace(node, id=""))
        if not any(speaks_of_others(found) for _, found in walk(ROOT, node)) or node is (
            stack.requires
        ):
            yield alone, lint(replace(document, stacks=(alone,)))


def speaks_of_others(node: Requirement) -> bool:
    names = ("of", "first", "second")
    clauses = (getattr(clause, name, None) for clause in node.clauses for name in names)
    return any(isinstance(name, str) for name in clauses)


def is_needed(stack: Stack, address: str) -> bool:
    """Return whether nothing meets ``stack`` without what stands at ``address``."""
    nodes = dict(walk(ROOT, stack.requires))
    clauses = {at: node for at, node, _ in stack.clauses()}
    at = address if address in nodes else clauses[address]
    while at != ROOT:
        at = at.rpartition("/")[0] or ROOT
        above = nodes[at]
        if not isinstance(above, Group) or above.needed < len(above.parts):
            return False
    return True


def test_nobody_meets_what_is_called_impossible() -> None:
    seen: Counter[str] = Counter()
    for seed in range(CASES):
        case = Case(seed)
        for stack, findings in parts(case):
            called = [f for f in findings if f.code in NEVER and is_needed(stack, f.address)]
            for finding in called:
                seen[finding.why or finding.code] += 1
            for record in read(case, stack) if called else ():
                answer = oracle.decide(stack, record, AS_OF)
                assert answer != "met", (seed, called, case.data)
    sys.stdout.write(f"{dict(seen)}\n")
    assert min(seen[why] for why in ("reach", "together", "clauses", "limit")) >= 3


def test_an_idle_option_changes_no_answer() -> None:
    seen: Counter[str] = Counter()
    for seed in range(CASES):
        case = Case(seed)
        for stack, findings in parts(case):
            for finding in findings:
                fewer = without(stack, finding)
                if fewer is None:
                    continue
                seen[finding.why or finding.code] += 1
                for record in read(case, stack):
                    answers = [oracle.decide(s, record, AS_OF) for s in (stack, fewer)]
                    assert answers[0] == answers[1], (seed, finding, case.data)
    sys.stdout.write(f"{dict(seen)}\n")
    assert min(seen[why] for why in ("declared", "too-small")) >= 3


def without(stack: Stack, finding: Finding) -> Stack | None:
    """Return ``stack`` without the option or part that ``finding`` calls idle."""
    if finding.code not in ("dead-option", "dominated"):
        return None

    def changed(address: str, node: Requirement) -> Requirement:
        if isinstance(node, Amount) and address == finding.address:
            index = int(finding.step.rpartition("/")[2])
            return replace(node, of=(*node.of[:index], *node.of[index + 1 :]))
        if not isinstance(node, Group):
            return node
        kept = []
        for part in node.parts:
            at = f"{address.rstrip('/')}/{part.id}"
            if at == finding.address and not finding.step:
                continue
            kept.append(changed(at, part))
        return replace(node, parts=tuple(kept))

    found = changed(ROOT, stack.requires)
    is_left = not isinstance(found, AnyOf) or found.parts
    return replace(stack, requires=found) if is_left and found != stack.requires else None
