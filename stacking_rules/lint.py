"""What is wrong, or surprising, in a stack before any learner meets it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from stacking_rules import clauses as kinds
from stacking_rules.definitions import Definitions
from stacking_rules.documents import Document
from stacking_rules.requirements import (
    Amount,
    AnyOf,
    AtLeast,
    Completed,
    Earned,
    Group,
    Limit,
    NoneOf,
    Requirement,
    Single,
)
from stacking_rules.stacks import ROOT, Stack

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at: ``code``, how grave, in which stack and at which address.

    ``position`` is the place of the stack in its document (from 0). ``about`` says what it is
    about: a key, two numbers, a way round; ready to be filled into a sentence.
    """

    code: str
    severity: str
    stack: str
    address: str
    about: str = ""
    position: int = 0


def lint(document: Document) -> tuple[Finding, ...]:
    """Return what is wrong or surprising in ``document``, errors first, in document order."""
    found = [Finding("substitution-cycle", ERROR, "", "", way) for way in _cycles(document)]
    keys = {stack.key for stack in document.stacks}
    for position, stack in enumerate(document.stacks):
        found += [replace(finding, position=position) for finding in _lint(stack, keys)]
    return tuple(sorted(found, key=lambda finding: finding.severity))


def _lint(stack: Stack, keys: set[str]) -> Iterator[Finding]:
    for address, node in stack.walk():
        for check in _NODE_CHECKS:
            yield from check(stack, address, node)
    for at, address, clause in stack.clauses():
        for look in _CLAUSE_CHECKS:
            yield from look(stack, at, address, clause)
    yield from _unknown_awards(stack, keys)
    yield from _first_step(stack)


def _cycles(document: Document) -> Iterator[str]:
    """Yield the ways round of directed substitutions."""
    steps = {(entry.given, entry.wanted) for entry in document.definitions.accepted}
    for given, wanted in sorted(steps):
        if (wanted, given) in steps and given < wanted:
            yield f"{given} -> {wanted} -> {given}"


# -- requirements ------------------------------------------------------------------------------


def _self_reference(stack: Stack, address: str, node: Requirement) -> Iterator[Finding]:
    keys = {node.achievement} if isinstance(node, Earned) else set()
    if isinstance(node, Amount) and "award" in node.among:
        keys |= set(node.of)
    if stack.key in keys:
        yield Finding("self-reference", ERROR, stack.key, address, stack.key)


def _unknown(stack: Stack, address: str, node: Requirement) -> Iterator[Finding]:
    """Find achievements that the document does not know, where it names its achievements."""
    known = stack.definitions.achievements
    for key in _named(node):
        if known and key not in known:
            yield Finding("unknown-achievement", ERROR, stack.key, address, key)


def _named(node: Requirement) -> tuple[str, ...]:
    if isinstance(node, Completed):
        return (node.achievement,)
    if isinstance(node, Amount) and node.among == ("completion",):
        return node.of
    return node.of if isinstance(node, Limit) else ()


def _retired(stack: Stack, address: str, node: Requirement) -> Iterator[Finding]:
    """Find requirements that only what is retired could meet."""
    texts = stack.definitions.achievements
    keys = _named(node)
    if keys and all(key in texts and texts[key].status == "retired" for key in keys):
        yield Finding("only-retired", ERROR, stack.key, address, ", ".join(keys))


def _out_of_reach(stack: Stack, address: str, node: Requirement) -> Iterator[Finding]:
    """Find amounts that the listed options cannot add up to."""
    if not isinstance(node, Amount) or not node.of:
        return
    most = reach(node, stack.definitions)
    if most is not None and most < node.need:
        yield Finding("unsatisfiable", ERROR, stack.key, address, f"{most} of {node.need}")


def reach(node: Amount, definitions: Definitions) -> Decimal | None:
    """Return the most that the options of ``node`` can add up to, None where that is not known."""
    best = [clause.count for clause in node.clauses if isinstance(clause, kinds.Best)]
    if node.unit == "items":
        return Decimal(min([len(node.of), *best]))
    texts = [definitions.achievements.get(key) for key in node.of]
    if node.unit != "credits" or "award" in node.among:
        return None
    worth = sorted((t.credits for t in texts if t is not None and t.credits), reverse=True)
    if len(worth) < len(node.of):
        return None
    return sum(worth[: min([len(worth), *best])], Decimal(0))


def _twice(stack: Stack, address: str, node: Requirement) -> Iterator[Finding]:
    """Find the same thing asked for twice in one group."""
    if isinstance(node, Group | NoneOf):
        same = Counter(repr(replace(part, id="", title="", rule=())) for part in node.parts)
        for part in node.parts:
            text = repr(replace(part, id="", title="", rule=()))
            if same[text] > 1 and isinstance(part, Single):
                same[text] = 0
                yield Finding("duplicate-child", ERROR, stack.key, address, part.achievement)


def _redundant(stack: Stack, address: str, node: Requirement) -> Iterator[Finding]:
    """Find groups of one part, and groups that nothing is needed of."""
    if isinstance(node, AnyOf | AtLeast) and len(node.parts) == 1:
        yield Finding("redundant-group", WARNING, stack.key, address)
    if isinstance(node, AtLeast) and node.count == 0:
        yield Finding("nothing-needed", WARNING, stack.key, address)


def _other_scale(stack: Stack, address: str, node: Requirement) -> Iterator[Finding]:
    """Find grades asked for on a scale that the achievement does not use and no table leads to."""
    if not isinstance(node, Completed) or node.grade is None:
        return
    text = stack.definitions.achievements.get(node.achievement)
    if text is None or text.scale == node.grade.scale:
        return
    tables = {(table.source, table.target) for table in stack.definitions.tables}
    if (text.scale, node.grade.scale) not in tables:
        about = f"{text.scale}, {node.grade.scale}"
        yield Finding("no-table", ERROR, stack.key, address, about)


def _contradiction(stack: Stack, address: str, node: Requirement) -> Iterator[Finding]:
    """Find a "none of" that forbids what stands beside it as needed."""
    if not isinstance(node, Group) or node.needed < len(node.parts):
        return
    needed = {part.achievement for part in node.parts if isinstance(part, Completed | Earned)}
    for part in node.parts:
        for other in part.parts if isinstance(part, NoneOf) else ():
            if isinstance(other, Completed | Earned) and other.achievement in needed:
                yield Finding("unsatisfiable", ERROR, stack.key, address, other.achievement)


def _falls(stack: Stack, address: str, node: Requirement) -> Iterator[Finding]:
    """Find requirements that something further can undo."""
    if isinstance(node, NoneOf | Limit):
        yield Finding("non-monotone", WARNING, stack.key, address)


_NODE_CHECKS: tuple[Callable[[Stack, str, Requirement], Iterator[Finding]], ...] = (
    _self_reference,
    _unknown,
    _retired,
    _out_of_reach,
    _twice,
    _redundant,
    _other_scale,
    _contradiction,
    _falls,
)


# -- clauses --------------------------------------------------------------------------------------


def _printed(stack: Stack, at: str, _node: str, clause: kinds.Clause) -> Iterator[Finding]:
    """Find a printed number that its formula does not give, and shares that are no whole number."""
    if not isinstance(clause, kinds.Least) or clause.share is None or clause.base_need is None:
        return
    exact = clause.share * int(clause.base_need) if clause.base_need % 1 == 0 else None
    if clause.printed is not None and exact is not None and exact != clause.printed:
        yield Finding("printed-number", WARNING, stack.key, at, f"{clause.printed}, {exact}")
    elif exact is not None and exact.denominator > 1 and not clause.rounded:
        yield Finding("fraction", WARNING, stack.key, at, str(exact))


def _beyond(stack: Stack, at: str, address: str, clause: kinds.Clause) -> Iterator[Finding]:
    """Find parts that are larger than the whole, and caps that leave too little."""
    node = dict(stack.walk()).get(address)
    if not isinstance(node, Amount):
        return
    best = [c.count for c in node.clauses if isinstance(c, kinds.Best)]
    if isinstance(clause, kinds.Distinct) and best and clause.need > min(best):
        yield Finding("unsatisfiable", ERROR, stack.key, at, f"{min(best)} of {clause.need}")
    caps = [c for c in node.clauses if isinstance(c, kinds.Cap) and c.unit == node.unit]
    is_for_all = clause in caps and isinstance(clause, kinds.Cap) and clause.where is None
    if is_for_all and isinstance(clause, kinds.Cap) and clause.limit < node.need:
        yield Finding("unsatisfiable", ERROR, stack.key, at, f"{clause.limit} of {node.need}")


def _shares(stack: Stack, at: str, address: str, clause: kinds.Clause) -> Iterator[Finding]:
    """Find two rules on sharing between the same requirements."""
    node = dict(stack.walk()).get(address)
    if isinstance(clause, kinds.Share) and node is not None:
        same = [
            other
            for other in node.clauses
            if isinstance(other, kinds.Share)
            and {other.first, other.second} == {clause.first, clause.second}
        ]
        if same[0] is not clause:
            yield Finding("conflicting-shares", ERROR, stack.key, at, same[0].id)


def _mean(stack: Stack, at: str, _node: str, clause: kinds.Clause) -> Iterator[Finding]:
    if isinstance(clause, kinds.Mean):
        yield Finding("non-monotone", WARNING, stack.key, at)


_CLAUSE_CHECKS: tuple[Callable[[Stack, str, str, kinds.Clause], Iterator[Finding]], ...] = (
    _printed,
    _beyond,
    _shares,
    _mean,
)


# -- stacks ---------------------------------------------------------------------------------------


def _unknown_awards(stack: Stack, keys: set[str]) -> Iterator[Finding]:
    """Find awards that no stack of the document makes: they may be published elsewhere."""
    for address, node in stack.walk():
        if isinstance(node, Earned) and node.achievement not in keys:
            yield Finding("unknown-award", WARNING, stack.key, address, node.achievement)


def _first_step(stack: Stack) -> Iterator[Finding]:
    """Find an award that a single item makes: it would be issued on the first step."""
    node: Requirement = stack.requires
    options: Sequence[Requirement] = node.parts if isinstance(node, AnyOf) else [node]
    if any(isinstance(option, Completed) for option in options):
        yield Finding("first-step", WARNING, stack.key, ROOT)
