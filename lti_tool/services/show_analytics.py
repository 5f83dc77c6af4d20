"""Use case: show a teacher how a course gets through a stack, in figures about groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.class_standings import asked_for, list_outdated
from lti_tool.course_figures import (
    Bottleneck,
    OptionShare,
    Person,
    Stage,
    Waits,
    bottlenecks,
    funnel,
    option_shares,
    waits,
)
from lti_tool.persistence.awards import list_held
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import find_by_keys, list_achievements
from lti_tool.persistence.classes import list_class_ids, list_first_days
from lti_tool.persistence.snapshots import load_rules
from lti_tool.persistence.standings import list_standings


@dataclass(frozen=True, slots=True)
class AnalyticsView:
    """Figures about the learners who are in a course now; ``names`` are of achievements by key.

    They rest on what was computed at ``computed_at`` (the oldest part of it); the progress of
    ``uncomputed`` learners has changed since, or was never computed.
    """

    stacks: tuple[tuple[str, str], ...]
    chosen: str
    people: int
    uncomputed: int
    computed_at: datetime | None
    funnel: tuple[tuple[Stage, int | None], ...]
    bottlenecks: tuple[Bottleneck, ...]
    waits: Waits | None
    shares: tuple[OptionShare, ...]
    names: dict[str, str]


def show_analytics(
    database: Database, *, institution_id: int, context_id: int, stack_key: str, now: datetime
) -> AnalyticsView:
    """Read what is kept of where learners stand, and make figures of it; nothing is evaluated.

    ``stack_key`` may be empty or unknown: then it is the first stack of the institution.
    """
    with database.reading() as session:
        rules = load_rules(session, institution_id)
        stacks = tuple((stack.key, stack.title) for stack in rules.stacks)
        row = rules.rows.get(stack_key) or next(iter(rules.rows.values()), None)
        if row is None:
            return AnalyticsView((), "", 0, 0, None, (), (), None, (), {})
        key = row.stack.key
        ids = list_class_ids(session, context_id, is_active=True)
        wanted = find_by_keys(session, institution_id, asked_for(rules, key))
        first = list_first_days(session, ids, {one.id for one in wanted.values()})
        awarded = {
            held.learner_id: held.awarded_on
            # Of an award that was renewed the first: how long it took to get there.
            for held in reversed(list_held(session, ids))
            if held.stack_id == row.stack.id
        }
        kept = list_standings(session, ids, row.stack.id)
        people = [
            Person(
                one.have,
                one.need,
                one.steps,
                tuple(one.missing),
                tuple(one.counted),
                first.get(one.learner_id),
                one.latest_on,
                awarded.get(one.learner_id),
            )
            for one in kept
        ]
        stack = next(stack for stack in rules.stacks if stack.key == key)
        return AnalyticsView(
            stacks=stacks,
            chosen=key,
            people=len(people),
            uncomputed=len(list_outdated(session, institution_id, ids, now)),
            computed_at=min((one.computed_at for one in kept), default=None),
            funnel=tuple(funnel(people)),
            bottlenecks=tuple(bottlenecks(people, now.date())),
            waits=waits(people),
            shares=tuple(option_shares(stack, people)),
            names={one.key: one.name for one in list_achievements(session, institution_id)},
        )
