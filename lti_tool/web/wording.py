"""Every sentence that is made from values: progress, steps, facts, dates, amounts (English)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from lti_tool.news_words import day
from lti_tool.persistence.readings import AchievementOption
from lti_tool.services.show_progress import FactView, StackView
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

STATUS_WORDS = {
    Status.MET: "Counted",
    Status.NOT_MET: "Still open",
    Status.UNKNOWN: "Not certain yet",
    Status.NOT_DECIDED: "Not decided",
}
WAITING_WORDS = "Waiting for a decision"
SPARE_WORDS = "Not needed"

EVIDENCE_WORDS = {
    "submitted": "Handed in, waiting for a decision",
    "accepted": "Accepted",
    "returned": "Returned",
}

NOTICES = {
    "page-published": "The public page is there. Whoever knows its address sees it.",
    "page-withdrawn": "The public page is withdrawn. Its address shows nothing any more.",
    "grade-shown": "The credential is being signed anew, with your grade. It is here in a moment.",
    "grade-hidden": "The credential is being signed anew, without a grade. It is here in a moment.",
    "accounts-joined": "The accounts are joined. You see the credentials of all of them here.",
    "accounts-parted": "The account is parted. Every award stays where it was earned.",
    "news-read": "You have read your news.",
    "element-aligned": "It is aligned. Credentials that are issued from now on say so.",
    "element-unaligned": "The alignment is taken away. Credentials that are issued keep it.",
    "described": "The description holds from now on. Credentials that are issued keep theirs.",
    "calendar-started": "Your address is there. Enter it in your calendar.",
    "calendar-renewed": "Your address is a new one. The one before shows nothing any more.",
    "calendar-ended": "Your address is ended. It shows nothing any more.",
    "news-settings-kept": "Your choice is kept.",
    "news-code-sent": "Your choice is kept. A mail with a code is on its way; enter the code here.",
    "news-confirmed": "The address is confirmed.",
    "request-sent": "Your request is with the registrar. You see the answer here.",
    "evidence-sent": "Your evidence is handed in. You see the answer here.",
    "completion-recorded": "The completion is recorded.",
    "completion-withdrawn": "The completion is withdrawn.",
    "completion-withdrawn-review": (
        "The completion is withdrawn. Awards that rested on it now wait for a review."
    ),
    "evidence-accepted": "The evidence is accepted and the completion is recorded.",
    "evidence-decided": "This evidence was decided already. Nothing was done twice.",
    "evidence-returned": "The evidence is returned with your note.",
    "outside-recognised": "The credential is recognised, and counts.",
    "outside-awarded": "The credential is recognised, and an award followed from it at once.",
    "outside-declined": "The credential is not recognised. The learner reads your reason.",
    "course-copied": "What is placed in the other course is placed here now.",
    "roster-refreshed": "The list of learners is up to date.",
    "score-again": "The score is sent again.",
    "scores-again": "The scores are sent again.",
    "score-anyway": "Our score is sent over the other grade.",
    "score-left": "The other grade stays as it is.",
    "score-unchanged": "Nothing was left to do: it is on its way, or done already.",
    "draft-deleted": "The draft is deleted. What was published of it stays.",
    "draft-submitted": "The draft waits for somebody's approval.",
    "draft-approved": "The draft is approved. It can be published now.",
    "draft-published": "The stack is published. It counts for whatever is recorded from now on.",
    "column-again": "The column is made again, and its scores are sent.",
    "column-renamed": "The column has its present name.",
    "column-deleted": "The column is deleted. It is made again only if you say so.",
}
"""What a page says after a redirect; the address carries the name, never the words."""


def moment(value: datetime) -> str:
    """Return an instant (UTC) with its time: 12 May 2026, 14:05 UTC."""
    return f"{day(value)}, {value:%H:%M} UTC"


def number(value: Decimal) -> str:
    """Return an exact number without needless zeros or an exponent."""
    return format(value, "f").rstrip("0").rstrip(".") if value % 1 else format(value, ".0f")


def credit_words(value: Decimal) -> str:
    """Return an amount of credits: 1 credit, 7.5 credits."""
    return f"{number(value)} {_credit(value)}"


def _credit(value: Decimal) -> str:
    return "credit" if value == 1 else "credits"


def count(value: int, one: str, many: str) -> str:
    """Return a number with its noun in the right form."""
    return f"{value} {one if value == 1 else many}"


def grade(value: Decimal, scale: str) -> str:
    """Return a grade with its scale: 82 of 100, or 4 (scale 1 to 5)."""
    low, high = scale_bounds(scale)
    if low == 0:
        return f"{number(value)} of {number(high)}"
    return f"{number(value)} (scale {number(low)} to {number(high)})"


def bounds(scale: str) -> str:
    """Return the range of a scale: 0 to 100."""
    low, high = scale_bounds(scale)
    return f"{number(low)} to {number(high)}"


def listed(words: Sequence[str], *, joint: str = "or") -> str:
    """Return words as a list in a sentence: A, B or C."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


# --- one stack ---------------------------------------------------------------------------


def state(stack: StackView) -> str:
    """Return where a learner stands in one sentence: 3 of 5 parts counted, 7.5 of 12 credits."""
    return standing_of(stack.progress)


def standing_of(root: Progress) -> str:
    """Return where a learner stands in the stack of which ``root`` is the progress."""
    if isinstance(root.requirement, Amount):
        return f"{_of_amount(root)} counted"
    if not isinstance(root.requirement, Group):
        return "Counted" if root.status is Status.MET else "Not counted yet"
    sentence = f"{_of_parts(root)} counted"
    pools = [node for node in root.walk() if isinstance(node.requirement, Amount)]
    return f"{sentence}, {_of_amount(pools[0])}" if len(pools) == 1 else sentence


def _of_parts(node: Progress) -> str:
    noun = "part" if node.need == 1 else "parts"
    return f"{number(node.have)} of {number(node.need)} {noun}"


def _of_amount(node: Progress) -> str:
    return f"{number(node.have)} of {_amount_words(node.need, node.unit)}"


def _amount_words(value: Decimal, unit: str) -> str:
    if unit == "points":
        return f"{number(value)} points"
    return count(int(value), "item", "items") if unit == "items" else credit_words(value)


def requirement_title(requirement: Requirement, names: Mapping[str, str]) -> str:
    """Return what a requirement is called: its own title, or the name of what it asks for."""
    if requirement.title:
        return requirement.title
    if isinstance(requirement, Waived):
        return requirement_title(requirement.waived, names)
    if isinstance(requirement, Completed | Earned):
        return names.get(requirement.achievement, requirement.achievement)
    if isinstance(requirement, Amount):
        return f"At least {_amount_words(requirement.need, requirement.unit)}"
    if isinstance(requirement, Group):
        return _group_rule(requirement)
    if isinstance(requirement, NoneOf):
        return NONE_WORDS
    return other_title(requirement, names) or "Requirement"


NONE_WORDS = "Not together with any of these"


def _group_rule(group: Group) -> str:
    if group.needed == len(group.parts):
        return "All of these"
    if group.needed == 1:
        return "One of these"
    return f"At least {group.needed} of these {len(group.parts)}"


def rule(requirement: Requirement, names: Mapping[str, str]) -> str:
    """Return what a requirement asks for, in words; empty where its title says it all."""
    if isinstance(requirement, Group):
        return _group_rule(requirement) if requirement.title else ""
    if isinstance(requirement, NoneOf):
        return NONE_WORDS if requirement.title else ""
    if isinstance(requirement, Amount):
        named = [names.get(key, key) for key in requirement.of]
        choice = listed(named) or "all that is completed"
        choice += " and is of the kind asked for" if requirement.where is not None else ""
        amount = _amount_words(requirement.need, requirement.unit)
        return f"{amount}{_at_least(requirement.grade)} from {choice}"
    if isinstance(requirement, Completed) and requirement.grade is not None:
        return f"Needs {wanted_grade(requirement.grade)} or better"
    return ""


def _at_least(wanted: Grade | None) -> str:
    return "" if wanted is None else f" with {wanted_grade(wanted)} or better"


def wanted_grade(wanted: Grade) -> str:
    """Return a grade as its scale names it, or as a number of its scale."""
    return wanted.text or grade(wanted.value, wanted.scale)


def standing(node: Progress) -> str:
    """Return where a learner stands at one requirement, when no fact says it already."""
    if isinstance(node.requirement, Amount):
        return f"{_of_amount(node)} counted"
    if isinstance(node.requirement, Group):
        return f"{_of_parts(node)} counted"
    if isinstance(node.requirement, NoneOf):
        return ""
    if isinstance(node.requirement, Waived):
        return "Met by an exception"
    if node.counted or node.unused:
        return ""
    return "Not earned yet" if isinstance(node.requirement, Earned) else "Not completed yet"


# --- facts -------------------------------------------------------------------------------

SOURCES = {
    "teacher": "recorded by a teacher",
    "evidence": "accepted from evidence",
    "api": "reported by the learning platform",
    "planned": "only imagined here",
}


def fact(view: FactView, *, is_named: bool = True) -> str:
    """Return a fact: what, when, how good, where it was recorded.

    ``is_named`` is false where the name stands above already.
    """
    verb = "awarded on" if view.is_award else "completed on"
    start = f"{view.name}, {verb}" if is_named else verb.capitalize()
    graded = "" if view.grade is None else f" with {grade(view.grade, view.scale)}"
    origin = "" if view.is_award else f"; {_origin(view)}"
    return f"{start} {day(view.on)}{graded}{_worth(view)}{origin}"


def _worth(view: FactView) -> str:
    return f" ({credit_words(view.credits)})" if view.credits else ""


def _origin(view: FactView) -> str:
    how = SOURCES.get(view.source, f"brought in from {view.source}")
    if view.is_recognised:
        how = "recognised from earlier learning"
        how += f", by a credential of {view.issuer}" if view.issuer else ""
    return f"{how} in {view.course}" if view.course else how


def unused(reason: Unused, wanted: Grade | None) -> str:
    """Return why a fact that is held does not count."""
    needed = "" if wanted is None else wanted_grade(wanted)
    reasons = {
        Unused.BELOW_GRADE: f"the grade is below {needed}",
        Unused.GRADE_MISSING: f"no grade is recorded and {needed} is needed",
        Unused.OTHER_SCALE: f"the grade is on another scale than {needed}",
        Unused.OTHER_KIND: "it is not of the kind that counts here",
        Unused.DATA_MISSING: "what is recorded of it does not say whether it counts here",
        Unused.USED_ELSEWHERE: "it is already used at another place in this award",
        Unused.NOT_NEEDED: "enough else counts here, so it is not needed",
    }
    return f"Not counted here: {reasons.get(reason) or UNUSED[reason.value]}."


USED_BY_AWARD = "Not counted here: it is already used by another award."


# --- what next ---------------------------------------------------------------------------


def step(value: Step, names: Mapping[str, str]) -> str:
    """Return one next step with its alternatives."""
    options = [names.get(key, key) for key in value.options]
    wanted = _at_least(value.grade)
    if value.kind == "blocked":
        return f"Not possible beside {listed(options, joint='and') or 'what is held already'}"
    if value.kind in ("earn", "improve"):
        if value.kind == "earn":
            return f"Earn {listed(options)}"
        return f"Improve {listed(options)}: reach{wanted.removeprefix(' with')}"
    if value.kind in ("attest", "clause"):
        return f"Have signed: {listed(options)}" if options else "Meet the condition still open"
    if value.kind in ("credits", "points"):
        missing = value.credits or Decimal(0)
        return f"Gain {number(missing)} more {_credit(missing)}{wanted}"
    if value.kind == "items":
        what = "of these" if options else "of the kind asked for"
        return f"Complete {_choice(value.count)} more {what}{wanted}"
    if len(options) > value.count:
        return f"Complete {_choice(value.count)} of these{wanted}"
    return f"Complete {listed(options, joint='and')}{wanted}"


def _choice(wanted: int) -> str:
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[wanted] if wanted < len(words) else str(wanted)


def has_choice(value: Step) -> bool:
    """Return whether a step leaves a choice that is to be listed."""
    is_amount = value.kind in ("credits", "items")
    return bool(value.options) and (is_amount or len(value.options) > value.count)


def unlocks(stack: StackView) -> str:
    """Return what the next steps lead to."""
    if len(stack.steps) == 1:
        return f"This is the last step to {stack.title}."
    return f"This is the first of {len(stack.steps)} steps to {stack.title}."


def leads_on(titles: Sequence[str]) -> str:
    """Return to which larger awards this one leads; empty when there is none."""
    return f"That award is a part of {listed(titles, joint='and')}." if titles else ""


def held(stacks: Sequence[StackView]) -> str:
    """Return to a learner how many awards they hold of those on offer."""
    return f"You hold {_held(stacks)}."


def held_by_other(stacks: Sequence[StackView]) -> str:
    """Return to a teacher how many awards a learner holds of those on offer."""
    return f"Holds {_held(stacks)}."


def _held(stacks: Sequence[StackView]) -> str:
    earned = sum(stack.award is not None for stack in stacks)
    offer = count(len(stacks), "award", "awards")
    return f"{earned} of {offer}" if earned else f"none of {offer} yet"


def option(achievement: AchievementOption) -> str:
    """Return how a form offers an achievement: its name and what it is worth."""
    worth = f" ({credit_words(achievement.credits)})" if achievement.credits else ""
    return f"{achievement.name}{worth}"
