"""Why not: a certificate of "no" that a person can check without the search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from stacking_rules.clauses import Least
from stacking_rules.evaluate import Inquiry, inquire
from stacking_rules.facts import Fact, LearnerRecord
from stacking_rules.held import Fit
from stacking_rules.progress import Status
from stacking_rules.relax import conflict, relax
from stacking_rules.search import STEPS
from stacking_rules.solving import Decide
from stacking_rules.stacks import Stack
from stacking_rules.thresholds import Pool, nodes_of, pools_of


@dataclass(frozen=True, slots=True)
class Certificate:
    """Why a stack is not met.

    ``together`` are the addresses of a smallest set that cannot all be met; ``could_serve`` are
    the facts held that fit any of them. Where these are amounts of one unit and nothing else,
    ``demand`` is what they ask for together and ``supply`` what is held: the sum is the proof
    (``kind`` "sum"). Otherwise every placement was tried ("search", after at most ``limit``
    decisions), or a solver was asked ("solver"), or a requirement is shut whatever counts
    ("given"); "open" says that the search stopped at its limit, so that nothing is proved.
    ``at_fault`` is the least that would have to give way, clauses before amounts.
    """

    kind: str
    together: tuple[str, ...]
    at_fault: tuple[str, ...]
    rules: tuple[str, ...]
    could_serve: tuple[Fact, ...]
    demand: Decimal | None
    supply: Decimal | None
    limit: int = STEPS


def certify(
    stack: Stack,
    record: LearnerRecord,
    *,
    as_of: date,
    known_on: datetime,
    solver: Decide | None = None,
) -> Certificate | None:
    """Return why ``record`` does not meet ``stack``; None where it does, or where data lack."""
    found = inquire(stack, record, as_of=as_of, known_on=known_on, solver=solver)
    if found.progress.status is not Status.NOT_MET:
        return None
    relaxed = relax(found.root, found.candidates, found.held)
    clash = conflict(found.root, found.candidates, found.held)
    rules = rules_at(found.stack, relaxed.at_fault)
    if clash is None:
        return Certificate("open", (), relaxed.at_fault, rules, (), None, None)
    together = clash.together
    places = [place for address in together for place in _places(found, address)]
    facts = {fit.fact.id: fit.fact for _, fits in places for fit in fits}
    demand, supply = _sums(found, together)
    is_sum = demand is not None and supply is not None and supply < demand
    tried = "search" if clash.is_searched else "solver"
    return Certificate(
        "sum" if is_sum else tried if places else "given",
        together,
        relaxed.at_fault,
        rules,
        tuple(facts.values()),
        demand if is_sum else None,
        supply if is_sum else None,
    )


def _places(found: Inquiry, address: str) -> Iterator[tuple[Pool, list[Fit]]]:
    """Yield the pools that what stands at ``address`` is about, with what could serve there."""
    for node in nodes_of(found.root):
        if isinstance(node, Pool) and node.address == address:
            yield node, list(found.candidates[address])
        for at, clause in node.clauses:
            if at == address:
                where = getattr(clause, "where", None)
                for pool in pools_of(node):
                    fits = found.candidates[pool.address]
                    yield pool, [f for f in fits if found.held.passes(where, f.fact)]


def _sums(found: Inquiry, together: tuple[str, ...]) -> tuple[Decimal | None, Decimal | None]:
    """Return what is asked for and what is held, where a sum alone is the proof."""
    clauses = {at: clause for node in nodes_of(found.root) for at, clause in node.clauses}
    only = clauses.get(together[0]) if len(together) == 1 else None
    if isinstance(only, Least):
        places = list(_places(found, together[0]))
        if all(pool.unit == only.unit for pool, _ in places):
            return only.need, _held(places)
        return None, None
    pools = [pool for pool in pools_of(found.root) if pool.address in together]
    is_plain = len(pools) == len(together) and len({pool.unit for pool in pools}) == 1
    if not is_plain or (len(pools) > 1 and any(pool.is_overlay for pool in pools)):
        return None, None
    places = [(pool, list(found.candidates[pool.address])) for pool in pools]
    return sum((pool.need for pool in pools), Decimal(0)), _held(places)


def _held(places: Iterable[tuple[Pool, list[Fit]]]) -> Decimal:
    """Return what the fits add, each item once and by its largest amount."""
    items: dict[tuple[str, str], Decimal] = {}
    for _, fits in places:
        for fit in fits:
            items[fit.item] = max(fit.amount, items.get(fit.item, Decimal(0)))
    return sum(items.values(), Decimal(0))


def rules_at(stack: Stack, addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Return the labels of the printed rules at ``addresses``, each once and in order.

    An address without a label has that of the nearest requirement above it that has one.
    """
    labels = {"/ledger": stack.ledger_rule}
    labels |= {at: node.rule for at, node in stack.walk()}
    labels |= {at: clause.rule for at, _, clause in stack.clauses()}
    found: dict[str, None] = {}
    for address in addresses:
        here = address
        while not labels.get(here) and here != "/":
            here = here.rpartition("/")[0] or "/"
        found |= dict.fromkeys(labels.get(here, ()))
    return tuple(sorted(found))
