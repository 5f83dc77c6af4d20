"""Progress trees as the rows and cards that templates show; words come from wording."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from lti_tool.persistence.readings import AchievementOption
from lti_tool.services.show_progress import FactView, ProgressView, StackView
from lti_tool.translating import _
from lti_tool.web import clause_wording, efforts, learner_wording, wording
from lti_tool.web.lines import StepLine
from stacking_rules import (
    Amount,
    Award,
    ClauseProgress,
    Completed,
    Earned,
    Fact,
    Grade,
    HeldFact,
    NoneOf,
    Progress,
    Status,
    Step,
)
from stacking_rules.held import LEDGER
from stacking_rules.stacks import RENEWAL


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact at a requirement; ``why_not`` is empty when it counts."""

    words: str
    why_not: str


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement on the map.

    ``kind`` chooses icon and border and is never the only sign; ``award_key`` names the card of
    the award that is asked for. ``waits`` says who looks at evidence since when, ``missing`` what
    is missing here and what else would do. ``address`` is the requirement's in its stack; "" at a
    clause.
    """

    title: str
    rule: str
    kind: str
    status: str
    standing: str
    facts: tuple[FactLine, ...]
    hand_in: UUID | None
    award_key: str
    rows: tuple[Row, ...]
    address: str = ""
    waits: str = ""
    missing: StepLine | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One stack on the page: where the learner stands, what is next, and the whole map.

    ``is_due`` says that everything counts while the award has not been made yet (a rule was
    published after the last completion).
    """

    stack: StackView
    state: str
    segments: int
    is_due: bool
    steps: tuple[StepLine, ...]
    unlocks: str
    leads_on: str
    counts_in: tuple[str, ...]
    map: Row
    binding: str = ""
    conflict: str = ""
    changes_title: str = ""
    changes: tuple[str, ...] = ()

    @property
    def is_renewal(self) -> bool:
        """Whether what is shown is how an award that is held is kept."""
        return self.stack.award is not None and self.stack.progress.address == RENEWAL


@dataclass(frozen=True, slots=True)
class Page:
    """A learner's page: awards first, then the nearest stack, then all that are open."""

    held: str
    held_by_other: str
    nearest: Card | None
    earned: tuple[Card, ...]
    open: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Focus:
    """The one achievement that the opened link was placed for, and what it is a part of."""

    row: Row
    parts_of: tuple[str, ...]
    stack_key: str = ""


def find_focus(view: ProgressView, key: str) -> Focus | None:
    """Return where a learner stands at one achievement, when a stack asks for its completion.

    Of several places that ask for it, the one where it counts is shown.
    """
    places = [
        (stack, node)
        for stack in view.stacks
        for node in stack.progress.walk()
        if isinstance(node.requirement, Completed) and node.requirement.achievement == key
    ]
    if not places:
        return None
    places.sort(key=lambda place: place[1].status is not Status.MET)
    titles = dict.fromkeys(stack.title for stack, _ in places)
    return Focus(_Rows(view).row(places[0][1]), tuple(titles), places[0][0].key)


def build_row(view: ProgressView, key: str) -> Row:
    """Return all requirements of the stack ``key`` of this view."""
    stack = next(stack for stack in view.stacks if stack.key == key)
    return _Rows(view).row(stack.progress)


def rows_at(view: ProgressView, key: str, address: str) -> tuple[Row, ...]:
    """Return where a learner stands at one address of a stack; nothing for a clause."""
    nodes = [
        node
        for stack in view.stacks
        if stack.key == key
        for node in stack.progress.walk()
        if node.address == address
    ]
    return tuple(_Rows(view).row(node) for node in nodes[:1])


def build_page(view: ProgressView) -> Page:
    """Return the cards of a learner: the newest award first, of open stacks the nearest first."""
    rows = _Rows(view)
    larger = _larger(view)
    cards = [_card(stack, view, rows, larger) for stack in view.stacks]
    by_key = {stack.key: stack for stack in view.stacks}
    earned = [card for card in cards if card.stack.award]
    still_open = [card for card in cards if card.stack.award is None]
    earned.sort(key=_awarded, reverse=True)
    still_open.sort(key=lambda card: (_distance(card.stack, by_key), -card.stack.progress.have))
    return Page(
        wording.held(view.stacks),
        wording.held_by_other(view.stacks),
        next((card for card in still_open if card.steps), None),
        tuple(earned),
        tuple(still_open),
    )


def _awarded(card: Card) -> date:
    return card.stack.award.awarded_on if card.stack.award else date.min


def _distance(stack: StackView, by_key: Mapping[str, StackView]) -> tuple[int, Decimal]:
    """Return how far an award is: things left to do, then credits left to gain.

    What a smaller award needs is part of the way to the larger one.
    """
    if not stack.steps:
        return (0 if stack.progress.status is Status.MET else 10**6), Decimal(0)
    ways = [_way(step, by_key) for step in stack.steps]
    return sum(way[0] for way in ways), sum((way[1] for way in ways), Decimal(0))


def _way(step: Step, by_key: Mapping[str, StackView]) -> tuple[int, Decimal]:
    if step.kind == "earn" and step.options[0] in by_key:
        things, left = _distance(by_key[step.options[0]], by_key)
        return things + 1, left
    if step.kind == "blocked":
        return 10**6, Decimal(0)
    return (1 if step.credits else step.count), step.credits or Decimal(0)


def _card(stack: StackView, view: ProgressView, rows: _Rows, larger: _Larger) -> Card:
    return Card(
        stack=stack,
        state=wording.state(stack),
        segments=_segments(stack.progress),
        is_due=stack.award is None and stack.progress.status is Status.MET and not stack.is_revoked,
        steps=tuple(efforts.step_line(step, rows.catalogue) for step in stack.steps),
        unlocks=_unlocks(stack),
        leads_on=wording.leads_on(tuple(larger.asking.get(stack.key, ()))),
        counts_in=tuple(larger.counting.get(stack.key, ())),
        map=rows.row(stack.progress),
        binding=learner_wording.binding(stack),
        conflict=_conflict(stack, view),
        changes_title=(
            learner_wording.change_title(stack.change, stack.version) if stack.change else ""
        ),
        changes=learner_wording.changes(stack.change, view.names) if stack.change else (),
    )


def _conflict(stack: StackView, view: ProgressView) -> str:
    proof = view.conflicts.get(stack.key)
    return "" if proof is None else learner_wording.conflict(proof, stack, view.names)


def _unlocks(stack: StackView) -> str:
    is_shut = any(step.kind == "blocked" for step in stack.steps)
    return wording.unlocks(stack) if stack.steps and not is_shut else ""


def _segments(root: Progress) -> int:
    """Return into how many blocks the bar is cut: one per part, none for credits."""
    is_counted = root.unit == "parts" and 2 <= root.need <= 12
    return int(root.need) if is_counted else 0


@dataclass(frozen=True, slots=True)
class _Larger:
    """By award key the titles of the larger stacks that ask for it, and in which it counts."""

    asking: Mapping[str, list[str]]
    counting: Mapping[str, list[str]]


def _larger(view: ProgressView) -> _Larger:
    """Look through every stack once: who asks for which award, and where one counts."""
    asking: dict[str, list[str]] = defaultdict(list)
    counting: dict[str, list[str]] = defaultdict(list)
    for stack in view.stacks:
        asked, counted = set(), set()
        for node in stack.progress.walk():
            if isinstance(node.requirement, Earned):
                asked.add(node.requirement.achievement)
            counted |= {fact.achievement for fact in node.counted if isinstance(fact, Award)}
        for key in asked if stack.award is None else ():
            asking[key].append(stack.title)
        for key in counted:
            counting[key].append(stack.title)
    return _Larger(asking, counting)


class _Rows:
    """Turns requirements into rows with the facts, evidence and names of one learner."""

    def __init__(self, view: ProgressView) -> None:
        self.view = view
        self.options: dict[str, AchievementOption] = {o.key: o for o in view.competencies}
        self.waiting = {
            e.achievement_uuid: e.submitted_at for e in view.evidence if e.state == "submitted"
        }
        self.stacks = {stack.key for stack in view.stacks}
        self.catalogue = efforts.Catalogue(
            view.names, view.workloads, self.options, {stack.key: stack for stack in view.stacks}
        )

    def row(self, node: Progress, *, is_needed: bool = True) -> Row:
        requirement, names = node.requirement, self.view.names
        hand_in = self._hand_in(node) if is_needed else None
        kind, status = self._status(node, hand_in, is_needed=is_needed)
        is_open = is_needed and node.status is not Status.MET
        is_open = is_open and not isinstance(requirement, NoneOf)
        award = requirement.achievement if isinstance(requirement, Earned) else ""
        return Row(
            title=wording.requirement_title(requirement, names),
            rule=wording.rule(requirement, names),
            kind=kind,
            status=status,
            standing=wording.standing(node),
            facts=self._facts(node),
            hand_in=hand_in,
            award_key=award if award in self.stacks else "",
            address=node.address,
            waits=self._waits(hand_in),
            missing=efforts.missing(node, self.catalogue) if is_open else None,
            rows=(
                *(self.row(child, is_needed=is_open) for child in node.children),
                *(self._clause(clause) for clause in node.clauses),
            ),
        )

    def _clause(self, clause: ClauseProgress) -> Row:
        return Row(
            title=clause_wording.clause_title(clause),
            rule="",
            kind=clause.status.value,
            status=wording.STATUS_WORDS[clause.status],
            standing=clause_wording.clause_standing(clause),
            facts=(),
            hand_in=None,
            award_key="",
            rows=(),
        )

    def _status(self, node: Progress, hand_in: UUID | None, *, is_needed: bool) -> tuple[str, str]:
        if hand_in in self.waiting:
            return "waiting", _(wording.WAITING_WORDS)
        if not is_needed and node.status is not Status.MET:
            return "spare", _(wording.SPARE_WORDS)
        return node.status.value, wording.STATUS_WORDS[node.status]

    def _waits(self, hand_in: UUID | None) -> str:
        since = None if hand_in is None else self.waiting.get(hand_in)
        return "" if since is None else learner_wording.in_review(since)

    def _hand_in(self, node: Progress) -> UUID | None:
        if node.status is Status.MET or not isinstance(node.requirement, Completed):
            return None
        option = self.options.get(node.requirement.achievement)
        return option.uuid if option else None

    def _facts(self, node: Progress) -> tuple[FactLine, ...]:
        counted = (FactLine(self._words(fact, node), "") for fact in node.counted)
        unused = (
            FactLine(self._words(held.fact, node), _why_not(held, node)) for held in node.unused
        )
        return (*counted, *unused)

    def _words(self, fact: Fact, node: Progress) -> str:
        view = self.view.facts.get(fact.id) or self._unrecorded(fact)
        is_titled = isinstance(node.requirement, Completed | Earned) and not node.requirement.title
        return wording.fact(view, is_named=not is_titled)

    def _unrecorded(self, fact: Fact) -> FactView:
        """Return an award that is not made yet, or a completion that is only imagined."""
        is_award = isinstance(fact, Award)
        return FactView(
            name=self.view.names.get(fact.achievement, fact.achievement),
            on=fact.on,
            grade=None,
            scale="",
            credits=fact.credits,
            source="" if is_award else "planned",
            course="",
            is_award=is_award,
            is_recognised=False,
        )


def _why_not(held: HeldFact, node: Progress) -> str:
    if LEDGER in held.barriers:
        return _(wording.USED_BY_AWARD)
    return wording.unused(held.reason, _wanted(node))


def _wanted(node: Progress) -> Grade | None:
    requirement = node.requirement
    return requirement.grade if isinstance(requirement, Completed | Amount) else None
