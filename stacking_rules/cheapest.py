"""The cheapest way to an award among what can be taken, and the ways that are as good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from stacking_rules.definitions import Definitions
from stacking_rules.encode import encode
from stacking_rules.evaluate import inquire
from stacking_rules.facts import Completion, LearnerRecord
from stacking_rules.problems import Problem
from stacking_rules.progress import Status
from stacking_rules.reading import amount_of, any_mapping, list_of
from stacking_rules.records import parse_record
from stacking_rules.search import Budget, Condition, SearchExhaustedError, at_least, at_most
from stacking_rules.solving import Decide
from stacking_rules.stacks import Stack

DECISIONS, ASKS = 20_000, 10
MOST_WAYS = 5
_PLACES = 6
_NOW = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be taken: what it would be when completed, and what it costs.

    ``cost`` is an amount of whatever is to be saved: hours, fees, weeks.
    """

    completion: Completion
    cost: Decimal

    @staticmethod
    def read(data: object, definitions: Definitions, as_of: date) -> tuple[Option, ...]:
        """Read a catalogue: a list of completions with a ``cost`` (1 without).

        ``DocumentError`` names what is wrong by its JSON pointer.
        """
        found = []
        for index, entry in enumerate(list_of(data, "")):
            item = any_mapping(entry, f"/{index}")
            cost = amount_of(item.pop("cost", 1), f"/{index}/cost")
            item = {"on": as_of.isoformat(), "id": f"option-{index + 1}", **item}
            record = parse_record({"completions": [item]}, definitions)
            found.append(Option(replace(record.completions[0], recorded_at=_NOW), cost))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Way:
    """What to take (ids of options) and what it costs together."""

    cost: Decimal
    take: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plans:
    """The cheapest ways; ``is_proved`` says that nothing cheaper leads there."""

    ways: tuple[Way, ...]
    is_proved: bool


def cheapest(
    stack: Stack,
    record: LearnerRecord,
    options: Sequence[Option],
    *,
    as_of: date,
    known_on: datetime,
    solver: Decide | None = None,
) -> Plans:
    """Return the cheapest sets of ``options`` with which ``record`` meets ``stack``.

    Asked for the day on which the last of them is finished. At most five that cost the same.
    ``solver`` is asked where the search stops.
    """
    last = max([as_of, *(option.completion.on for option in options)])
    taken = (*record.completions, *(option.completion for option in options))
    record = replace(record, completions=taken)
    found = inquire(stack, record, as_of=last, known_on=known_on, solver=solver)
    if found.progress.status is not Status.MET:
        return Plans((), is_proved=found.progress.status is Status.NOT_MET)
    problem = encode(found.root, found.candidates, found.held)
    prices = _prices(problem, options)
    ways: list[Way] = []
    more: list[Condition] = []
    budget = Budget(DECISIONS, ASKS)
    try:
        best = _least(problem, prices, budget)
        while best is not None and len(ways) < MOST_WAYS:
            used = [key for key, choice in prices.choices.items() if best[choice]]
            ways.append(Way(_cost(used, options), tuple(sorted(used))))
            terms = [(prices.choices[key], -1) for key in used]
            if not used:
                break
            more.append(at_least(terms, 1 - len(used)))
            limit = at_most(prices.terms, _total(best, prices))
            best = problem.solve(budget, (), [limit, *more])
    except SearchExhaustedError:
        return Plans(tuple(ways), is_proved=False)
    return Plans(tuple(ways), is_proved=True)


@dataclass(frozen=True, slots=True)
class _Prices:
    choices: dict[str, int]
    terms: list[tuple[int, int]]


def _prices(problem: Problem, options: Sequence[Option]) -> _Prices:
    """Add a choice "this option is taken" for each, which its uses need."""
    choices: dict[str, int] = {}
    terms: list[tuple[int, int]] = []
    costs = {option.completion.id: option.cost for option in options}
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


def _cost(keys: Sequence[str], options: Sequence[Option]) -> Decimal:
    return sum((o.cost for o in options if o.completion.id in keys), Decimal(0))
