"""Sentences of the student's page: effort, waiting, deadlines, versions, what if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from lti_tool.rule_reading.amounts import credit_words, wanted_grade
from lti_tool.rule_words import PROOF, fill
from lti_tool.services.show_progress import Deadline, StackView
from lti_tool.standing_views import VersionChange
from lti_tool.translating import Words, _, day, listed, marked, ngettext
from lti_tool.web.wording import (
    moment,
    requirement_title,
    state,
)
from stacking_rules import Certificate, Requirement, Status
from stacking_rules.differences import Difference

Titles = Mapping[str, StackView]
Names = Mapping[str, str]


# --- effort --------------------------------------------------------------------------------


def hours(value: Decimal) -> str:
    """Return hours of work: 1 hour of work, 60 hours of work."""
    return ngettext("{n} hour of work", "{n} hours of work", value)


def effort(worth: Decimal | None, workload: Decimal | None) -> str:
    """Return what something asks for: 2.5 credits, 60 hours of work; "" where nothing is known."""
    if worth and workload:
        return _("{credits}, {hours}", credits=credit_words(worth), hours=hours(workload))
    if worth:
        return credit_words(worth)
    return hours(workload) if workload else ""


def effort_line(words: str) -> str:
    """Return the effort of the next step as a line of its own."""
    if not words:
        return _("Its effort is not stated in the catalogue.")
    return _("Effort: {effort}.", effort=words)


def unlocks(steps: int) -> str:
    """Return what the next step leads to, below the name of the award."""
    return ngettext(
        "With it this award is earned.", "This is the first of {n} steps to this award.", steps
    )


# --- waiting -------------------------------------------------------------------------------


def in_review(since: datetime) -> str:
    """Return who looks at evidence, and since when."""
    return _("In review by the teachers of this course since {moment}.", moment=moment(since))


def award_in_review(since: datetime | None) -> str:
    """Return who looks at an award, since when, and what holds meanwhile."""
    if since is None:
        return _(
            "Under review: something it rested on was taken back. The award is kept meanwhile."
        )
    return _(
        "Under review by the institution since {moment}: something it rested on was "
        "taken back. The award is kept meanwhile.",
        moment=moment(since),
    )


# --- what ends -----------------------------------------------------------------------------


def last_day(first_without: date) -> str:
    """Return the last day on which something still holds, as people write it."""
    return day(first_without - timedelta(days=1))


def day_within(end: datetime) -> str:
    """Return the last day of which at least a moment lies before ``end``, as people write it."""
    return day(end - timedelta(microseconds=1))


ENDINGS = {
    "award": marked("The award {name} is valid until {day}."),
    "completion": marked("The completion of {name} is valid until {day}."),
    "stack": marked("{name} can be earned until {day}."),
    "part": marked("{name} can be met until {day}."),
}


def deadline(value: Deadline, names: Names) -> str:
    """Return what ends, and its last day."""
    name = value.title or names.get(value.key, value.key) or _("A part")
    return _(ENDINGS[value.kind], name=name, day=last_day(value.on))


def consequence(value: Deadline, stacks: Titles) -> str:
    """Return what falls with it; "" where nothing does."""
    fallen = [stacks[key] for key in value.falls if key in stacks and key != value.key]
    lost = [view for view in fallen if view.award and view.award.ends_on == value.on]
    kept = [view for view in fallen if view.award and view not in lost]
    open_ones = [stacks[key] for key in value.counts_in if key in stacks and not stacks[key].award]
    if value.kind in ("stack", "part"):
        return _("What is not met by then does not count any more.")
    said = []
    if lost:
        said.append(_("With it ends {titles}.", titles=_titles(lost)))
    if open_ones:
        said.append(_("It stops counting toward {titles}.", titles=_titles(open_ones)))
    if kept:
        said.append(_("Held already, and kept: {titles}.", titles=_titles(kept)))
    return " ".join(said)


def renewal(value: Deadline, steps: Sequence[str]) -> str:
    """Return how to keep what ends; ``steps`` are those of the rule's own renewal."""
    if value.kind == "completion":
        return _("To keep it, complete it again by then.")
    if value.kind != "award":
        return ""
    if value.can_renew and steps:
        return _("To renew it by then: {steps}.", steps="; ".join(steps))
    if value.can_renew:
        return _("All that its renewal asks for is there; the institution renews it.")
    return _(
        "Its rule names no renewal. After its end it can be earned anew: what was completed up to "
        "the day of this award does not count again."
    )


def _titles(views: Sequence[StackView]) -> str:
    return listed([view.title for view in views], joint="and")


# --- versions ------------------------------------------------------------------------------


def binding(stack: StackView) -> str:
    """Return which version of the rule counts for the learner."""
    if stack.award and stack.award.version and stack.award.version != stack.version:
        return _(
            "Awarded under rule version {old}, which stays. Version {new} counts for new awards.",
            old=stack.award.version,
            new=stack.version,
        )
    if stack.published_at is None:
        return _("Rule version {version} counts here.", version=stack.version)
    return _(
        "Rule version {version} counts here, published on {day}.",
        version=stack.version,
        day=day(stack.published_at),
    )


def change_title(change: VersionChange, current: int) -> str:
    """Return what a list of differences is called."""
    return _("How version {new} differs from version {old}", new=current, old=change.earlier)


def changes(change: VersionChange, names: Names) -> tuple[str, ...]:
    """Return the differences in words, each once."""
    said = [_difference(found, change, names) for found in change.differences]
    return tuple(dict.fromkeys(said)) or (_("What is asked for is the same."),)


_FIELDS = Words(
    {
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
)


def _difference(found: Difference, change: VersionChange, names: Names) -> str:
    old, new = change.before.get(found.address), change.after.get(found.address)
    stated = new or old
    about = _("The rule") if stated is None else requirement_title(stated, names)
    if found.kind in ("added", "removed"):
        about = about if stated is not None else _("A condition")
        if found.kind == "added":
            return _("{part} is asked for now.", part=about)
        return _("{part} is asked for no longer.", part=about)
    what = _FIELDS.get(found.name) or _("a condition")
    values = {"part": about, "before": found.before, "after": found.after}
    if found.kind in ("raised", "lowered"):
        return _("{part}: {what} is {after} instead of {before}.", what=what, **values)
    if found.kind == "options":
        return _options(about, found, names)
    if found.name == "grade":
        values = {"part": about, "before": _grade(old), "after": _grade(new)}
        return _("{part}: the grade asked for is {after} instead of {before}.", **values)
    return _("{part}: {what} is another.", part=about, what=what)


def _grade(requirement: Requirement | None) -> str:
    wanted = getattr(requirement, "grade", None)
    return wanted_grade(wanted) if wanted is not None else _("none")


def _options(about: str, found: Difference, names: Names) -> str:
    gone, new = (
        listed([names.get(key, key) for key in keys.split(", ") if key], joint="and")
        for keys in (found.before, found.after)
    )
    if gone and new:
        return _("{part}: {new} may count now, {gone} no longer.", part=about, new=new, gone=gone)
    if new:
        return _("{part}: {new} may count now.", part=about, new=new)
    return _("{part}: {gone} counts no longer.", part=about, gone=gone)


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
    together = listed(parts, joint="and")
    said = [_("What is held is not enough for {parts} at once.", parts=together)]
    if held:
        said.append(_("These compete for {held}.", held=listed(list(held), joint="and")))
    said.append(fill(PROOF[proof.kind], values))
    return " ".join(said)


# --- what if -------------------------------------------------------------------------------


def outcome(before: StackView, after: StackView) -> str:
    """Return what would become of a stack, against where it stands."""
    then, today = state(after), state(before)
    if after.award is not None:
        return _("You hold {title} already. {state}.", title=after.title, state=then)
    if after.progress.status is Status.MET:
        return _("{title} would be earned. Today: {state}.", title=after.title, state=today)
    return _(
        "{title} would stand at {state}. Today: {today}.",
        title=after.title,
        state=then,
        today=today,
    )


def left(after: StackView) -> str:
    """Return how many steps would be left."""
    return ngettext("{n} step would be left.", "{n} steps would be left.", len(after.steps))
