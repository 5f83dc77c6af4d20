"""evaluate(stack, record): where one learner stands in one stack, node by node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from stacking_rules.allocate import Allocation, allocate, can_be_met, decide
from stacking_rules.clauses import Clause, Mean, Open
from stacking_rules.facts import Fact, LearnerRecord, latest_award
from stacking_rules.held import Candidates, Fit, Held
from stacking_rules.judge import Judge
from stacking_rules.plain import is_met
from stacking_rules.progress import ClauseProgress, Progress, Status
from stacking_rules.requirements import Choice, LearnerIs, Limit, NoneOf, Requirement
from stacking_rules.selection import learner_passes
from stacking_rules.shelf import Shelf, hold
from stacking_rules.solving import Decide
from stacking_rules.stacks import RENEWAL, ROOT, Stack, child_address
from stacking_rules.thresholds import (
    Compiled,
    Threshold,
    compile_renewal,
    compile_stack,
    compile_tree,
    pools_of,
    settle,
)
from stacking_rules.view import View, blank_tree, kleene
from stacking_rules.waivers import active, with_values, with_waivers


def evaluate(
    stack: Stack,
    record: LearnerRecord,
    *,
    as_of: date,
    known_on: datetime,
    is_optimistic: bool = False,
    shelf: Shelf | None = None,
    solver: Decide | None = None,
) -> Progress:
    """Return the progress of ``record`` toward ``stack``.

    ``as_of`` is the day for which is asked (facts of that day count), ``known_on`` (aware) the
    instant up to which facts were recorded. Who holds the award and may renew it is measured by
    the renewal path, whose addresses begin with /renewal. With ``is_optimistic`` what is in
    progress or planned counts as done: an outlook, never a reason for an award. A ``shelf`` may
    be passed again for other stacks, the same learner and the same dates. A ``solver`` (a back
    end) is asked where the built-in search stops. The same arguments give the same answer; the
    order of the facts does not matter.
    """
    if shelf is not None:
        blank = _untouched(stack, record, shelf.facts(record, as_of, known_on), shelf)
        if blank is not None:
            return blank
    return inquire(
        stack,
        record,
        as_of=as_of,
        known_on=known_on,
        is_optimistic=is_optimistic,
        shelf=shelf,
        solver=solver,
    ).progress


def _untouched(
    stack: Stack, record: LearnerRecord, facts: tuple[Fact, ...], shelf: Shelf
) -> Progress | None:
    """Return the progress of who holds nothing that is asked about; None if this is not so."""
    compiled = compile_stack(stack)
    if not compiled.is_untouched_by(shelf.names(facts)):
        return None
    if record.waivers or stack.renewal is not None or stack.definitions.orders_facts:
        return None
    return _nothing_held(compiled)[2]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One evaluation with all that led to it: what explains an answer starts from here."""

    stack: Stack
    address: str
    node: Requirement
    held: Held
    root: Threshold
    candidates: Candidates
    allocation: Allocation
    progress: Progress
    given: Mapping[str, Progress | ClauseProgress]


def inquire(
    stack: Stack,
    record: LearnerRecord,
    *,
    as_of: date,
    known_on: datetime,
    is_optimistic: bool = False,
    shelf: Shelf | None = None,
    solver: Decide | None = None,
) -> Inquiry:
    """Return the evaluation of ``stack`` with its parts; arguments as in ``evaluate``."""
    stack, held = as_excepted(stack, record, as_of=as_of, known_on=known_on, shelf=shelf)
    if is_optimistic or solver is not None:
        held = replace(held, is_optimistic=is_optimistic, solver=solver)
    pins = _pins(stack, record) if record.pins else frozenset()
    own = latest_award(stack.key, held.asked.facts)
    if own is not None and own.valid_until is not None:
        renewal, is_over = stack.renewal, own.valid_until <= as_of
        if renewal is not None:
            tree = compiled_for(held, stack, RENEWAL)
            kept = _inquire(stack, RENEWAL, renewal.requires, tree, held, pins)
            if not is_over or kept.progress.status is Status.MET:
                return kept
        if is_over:
            held = _anew(stack, held, record, own)
    return _inquire(stack, ROOT, stack.requires, compiled_for(held, stack, ROOT), held, pins)


def as_excepted(
    stack: Stack,
    record: LearnerRecord,
    *,
    as_of: date,
    known_on: datetime,
    shelf: Shelf | None = None,
) -> tuple[Stack, Held]:
    """Return ``stack`` and what is held for it, both as the exceptions of ``record`` leave them."""
    waivers = active(record, stack, as_of, known_on) if record.waivers else ()
    facts = (Shelf() if shelf is None else shelf).facts(record, as_of, known_on)
    if not waivers:
        return stack, hold(stack, facts, record, as_of, shelf)
    stack, facts = with_waivers(stack, waivers), with_values(facts, waivers)
    return stack, replace(hold(stack, facts, record, as_of), waivers=waivers)


def compiled_for(held: Held, stack: Stack, address: str) -> Compiled:
    """Return the compiled rule of ``stack`` (``as_excepted``) at ROOT or RENEWAL."""
    if not held.waivers:
        return compile_stack(stack) if address == ROOT else compile_renewal(stack)
    node = stack.requires
    if address == RENEWAL and stack.renewal is not None:
        node = stack.renewal.requires
    return compile_tree(address, node, held.asked.definitions, is_excepted=True)


def meets(stack: Stack, record: LearnerRecord, *, as_of: date, known_on: datetime) -> bool:
    """Return whether ``record`` meets ``stack``, as ``evaluate`` says it, and nothing else of it.

    No ties are decided and no reasons sought, and the rule is not remembered: it serves for
    rules that are made up and asked about a few times.
    """
    if active(record, stack, as_of, known_on):
        return inquire(stack, record, as_of=as_of, known_on=known_on).progress.status is Status.MET
    facts = record.known(as_of=as_of, known_on=known_on)
    held = hold(stack, facts, record, as_of)
    own = latest_award(stack.key, facts)
    if own is not None and own.valid_until is not None:
        renewal, is_over = stack.renewal, own.valid_until <= as_of
        if renewal is not None:
            kept = _meets(compile_tree(RENEWAL, renewal.requires, stack.definitions), held)
            if not is_over or kept:
                return kept
        if is_over:
            held = _anew(stack, held, record, own)
    tree = compile_tree(ROOT, stack.requires, stack.definitions)
    return _meets(tree, held)


def _meets(compiled: Compiled, held: Held) -> bool:
    answers = {at: _as_bool(_answer(at, what, held).status) for at, what in compiled.given}
    root = settle(compiled.root, answers, hope=False)
    candidates = {pool.address: held.fits(pool) for pool in pools_of(root)}
    found = decide(root, candidates, held, is_plain=compiled.is_plain)
    if not found.is_possible:
        return False
    judge = Judge(root, found.placed, held)
    return judge.is_met() and not judge.counts_twice()


def _pins(stack: Stack, record: LearnerRecord) -> frozenset[tuple[str, str]]:
    return frozenset((pin.at, pin.fact) for pin in record.pins if pin.stack == stack.key)


def _anew(stack: Stack, held: Held, record: LearnerRecord, own: Fact) -> Held:
    """Return what counts for who earns an award again whose time is over.

    Completions up to its day have had their award; smaller awards and attestations count while
    they are valid. An award without a time of its own comes back with its parts.
    """
    if stack.lasts is None:
        return held
    facts = tuple(f for f in held.asked.facts if f.kind != "completion" or f.on > own.on)
    again = hold(stack, facts, record, held.asked.as_of)
    return replace(
        again, waivers=held.waivers, is_optimistic=held.is_optimistic, solver=held.solver
    )


def _inquire(
    stack: Stack,
    address: str,
    node: Requirement,
    compiled: Compiled,
    held: Held,
    pins: frozenset[tuple[str, str]] = frozenset(),
) -> Inquiry:
    if compiled.is_untouched_by(held.named):
        return Inquiry(stack, address, node, held, compiled.root, *_nothing_held(compiled), {})
    given = {at: _answer(at, what, held) for at, what in compiled.given}
    answers = {at: _as_bool(found.status) for at, found in given.items()}
    root = settle(compiled.root, answers, hope=False) if answers else compiled.root
    candidates: Candidates = {pool.address: held.fits(pool) for pool in pools_of(root)}
    allocation = allocate(root, candidates, held, is_plain=compiled.is_plain, pins=pins)
    judge = Judge(root, allocation.placed, held)
    view = View(judge, candidates, given, blank_tree(compiled) if compiled.is_free else None)
    progress = view.node(address, node)
    status = progress.status
    if not isinstance(node, NoneOf | Limit | LearnerIs):
        status = _status(compiled, answers, candidates, allocation, held, judge)
    if status is not progress.status or allocation.at_fault:
        progress = replace(progress, status=status, at_fault=allocation.at_fault)
    return Inquiry(stack, address, node, held, root, candidates, allocation, progress, given)


@lru_cache(maxsize=4096)
def _nothing_held(compiled: Compiled) -> tuple[Candidates, Allocation, Progress]:
    """Return what is found where the learner has nothing that is asked about."""
    root = compiled.root
    nothing: dict[str, tuple[Fit, ...]] = {pool.address: () for pool in pools_of(root)}
    allocation = Allocation(nothing, is_possible=is_met(root, nothing))
    return nothing, allocation, blank_tree(compiled)[root.address]


def _status(
    compiled: Compiled,
    answers: Mapping[str, bool | None],
    candidates: Candidates,
    allocation: Allocation,
    held: Held,
    judge: Judge,
) -> Status:
    """Say whether the root is met, and if it is not, whether that is proved."""
    if allocation.is_possible:
        # The judge knows no search: should it ever disagree, nothing is awarded.
        holds = judge.is_met() and not judge.counts_twice()
        return Status.MET if holds else Status.NOT_DECIDED
    is_open = None in answers.values()
    hopeful = compiled.root
    if answers:
        hopeful = settle(compiled.root, answers, hope=True)
        candidates = {pool.address: held.fits(pool) for pool in pools_of(hopeful)}
    if is_open or held.is_doubtful(candidates) or not compiled.is_plain:
        hope = can_be_met(hopeful, candidates, held)
        if hope is None:
            return Status.NOT_DECIDED
        if hope and (allocation.is_possible is False or is_open):
            return Status.UNKNOWN
    return Status.NOT_DECIDED if allocation.is_possible is None else Status.NOT_MET


def _as_bool(status: Status) -> bool | None:
    return {Status.MET: True, Status.NOT_MET: False}.get(status)


# -- what is given beforehand --------------------------------------------------------------


def _answer(address: str, what: Requirement | Clause, held: Held) -> Progress | ClauseProgress:
    """Return where the learner stands at something that does not depend on what counts where."""
    match what:
        case NoneOf():
            return _none(address, what, held)
        case Choice():
            at = child_address(address, what.condition)
            return _alone(at, what.condition, held)
        case Limit():
            return _limit(address, what, held)
        case LearnerIs():
            status = _status_of(learner_passes(what.where, held.asked))
            return Progress(address, what, status, _count(status), Decimal(1), "yes")
        case Open():
            is_open = what.since <= held.asked.as_of < what.until
            return _clause(address, what, is_met=is_open)
        case Mean():
            return _mean(address, what, held)
    raise TypeError(f"{type(what).__name__} is not given beforehand")


def _alone(address: str, node: Requirement, held: Held) -> Progress:
    """Return the progress at ``node``, taken alone: nothing outside of it uses items up."""
    stack = Stack("", "", node)
    said = held.asked.definitions
    compiled = compile_tree(address, node, said, is_excepted=bool(held.waivers))
    return _inquire(stack, address, node, compiled, held).progress


def _none(address: str, node: NoneOf, held: Held) -> Progress:
    """Return the progress of a "none of": met only if every part is surely not."""
    children = tuple(_alone(child_address(address, part), part, held) for part in node.parts)
    statuses = [child.status for child in children]
    have, need = statuses.count(Status.NOT_MET), len(children)
    status = Status.NOT_MET if Status.MET in statuses else kleene(have, need, need)
    return Progress(address, node, status, Decimal(have), Decimal(need), "parts", children=children)


def _limit(address: str, node: Limit, held: Held) -> Progress:
    """Return the progress of a limit over all that is held, each item by its best attempt."""
    sure, maybe = Decimal(0), Decimal(0)
    for fact in held.standing(node.of):
        answer = held.passes(node.where, fact)
        amount = held.amount(fact, node.unit, "0-100")
        if answer is False:
            continue
        if answer is None or amount is None:
            maybe += node.most + 1 if amount is None else amount
            continue
        sure += amount
    is_open = sure <= node.most < sure + maybe
    status = Status.UNKNOWN if is_open else _status_of(sure <= node.most)
    return Progress(address, node, status, sure, node.most, node.unit)


def _mean(address: str, clause: Mean, held: Held) -> ClauseProgress:
    """Return the progress of a mean over all attempts, whether they count or not."""
    weights, worth, is_known = Decimal(0), Decimal(0), True
    for fact in held.standing((), every=True):
        answer = held.passes(clause.where, fact)
        if answer is False:
            continue
        grade = held.grade(fact, clause.scale)
        weight = held.amount(fact, clause.weight, clause.scale)
        if answer is None or grade is None or weight is None:
            is_known = False
            continue
        weights, worth = weights + weight, worth + weight * grade
    have = (worth / weights).quantize(Decimal("0.0001")) if weights else clause.target
    status = _status_of(worth >= clause.target * weights if is_known else None)
    return ClauseProgress(address, clause, status, have, clause.target, "grade")


def _clause(address: str, clause: Clause, *, is_met: bool) -> ClauseProgress:
    status = _status_of(is_met)
    return ClauseProgress(address, clause, status, _count(status), Decimal(1), "yes")


def _status_of(answer: object, /) -> Status:
    if answer is None:
        return Status.UNKNOWN
    return Status.MET if answer else Status.NOT_MET


def _count(status: Status) -> Decimal:
    return Decimal(int(status is Status.MET))
