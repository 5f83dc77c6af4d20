"""Where the learners of a whole course stand, kept between requests: lists, filters, analytics.

Evaluating a learner costs about a millisecond; a course of thousands is computed in portions, and
only for those whose facts, or whose rules, have changed. Awards never follow from what is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.persistence.catalog import list_current_stacks
from lti_tool.persistence.snapshots import Rules, load_records, load_rules
from lti_tool.persistence.standings import (
    Summary,
    read_kept_marks,
    read_marks,
    read_summaries,
    replace_standings,
)
from lti_tool.solver import solver
from stacking_rules import (
    Amount,
    Attested,
    Award,
    Completed,
    Completion,
    Earned,
    Fact,
    Progress,
    Requirement,
    next_steps,
    roll_up,
)

KEPT_FOR = timedelta(days=1)
"""Rules may speak of time: what was computed is computed again after a day."""

PORTION = 100
"""Learners that are read at a time, so that their records do not pile up."""


def list_outdated(
    session: Session, institution_id: int, learner_ids: Collection[int], now: datetime
) -> list[int]:
    """Return those learners whose rows are missing, old, or not of their present facts."""
    rules = _rules_mark(session, institution_id)
    if rules is None:
        return []
    marks = read_marks(session, learner_ids)
    kept = read_kept_marks(session, learner_ids)
    return [
        learner_id
        for learner_id in sorted(learner_ids)
        if learner_id not in kept
        or kept[learner_id].mark != _mark(rules, marks[learner_id])
        or now - kept[learner_id].computed_at > KEPT_FOR
    ]


def read_now(
    session: Session, institution_id: int, learner_ids: Collection[int], now: datetime
) -> dict[tuple[int, int], Summary]:
    """Return where a page of learners stands now, by (learner, stack): kept, or evaluated here.

    Nothing is written.
    """
    outdated = list_outdated(session, institution_id, learner_ids, now)
    found = read_summaries(session, set(learner_ids).difference(outdated))
    if outdated:
        rules = load_rules(session, institution_id)
        for row in _rows(session, rules, outdated, "", dict.fromkeys(outdated, ""), now):
            key = (row["learner_id"], row["stack_id"])
            found[key] = Summary(row["status"], row["have"], row["need"], row["unit"])
    return found


def asked_for(rules: Rules, stack_key: str) -> frozenset[str]:
    """Return the keys of all achievements that a stack asks for, those of smaller stacks too."""
    stacks = {stack.key: stack for stack in rules.stacks}
    found: set[str] = set()
    waiting, seen = [stack_key], {stack_key}
    while waiting:
        for _, node in stacks[waiting.pop()].walk():
            named = _named(node)
            found.update(named)
            smaller = [key for key in named if key in stacks and key not in seen]
            waiting += smaller
            seen.update(smaller)
    return frozenset(found)


def _named(node: Requirement) -> tuple[str, ...]:
    if isinstance(node, Completed | Earned | Attested):
        return (node.achievement,)
    return node.of if isinstance(node, Amount) else ()


def freshen(
    session: Session, institution_id: int, learner_ids: Collection[int], now: datetime, *, most: int
) -> int:
    """Compute the rows of at most ``most`` learners that are outdated; return how many are left."""
    outdated = list_outdated(session, institution_id, learner_ids, now)
    here, left = outdated[:most], len(outdated) - most
    if here:
        rules = load_rules(session, institution_id)
        mark = _rules_mark(session, institution_id) or ""
        marks = read_marks(session, here)
        for start in range(0, len(here), PORTION):
            portion = here[start : start + PORTION]
            rows = list(_rows(session, rules, portion, mark, marks, now))
            replace_standings(session, portion, rows)
    return max(left, 0)


def _rules_mark(session: Session, institution_id: int) -> str | None:
    versions = [row.version.id for row in list_current_stacks(session, institution_id)]
    return ",".join(map(str, versions)) if versions else None


def _mark(rules: str, facts: str) -> str:
    return hashlib.sha256(f"{rules}|{facts}".encode()).hexdigest()


def _rows(
    session: Session,
    rules: Rules,
    learner_ids: Sequence[int],
    mark: str,
    marks: Mapping[int, str],
    now: datetime,
) -> Iterator[dict[str, Any]]:
    for learner_id, record in load_records(session, learner_ids).items():
        found = roll_up(
            rules.stacks,
            record,
            as_of=now.date(),
            known_on=now,
            credits_of=rules.credits_of,
            solver=solver(),
        )
        for key, row in rules.rows.items():
            yield {
                "learner_id": learner_id,
                "stack_id": row.stack.id,
                "mark": _mark(mark, marks[learner_id]),
                "computed_at": now,
                **summarize(found.progress[key]),
            }


def summarize(progress: Progress) -> dict[str, Any]:
    """Return what is kept of one learner's progress in one stack: plain values."""
    steps = next_steps(progress)
    counted = [fact for node in progress.walk() for fact in node.counted]
    missing = dict.fromkeys(key for step in steps for key in step.options)
    return {
        "status": progress.status.value,
        "have": progress.have,
        "need": progress.need,
        "unit": progress.unit,
        "missing": list(missing),
        "counted": list(dict.fromkeys(fact.achievement for fact in counted)),
        "steps": sum(max(step.count, 1) for step in steps),
        "latest_on": max(map(_day, counted), default=None),
    }


def _day(fact: Fact) -> date:
    if isinstance(fact, Award):
        return fact.awarded_on
    return fact.completed_on if isinstance(fact, Completion) else fact.attested_on
