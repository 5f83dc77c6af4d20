"""Conditions of the clauses that bind what counts below a requirement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.facts import Fact, is_valid
from stacking_rules.problems import AID, CLAUSE_COST, KNOB, Literal, Problem, Term, Use, is_member
from stacking_rules.reading import scale_bounds
from stacking_rules.spans import add
from stacking_rules.thresholds import Gate, Pool, Threshold, nodes_of, pools_of

ZERO = Decimal(0)


class Scopes:
    """Adds the conditions of clauses, each on what counts below its node."""

    def __init__(self, problem: Problem, root: Threshold) -> None:
        self.problem = problem
        self.uses: dict[str, list[Use]] = {}
        for node in nodes_of(root):
            pools = [p for p in pools_of(node) if node is p or not p.is_overlay]
            self.uses[node.address] = [u for p in pools for u in problem.by_pool[p.address]]
        self.handlers: dict[type[Clause], Callable[..., None]] = {
            kinds.Least: self._least,
            kinds.Most: self._most,
            kinds.Portion: self._portion,
            kinds.Mean: self._mean,
            kinds.Distinct: self._distinct,
            kinds.Same: self._same,
            kinds.Window: self._window,
            kinds.Together: self._together,
            kinds.After: self._after,
            kinds.Bundle: self._bundle,
            kinds.Best: self._best,
            kinds.Cap: self._cap,
        }

    def add(self, node: Pool | Gate, address: str, clause: Clause) -> None:
        """Add the conditions of ``clause``, which stands at ``node``."""
        handler = self.handlers.get(type(clause))
        if handler is None:
            return
        off = self.problem.switch_off(address, CLAUSE_COST)
        void = [*self.problem.voids[node.address], *off]
        handler(clause, self.uses[node.address], void, node)

    def _amount(self, use: Use, unit: str) -> Decimal | None:
        if unit == use.pool.unit:
            return use.fit.amount
        return self.problem.held.amount(use.fit.fact, unit, use.pool.scale)

    def _least(self, c: kinds.Least, uses: list[Use], void: list[Literal], _node: object) -> None:
        unknown = c.need if self.problem.is_hopeful else ZERO
        terms = []
        for use in uses:
            if is_member(self.problem, c.where, use.fit.fact, is_limit=False):
                amount = self._amount(use, c.unit)
                terms.append((use.choice, unknown if amount is None else amount))
        self.problem.require(terms, c.need, void)

    def _most(
        self, c: kinds.Most | kinds.Cap, uses: list[Use], void: list[Literal], _node: object
    ) -> None:
        unknown = ZERO if self.problem.is_hopeful else c.limit + 1
        terms = []
        for use in uses:
            if is_member(self.problem, c.where, use.fit.fact, is_limit=True):
                amount = self._amount(use, c.unit)
                terms.append((use.choice, -(unknown if amount is None else amount)))
        self.problem.require(terms, -c.limit, void)

    def _cap(self, c: kinds.Cap, uses: list[Use], void: list[Literal], node: Pool) -> None:
        if c.unit != node.unit:
            self._most(c, uses, void, node)

    def _best(self, c: kinds.Best, uses: list[Use], void: list[Literal], _node: object) -> None:
        self.problem.require([(use.choice, Decimal(-1)) for use in uses], -c.count, void)

    def _portion(
        self, c: kinds.Portion, uses: list[Use], void: list[Literal], _node: object
    ) -> None:
        top, bottom = c.share.numerator, c.share.denominator
        terms, saving = [], []
        for use in uses:
            amount = self._amount(use, c.unit)
            is_in = is_member(self.problem, c.where, use.fit.fact, is_limit=c.is_most)
            if amount is not None:
                gain = amount * ((bottom if is_in else 0) - top)
                terms.append((use.choice, -gain if c.is_most else gain))
            elif not self.problem.is_hopeful:
                self._refuse(use, void)
            elif is_in is not c.is_most:
                saving.append(use.choice)
        self._balance(terms, saving, void)

    def _mean(self, c: kinds.Mean, uses: list[Use], void: list[Literal], _node: object) -> None:
        terms, saving = [], []
        for use in uses:
            answer = self.problem.held.passes(c.where, use.fit.fact)
            if answer is False:
                continue
            grade = self.problem.held.grade(use.fit.fact, c.scale)
            weight = self._amount(use, c.weight)
            if answer and grade is not None and weight is not None:
                terms.append((use.choice, weight * (grade - c.target)))
            elif not self.problem.is_hopeful:
                self._refuse(use, void)
            else:
                gain = (self._best_grade(c.scale) if grade is None else grade) - c.target
                if weight is not None:
                    terms.append((use.choice, max(ZERO, weight * gain)))
                elif gain > 0:
                    saving.append(use.choice)
        self._balance(terms, saving, void)

    def _refuse(self, use: Use, void: list[Literal]) -> None:
        """Add "this does not count": at its worst, what is not known of it breaks the clause."""
        self.problem.require([(use.choice, Decimal(-1))], 0, void)

    def _balance(self, terms: list[Term], saving: list[int], void: list[Literal]) -> None:
        """Add "gains make up for losses"; one of ``saving`` makes up for all that can be lost."""
        losses = -sum((min(ZERO, amount) for _, amount in terms), ZERO)
        self.problem.require([*terms, *((choice, losses) for choice in saving)], 0, void)

    def _best_grade(self, scale: str) -> Decimal:
        declared = self.problem.held.asked.definitions.scales.get(scale)
        return scale_bounds(scale)[1] if declared is None else max(declared.points)

    def _distinct(
        self, c: kinds.Distinct, uses: list[Use], void: list[Literal], _node: object
    ) -> None:
        one = Decimal(1)
        matched: dict[object, list[int]] = defaultdict(list)
        every: list[int] = []
        for use in uses:
            if not is_member(self.problem, c.where, use.fit.fact, is_limit=False):
                continue
            mine = []
            for value in self.problem.held.values(c.by, use.fit.fact):
                choice = self.problem.choice(AID, prefer=True)
                matched[value].append(choice)
                mine.append(choice)
            self.problem.require([(use.choice, one), *((m, -one) for m in mine)], 0)
            every += mine
        seen = []
        for choices in matched.values():
            self.problem.require([(choice, -one) for choice in choices], -1)
            # Follows from the rest, and lets the search see at once that values are too few.
            is_seen = self.problem.choice(AID, prefer=True)
            self.problem.require([(is_seen, -one), *((choice, one) for choice in choices)], 0)
            seen.append((is_seen, one))
        self.problem.require(seen, c.need, void)
        self.problem.require([(choice, one) for choice in every], c.need, void)

    def _same(self, c: kinds.Same, uses: list[Use], void: list[Literal], _node: object) -> None:
        inside = [u for u in uses if is_member(self.problem, c.where, u.fit.fact, is_limit=True)]
        values = {u.choice: self.problem.held.values(c.by, u.fit.fact) for u in inside}
        known = list(dict.fromkeys(v for found in values.values() for v in found))
        self._knob([_has(values, value) for value in known], inside, void)

    def _knob(
        self, settings: Sequence[Callable[[Use], bool]], uses: list[Use], void: list[Literal]
    ) -> None:
        """Add "one setting holds, and every use that counts is admitted by it"."""
        if not uses:
            return
        one = Decimal(1)
        choices = [self.problem.choice(KNOB, prefer=False, rank=-i) for i in range(len(settings))]
        for choice, admits in zip(choices, settings, strict=True):
            shut = [use for use in uses if not admits(use)]
            terms = [(use.choice, -one) for use in shut]
            self.problem.require(terms, 0, [(choice, False), *void])
        counted = [(use.choice, -one) for use in uses]
        if choices:
            self.problem.require([(choice, one) for choice in choices], 1, void)
        else:
            self.problem.require(counted, 0, void)

    def _window(self, c: kinds.Window, uses: list[Use], void: list[Literal], _node: object) -> None:
        def start_of(fact: Fact) -> date | None:
            return fact.started_on if c.start == "started" else fact.on

        hopeful = self.problem.is_hopeful
        starts = {start_of(use.fit.fact) for use in uses}
        days = sorted((day for day in starts if day is not None), reverse=True)
        if hopeful and None in starts:
            days.append(date.min)

        def admits(first: date) -> Callable[[Use], bool]:
            def is_inside(use: Use) -> bool:
                start = start_of(use.fit.fact)
                if start is None:
                    return hopeful
                return start >= first and self._ends_in(c, first, use.fit.fact.on)

            return is_inside

        self._knob([admits(day) for day in days], uses, void)

    def _ends_in(self, c: kinds.Window, first: date, last: date) -> bool:
        if c.span is not None:
            return last <= add(first, c.span)
        definitions = self.problem.held.asked.definitions
        begin, end = definitions.term_of(first), definitions.term_of(last)
        return begin is not None and end is not None and end - begin < c.terms

    def _together(
        self, _c: kinds.Together, uses: list[Use], void: list[Literal], _node: object
    ) -> None:
        days = sorted({use.fit.fact.on for use in uses}, reverse=True)
        self._knob([_valid_on(day) for day in days], uses, void)

    def _after(self, c: kinds.After, uses: list[Use], void: list[Literal], _node: object) -> None:
        before = self.uses.get(c.of, [])
        if not before:
            return

        def admits(last: date) -> Callable[[Use], bool]:
            def is_in_order(use: Use) -> bool:
                if use in before:
                    return use.fit.fact.on <= last
                fact = use.fit.fact
                start = fact.on if c.by == "on" else fact.started_on
                if start is None:
                    return self.problem.is_hopeful
                return start > last if c.is_strict else start >= last

            return is_in_order

        # The first day there is stands for "nothing counts there", and nothing to wait for.
        days = [date.min, *sorted({use.fit.fact.on for use in before})]
        self._knob([admits(day) for day in days], [*before, *uses], void)

    def _bundle(self, c: kinds.Bundle, uses: list[Use], void: list[Literal], _node: object) -> None:
        groups = [[u.choice for u in uses if u.fit.item[1] == key] for key in c.of]
        one = Decimal(1)
        for first, second in zip(groups, [*groups[1:], groups[0]], strict=True):
            terms = [*((x, one) for x in second), *((x, -one) for x in first)]
            self.problem.require(terms, 0, void)


def _has(values: Mapping[int, Sequence[object]], value: object) -> Callable[[Use], bool]:
    return lambda use: value in values[use.choice]


def _valid_on(day: date) -> Callable[[Use], bool]:
    return lambda use: is_valid(use.fit.fact, day)
