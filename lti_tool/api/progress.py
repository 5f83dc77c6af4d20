"""GET /api/v1/progress: where one person stands, as the page in the course shows it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response

from lti_tool.api import errors
from lti_tool.api.answers import answer, number, parameters
from lti_tool.api.auth import signed
from lti_tool.api.parts import current_parts
from lti_tool.services.tell_progress import StackView, ToldProgress, tell_progress
from lti_tool.signatures import Caller
from stacking_rules import Award, Fact, Grade, Message, Progress, Step, explain

blueprint = Blueprint("api_progress", __name__)
errors.register(blueprint)


@blueprint.get("/api/v1/progress")
@signed
def show(caller: Caller) -> Response:
    """Give the stacks of the institution, or one of them, for one person."""
    asked = parameters("issuer", "subject", optional=("stack",))
    parts = current_parts()
    told = tell_progress(
        parts.database,
        caller,
        issuer=asked["issuer"],
        subject=asked["subject"],
        stack_key=asked.get("stack"),
        now=parts.clock(),
    )
    return answer(
        {
            "learner": None if told.learner_uuid is None else str(told.learner_uuid),
            "as_of": told.as_of.isoformat(),
            "stacks": [_stack(stack, told) for stack in told.stacks],
        }
    )


def _stack(stack: StackView, told: ToldProgress) -> dict[str, Any]:
    met_until = told.met_until.get(stack.key)
    award = stack.award
    return {
        "key": stack.key,
        "title": stack.title,
        "description": stack.description,
        "version": stack.version,
        "status": stack.progress.status.value,
        "met_until": None if met_until is None else met_until.isoformat(),
        "award": None
        if award is None
        else {
            "uuid": str(award.uuid),
            "awarded_on": award.awarded_on.isoformat(),
            "version": award.version,
            "is_under_review": award.is_under_review,
            "has_credential": award.has_credential,
        },
        "requirement": _Tree(told, explain(stack.progress)).node(stack.progress),
        "next_steps": [_step(step, told.names) for step in stack.steps],
    }


class _Tree:
    """Turns a progress tree into plain data, with names and the facts that count."""

    def __init__(self, told: ToldProgress, messages: Mapping[str, Message]) -> None:
        self.told, self.messages = told, messages

    def node(self, found: Progress) -> dict[str, Any]:
        rule = found.requirement.waived if found.waiver else found.requirement  # type: ignore[attr-defined]
        asked: str | None = getattr(rule, "achievement", None)
        return {
            **self._standing(found),
            "title": found.requirement.title,
            "achievement": None if asked is None else _named(asked, self.told.names),
            "counted": [self._fact(fact) for fact in found.counted],
            "unused": [
                {**self._fact(held.fact), "reason": held.reason.value} for held in found.unused
            ],
            "conditions": [self._standing(clause) for clause in found.clauses],
            "parts": [self.node(child) for child in found.children],
        }

    def _standing(self, found: Any) -> dict[str, Any]:
        """Return where a requirement or a clause stands, and the message that says it."""
        message = self.messages[found.address]
        return {
            "address": found.address,
            "status": found.status.value,
            "have": number(found.have),
            "need": number(found.need),
            "unit": found.unit,
            "message": {
                "key": message.key,
                "values": {name: _plain(value) for name, value in message.values.items()},
            },
        }

    def _fact(self, fact: Fact) -> dict[str, Any]:
        """Return a completion or award; one that has not been made yet has no view of its own."""
        view = self.told.facts.get(fact.id)
        grade = None if view is None or view.grade is None else Grade(view.grade, view.scale)
        return {
            "achievement": _named(fact.achievement, self.told.names),
            "on": fact.on.isoformat(),
            "credits": number(fact.credits),
            "grade": None if grade is None else _grade(grade),
            "is_award": isinstance(fact, Award),
            "is_recognised": view is not None and view.is_recognised,
            "source": "" if view is None else view.source,
            "course": "" if view is None else view.course,
        }


def _step(step: Step, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "address": step.address,
        "kind": step.kind,
        "options": [_named(key, names) for key in step.options],
        "count": step.count,
        "credits": None if step.credits is None else number(step.credits),
        "grade": None if step.grade is None else _grade(step.grade),
    }


def _named(key: str, names: Mapping[str, str]) -> dict[str, str]:
    return {"key": key, "title": names.get(key, key)}


def _grade(grade: Grade) -> dict[str, str]:
    return {"value": number(grade.value), "scale": grade.scale}


def _plain(value: str | int | Decimal) -> str | int:
    return number(value) if isinstance(value, Decimal) else value
