"""Words of requests and exceptions, for learners and registrars."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from lti_tool.case_views import ExceptionView
from lti_tool.excepting import places
from lti_tool.persistence.snapshots import Rules
from lti_tool.translating import Words, _, day, marked, number
from lti_tool.web import wording
from lti_tool.web.clause_wording import TITLES
from stacking_rules import Stack
from stacking_rules.stacks import RENEWAL, ROOT

STATES = Words(
    {
        "open": "Waits for an answer",
        "granted": "Granted",
        "declined": "Answered without an exception",
        "closed": "Closed without an answer",
    }
)
EXCEPTION_STATES = Words(
    {
        "in-force": "In force",
        "over": "Its time is over",
        "ended": "Ended by a registrar",
    }
)
KINDS = {
    "waive": "Waive this requirement",
    "substitute": "Let another result count here (substitution)",
    "force": "Let a result count here that the rule keeps out",
    "exclude": "Let a result not count here",
    "change-limit": "Change the amount or number that is asked for here",
    "change-value": "Take another value of a result for this award",
}
REASONS = Words(
    {
        "prior-learning": "Earlier learning, shown elsewhere",
        "equivalent": "An equivalent course or result",
        "not-offered": "What is asked for is not offered",
        "circumstances": "Circumstances of the learner",
        "mistake": "A mistake of the institution",
        "other": "Another reason",
    }
)
FIELDS = Words(
    {
        "credits": "Credits",
        "grade": "Grade",
        "on": "Day of completion",
        "started": "Day it was begun",
        "valid_until": "First day on which it is not valid any more",
    }
)
EXCEPTIONS = {
    "waive": marked("The requirement is waived."),
    "substitute": marked("Counts here instead: {fact}."),
    "force": marked("Counts here although the rule keeps it out: {fact}."),
    "exclude": marked("Does not count here: {fact}."),
    "change-limit": marked("What is asked for here is {value}."),
    "change-value": marked("{field} of {fact}, for this award: {value}."),
}
WHOLE = marked("The award as a whole")


def place_options(stack: Stack, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (address, words) of everything an exception or a request can be about."""
    return [(at, place(stack, at, names)) for at, _ in places(stack)]


def place(stack: Stack, address: str, names: Mapping[str, str]) -> str:
    """Return what stands at an address, with what it is a part of: Core / SQL foundations."""
    if address == ROOT:
        return _(WHOLE)
    for at, parent, clause in stack.clauses():
        if at == address:
            title = TITLES.get(type(clause)) or _("Condition")
            return title if parent == ROOT else f"{place(stack, parent, names)} / {title}"
    steps = address.strip("/").split("/")
    above = ["/" + "/".join(steps[:end]) for end in range(1, len(steps) + 1)]
    known = dict(stack.walk())
    if address not in known:
        return _("A place that the present rule does not have")
    titles = [wording.requirement_title(known[at], names) for at in above if at in known]
    return " / ".join([_("Renewal"), *titles[1:]] if address.startswith(RENEWAL) else titles)


def place_in(rules: Rules | None, key: str, address: str, names: Mapping[str, str]) -> str:
    """Return the award and the place in it: Data basics: Core / SQL foundations."""
    stack = next((one for one in rules.stacks if one.key == key), None) if rules else None
    if stack is None:
        return f"{key}: {address}"
    return f"{stack.title}: {place(stack, address, names)}"


def exception(view: ExceptionView, names: Mapping[str, str]) -> str:
    """Return what an exception does, in one sentence."""
    fact = names.get(view.fact) or _("one result")
    values = {"fact": fact, "value": _value(view), "field": FIELDS.get(view.field, view.field)}
    return _(EXCEPTIONS.get(view.kind, view.kind), **values)


def lasting(view: ExceptionView) -> str:
    """Return since when and until when an exception counts."""
    since = day(view.granted_on)
    if view.ended_at is not None:
        ended = day(view.ended_at.date())
        return _("Since {since}, ended on {ended}.", since=since, ended=ended)
    if view.valid_until is None:
        return _("Since {since}, without an end.", since=since)
    return _("Since {since}, before {until}.", since=since, until=day(view.valid_until))


def _value(view: ExceptionView) -> str:
    if view.value is None:
        return ""
    is_number = view.kind == "change-limit" or view.field in ("credits", "grade")
    return number(Decimal(view.value)) if is_number else view.value
