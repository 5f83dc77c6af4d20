"""Sentences of the student's page: effort, waiting, deadlines, versions, what if (English)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from lti_tool.news_words import day
from lti_tool.rule_words import PROOF, fill
from lti_tool.services.show_progress import Deadline, StackView
from lti_tool.standing_views import VersionChange
from lti_tool.web.wording import (
    count,
    credit_words,
    listed,
    moment,
    number,
    requirement_title,
    state,
    wanted_grade,
)
from stacking_rules import Certificate, Requirement, Status
from stacking_rules.differences import Difference

Titles = Mapping[str, StackView]
Names = Mapping[str, str]


# --- effort --------------------------------------------------------------------------------


def hours(value: Decimal) -> str:
    """Return hours of work: 1 hour of work, 60 hours of work."""
    return f"{number(value)} hour of work" if value == 1 else f"{number(value)} hours of work"


def effort(worth: Decimal | None, workload: Decimal | None) -> str:
    """Return what something asks for: 2.5 credits, 60 hours of work; "" where nothing is known."""
    known = [credit_words(worth)] if worth else []
    known += [hours(workload)] if workload else []
    return ", ".join(known)


def effort_line(words: str) -> str:
    """Return the effort of the next step as a line of its own."""
    return f"Effort: {words}." if words else "Its effort is not stated in the catalogue."


def unlocks(steps: int) -> str:
    """Return what the next step leads to, below the name of the award."""
    if steps == 1:
        return "With it this award is earned."
    return f"This is the first of {steps} steps to this award."


# --- waiting -------------------------------------------------------------------------------


def in_review(since: datetime) -> str:
    """Return who looks at evidence, and since when."""
    return f"In review by the teachers of this course since {moment(since)}."


def award_in_review(since: datetime | None) -> str:
    """Return who looks at an award, since when, and what holds meanwhile."""
    if since is None:
        return "Under review: something it rested on was taken back. The award is kept meanwhile."
    return (
        f"Under review by the institution since {moment(since)}: something it rested on was "
        "taken back. The award is kept meanwhile."
    )


# --- what ends -----------------------------------------------------------------------------


def last_day(first_without: date) -> str:
    """Return the last day on which something still holds, as people write it."""
    return day(first_without - timedelta(days=1))


def day_within(end: datetime) -> str:
    """Return the last day of which at least a moment lies before ``end``, as people write it."""
    return day((end - timedelta(microseconds=1)).date())


def deadline(value: Deadline, names: Names) -> str:
    """Return what ends, and its last day."""
    name = value.title or names.get(value.key, value.key) or "A part"
    sentences = {
        "award": "The award {name} is valid until {day}.",
        "completion": "The completion of {name} is valid until {day}.",
        "stack": "{name} can be earned until {day}.",
        "part": "{name} can be met until {day}.",
    }
    return sentences[value.kind].format(name=name, day=last_day(value.on))


def consequence(value: Deadline, stacks: Titles) -> str:
    """Return what falls with it; "" where nothing does."""
    fallen = [stacks[key] for key in value.falls if key in stacks and key != value.key]
    lost = [view for view in fallen if view.award and view.award.ends_on == value.on]
    kept = [view for view in fallen if view.award and view not in lost]
    open_ones = [stacks[key] for key in value.counts_in if key in stacks and not stacks[key].award]
    if value.kind in ("stack", "part"):
        return "What is not met by then does not count any more."
    said = []
    if lost:
        said.append(f"With it ends {_titles(lost)}.")
    if open_ones:
        said.append(f"It stops counting toward {_titles(open_ones)}.")
    if kept:
        said.append(f"Held already, and kept: {_titles(kept)}.")
    return " ".join(said)


def renewal(value: Deadline, steps: Sequence[str]) -> str:
    """Return how to keep what ends; ``steps`` are those of the rule's own renewal."""
    if value.kind == "completion":
        return "To keep it, complete it again by then."
    if value.kind != "award":
        return ""
    if value.can_renew and steps:
        return f"To renew it by then: {'; '.join(steps)}."
    if value.can_renew:
        return "All that its renewal asks for is there; the institution renews it."
    return "Its rule names no renewal. Ask the institution how to keep it."


def _titles(views: Sequence[StackView]) -> str:
    return listed([view.title for view in views], joint="and")


# --- versions ------------------------------------------------------------------------------


def binding(stack: StackView) -> str:
    """Return which version of the rule counts for the learner."""
    if stack.award and stack.award.version and stack.award.version != stack.version:
        return (
            f"Awarded under rule version {stack.award.version}, which stays. Version "
            f"{stack.version} counts for new awards."
        )
    if stack.published_at is None:
        return f"Rule version {stack.version} counts here."
    since = day(stack.published_at.date())
    return f"Rule version {stack.version} counts here, published on {since}."


def change_title(change: VersionChange, current: int) -> str:
    """Return what a list of differences is called."""
    return f"How version {current} differs from version {change.earlier}"


def changes(change: VersionChange, names: Names) -> tuple[str, ...]:
    """Return the differences in words, each once."""
    said = [_difference(found, change, names) for found in change.differences]
    return tuple(dict.fromkeys(said)) or ("What is asked for is the same.",)


_FIELDS = {
    "need": "the amount asked for",
    "count": "how many parts are asked for",
    "grade": "the grade asked for",
    "title": "the title",
    "lasts": "how long the award is valid",
    "valid": "whether the award ends with its parts",
    "since": "the first day",
    "until": "the last day",
    "of": "what may count",
    "where": "what kind of work counts",
}


def _difference(found: Difference, change: VersionChange, names: Names) -> str:
    old, new = change.before.get(found.address), change.after.get(found.address)
    stated = new or old
    about = "The rule" if stated is None else requirement_title(stated, names)
    if found.kind in ("added", "removed"):
        is_part = stated is not None
        about = about if is_part else "A condition"
        return f"{about} is {'asked for now' if found.kind == 'added' else 'asked for no longer'}."
    what = _FIELDS.get(found.name, "a condition")
    if found.kind in ("raised", "lowered"):
        return f"{about}: {what} is {found.after} instead of {found.before}."
    if found.kind == "options":
        return _options(about, found, names)
    if found.name == "grade":
        return f"{about}: the grade asked for is {_grade(new)} instead of {_grade(old)}."
    return f"{about}: {what} is another."


def _grade(requirement: Requirement | None) -> str:
    wanted = getattr(requirement, "grade", None)
    return wanted_grade(wanted) if wanted is not None else "none"


def _options(about: str, found: Difference, names: Names) -> str:
    gone, new = (
        listed([names.get(key, key) for key in keys.split(", ") if key], joint="and")
        for keys in (found.before, found.after)
    )
    if gone and new:
        return f"{about}: {new} may count now, {gone} no longer."
    return f"{about}: {new} may count now." if new else f"{about}: {gone} counts no longer."


def conflict(proof: Certificate, stack: StackView, names: Names) -> str:
    """Return why parts that compete cannot all be met with what is held, and how we know."""
    titles = {
        node.address: requirement_title(node.requirement, names) for node in stack.progress.walk()
    }
    parts = [titles[address] for address in proof.together if address in titles]
    if len(parts) < 2:
        return ""
    held = dict.fromkeys(
        names.get(fact.achievement, fact.achievement) for fact in proof.could_serve
    )
    values = {"demand": proof.demand, "supply": proof.supply, "limit": proof.limit}
    said = [f"What is held is not enough for {listed(parts, joint='and')} at once."]
    if held:
        said.append(f"These compete for {listed(list(held), joint='and')}.")
    said.append(fill(PROOF[proof.kind], values))
    return " ".join(said)


# --- what if -------------------------------------------------------------------------------


def outcome(before: StackView, after: StackView) -> str:
    """Return what would become of a stack, against where it stands."""
    if after.award is not None:
        return f"You hold {after.title} already. {state(after)}."
    if after.progress.status is Status.MET:
        return f"{after.title} would be earned. Today: {state(before)}."
    return f"{after.title} would stand at {state(after)}. Today: {state(before)}."


def left(after: StackView) -> str:
    """Return how many steps would be left."""
    return f"{count(len(after.steps), 'step', 'steps')} would be left."
