"""What a next step asks for: credits and hours of work, where the catalogue knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from lti_tool.persistence.readings import AchievementOption
from lti_tool.standing_views import StackView
from lti_tool.web import learner_wording, wording
from lti_tool.web.lines import OptionLine, StepLine
from stacking_rules import Group, Progress, Step, next_steps

UNKNOWN = Decimal(10**6)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What has to be known to say what a step asks for; everything by achievement key."""

    names: Mapping[str, str]
    workloads: Mapping[str, Decimal]
    options: Mapping[str, AchievementOption]
    stacks: Mapping[str, StackView]


def step_line(step: Step, known: Catalogue) -> StepLine:
    """Return a step in words, with its effort and, where there is a choice, the cheapest first."""
    keys = sorted(step.options, key=lambda key: _order(key, known))
    options: tuple[OptionLine, ...] = ()
    if wording.has_choice(step):
        options = tuple(OptionLine(known.names.get(key, key), _of_key(key, known)) for key in keys)
    return StepLine(wording.step(step, known.names), options, _effort(step, keys, known))


def missing(node: Progress, known: Catalogue) -> StepLine | None:
    """Return what is missing at one requirement, where its parts do not say it themselves."""
    steps = next_steps(node)
    if len(steps) != 1 or (isinstance(node.requirement, Group) and not steps[0].options):
        return None
    if isinstance(node.requirement, Group) and steps[0].address != node.address:
        return None
    return step_line(steps[0], known)


def _order(key: str, known: Catalogue) -> tuple[Decimal, Decimal]:
    hours, worth = known.workloads.get(key), _credits(key, known)
    return (UNKNOWN if hours is None else hours), (UNKNOWN if worth is None else worth)


def _credits(key: str, known: Catalogue) -> Decimal | None:
    option = known.options.get(key)
    return option.credits if option and option.credits else None


def _of_key(key: str, known: Catalogue) -> str:
    stack = known.stacks.get(key)
    if stack is not None and stack.award is None:
        return wording.state(stack)
    return learner_wording.effort(_credits(key, known), known.workloads.get(key))


def _effort(step: Step, keys: list[str], known: Catalogue) -> str:
    """Return the least that a step asks for: that of its cheapest options."""
    if step.kind in ("blocked", "clause", "attest"):
        return ""
    if step.kind == "credits":
        return learner_wording.effort(step.credits, None)
    if step.kind == "earn":
        return _of_key(keys[0], known) if keys else ""
    if len(keys) == 1:
        return _of_key(keys[0], known)
    chosen = keys[: step.count]
    return learner_wording.effort(
        _sum([_credits(key, known) for key in chosen]),
        _sum([known.workloads.get(key) for key in chosen]),
    )


def _sum(values: list[Decimal | None]) -> Decimal | None:
    said = [value for value in values if value is not None]
    return sum(said, Decimal(0)) if said and len(said) == len(values) else None
