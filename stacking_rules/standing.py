"""What a met stack is worth: the level of the award, how long it lasts, what carries over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from stacking_rules.clauses import Carry, Grace
from stacking_rules.evaluate import evaluate, inquire
from stacking_rules.facts import Fact, LearnerRecord, Waiver
from stacking_rules.held import grace_end
from stacking_rules.progress import Status
from stacking_rules.solving import Decide
from stacking_rules.spans import add, end_of_year
from stacking_rules.stacks import Stack
from stacking_rules.thresholds import pools_of

_START = datetime.min.replace(tzinfo=UTC)


def level_of(
    stack: Stack,
    record: LearnerRecord,
    *,
    as_of: date,
    known_on: datetime,
    solver: Decide | None = None,
) -> str:
    """Return the highest level of the award that is reached, "" without any."""
    for level in sorted(stack.levels, key=lambda level: -level.need):
        raised = Waiver(
            "level", "change-limit", stack.key, level.at, "", "", date.min, _START, value=level.need
        )
        asked = replace(record, waivers=(*record.waivers, raised))
        found = evaluate(stack, asked, as_of=as_of, known_on=known_on, solver=solver)
        if found.status is Status.MET:
            return level.name
    return ""


def carried(stack: Stack, record: LearnerRecord, *, as_of: date, known_on: datetime) -> Decimal:
    """Return the surplus that enters the next cycle, 0 without any."""
    clauses = [(node, c) for _, node, c in stack.clauses() if isinstance(c, Carry)]
    if not clauses:
        return Decimal(0)
    found = inquire(stack, record, as_of=as_of, known_on=known_on)
    total = Decimal(0)
    for address, clause in clauses:
        for pool in pools_of(found.root):
            if pool.address != address:
                continue
            fits = [f for f in found.candidates[address] if f.is_sure and not f.barriers]
            kind = [f.amount for f in fits if found.held.passes(clause.where, f.fact)]
            surplus = sum((f.amount for f in fits), Decimal(0)) - pool.need
            total += max(Decimal(0), min(clause.limit, surplus, sum(kind, Decimal(0))))
    return total


def lasts_from(awarded_on: date, renewed: date | None) -> date:
    """Return the day from which the time of an award counts.

    ``renewed`` is the end of the award that it renews by the path of renewal (None: it renews
    none): who renews early loses no day of what was there.
    """
    return awarded_on if renewed is None else max(awarded_on, renewed)


def ends_on(stack: Stack, since: date, counted: Iterable[Fact]) -> date | None:
    """Return the first day without an award whose time counts from ``since`` (``lasts_from``).

    An award that is valid throughout ends with the first of its parts, or with the grace that
    its rule grants them; None for an award that does not end.
    """
    ends = []
    if stack.lasts is not None:
        end = add(since, stack.lasts.span)
        ends.append(end_of_year(end) if stack.lasts.to_year_end else end)
    if stack.valid == "throughout":
        grace = [c for c in stack.requires.clauses if isinstance(c, Grace)]
        for fact in counted:
            if fact.valid_until is not None:
                until = fact.valid_until
                ends.append(grace_end(grace[0], until) if grace else until)
    return min(ends, default=None)
