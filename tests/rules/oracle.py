"""A second decision, independent of the engine's: CP-SAT on the meaning of a requirement tree.

Written from the meaning of the words, not from the engine's encoding: caps are credited amounts,
windows, order and common validity are conditions on pairs of facts, different values a matching.
It shares with the engine the typed tree and the tests on single facts, nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from ortools.sat.python import cp_model

from stacking_rules import clauses as kinds
from stacking_rules.facts import Fact, LearnerRecord
from stacking_rules.requirements import (
    Amount,
    Attested,
    Choice,
    Completed,
    Earned,
    Group,
    LearnerIs,
    Limit,
    NoneOf,
    Requirement,
    Waived,
)
from stacking_rules.selection import Asked, Test, learner_passes, passes
from stacking_rules.spans import add
from stacking_rules.stacks import ROOT, Stack, child_address, walk

SCALE = 10_000
ANSWERS = {True: "met", False: "not-met", None: "unknown"}


def decide(stack: Stack, record: LearnerRecord, as_of: date) -> str:
    """Return "met", "not-met" or "unknown" for ``record`` on ``as_of`` (everything is known)."""
    facts = tuple(
        fact
        for fact in (*record.completions, *record.awards, *record.attestations)
        if fact.on <= as_of
    )
    asked = Asked(as_of, stack.definitions, record.learner, facts)
    return ANSWERS[_answer(World(stack, facts, asked), ROOT, stack.requires)]


@dataclass(frozen=True)
class World:
    """What is asked about: the stack's terms, the facts, the day."""

    stack: Stack
    facts: tuple[Fact, ...]
    asked: Asked

    def item_of(self, fact: Fact) -> tuple[str, str]:
        return fact.kind, self.stack.definitions.names_of(fact)[0]

    def standing(self) -> list[Fact]:
        """Return the facts that may count under the stack's policy on repeats."""
        attempts: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        for fact in sorted(self.facts, key=lambda f: (f.on, f.id)):
            attempts[self.item_of(fact)].append(fact)
        found: list[Fact] = []
        for (kind, _), group in attempts.items():
            if kind == "completion" and len(group) > 1 and self.stack.repeats != "best":
                chosen = {"latest": group[-1:], "first": group[:1], "none": []}
                found += chosen[self.stack.repeats]
            else:
                found += group
        return found


def _answer(world: World, address: str, node: Requirement) -> bool | None:
    """Return whether ``node`` is met, looked at alone; None where data are missing."""
    match node:
        case NoneOf():
            answers = [_answer(world, child_address(address, p), p) for p in node.parts]
            return False if True in answers else None if None in answers else True
        case LearnerIs():
            return learner_passes(node.where, world.asked)
        case Limit():
            return _limit(world, node)
    if _solve(world, address, node, hope=False):
        return True
    return None if _solve(world, address, node, hope=True) else False


def _limit(world: World, node: Limit) -> bool | None:
    best: dict[tuple[str, str], Fact] = {}
    for fact in world.standing():
        if fact.kind != "completion" or not _is_valid(fact, world.asked.as_of):
            continue
        item = world.item_of(fact)
        value = fact.grade.value if fact.grade else Decimal(-1)
        known = best.get(item)
        if known is None or value > (known.grade.value if known.grade else Decimal(-1)):
            best[item] = fact
    sure, maybe = Decimal(0), Decimal(0)
    for fact in best.values():
        answer = True if node.where is None else passes(node.where, fact, world.asked)
        amount = fact.credits if node.unit == "credits" else Decimal(1)
        sure += amount if answer is True else 0
        maybe += amount if answer is None else 0
    return False if sure > node.most else None if sure + maybe > node.most else True


def _is_valid(fact: Fact, day: date) -> bool:
    return fact.on <= day and (fact.valid_until is None or day < fact.valid_until)


@dataclass
class Leaf:
    """A requirement that counts facts: its variables by fact, in units of 1/SCALE."""

    address: str
    node: Requirement
    uses: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)

    @property
    def is_overlay(self) -> bool:
        return isinstance(self.node, Amount) and self.node.is_overlay


def _solve(world: World, address: str, node: Requirement, *, hope: bool) -> bool:
    model = Model(world, address, node, hope=hope)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = 20
    status = solver.solve(model.cp)
    assert status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.INFEASIBLE)
    return bool(status != cp_model.INFEASIBLE)


class Model:
    """The CP-SAT model of one requirement tree; with ``hope`` the unknown turns out well."""

    def __init__(self, world: World, address: str, root: Requirement, *, hope: bool) -> None:
        self.world, self.hope = world, hope
        self.cp = cp_model.CpModel()
        self.leaves: list[Leaf] = []
        self.scopes: dict[str, list[Leaf]] = {}
        self.met: dict[str, Any] = {}
        self.filters: list[kinds.Filter] = []
        self.nodes = dict(walk(address, root))
        self.cp.add(self.node(address, root, [], []) == 1)
        for at, found in self.nodes.items():
            if at in self.scopes:
                for clause in found.clauses:
                    self.clause(at, clause)
        self.nothing_twice()

    # -- the tree -------------------------------------------------------------------------

    def node(
        self,
        address: str,
        node: Requirement,
        filters: list[kinds.Filter],
        timely: list[kinds.Clause],
    ) -> Any:
        """Return the variable that says that ``node`` is met."""
        filters = [*filters, *(c for c in node.clauses if isinstance(c, kinds.Filter))]
        timely = [
            *timely,
            *(c for c in node.clauses if isinstance(c, kinds.Together | kinds.Grace)),
        ]
        met = self.cp.new_bool_var(f"met {address}")
        self.met[address] = met
        first = len(self.leaves)
        if isinstance(node, NoneOf | LearnerIs | Limit):
            self.given(met, _answer(self.world, address, node))
        elif isinstance(node, Choice):
            self.choice(address, node, met, filters, timely)
        elif isinstance(node, Group):
            parts = [
                self.node(child_address(address, part), part, filters, timely)
                for part in node.parts
            ]
            self.cp.add(sum(parts) >= node.needed).only_enforce_if(met)
            for part in parts:
                self.cp.add_implication(part, met)
        elif not isinstance(node, Waived):
            self.leaf(address, node, met, filters, timely)
        here = self.leaves[first:]
        is_leaf = bool(here) and here[0].address == address
        self.scopes[address] = [leaf for leaf in here if is_leaf or not leaf.is_overlay]
        for clause in node.clauses:
            if isinstance(clause, kinds.Open):
                self.given(met, clause.since <= self.world.asked.as_of < clause.until)
        return met

    def given(self, met: Any, answer: bool | None) -> None:
        if answer is False or (answer is None and not self.hope):
            self.cp.add(met == 0)

    def choice(
        self, address: str, node: Choice, met: Any, filters: list[Any], timely: list[Any]
    ) -> None:
        answer = _answer(self.world, child_address(address, node.condition), node.condition)
        then = self.node(child_address(address, node.then), node.then, filters, timely)
        parts = {True: [then], False: [], None: [then]}[answer]
        if node.otherwise is not None:
            other = child_address(address, node.otherwise)
            otherwise = self.node(other, node.otherwise, filters, timely)
            parts += [otherwise] if answer is not True else []
            if answer is True:
                self.cp.add(otherwise == 0)
        elif answer is None and self.hope:
            return
        if answer is False:
            self.cp.add(then == 0)
        need = 1 if answer is None and self.hope else len(parts)
        self.cp.add(sum(parts) >= need).only_enforce_if(met)
        for part in parts:
            self.cp.add_implication(part, met)

    def leaf(
        self, address: str, node: Requirement, met: Any, filters: list[Any], timely: list[Any]
    ) -> None:
        leaf = Leaf(address, node)
        self.leaves.append(leaf)
        for fact in self.world.standing():
            amount = self.admitted(node, fact, filters, timely)
            if amount is None:
                continue
            use = self.cp.new_bool_var(f"{address} {fact.id}")
            leaf.uses[fact.id], leaf.facts[fact.id] = use, fact
            leaf.amounts[fact.id] = int(amount * SCALE)
            self.cp.add_implication(use, met)
        self.enough(leaf, met)

    def enough(self, leaf: Leaf, met: Any) -> None:
        node = leaf.node
        need = int((node.need if isinstance(node, Amount) else Decimal(1)) * SCALE)
        unit = node.unit if isinstance(node, Amount) else "items"
        caps = [c for c in node.clauses if isinstance(c, kinds.Cap) and c.unit == unit]
        credited = {}
        for key, use in leaf.uses.items():
            credited[key] = self.cp.new_int_var(0, leaf.amounts[key], f"credited {key}")
            self.cp.add(credited[key] == 0).only_enforce_if(use.negated())
        for cap in caps:
            inside = [c for k, c in credited.items() if self.member(cap.where, leaf.facts[k], True)]
            self.cp.add(sum(inside) <= int(cap.limit * SCALE))
        self.cp.add(sum(credited.values()) >= need).only_enforce_if(met)

    def admitted(
        self, node: Requirement, fact: Fact, filters: list[Any], timely: list[Any]
    ) -> Decimal | None:
        """Return what ``fact`` adds at ``node``, None where it does not count there."""
        asked = self.world.asked
        if not self.names(node, fact) or not self.is_in_time(fact, timely):
            return None
        where = getattr(node, "where", None)
        answers = [True if where is None else passes(where, fact, asked)]
        grade = getattr(node, "grade", None)
        if grade is not None and fact.kind == "completion":
            value = None
            if fact.grade is not None:
                value = asked.definitions.value_on(fact.grade, grade.scale, fact.on)
            answers.append(None if value is None else value >= grade.value)
        answers += [passes(clause.where, fact, asked) for clause in filters]
        if False in answers or (None in answers and not self.hope):
            return None
        return self.worth(node, fact)

    def worth(self, node: Requirement, fact: Fact) -> Decimal | None:
        if not isinstance(node, Amount) or node.unit == "items":
            return Decimal(1)
        if node.unit == "credits":
            return fact.credits
        factor = dict(node.factors).get(fact.achievement, Decimal(1))
        if fact.grade is None:
            return node.need * factor if self.hope else None
        return fact.grade.value * factor

    def names(self, node: Requirement, fact: Fact) -> bool:
        """Return whether ``node`` speaks of what ``fact`` is, or is accepted for."""
        _, names = self.world.stack.definitions.names_of(fact)
        match node:
            case Completed():
                return fact.kind == "completion" and node.achievement in names
            case Earned():
                return fact.kind == "award" and node.achievement in names
            case Attested():
                return fact.kind == "attestation" and node.achievement in names
            case Amount():
                is_named = not node.of or not names.isdisjoint(node.of)
                return fact.kind in node.among and is_named
        raise TypeError(type(node).__name__)

    def is_in_time(self, fact: Fact, timely: list[Any]) -> bool:
        as_of, until = self.world.asked.as_of, fact.valid_until
        if until is None or as_of < until:
            return True
        graces = [clause for clause in timely if isinstance(clause, kinds.Grace)]
        if graces:
            grace = graces[-1]
            if grace.to_year_end:
                return as_of.year <= until.year
            return as_of < add(until, grace.span)
        return any(isinstance(clause, kinds.Together) for clause in timely)

    def member(self, test: Test | None, fact: Fact, worst: bool) -> bool:
        """Return whether ``fact`` is in a selection; the unknown is at its worst, or its best."""
        answer = True if test is None else passes(test, fact, self.world.asked)
        return (worst is not self.hope) if answer is None else answer

    # -- clauses ----------------------------------------------------------------------------

    def counted(self, address: str) -> Iterator[tuple[Any, Fact, int]]:
        for leaf in self.scopes[address]:
            for key, use in leaf.uses.items():
                yield use, leaf.facts[key], leaf.amounts[key]

    def amount(self, address: str, unit: str) -> Iterator[tuple[Any, Fact, int]]:
        for leaf in self.scopes[address]:
            own = leaf.node.unit if isinstance(leaf.node, Amount) else "items"
            for key, use in leaf.uses.items():
                fact = leaf.facts[key]
                value = {"items": SCALE, "credits": int(fact.credits * SCALE)}.get(unit, 0)
                yield use, fact, leaf.amounts[key] if own == unit else value

    def clause(self, at: str, clause: kinds.Clause) -> None:
        """Add what ``clause`` says of all that counts below ``at``, if that is met."""
        name = f"_{type(clause).__name__.lower()}"
        handler = getattr(self, name, None)
        if handler is not None:
            handler(at, clause)

    def when(self, at: str, condition: Any) -> None:
        self.cp.add(condition).only_enforce_if(self.met[at])

    def _least(self, at: str, c: kinds.Least) -> None:
        inside = [a * u for u, f, a in self.amount(at, c.unit) if self.member(c.where, f, False)]
        self.when(at, sum(inside) >= int(c.need * SCALE))

    def _most(self, at: str, c: kinds.Most) -> None:
        inside = [a * u for u, f, a in self.amount(at, c.unit) if self.member(c.where, f, True)]
        self.when(at, sum(inside) <= int(c.limit * SCALE))

    def _cap(self, at: str, c: kinds.Cap) -> None:
        node = self.nodes[at]
        if isinstance(node, Amount) and node.unit != c.unit:
            self._most(at, kinds.Most(id="", limit=c.limit, unit=c.unit, where=c.where))

    def _portion(self, at: str, c: kinds.Portion) -> None:
        every = list(self.amount(at, c.unit))
        inside = sum(a * u for u, f, a in every if self.member(c.where, f, c.is_most))
        whole = sum(a * u for u, _, a in every)
        left, right = c.share.denominator * inside, c.share.numerator * whole
        self.when(at, left <= right if c.is_most else left >= right)

    def _best(self, at: str, c: kinds.Best) -> None:
        self.when(at, sum(use for use, _, _ in self.counted(at)) <= c.count)

    def _mean(self, at: str, c: kinds.Mean) -> None:
        terms = []
        for use, fact, _ in self.counted(at):
            answer = True if c.where is None else passes(c.where, fact, self.world.asked)
            if answer is False:
                continue
            is_open = answer is None or fact.grade is None
            if is_open and not self.hope:
                self.when(at, use == 0)
                continue
            weight = fact.credits if c.weight == "credits" else Decimal(1)
            if is_open or fact.grade is None:
                # Grades of the drawn cases go up to 100.
                best = Decimal(100) if fact.grade is None else fact.grade.value
                terms.append(int(max(0, weight * (best - c.target)) * SCALE) * use)
                continue
            terms.append(int(weight * (fact.grade.value - c.target) * SCALE) * use)
        self.when(at, sum(terms) >= 0)

    def _distinct(self, at: str, c: kinds.Distinct) -> None:
        given: dict[object, list[Any]] = defaultdict(list)
        for index, (use, fact, _) in enumerate(self.counted(at)):
            if not self.member(c.where, fact, False):
                continue
            mine = []
            for value in fact.values(c.by) or ():
                pair = self.cp.new_bool_var(f"{at} {index} {value}")
                given[value].append(pair)
                mine.append(pair)
            self.cp.add(sum(mine) <= use)
        for pairs in given.values():
            self.cp.add(sum(pairs) <= 1)
        self.when(at, sum(p for pairs in given.values() for p in pairs) >= c.need)

    def _same(self, at: str, c: kinds.Same) -> None:
        uses = [(u, f) for u, f, _ in self.counted(at) if self.member(c.where, f, True)]
        values = {value for _, fact in uses for value in fact.values(c.by) or ()}
        chosen = {value: self.cp.new_bool_var(f"{at} same {value}") for value in values}
        for use, fact in uses:
            self.cp.add(sum(chosen[v] for v in fact.values(c.by) or ()) >= 1).only_enforce_if(
                self.met[at], use
            )
        if chosen:
            self.cp.add(sum(chosen.values()) <= 1)

    def not_both(self, at: str, first: Any, second: Any) -> None:
        self.cp.add(first + second <= 1).only_enforce_if(self.met[at])

    def _window(self, at: str, c: kinds.Window) -> None:
        assert c.span is not None
        uses = [(use, fact) for use, fact, _ in self.counted(at)]
        for use, fact in uses:
            start = fact.started_on if c.start == "started" else fact.on
            if start is None:
                if not self.hope:
                    self.when(at, use == 0)
                continue
            for other, later in uses:
                if later.on > add(start, c.span):
                    self.not_both(at, use, other) if use is not other else self.when(at, use == 0)

    def _together(self, at: str, _c: kinds.Together) -> None:
        for (one, first), (two, second) in combinations(
            [(use, fact) for use, fact, _ in self.counted(at)], 2
        ):
            day = max(first.on, second.on)
            if not _is_valid(first, day) or not _is_valid(second, day):
                self.not_both(at, one, two)

    def _after(self, at: str, c: kinds.After) -> None:
        before = list(self.counted(c.of)) if c.of in self.scopes else []
        for use, fact, _ in self.counted(at):
            start = fact.on if c.by == "on" else fact.started_on
            if start is None and self.hope:
                continue
            for other, earlier, _ in before:
                is_late = start is None or start < earlier.on
                if is_late or (c.is_strict and start == earlier.on):
                    self.not_both(at, use, other)

    def _bundle(self, at: str, c: kinds.Bundle) -> None:
        groups = [
            [u for u, f, _ in self.counted(at) if self.world.item_of(f)[1] == key] for key in c.of
        ]
        for first, second in combinations(groups, 2):
            self.when(at, sum(first) == sum(second))

    # -- nothing counts twice -----------------------------------------------------------------

    def nothing_twice(self) -> None:
        places: dict[tuple[str, str], list[tuple[Leaf, str]]] = defaultdict(list)
        for leaf in self.leaves:
            for key, fact in leaf.facts.items():
                places[self.world.item_of(fact)].append((leaf, key))
        self.shared: dict[int, list[tuple[Any, Fact]]] = defaultdict(list)
        for uses in places.values():
            self.one_item(uses)
        for index, (at, clause) in enumerate(self.shares()):
            pairs = self.shared[index]
            if clause.items is not None:
                self.when(at, sum(both for both, _ in pairs) <= int(clause.items))
            worth = sum(int(fact.credits * SCALE) * both for both, fact in pairs)
            if clause.credits is not None:
                self.when(at, worth <= int(clause.credits * SCALE))
        self.common_parts(places)

    def shares(self) -> list[tuple[str, kinds.Share]]:
        return [
            (at, clause)
            for at, node in self.nodes.items()
            for clause in node.clauses
            if isinstance(clause, kinds.Share) and at in self.scopes
        ]

    def one_item(self, uses: list[tuple[Leaf, str]]) -> None:
        by_leaf: dict[str, list[Any]] = defaultdict(list)
        by_fact: dict[str, list[Any]] = defaultdict(list)
        leaves = {leaf.address: leaf for leaf, _ in uses}
        for leaf, key in uses:
            by_leaf[leaf.address].append(leaf.uses[key])
            by_fact[key].append(leaf.uses[key])
        for variables in by_leaf.values():
            self.cp.add(sum(variables) <= 1)
        stands = {key: self.cp.new_bool_var(f"stands {key}") for key in by_fact}
        self.cp.add(sum(stands.values()) <= 1)
        for key, variables in by_fact.items():
            for variable in variables:
                self.cp.add_implication(variable, stands[key])
        users = [address for address, leaf in leaves.items() if not leaf.is_overlay]
        fact = uses[0][0].facts[uses[0][1]]
        for first, second in combinations(users, 2):
            self.pair(first, second, sum(by_leaf[first]), sum(by_leaf[second]), fact)
        for node, clause in self.scoped_once():
            inside = [u for a in users if a in node for u in by_leaf[a]]
            if len(inside) > clause.times:
                self.cp.add(sum(inside) <= clause.times)

    def scoped_once(self) -> list[tuple[set[str], kinds.Once]]:
        return [
            ({leaf.address for leaf in self.scopes[at]}, clause)
            for at, node in self.nodes.items()
            for clause in node.clauses
            if isinstance(clause, kinds.Once) and at in self.scopes
        ]

    def pair(self, first: str, second: str, one: Any, two: Any, fact: Fact) -> None:
        """Add that an item does not count at both places, unless a clause allows it."""
        for index, (_, clause) in enumerate(self.shares()):
            here = {leaf.address for leaf in self.scopes.get(clause.first, [])}
            there = {leaf.address for leaf in self.scopes.get(clause.second, [])}
            if (first in here and second in there) or (second in here and first in there):
                both = self.cp.new_bool_var(f"both {first} {second} {fact.id}")
                self.cp.add(one + two <= 1 + both)
                self.shared[index].append((both, fact))
                return
        if not any({first, second} <= node and c.times > 1 for node, c in self.scoped_once()):
            self.cp.add(one + two <= 1)

    def common_parts(self, places: dict[tuple[str, str], list[tuple[Leaf, str]]]) -> None:
        """Add that two awards which counted the same fact do not both count."""
        awards = [
            (leaf.facts[key], leaf.uses[key])
            for item, uses in places.items()
            for leaf, key in uses
            if item[0] == "award" and not leaf.is_overlay
        ]
        for (first, one), (second, two) in combinations(awards, 2):
            ours, theirs = getattr(first, "counted", ()), getattr(second, "counted", ())
            if first.achievement != second.achievement and set(ours) & set(theirs):
                self.cp.add(one + two <= 1)
