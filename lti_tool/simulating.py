"""A change of rules held against the learners of an institution; needs NumPy (quoin[cohort])."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.crowds import stream_crowds
from lti_tool.persistence.snapshots import load_records, load_rules, load_zone
from lti_tool.solver import solver
from stacking_rules import Document, LearnerRecord, Message, StackError, parse_stack
from stacking_rules.cohort.changing import RuleChange, Rules
from stacking_rules.cohort.plan import When
from stacking_rules.cohort.simulating import Crowd, Effect, Outcome, People, simulate
from stacking_rules.cohort.tally import Example, Total, Totals


def published_rules(session: Session, institution_id: int) -> Rules:
    """Return the current stacks of an institution, and what their awards are worth."""
    found = load_rules(session, institution_id)
    return Rules(found.stacks, found.credits_of)


def rules_of(document: Document) -> Rules:
    """Return the stacks of a document as they are once it is published."""
    stacks = tuple(
        parse_stack(document.texts[stack.key], version=stack.version) for stack in document.stacks
    )
    return Rules(stacks, document.award_credits)


def change_of(before: Rules, document: Rules, only: str | None = None) -> RuleChange:
    """Return the change that the publication of ``document`` is; ``only`` one stack of it.

    ``InvalidInputError`` (code ``simulation``) where it cannot be published, or has no such stack.
    """
    try:
        return RuleChange(before, before.with_published(document), only)
    except StackError as error:
        raise InvalidInputError(str(error), code="simulation") from None


def day_of(session: Session, institution_id: int, now: datetime) -> When:
    """Return the present day of an institution's stacks."""
    zone = ZoneInfo(load_zone(session, institution_id))
    return When(as_of=now.astimezone(zone).date(), known_on=now.astimezone(UTC))


def simulate_institution(
    session: Session,
    institution_id: int,
    change: RuleChange,
    when: When,
    *,
    size: int,
    after: int = 0,
    advance: Callable[[int], None] = lambda _: None,
) -> Iterator[tuple[Sequence[int], Crowd, list[Outcome]]]:
    """Yield ids, ``size`` learners at a time, and what the change does to them.

    Those who have completed anything, from the one after the internal id ``after`` on. Nothing is
    written.
    """
    for crowd in stream_crowds(session, institution_id, **when, size=size, after=after):
        people = People(crowd.columns, _records(session, crowd.ids))
        both = Crowd(people, people)
        found = simulate(change, both, **when, solver=solver(), advance=advance)
        yield crowd.ids, both, found


def _records(session: Session, ids: Sequence[int]) -> Callable[[int], LearnerRecord]:
    return lambda number: load_records(session, [ids[number]])[ids[number]]


def to_plain(change: RuleChange, totals: Totals) -> dict[str, Any]:
    """Return the totals of a change as they are kept; learners are internal ids."""
    return {
        key: _plain(totals.get(key, Total()))
        | {
            "place": place,
            "title": change.title(key),
            "is_changed": key in change.differs,
            "titles": change.parts(key),
        }
        for place, key in enumerate(change.keys)
    }


def _plain(total: Total) -> dict[str, Any]:
    return {
        "effects": {effect.value: count for effect, count in total.effects.items()},
        "requirements": {
            effect.value: dict(counts) for effect, counts in total.requirements.items()
        },
        "examples": [
            {
                "effect": one.effect.value,
                "address": one.address,
                "learner": one.learner,
                "why": [
                    [at, message.key, {name: str(v) for name, v in message.values.items()}]
                    for at, message in one.why
                ],
            }
            for one in sorted(total.examples, key=lambda one: (one.effect, one.address))
        ],
    }


def from_plain(kept: Mapping[str, Any]) -> Totals:
    """Return totals as they were kept."""
    return {
        key: Total(
            {Effect(name): count for name, count in one["effects"].items()},
            {Effect(name): dict(counts) for name, counts in one["requirements"].items()},
            [
                Example(
                    Effect(said["effect"]),
                    said["address"],
                    said["learner"],
                    tuple((at, Message(name, values)) for at, name, values in said["why"]),
                )
                for said in one["examples"]
            ],
        )
        for key, one in kept.items()
    }
