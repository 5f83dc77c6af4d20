"""Every sentence that is made from values: progress, steps, facts, dates, amounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from lti_tool.persistence.readings import AchievementOption
from lti_tool.rule_reading.amounts import (
    amount_words,
    credit_words,
    grade_words,
    graded,
    wanted_grade,
)
from lti_tool.services.show_progress import FactView, StackView
from lti_tool.translating import Words, _, clock_time, day, listed, marked, ngettext, number
from lti_tool.web.clause_wording import UNUSED, other_title
from stacking_rules import (
    Amount,
    Completed,
    Earned,
    Grade,
    Group,
    NoneOf,
    Progress,
    Requirement,
    Status,
    Step,
    Unused,
    Waived,
    scale_bounds,
)

STATUS_WORDS = Words(
    {
        Status.MET: "Counted",
        Status.NOT_MET: "Still open",
        Status.UNKNOWN: "Not certain yet",
        Status.NOT_DECIDED: "Not decided",
    }
)
WAITING_WORDS = marked("Waiting for a decision")
SPARE_WORDS = marked("Not needed")

EVIDENCE_WORDS = Words(
    {
        "submitted": "Handed in, waiting for a decision",
        "accepted": "Accepted",
        "returned": "Returned",
    }
)


def moment(value: datetime) -> str:
    """Return an instant (aware) with its time: 12 May 2026, 14:05 UTC+2."""
    return _("{day}, {time}", day=day(value), time=clock_time(value))


def award_count(value: int) -> str:
    """Return a number of awards: 1 award, 2 awards."""
    return ngettext("{n} award", "{n} awards", value)


def bounds(scale: str) -> str:
    """Return the range of a scale: 0 to 100."""
    low, high = scale_bounds(scale)
    return _("{low} to {high}", low=low, high=high)


# --- one stack ---------------------------------------------------------------------------


def state(stack: StackView) -> str:
    """Return where a learner stands in one sentence: 3 of 5 parts counted, 7.5 of 12 credits."""
    return standing_of(stack.progress)


def standing_of(root: Progress) -> str:
    """Return where a learner stands in the stack of which ``root`` is the progress."""
    if isinstance(root.requirement, Amount):
        return _counted(root)
    if not isinstance(root.requirement, Group):
        return STATUS_WORDS[Status.MET] if root.status is Status.MET else _("Not counted yet")
    sentence = _parts_counted(root)
    pools = [node for node in root.walk() if isinstance(node.requirement, Amount)]
    if len(pools) != 1:
        return sentence
    return _("{parts}, {amount}", parts=sentence, amount=_of_amount(pools[0]))


def _parts_counted(node: Progress) -> str:
    return ngettext(
        "{have} of {n} part counted", "{have} of {n} parts counted", node.need, have=node.have
    )


def _counted(node: Progress) -> str:
    return _("{amount} counted", amount=_of_amount(node))


def _of_amount(node: Progress) -> str:
    if node.unit == "points":
        return ngettext("{have} of {n} point", "{have} of {n} points", node.need, have=node.have)
    if node.unit == "items":
        return ngettext("{have} of {n} item", "{have} of {n} items", node.need, have=node.have)
    return ngettext("{have} of {n} credit", "{have} of {n} credits", node.need, have=node.have)


def requirement_title(requirement: Requirement, names: Mapping[str, str]) -> str:
    """Return what a requirement is called: its own title, or the name of what it asks for."""
    if requirement.title:
        return requirement.title
    if isinstance(requirement, Waived):
        return requirement_title(requirement.waived, names)
    if isinstance(requirement, Completed | Earned):
        return names.get(requirement.achievement, requirement.achievement)
    if isinstance(requirement, Amount):
        amount = amount_words(requirement.need, requirement.unit)
        return _("At least {amount}", amount=amount)
    if isinstance(requirement, Group):
        return _group_rule(requirement)
    if isinstance(requirement, NoneOf):
        return _(NONE_WORDS)
    return other_title(requirement, names) or _("Requirement")


NONE_WORDS = marked("Not together with any of these")


def _group_rule(group: Group) -> str:
    if group.needed == len(group.parts):
        return _("All of these")
    if group.needed == 1:
        return _("One of these")
    return _("At least {needed} of these {total}", needed=group.needed, total=len(group.parts))


def rule(requirement: Requirement, names: Mapping[str, str]) -> str:
    """Return what a requirement asks for, in words; empty where its title says it all."""
    if isinstance(requirement, Group):
        return _group_rule(requirement) if requirement.title else ""
    if isinstance(requirement, NoneOf):
        return _(NONE_WORDS) if requirement.title else ""
    if isinstance(requirement, Amount):
        return _amount_rule(requirement, names)
    if isinstance(requirement, Completed) and requirement.grade is not None:
        return _("Needs {grade} or better", grade=wanted_grade(requirement.grade))
    return ""


def _amount_rule(requirement: Amount, names: Mapping[str, str]) -> str:
    choice = listed([names.get(key, key) for key in requirement.of]) or _("all that is completed")
    if requirement.where is not None:
        choice = _("{choice} and is of the kind asked for", choice=choice)
    amount = amount_words(requirement.need, requirement.unit)
    return _("{amount} from {choice}", amount=graded(amount, requirement.grade), choice=choice)


def standing(node: Progress) -> str:
    """Return where a learner stands at one requirement, when no fact says it already."""
    if isinstance(node.requirement, Amount):
        return _counted(node)
    if isinstance(node.requirement, Group):
        return _parts_counted(node)
    if isinstance(node.requirement, NoneOf):
        return ""
    if isinstance(node.requirement, Waived):
        return _("Met by an exception")
    if node.counted or node.unused:
        return ""
    if isinstance(node.requirement, Earned):
        return _("Not earned yet")
    return _("Not completed yet")


# --- facts -------------------------------------------------------------------------------

SOURCES = Words(
    {
        "teacher": "recorded by a teacher",
        "evidence": "accepted from evidence",
        "api": "reported by the learning platform",
        "moodle": "read from the learning platform",
        "planned": "only imagined here",
    }
)
DONE = {
    (True, True): marked("{name}, awarded on {day}"),
    (True, False): marked("Awarded on {day}"),
    (False, True): marked("{name}, completed on {day}"),
    (False, False): marked("Completed on {day}"),
}
"""What is said of a fact, by whether it is an award and whether it is named."""


def fact(view: FactView, *, is_named: bool = True) -> str:
    """Return a fact: what, when, how good, where it was recorded.

    ``is_named`` is false where the name stands above already.
    """
    words = _(DONE[view.is_award, is_named], name=view.name, day=day(view.on))
    if view.grade is not None:
        words = _("{fact} with {grade}", fact=words, grade=grade_words(view.grade, view.scale))
    if view.credits:
        words = _("{fact} ({credits})", fact=words, credits=credit_words(view.credits))
    return words if view.is_award else _("{fact}; {origin}", fact=words, origin=_origin(view))


def _origin(view: FactView) -> str:
    how = SOURCES.get(view.source) or _("brought in from {source}", source=view.source)
    if view.is_recognised and view.issuer:
        how = _("recognised from earlier learning, by a credential of {name}", name=view.issuer)
    elif view.is_recognised:
        how = _("recognised from earlier learning")
    return _("{how} in {course}", how=how, course=view.course) if view.course else how


REASONS = Words(
    {
        Unused.BELOW_GRADE: "the grade is below {grade}",
        Unused.GRADE_MISSING: "no grade is recorded and {grade} is needed",
        Unused.OTHER_SCALE: "the grade is on another scale than {grade}",
        Unused.OTHER_KIND: "it is not of the kind that counts here",
        Unused.DATA_MISSING: "what is recorded of it does not say whether it counts here",
        Unused.USED_ELSEWHERE: "it is already used at another place in this award",
        Unused.NOT_NEEDED: "enough else counts here, so it is not needed",
    }
)


def unused(reason: Unused, wanted: Grade | None) -> str:
    """Return why a fact that is held does not count."""
    needed = "" if wanted is None else wanted_grade(wanted)
    words = REASONS.get(reason) or UNUSED[reason.value]
    return _("Not counted here: {reason}.", reason=words.format(grade=needed))


USED_BY_AWARD = marked("Not counted here: it is already used by another award.")


# --- what next ---------------------------------------------------------------------------


def step(value: Step, names: Mapping[str, str]) -> str:
    """Return one next step with its alternatives."""
    options = [names.get(key, key) for key in value.options]
    if value.kind == "blocked":
        held = listed(options, joint="and") or _("what is held already")
        return _("Not possible beside {held}", held=held)
    if value.kind == "earn":
        return _("Earn {awards}", awards=listed(options))
    if value.kind == "improve":
        return _improve(value, options)
    if value.kind in ("attest", "clause"):
        if options:
            return _("Have signed: {names}", names=listed(options))
        return _("Meet the condition still open")
    return graded(_complete(value, options), value.grade)


def _improve(value: Step, options: Sequence[str]) -> str:
    if value.grade is None:
        return _("Improve {names}", names=listed(options))
    grade_words = wanted_grade(value.grade)
    return _("Improve {names}: reach {grade} or better", names=listed(options), grade=grade_words)


def _complete(value: Step, options: Sequence[str]) -> str:
    wanted = _choice(value.count)
    if value.kind in ("credits", "points"):
        missing = value.credits or Decimal(0)
        return ngettext("Gain {n} more credit", "Gain {n} more credits", missing)
    if value.kind == "items" and options:
        return ngettext(
            "Complete {number} more of these",
            "Complete {number} more of these",
            value.count,
            number=wanted,
        )
    if value.kind == "items":
        return ngettext(
            "Complete {number} more of the kind asked for",
            "Complete {number} more of the kind asked for",
            value.count,
            number=wanted,
        )
    if len(options) > value.count:
        return ngettext(
            "Complete {number} of these",
            "Complete {number} of these",
            value.count,
            number=wanted,
        )
    return _("Complete {names}", names=listed(options, joint="and"))


NUMBERS = Words(
    {
        0: "none",
        1: "one",
        2: "two",
        3: "three",
        4: "four",
        5: "five",
        6: "six",
        7: "seven",
        8: "eight",
        9: "nine",
    }
)


def _choice(wanted: int) -> str:
    return NUMBERS.get(wanted) or number(wanted)


def has_choice(value: Step) -> bool:
    """Return whether a step leaves a choice that is to be listed."""
    is_amount = value.kind in ("credits", "items")
    return bool(value.options) and (is_amount or len(value.options) > value.count)


def unlocks(stack: StackView) -> str:
    """Return what the next steps lead to."""
    return ngettext(
        "This is the last step to {title}.",
        "This is the first of {n} steps to {title}.",
        len(stack.steps),
        title=stack.title,
    )


def leads_on(titles: Sequence[str]) -> str:
    """Return to which larger awards this one leads; empty when there is none."""
    if not titles:
        return ""
    return _("That award is a part of {titles}.", titles=listed(titles, joint="and"))


def held(stacks: Sequence[StackView]) -> str:
    """Return to a learner how many awards they hold of those on offer."""
    earned = sum(stack.award is not None for stack in stacks)
    if not earned:
        return ngettext(
            "You hold none of {n} award yet.", "You hold none of {n} awards yet.", len(stacks)
        )
    return ngettext(
        "You hold {earned} of {n} award.",
        "You hold {earned} of {n} awards.",
        len(stacks),
        earned=earned,
    )


def held_by_other(stacks: Sequence[StackView]) -> str:
    """Return to a teacher how many awards a learner holds of those on offer."""
    earned = sum(stack.award is not None for stack in stacks)
    if not earned:
        return ngettext(
            "Holds none of {n} award yet.", "Holds none of {n} awards yet.", len(stacks)
        )
    return ngettext(
        "Holds {earned} of {n} award.", "Holds {earned} of {n} awards.", len(stacks), earned=earned
    )


def option(achievement: AchievementOption) -> str:
    """Return how a form offers an achievement: its name and what it is worth."""
    if not achievement.credits:
        return achievement.name
    worth = credit_words(achievement.credits)
    return _("{name} ({credits})", name=achievement.name, credits=worth)
