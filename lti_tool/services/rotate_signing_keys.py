"""Use case: do whatever is due with our signing keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.lti.key_rotation import KeyAge, Step, StepKind, plan_rotation
from lti_tool.lti.keys import make_key
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.tool_keys import (
    KeyState,
    ToolKey,
    activate_tool_key,
    add_tool_key,
    delete_tool_key,
    list_tool_keys,
    state_since,
)

ACTIONS = {
    StepKind.PUBLISH: "key-published",
    StepKind.ACTIVATE: "key-activated",
    StepKind.REMOVE: "key-removed",
}


@dataclass(frozen=True, slots=True)
class KeysRotated:
    """The steps that were done now, and the next one with its day."""

    done: tuple[Step, ...]
    next_step: Step | None


def rotate_signing_keys(
    database: Database, secret_key: bytes, *, at_once: bool = False, actor: str, now: datetime
) -> KeysRotated:
    """Do the steps that are due: remove, activate, publish; safe to repeat, and every day.

    With ``at_once`` the next key (made now if there is none) signs from this moment on:
    platforms that have kept our keyset refuse it until they read it again.
    """
    done: list[Step] = []
    with database.writing() as session:
        lock_name(session, "tool keys")
        if at_once:
            done += _replace(session, secret_key, now)
        while due := _due(list_tool_keys(session), now):
            done.append(_do(session, due, secret_key, now))
        for step in done:
            add_event(
                session,
                institution_id=None,
                actor=actor,
                action=ACTIONS[step.kind],
                subject=step.kid or "",
                at=now,
            )
        upcoming = plan_rotation(_ages(list_tool_keys(session)))
    return KeysRotated(tuple(done), upcoming[0] if upcoming else None)


def _replace(session: Session, secret_key: bytes, now: datetime) -> list[Step]:
    waiting = [row for row in list_tool_keys(session) if row.state == KeyState.NEXT]
    done = []
    if not waiting:
        done.append(_do(session, Step(StepKind.PUBLISH, now), secret_key, now))
        waiting = [row for row in list_tool_keys(session) if row.state == KeyState.NEXT]
    done.append(_do(session, Step(StepKind.ACTIVATE, now, waiting[0].kid), secret_key, now))
    return done


def _due(rows: Iterable[ToolKey], now: datetime) -> Step | None:
    steps = plan_rotation(_ages(rows))
    return steps[0] if steps and steps[0].due_at <= now else None


def _ages(rows: Iterable[ToolKey]) -> list[KeyAge]:
    return [KeyAge(row.kid, row.state, state_since(row)) for row in rows]


def _do(session: Session, step: Step, secret_key: bytes, now: datetime) -> Step:
    """Do one step and return it with the key it was done to."""
    if step.kid is None:
        made = make_key(secret_key)
        add_tool_key(session, made.kid, made.encrypted_private_key, now, state=KeyState.NEXT)
        return Step(step.kind, now, made.kid)
    if step.kind is StepKind.ACTIVATE:
        activate_tool_key(session, step.kid, now)
    else:
        delete_tool_key(session, step.kid)
    return Step(step.kind, now, step.kid)
