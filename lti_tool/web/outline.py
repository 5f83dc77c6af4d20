"""Progress trees as the rows and cards that templates show; words come from wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from lti_tool.persistence.readings import AchievementOption, EvidenceView
from lti_tool.services.show_progress import FactView, ProgressView, StackView
from lti_tool.web import wording
from stacking_rules import (
    Award,
    Completed,
    Completion,
    Credits,
    Earned,
    Grade,
    Progress,
    Status,
    Step,
)

Fact = Completion | Award


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact at a requirement; ``why_not`` is empty when it counts."""

    words: str
    why_not: str


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement on the map.

    ``kind`` chooses icon and border and is never the only sign; ``award_key`` names the card of
    the award that is asked for.
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


@dataclass(frozen=True, slots=True)
class StepLine:
    """One thing to do next, and the names to choose from."""

    words: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One stack on the page: where the learner stands, what is next, and the whole map."""

    stack: StackView
    state: str
    segments: int
    steps: tuple[StepLine, ...]
    unlocks: str
    counts_in: tuple[str, ...]
    map: Row


@dataclass(frozen=True, slots=True)
class Page:
    """A learner's page: awards first, then the nearest stack, then all that are open."""

    held: str
    earned: tuple[Card, ...]
    open: tuple[Card, ...]


def build_page(view: ProgressView) -> Page:
    """Return the cards of a learner: the newest award first, of open stacks the nearest first."""
    pairs = [(stack, _card(stack, view)) for stack in view.stacks]
    earned = [(stack.award.awarded_on, card) for stack, card in pairs if stack.award]
    still_open = [card for stack, card in pairs if stack.award is None]
    return Page(
        wording.held(view.stacks),
        tuple(card for _, card in sorted(earned, key=lambda pair: pair[0], reverse=True)),
        tuple(sorted(still_open, key=lambda card: _distance(card.stack))),
    )


def _distance(stack: StackView) -> tuple[int, Decimal, Decimal]:
    """Order open stacks: fewest things left first, of equals the one with more done."""
    need = sum(step.count if step.credits is None else 1 for step in stack.steps)
    left = sum((step.credits or Decimal(0) for step in stack.steps), Decimal(0))
    return need or 10**6, left, -stack.progress.have


def _card(stack: StackView, view: ProgressView) -> Card:
    return Card(
        stack=stack,
        state=wording.state(stack),
        segments=_segments(stack.progress),
        steps=tuple(_step(step, view.names) for step in stack.steps),
        unlocks=wording.unlocks(stack) if stack.steps else "",
        counts_in=_counts_in(stack, view),
        map=_Rows(view).row(stack.progress),
    )


def _segments(root: Progress) -> int:
    """Return into how many blocks the bar is cut: one per part, none for credits."""
    is_counted = root.unit == "parts" and 2 <= root.need <= 12
    return int(root.need) if is_counted else 0


def _step(step: Step, names: Mapping[str, str]) -> StepLine:
    options = tuple(names.get(key, key) for key in step.options)
    return StepLine(wording.step(step, names), options if wording.has_choice(step) else ())


def _counts_in(stack: StackView, view: ProgressView) -> tuple[str, ...]:
    """Return the titles of the larger stacks in which this award counts."""
    return tuple(
        other.title
        for other in view.stacks
        if any(
            isinstance(fact, Award) and fact.achievement == stack.key
            for node in other.progress.walk()
            for fact in node.counted
        )
    )


class _Rows:
    """Turns requirements into rows with the facts, evidence and names of one learner."""

    def __init__(self, view: ProgressView) -> None:
        self.view = view
        self.options: dict[str, AchievementOption] = {o.key: o for o in view.competencies}
        self.waiting = {e.achievement_uuid for e in view.evidence if e.state == "submitted"}
        self.stacks = {stack.key for stack in view.stacks}

    def row(self, node: Progress, *, is_needed: bool = True) -> Row:
        requirement, names = node.requirement, self.view.names
        hand_in = self._hand_in(node) if is_needed else None
        kind, status = self._status(node, hand_in, is_needed=is_needed)
        is_open = is_needed and node.status is not Status.MET
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
            rows=tuple(self.row(child, is_needed=is_open) for child in node.children),
        )

    def _status(self, node: Progress, hand_in: UUID | None, *, is_needed: bool) -> tuple[str, str]:
        if hand_in in self.waiting:
            return "waiting", wording.WAITING_WORDS
        if not is_needed and node.status is not Status.MET:
            return "spare", wording.SPARE_WORDS
        return node.status.value, wording.STATUS_WORDS[node.status]

    def _hand_in(self, node: Progress) -> UUID | None:
        if node.status is Status.MET or not isinstance(node.requirement, Completed):
            return None
        option = self.options.get(node.requirement.achievement)
        return option.uuid if option else None

    def _facts(self, node: Progress) -> tuple[FactLine, ...]:
        counted = (FactLine(self._words(fact, node), "") for fact in node.counted)
        unused = (
            FactLine(self._words(held.fact, node), wording.unused(held.reason, _wanted(node)))
            for held in node.unused
        )
        return (*counted, *unused)

    def _words(self, fact: Fact, node: Progress) -> str:
        view = self.view.facts[fact.id]
        is_titled = isinstance(node.requirement, Completed | Earned) and not node.requirement.title
        return wording.fact(view, is_named=not is_titled)


def _wanted(node: Progress) -> Grade | None:
    requirement = node.requirement
    return requirement.grade if isinstance(requirement, Completed | Credits) else None
