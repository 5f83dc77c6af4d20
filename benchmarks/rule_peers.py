"""What others take for the 20 stacks: plain recursive Python, json-logic, zen-engine."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from statistics import median
from typing import Any

from benchmarks import s1m
from benchmarks.harness import InvalidRunError
from stacking_rules import LearnerRecord, Stack, Status
from stacking_rules.requirements import Amount, Completed, Earned, Group, Requirement
from stacking_rules.selection import Recent

Facts = dict[str, list[tuple[int, int, int]]]
"""Achievement -> (grade, day as a number, credits) of its attempts."""
Answers = Sequence[dict[str, Status]]


def microseconds(
    stacks: Sequence[Stack], learners: Sequence[LearnerRecord], answers: Answers
) -> dict[str, float]:
    """Return the median for each peer; its facts are built within its time, as ours are.

    ``InvalidRunError`` where a peer's awards differ from ``answers``.
    """
    found = {"recursive_python": _time(recursive(stacks), learners, answers)}
    for name, build in (("json_logic", _json_logic), ("zen_engine", _zen)):
        few = 100
        found[name] = _time(build(stacks), learners[:few], answers)
    return found


def _time(
    ask: Callable[[Facts], set[str]], learners: Sequence[LearnerRecord], answers: Answers
) -> float:
    times = []
    for record, answer in zip(learners, answers, strict=False):
        started = time.perf_counter()
        met = ask(facts_of(record))
        times.append((time.perf_counter() - started) * 1e6)
        if met != {key for key, status in answer.items() if status is Status.MET}:
            raise InvalidRunError("a peer gives other awards")
    return median(times)


def facts_of(record: LearnerRecord) -> Facts:
    """Return the attempts of a learner by achievement."""
    found: Facts = {}
    for fact in record.completions:
        grade = 0 if fact.grade is None else int(fact.grade.value)
        attempt = (grade, fact.completed_on.toordinal(), int(fact.credits))
        found.setdefault(fact.achievement, []).append(attempt)
    return found


def _test(node: Completed | Amount) -> tuple[int, int]:
    """Return the lowest grade and the first day that count."""
    grade = 0 if node.grade is None else int(node.grade.value)
    recent = node.where
    if isinstance(recent, Recent):
        return grade, (s1m.TODAY - timedelta(days=recent.span.days)).toordinal()
    return grade, 0


def recursive(  # noqa: C901  -- one match over the nodes, as a peer would write it
    stacks: Sequence[Stack],
) -> Callable[[Facts], set[str]]:
    """Return a function from facts to awards, written as one would write it by hand."""

    def passes(facts: Facts, key: str, grade: int, first: int) -> int:
        return max((c for g, d, c in facts.get(key, ()) if g >= grade and d >= first), default=0)

    def rule(node: Requirement) -> Callable[[Facts, set[str]], bool]:
        match node:
            case Completed():
                key, test = node.achievement, _test(node)
                return lambda facts, _held: passes(facts, key, *test) > 0
            case Earned():
                award = node.achievement
                return lambda _facts, held: award in held
            case Amount():
                need, keys, own, is_count = (
                    int(node.need),
                    node.of,
                    _test(node),
                    node.unit == "items",
                )

                def enough(facts: Facts, _held: set[str]) -> bool:
                    worth = (passes(facts, key, *own) for key in keys if key in facts)
                    return sum(bool(w) if is_count else w for w in worth) >= need

                return enough
            case Group():
                parts, needed = [rule(part) for part in node.parts], node.needed
                return lambda facts, held: sum(part(facts, held) for part in parts) >= needed
        raise TypeError(type(node).__name__)

    rules = [(stack.key, rule(stack.requires)) for stack in stacks]

    def ask(facts: Facts) -> set[str]:
        held: set[str] = set()
        for key, is_met in rules:
            if is_met(facts, held):
                held.add(key)
        return held

    return ask


def _leaves(facts: Facts, stacks: Sequence[Stack]) -> dict[str, Any]:
    """Return what a general engine is given: per leaf test of every achievement its credits."""
    found: dict[str, Any] = {}
    tests = {
        _test(node)
        for stack in stacks
        for _, node in stack.walk()
        if isinstance(node, Completed | Amount)
    }
    for grade, first in tests:
        found[f"t{grade}_{first}"] = {
            key: max((c for g, d, c in attempts if g >= grade and d >= first), default=0)
            for key, attempts in facts.items()
        }
    return found


def _json_logic(  # noqa: C901  -- as above
    stacks: Sequence[Stack],
) -> Callable[[Facts], set[str]]:
    from json_logic import jsonLogic

    def number(test: tuple[int, int], key: str) -> dict[str, Any]:
        return {"var": [f"t{test[0]}_{test[1]}.{key}", 0]}

    def rule(node: Requirement) -> dict[str, Any]:
        match node:
            case Completed():
                return {">": [number(_test(node), node.achievement), 0]}
            case Earned():
                return {"==": [{"var": [f"held.{node.achievement}", 0]}, 1]}
            case Amount():
                worth = [number(_test(node), key) for key in node.of]
                if node.unit == "items":
                    worth = [{"if": [{">": [w, 0]}, 1, 0]} for w in worth]
                return {">=": [{"+": worth}, int(node.need)]}
            case Group():
                parts = [{"if": [rule(part), 1, 0]} for part in node.parts]
                return {">=": [{"+": parts}, node.needed]}
        raise TypeError(type(node).__name__)

    rules = {stack.key: rule(stack.requires) for stack in stacks}

    def ask(facts: Facts) -> set[str]:
        data = _leaves(facts, stacks) | {"held": {}}
        for key, logic in rules.items():
            if jsonLogic(logic, data):
                data["held"][key] = 1
        return set(data["held"])

    return ask


def _zen(  # noqa: C901  -- as above
    stacks: Sequence[Stack],
) -> Callable[[Facts], set[str]]:
    import zen

    def number(test: tuple[int, int], key: str) -> str:
        return f"(t{test[0]}_{test[1]}.{key} ?? 0)"

    def rule(node: Requirement) -> str:
        match node:
            case Completed():
                return f"{number(_test(node), node.achievement)} > 0"
            case Earned():
                return f"(held.{node.achievement} ?? 0) > 0"
            case Amount():
                worth = [number(_test(node), key) for key in node.of]
                if node.unit == "items":
                    worth = [f"({w} > 0 ? 1 : 0)" for w in worth]
                return f"sum([{', '.join(worth)}]) >= {int(node.need)}"
            case Group():
                parts = ", ".join(f"({rule(part)} ? 1 : 0)" for part in node.parts)
                return f"sum([{parts}]) >= {node.needed}"
        raise TypeError(type(node).__name__)

    rules = {stack.key: zen.compile_expression(rule(stack.requires)) for stack in stacks}

    def ask(facts: Facts) -> set[str]:
        data = _leaves(facts, stacks) | {"held": {}}
        for key, expression in rules.items():
            if expression.evaluate(json.loads(json.dumps(data))):
                data["held"][key] = 1
        return set(data["held"])

    return ask
