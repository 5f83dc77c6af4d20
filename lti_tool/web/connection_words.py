"""Words of the page "Connections"."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from lti_tool.services.show_mappings import MappingRow
from lti_tool.sources.evidence import FactKind
from lti_tool.sources.source_problems import WHAT, WHAT_TO_DO
from lti_tool.translating import _, ngettext, number
from lti_tool.web.wording import moment

FINEST = Decimal("0.01")


def item(kind: FactKind, name: str) -> str:
    """Return what stands in the course, with the kind of fact about it."""
    if kind is FactKind.COURSE:
        return _("Completion of the course")
    if kind is FactKind.GRADE:
        return _("{name}: grade", name=name)
    if kind is FactKind.ACTIVITY:
        return _("{name}: completion", name=name)
    return _("{name}: competency", name=name)


def condition(row: MappingRow) -> str:
    """Return when a connection completes."""
    if row.threshold is None:
        return _("Once the platform says that it is reached.")
    return _("From {result} on.", result=result(row.threshold))


def result(percent: Decimal) -> str:
    """Return a result as people write it, never rounded up over a threshold: 66.66 of 100."""
    shown = percent.quantize(FINEST, ROUND_FLOOR).normalize()
    return _("{result} of 100", result=number(shown))


def typed(threshold: Decimal) -> str:
    """Return a threshold as a form holds it."""
    return format(threshold.normalize(), "f")


def standing(row: MappingRow) -> str:
    """Return how many completions came of it."""
    return ngettext("{n} completion stands.", "{n} completions stand.", row.standing)


def last_reading(row: MappingRow) -> str:
    """Return when the platform was read last, and when it is asked next."""
    if row.is_reading:
        return _("It is being read.")
    if row.last_read_at is None:
        return _("Not read yet.")
    said = _("Read last: {moment}.", moment=moment(row.last_read_at))
    if row.next_at is None or row.problem:
        return said
    return said + " " + _("Next: {moment}.", moment=moment(row.next_at))


def what(code: str) -> str:
    """Return what is wrong."""
    return WHAT.get(code) or code


def what_to_do(code: str) -> str:
    """Return what to do about it."""
    return WHAT_TO_DO.get(code) or ""


def strangers(count: int) -> str:
    """Return how many the platform named who are not in the course here."""
    return ngettext(
        "The platform names {n} person who is not in the list of learners here.",
        "The platform names {n} people who are not in the list of learners here.",
        count,
    )


def tried(met: int, people: int) -> str:
    """Return for how many of the course something would be completed."""
    return ngettext(
        "It would complete this for {n} of {people} learners.",
        "It would complete this for {n} of {people} learners.",
        met,
        people=people,
    )
