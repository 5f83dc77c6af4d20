"""What is still missing: the smallest set of next steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from stacking_rules.facts import Grade
from stacking_rules.progress import Progress, Status, Unused
from stacking_rules.requirements import (
    Amount,
    Attested,
    Choice,
    Completed,
    Earned,
    LearnerIs,
    Limit,
    NoneOf,
    Single,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do next at one requirement.

    ``kind`` is "complete" (one achievement), "complete-any" (``count`` of ``options``), "earn"
    (an award), "attest" (a statement to be signed), "improve" (completed, but not at the grade
    asked for), "credits" or "points" (``credits`` more from ``options``), "items" (``count`` more
    of them; without options, whatever is asked for), "clause" (the clause at ``address`` does not
    hold yet), or "blocked" (``options`` are held and shut this way). ``grade`` is the grade to
    reach, where one is asked for.
    """

    address: str
    kind: str
    options: tuple[str, ...]
    count: int = 1
    credits: Decimal | None = None
    grade: Grade | None = None


Effort = tuple[int, Decimal]
"""(achievements still to complete, credits still to gain): compared in this order.

The engine does not know which achievements will bring missing credits, so a credit requirement
counts as one achievement at least.
"""

_STUCK: Effort = (10**6, Decimal(0))


def next_steps(progress: Progress) -> tuple[Step, ...]:
    """Return the least that leads from ``progress`` to met; empty when it is met.

    Where nothing is missing at any requirement, it is the clauses at fault that must give way.
    """
    steps = _steps(progress)
    if steps or progress.status is Status.MET:
        return steps
    return tuple(Step(address, "clause", ()) for address in progress.at_fault)


def _steps(progress: Progress) -> tuple[Step, ...]:
    if progress.status is Status.MET:
        return ()
    requirement = progress.requirement
    if isinstance(requirement, NoneOf | Limit | LearnerIs):
        return (_blocked_step(progress),)
    if isinstance(requirement, Choice):
        return tuple(step for part in progress.children[1:] for step in _steps(part))
    steps = _group_steps(progress) if progress.children else _leaf_steps(progress)
    return (*steps, *_clause_steps(progress))


def _clause_steps(progress: Progress) -> Iterator[Step]:
    """Yield what is short at the clauses of a requirement."""
    for clause in progress.clauses:
        if clause.status is not Status.MET:
            short = clause.need - clause.have if clause.need > clause.have else None
            yield Step(clause.address, "clause", (), credits=short)


def effort(progress: Progress) -> Effort:
    """Return how much is missing at least; a part that cannot be filled counts as very much."""
    if progress.status is Status.MET:
        return 0, Decimal(0)
    if isinstance(progress.requirement, NoneOf | Limit | LearnerIs):
        return _STUCK
    if isinstance(progress.requirement, Choice):
        efforts = [effort(part) for part in progress.children[1:]]
        return sum(e[0] for e in efforts), sum((e[1] for e in efforts), Decimal(0))
    if isinstance(progress.requirement, Amount):
        missing = progress.need - progress.have
        return (int(missing), Decimal(0)) if progress.unit == "items" else (1, missing)
    if not progress.children:
        return _STUCK if _is_used_elsewhere(progress) else (1, Decimal(0))
    efforts = [effort(part) for part in _easiest(progress)]
    return sum(e[0] for e in efforts), sum((e[1] for e in efforts), Decimal(0))


def _is_used_elsewhere(progress: Progress) -> bool:
    return any(held.reason is Unused.USED_ELSEWHERE for held in progress.unused)


def _easiest(progress: Progress) -> list[Progress]:
    """Return the unmet parts that are still needed, the least effort first."""
    unmet = [child for child in progress.children if child.status is not Status.MET]
    missing = int(progress.need - progress.have)
    return sorted(unmet, key=effort)[:missing]


def _group_steps(progress: Progress) -> tuple[Step, ...]:
    missing = int(progress.need - progress.have)
    unmet = [child for child in progress.children if child.status is not Status.MET]
    singles = [child for child in unmet if isinstance(child.requirement, Single)]
    open_ones = [child for child in singles if not _is_used_elsewhere(child)]
    if len(singles) == len(unmet) and len(open_ones) > missing:
        return (_choice_step(progress.address, open_ones, missing),)
    return tuple(step for part in _easiest(progress) for step in _steps(part))


def _blocked_step(progress: Progress) -> Step:
    """Say what is held, or might be, that shuts this way: nothing leads on from here."""
    shut = [child for child in progress.children if child.status is not Status.NOT_MET]
    facts = [fact for child in shut for node in child.walk() for fact in node.counted]
    return Step(progress.address, "blocked", tuple(dict.fromkeys(f.achievement for f in facts)))


def _choice_step(address: str, parts: list[Progress], count: int) -> Step:
    steps = [_leaf_step(part) for part in parts]
    grades = {step.grade for step in steps}
    grade = grades.pop() if len(grades) == 1 else None
    options = tuple(step.options[0] for step in steps)
    return Step(address, "complete-any", options, count, grade=grade)


def _leaf_steps(progress: Progress) -> tuple[Step, ...]:
    is_enough = progress.have >= progress.need
    return () if is_enough else (_leaf_step(progress),)


def _leaf_step(progress: Progress) -> Step:
    node = progress.requirement
    if isinstance(node, Amount):
        counted = {fact.achievement for fact in progress.counted}
        options = tuple(key for key in node.of if key not in counted)
        missing = progress.need - progress.have
        if node.unit == "items":
            return Step(progress.address, "items", options, int(missing), grade=node.grade)
        return Step(progress.address, node.unit, options, credits=missing, grade=node.grade)
    if isinstance(node, Attested):
        return Step(progress.address, "attest", (node.achievement,))
    if isinstance(node, Earned):
        return Step(progress.address, "earn", (node.achievement,))
    if not isinstance(node, Completed):
        raise TypeError(f"{type(node).__name__} is not a single achievement")
    graded = (Unused.BELOW_GRADE, Unused.GRADE_MISSING, Unused.OTHER_SCALE)
    is_low = any(held.reason in graded for held in progress.unused)
    kind = "improve" if is_low else "complete"
    return Step(progress.address, kind, (node.achievement,), grade=node.grade)
