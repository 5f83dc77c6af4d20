"""Why not: a certificate of "no" that a person can check without the search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from stacking_rules.evaluate import Inquiry, inquire
from stacking_rules.facts import Fact, LearnerRecord
from stacking_rules.progress import Status
from stacking_rules.relax import conflict, relax
from stacking_rules.search import STEPS
from stacking_rules.stacks import Stack
from stacking_rules.thresholds import Pool, pools_of


@dataclass(frozen=True, slots=True)
class Certificate:
    """Why a stack is not met.

    ``together`` are the addresses of a smallest set that cannot all be met; ``could_serve`` are
    the facts held that fit any of them. Where these are amounts of one unit and nothing else,
    ``demand`` is what they ask for together and ``supply`` what is held: the sum is the proof
    (``kind`` "sum"). Otherwise every placement was tried ("search", after at most ``limit``
    decisions), or a requirement is shut whatever counts ("given"); "open" says that the search
    stopped at its limit, so that nothing is proved. ``at_fault`` is the least that would have to
    give way, clauses before amounts.
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
    stack: Stack, record: LearnerRecord, *, as_of: date, known_on: datetime
) -> Certificate | None:
    """Return why ``record`` does not meet ``stack``; None where it does, or where data lack."""
    found = inquire(stack, record, as_of=as_of, known_on=known_on)
    if found.progress.status is not Status.NOT_MET:
        return None
    relaxed = relax(found.root, found.candidates, found.held)
    together = conflict(found.root, found.candidates, found.held)
    rules = rules_at(found.stack, relaxed.at_fault)
    if together is None:
        return Certificate("open", (), relaxed.at_fault, rules, (), None, None)
    pools = [pool for pool in pools_of(found.root) if pool.address in together]
    facts = {fit.fact.id: fit.fact for pool in pools for fit in found.candidates[pool.address]}
    demand, supply = _sums(found, pools)
    is_sum = demand is not None and supply is not None and supply < demand
    is_sum = is_sum and len(pools) == len(together)
    kind = "sum" if is_sum else "search" if pools else "given"
    return Certificate(
        kind,
        together,
        relaxed.at_fault,
        rules,
        tuple(facts.values()),
        demand if is_sum else None,
        supply if is_sum else None,
    )


def _sums(found: Inquiry, pools: list[Pool]) -> tuple[Decimal | None, Decimal | None]:
    """Return what ``pools`` ask for and what is held for any of them, each item once."""
    if not pools or len({pool.unit for pool in pools}) > 1:
        return None, None
    if len(pools) > 1 and any(pool.is_overlay for pool in pools):
        return None, None
    items: dict[tuple[str, str], Decimal] = {}
    for pool in pools:
        for fit in found.candidates[pool.address]:
            items[fit.item] = max(fit.amount, items.get(fit.item, Decimal(0)))
    demand = sum((pool.need for pool in pools), Decimal(0))
    return demand, sum(items.values(), Decimal(0))


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
