"""The first view of the student's page: what do I have, what next, what ends soon."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from lti_tool.services.show_progress import Deadline, ProgressView
from lti_tool.web import learner_wording, wording
from lti_tool.web.ics import Day
from lti_tool.web.outline import Card, Page
from stacking_rules import Status


@dataclass(frozen=True, slots=True)
class Now:
    """The two sentences: where the learner stands in ``card``, and the cheapest next step."""

    card: Card
    do: str
    effort: str
    unlocks: str


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """What ends, with its consequence and how it is kept; ``on`` is the first day without it."""

    on: date
    words: str
    consequence: str
    renewal: str


def find_now(page: Page) -> Now | None:
    """Return the first view; None where every award that is on offer is held."""
    card = page.nearest
    if card is None:
        return None
    first = card.steps[0]
    unlocks = learner_wording.unlocks(len(card.steps)) if card.unlocks else ""
    unlocks = f"{unlocks} {card.leads_on}".strip()
    return Now(card, first.words, learner_wording.effort_line(first.effort), unlocks)


def deadline_lines(view: ProgressView) -> tuple[DeadlineLine, ...]:
    """Return what ends soon in words, the soonest first."""
    stacks = {stack.key: stack for stack in view.stacks}

    def line(deadline: Deadline) -> DeadlineLine:
        stack = stacks.get(deadline.key)
        steps: tuple[str, ...] = ()
        if stack is not None and stack.progress.status is not Status.MET:
            steps = tuple(wording.step(step, view.names) for step in stack.steps)
        return DeadlineLine(
            deadline.on,
            learner_wording.deadline(deadline, view.names),
            learner_wording.consequence(deadline, stacks),
            learner_wording.renewal(deadline, steps),
        )

    return tuple(line(deadline) for deadline in view.deadlines)


def calendar_days(view: ProgressView, address: str) -> list[Day]:
    """Return the last days of what ends as a calendar; ``address`` is where the page stands."""
    lines = zip(view.deadlines, deadline_lines(view), strict=True)
    return [
        Day(
            uid=_uid(view, deadline),
            on=deadline.on - timedelta(days=1),
            summary=line.words,
            description="\n".join(filter(None, [line.consequence, line.renewal, address])),
        )
        for deadline, line in lines
    ]


def _uid(view: ProgressView, deadline: Deadline) -> str:
    """Return a name that stays the same, and says nothing, whenever the calendar is fetched."""
    parts = (view.learner_uuid, deadline.kind, deadline.key, deadline.title, deadline.on)
    said = "|".join(map(str, parts))
    return f"{hashlib.sha256(said.encode()).hexdigest()[:32]}@quoin"
