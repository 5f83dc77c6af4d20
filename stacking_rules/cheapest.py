"""The cheapest or soonest way to an award among what can be taken, and the ways as good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from stacking_rules.clauses import Mean
from stacking_rules.definitions import Definitions
from stacking_rules.encode import encode
from stacking_rules.evaluate import Inquiry, inquire
from stacking_rules.facts import Completion, LearnerRecord
from stacking_rules.problems import Problem
from stacking_rules.progress import Status
from stacking_rules.reading import amount_of, any_mapping, list_of
from stacking_rules.records import parse_record
from stacking_rules.requirements import Choice, Limit, NoneOf
from stacking_rules.search import Budget, Condition, SearchExhaustedError, at_least, at_most
from stacking_rules.solving import Decide
from stacking_rules.stacks import Stack

DECISIONS, ASKS = 20_000, 10
MOST_WAYS = 5
_PLACES = 6
_NOW = datetime.min.replace(tzinfo=UTC)


MEASURES = ("cost", "workload", "fee")
CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be taken: what it would be when completed, and what it asks for.

    ``workload`` is in hours, ``fee`` in one currency, ``cost`` an amount of whatever else is to
    be saved.
    """

    completion: Completion
    cost: Decimal = Decimal(1)
    workload: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)

    @staticmethod
    def read(data: object, definitions: Definitions, as_of: date) -> tuple[Option, ...]:
        """Read a catalogue: a list of completions with ``cost`` (1 without), ``workload``, ``fee``.

        ``DocumentError`` names what is wrong by its JSON pointer.
        """
        found = []
        for index, entry in enumerate(list_of(data, "")):
            item = any_mapping(entry, f"/{index}")
            asked = {
                name: amount_of(item.pop(name), f"/{index}/{name}")
                for name in MEASURES
                if name in item
            }
            item = {"on": as_of.isoformat(), "id": f"option-{index + 1}", **item}
            record = parse_record({"completions": [item]}, definitions)
            completion = replace(record.completions[0], recorded_at=_NOW)
            found.append(Option(completion, **asked))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Way:
    """What to take (ids of options), what it asks for together, and the day it is done."""

    take: tuple[str, ...]
    cost: Decimal
    workload: Decimal
    fee: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class Plans:
    """The best ways; ``is_proved`` says that nothing better leads there."""

    ways: tuple[Way, ...]
    is_proved: bool


def cheapest(
    stack: Stack,
    record: LearnerRecord,
    options: Sequence[Option],
    *,
    as_of: date,
    known_on: datetime,
    by: str = "cost",
    solver: Decide | None = None,
) -> Plans:
    """Return the best sets of ``options`` with which ``record`` meets ``stack``, at most five.

    ``by`` says what is to be least: "cost", "workload", "fee", or "calendar" (the day it is done;
    of what is done by then, the cost). Every way was evaluated on the day it is done. ``solver``
    is asked where the search stops.
    """
    planner = _Planner(stack, record, as_of, known_on, solver)
    if by != CALENDAR:
        return planner.plans(options, by)
    is_proved = True
    for day in sorted({as_of, *(option.completion.on for option in options)}):
        found = planner.plans([o for o in options if o.completion.on <= day], "cost")
        is_proved = is_proved and found.is_proved
        if found.ways:
            return Plans(found.ways, is_proved=is_proved)
    return Plans((), is_proved=is_proved)


@dataclass(frozen=True, slots=True)
class _Planner:
    stack: Stack
    record: LearnerRecord
    as_of: date
    known_on: datetime
    solver: Decide | None

    def plans(self, options: Sequence[Option], by: str) -> Plans:
        """Return the sets of ``options`` of which the measure ``by`` is least."""
        found = self._inquire(options)
        if found.progress.status is not Status.MET:
            is_no = found.progress.status is Status.NOT_MET
            return Plans((), is_proved=is_no and not _may_hurt(self.stack))
        taken, is_proved = _best(encode(found.root, found.candidates, found.held), options, by)
        ways = [way for way in map(self._way, taken) if way is not None]
        return Plans(tuple(ways), is_proved=is_proved and len(ways) == len(taken))

    def _inquire(self, options: Sequence[Option]) -> Inquiry:
        """Return where the learner stands when all of ``options`` are done."""
        done = tuple(option.completion for option in options)
        return inquire(
            self.stack,
            replace(self.record, completions=(*self.record.completions, *done)),
            as_of=max([self.as_of, *(fact.on for fact in done)]),
            known_on=self.known_on,
            solver=self.solver,
        )

    def _way(self, options: Sequence[Option]) -> Way | None:
        """Return the way through ``options``; None where they alone do not lead there."""
        found = self._inquire(options)
        if found.progress.status is not Status.MET:
            return None
        take = tuple(sorted(option.completion.id for option in options))
        cost, workload, fee = (_sum(options, name) for name in MEASURES)
        return Way(take, cost, workload, fee, found.held.asked.as_of)


def _sum(options: Sequence[Option], measure: str) -> Decimal:
    return sum((getattr(option, measure) for option in options), Decimal(0))


def _may_hurt(stack: Stack) -> bool:
    """Return whether something further may undo the stack: then "all of it" decides nothing."""
    return any(isinstance(node, NoneOf | Limit | Choice) for _, node in stack.walk()) or any(
        isinstance(clause, Mean) and clause.over == "attempted" for _, _, clause in stack.clauses()
    )


def _best(
    problem: Problem, options: Sequence[Option], by: str
) -> tuple[list[tuple[Option, ...]], bool]:
    """Return the sets of options that cost least, and whether nothing costs less."""
    prices = _prices(problem, options, by)
    by_id = {option.completion.id: option for option in options}
    found: list[tuple[Option, ...]] = []
    more: list[Condition] = []
    budget = Budget(DECISIONS, ASKS)
    try:
        best = _least(problem, prices, budget)
        while best is not None and len(found) < MOST_WAYS:
            used = [key for key, choice in prices.choices.items() if best[choice]]
            found.append(tuple(by_id[key] for key in used))
            if not used:
                break
            # Nothing that contains this way is another one.
            more.append(at_least([(prices.choices[key], -1) for key in used], 1 - len(used)))
            limit = at_most(prices.terms, _total(best, prices))
            best = problem.solve(budget, (), [limit, *more])
    except SearchExhaustedError:
        return found, False
    return found, True


@dataclass(frozen=True, slots=True)
class _Prices:
    choices: dict[str, int]
    terms: list[tuple[int, int]]


def _prices(problem: Problem, options: Sequence[Option], by: str) -> _Prices:
    """Add a choice "this option is taken" for each, which its uses need."""
    choices: dict[str, int] = {}
    terms: list[tuple[int, int]] = []
    costs: dict[str, Decimal] = {o.completion.id: getattr(o, by) for o in options}
    for use in problem.uses:
        key = use.fit.fact.id
        if key in costs and key not in choices:
            choices[key] = problem.choice(0, prefer=False)
            terms.append((choices[key], int(costs[key].scaleb(_PLACES))))
        if key in costs:
            problem.require([(choices[key], Decimal(1)), (use.choice, Decimal(-1))], 0)
    return _Prices(choices, terms)


def _least(problem: Problem, prices: _Prices, budget: Budget) -> list[bool] | None:
    taken = problem.solve(budget, least=prices.terms)
    while taken is not None and (cost := _total(taken, prices)):
        limit = at_most(prices.terms, cost - 1)
        better = problem.solve(budget, (), [limit], least=prices.terms)
        if better is None:
            break
        taken = better
    return taken


def _total(taken: Sequence[bool], prices: _Prices) -> int:
    return sum(price for choice, price in prices.terms if taken[choice])
