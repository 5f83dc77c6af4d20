"""envelope(stack): what its author may want to know before any learner meets it.

Exact, or not given at all and a reason said: what depends on grades, on learners or on an open
market has no smallest sets of options that a document could name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.could_hold import credits_are_known
from stacking_rules.facts import Fact
from stacking_rules.free_tests import conflicting
from stacking_rules.held import Item
from stacking_rules.impossible import TESTED, Prospect, exclusions, is_plain
from stacking_rules.lint_clauses import is_undone
from stacking_rules.requirements import Amount, Choice, Limit, NoneOf, Requirement
from stacking_rules.search import Budget, SearchExhaustedError
from stacking_rules.selection import AllTests, Anchor, AnyTest, Compare, NotTest, Recent, Test
from stacking_rules.stacks import RENEWAL, ROOT, Stack, walk
from stacking_rules.thresholds import nodes_of, pools_of
from stacking_rules.ways import Counter, Ways

STEPS = 40_000
"""Decisions for all searches of one envelope together, with up to 100 places."""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Why something is not given: ``reason``, and the address ``at`` of what it is due to."""

    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """What holds for who just qualifies: who would not without any one of the items held.

    ``ways`` has the number of such sets of options, the fewest items and the least and most
    credits; what is not given there (None, or ``ways`` as a whole) is ``unsaid``. ``lapses`` are
    the addresses by which an answer can change with time alone ("" is the award itself),
    ``undone_by`` those by which something further can undo it; without any the rule is monotone.
    """

    ways: Ways | None
    unsaid: Unsaid | None
    lapses: tuple[str, ...]
    undone_by: tuple[str, ...]


def envelope(stack: Stack) -> Envelope:
    """Return the envelope of ``stack`` (of its first award, not of its renewal)."""
    ways, unsaid = _ways(stack)
    lapses = tuple(dict.fromkeys(_lapses(stack)))
    return Envelope(ways, unsaid, lapses, tuple(_undone_by(stack)))


def _ways(stack: Stack) -> tuple[Ways | None, Unsaid | None]:
    prospect = Prospect(stack, ROOT, stack.requires)
    unsaid = next(_reasons(stack, prospect), None)
    if unsaid is not None:
        return None, unsaid
    worth = _worth(prospect)
    candidates = prospect.allowed()
    counter = Counter(candidates, prospect.held, worth, is_shared=prospect.shares)
    places = sum(len(fits) for fits in candidates.values())
    # A decision costs as much more as there are more places that it bears on.
    budget = Budget(STEPS * 100 // max(100, places))
    try:
        found = counter.ways(prospect.root, budget)
    except SearchExhaustedError:
        return None, Unsaid("limit", ROOT)
    if found.is_more:
        return found, Unsaid("many", ROOT)
    unknown = next((item[1] for item, amount in worth.items() if amount is None), None)
    return found, None if found.least is not None else Unsaid("worth", str(unknown))


def _worth(prospect: Prospect) -> dict[Item, Decimal | None]:
    definitions = prospect.stack.definitions
    return {
        fit.item: fit.fact.credits if credits_are_known(fit.fact, definitions) else None
        for fits in prospect.candidates.values()
        for fit in fits
    }


# -- what leaves the smallest sets open -----------------------------------------------------------


def _reasons(stack: Stack, prospect: Prospect) -> Iterator[Unsaid]:
    """Yield why the smallest sets of options cannot be told."""
    for address, node in walk(ROOT, stack.requires):
        reason = _reason_at(node, stack, address)
        if reason:
            yield Unsaid(reason, address)
    if stack.definitions.orders_facts:
        yield Unsaid("same", ROOT)
    yield from _clauses_at(prospect)
    for pool in pools_of(prospect.written):
        if not prospect.is_closed(pool):
            yield Unsaid("credits", pool.address)
    yield from _dated(stack)
    for at in conflicting(prospect):
        yield Unsaid("tests", at)


def _clauses_at(prospect: Prospect) -> Iterator[Unsaid]:
    for found in nodes_of(prospect.written):
        facts = [fact for pool in pools_of(found) for fact in prospect.facts(pool)]
        for at, clause in found.clauses:
            reason = _reason_of(clause, facts, prospect)
            if reason:
                yield Unsaid(reason, at)


def _is_in(address: str, above: str) -> bool:
    return address == above or address.startswith(f"{above}/")


def _reason_at(node: Requirement, stack: Stack, address: str) -> str:
    """Return why ``node`` leaves it open which options are needed; "" if it does not."""
    if isinstance(node, Choice):
        return "learner"
    if isinstance(node, Limit):
        return "limit-of-all"
    if isinstance(node, NoneOf):
        known = dict(exclusions(stack.requires, ROOT))
        return "" if address in known and is_plain(node) else "none"
    if isinstance(node, Amount):
        if not node.of:
            return "open"
        if node.unit == "points":
            return "points"
        if _is_split(node, stack):
            return "split"
    return ""


def _is_split(node: Amount, stack: Stack) -> bool:
    texts = stack.definitions.achievements
    return any(key in texts and texts[key].quantum is not None for key in node.of)


def _reason_of(clause: Clause, facts: list[Fact], prospect: Prospect) -> str:
    if isinstance(clause, kinds.Carry):
        return "carried"
    if isinstance(clause, kinds.Mean):
        # Awards and statements have no grade of their own.
        return "" if all(fact.kind == "completion" for fact in facts) else "points"
    if isinstance(clause, TESTED):
        is_measured = prospect.is_measured(clause.unit, facts)
        return "" if is_measured else "points" if clause.unit == "points" else "credits"
    if isinstance(clause, kinds.Share) and (clause.credits, clause.unique) != (None, None):
        return "sharing"
    if isinstance(clause, kinds.Distinct | kinds.Same):
        values = (prospect.held.values(clause.by, fact) for fact in facts)
        return "" if all(values) else "values"
    return ""


def _dated(stack: Stack) -> Iterator[Unsaid]:
    """Yield clauses on days that may not hold together: else everything can be done in time."""
    found = [(at, clause) for at, _, clause in stack.clauses() if not _is_in(at, RENEWAL)]
    opens = [(at, c) for at, c in found if isinstance(c, kinds.Open)]
    common = (
        max((c.since for _, c in opens), default=date.min),
        min((c.until for _, c in opens), default=date.max),
    )
    windows = [at for at, c in found if isinstance(c, kinds.Window)]
    afters = [at for at, c in found if isinstance(c, kinds.After) and c.is_strict]
    if common[0] >= common[1]:
        yield Unsaid("days", opens[-1][0])
    if afters and (windows or len(afters) > 1):
        yield Unsaid("days", afters[0])
    yield from (Unsaid("days", at) for at, c in found if isinstance(c, kinds.Window) and c.terms)


# -- what time, or something further, can change --------------------------------------------------


def _lapses(stack: Stack) -> Iterator[str]:
    if stack.valid == "throughout" or stack.lasts is not None:
        yield ""
    for address, node in stack.walk():
        if _measures_from_today(getattr(node, "where", None)):
            yield address
    for at, _, clause in stack.clauses():
        is_sunset = isinstance(clause, kinds.Open) and clause.until < date.max
        if is_sunset or _measures_from_today(getattr(clause, "where", None)):
            yield at


def _measures_from_today(test: Test | None) -> bool:
    match test:
        case Recent(_, _, anchor):
            return anchor.source == "asked"
        case Compare(_, _, Anchor(source)):
            return source == "asked"
        case NotTest(inner):
            return _measures_from_today(inner)
        case AllTests(tests) | AnyTest(tests):
            return any(_measures_from_today(part) for part in tests)
    return False


def _undone_by(stack: Stack) -> Iterator[str]:
    if stack.repeats != "best":
        yield ""
    for address, node in stack.walk():
        if is_undone(node):
            yield address
    for at, _, clause in stack.clauses():
        if is_undone(clause):
            yield at
