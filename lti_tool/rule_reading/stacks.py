"""A stack as lines: what it is worth, how it is issued and lasts, and what it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from lti_tool.rule_reading.amounts import span_words
from lti_tool.rule_reading.clauses import labelled
from lti_tool.rule_reading.declared import declared_sentences
from lti_tool.rule_reading.reader import Reader
from lti_tool.rule_reading.requirements import INDENT, requirement_lines
from lti_tool.translating import Words, _, day, isolated, language, marked, ngettext, number
from stacking_rules import Requirement, Stack
from stacking_rules.clauses import Filter
from stacking_rules.definitions import Definitions
from stacking_rules.selection import AllTests, Anchor, Compare
from stacking_rules.spans import Span

REPEATS = Words(
    {
        "latest": "Of several attempts the latest counts.",
        "first": "Of several attempts the first counts.",
        "none": "Nothing that was attempted twice counts.",
    }
)
ISSUE = Words(
    {
        "automatic": "It is issued as soon as it is earned.",
        "on-application": "It is issued on application.",
        "opt-out": "It is issued unless the learner has declined.",
    }
)
CONSUME = Words(
    {
        "within-award": "What counts for it is used up within it.",
        "never": "What counts for it stays free for other awards.",
        "bank": "What counts for it is debited for good.",
    }
)
IN_FORCE = {
    (True, True): marked("This version is in force from {since} on and before {until}."),
    (True, False): marked("This version is in force from {since} on."),
    (False, True): marked("This version is in force before {until}."),
}


def stack_lines(
    stack: Stack,
    names: Mapping[str, str],
    *,
    award_credits: Decimal | None = None,
    shared: Definitions | None = None,
) -> Iterator[str]:
    """Yield the lines of a stack, two spaces further in for each level.

    ``names`` are those of achievements by key, ``award_credits`` what the award is worth;
    ``shared`` is what is declared for other stacks as well and said elsewhere.
    """
    reader = Reader(names, part_names(stack, names), stack.definitions.scales)
    yield _("Award: {title}", title=stack.title)
    for sentence in (*_about(stack, award_credits), *_terms(stack, reader)):
        yield INDENT + sentence
    yield INDENT + _("To receive it:")
    yield from requirement_lines(stack.requires, reader, 2)
    if stack.renewal is not None:
        yield from _renewal(stack, stack.renewal.requires, reader)
    for level in stack.levels:
        said = {"need": number(level.need), "name": level.name}
        if level.at == "/":
            yield INDENT + _("With {need} it is awarded as {name}.", **said)
        else:
            part = reader.part(level.at)
            yield INDENT + _("With {need} at {part} it is awarded as {name}.", part=part, **said)
    yield from _declared(stack, shared, reader)


def part_names(stack: Stack, names: Mapping[str, str]) -> dict[str, str]:
    """Return what people call the parts of a rule, by address, where they have a name."""
    found = {}
    for address, node in stack.walk():
        key = getattr(node, "achievement", "")
        if name := node.title or names.get(key, key):
            found[address] = name
    return found


def _about(stack: Stack, award_credits: Decimal | None) -> Iterator[str]:
    if stack.description:
        yield str(isolated(stack.description, language()))
    if award_credits:
        yield ngettext("It is worth {n} credit.", "It is worth {n} credits.", award_credits)
    if stack.credit_kind:
        yield _("Its credits are credits of {kind}.", kind=stack.credit_kind)
    if stack.award_type:
        yield _("It belongs to the awards called {type}.", type=stack.award_type)
    is_since, is_until = stack.since > date.min, stack.until < date.max
    if is_since or is_until:
        words = IN_FORCE[is_since, is_until]
        yield _(words, since=day(stack.since), until=day(stack.until))
    event = stack.binding.event
    if stack.binding.policy == "bound":
        yield _("The version in force on the day of {event} applies.", event=event)
    if stack.binding.policy == "best":
        yield _(
            "The version in force on the day of {event} applies, or by consent the newest.",
            event=event,
        )


def _terms(stack: Stack, reader: Reader) -> Iterator[str]:
    if stack.repeats in REPEATS:
        yield REPEATS[stack.repeats]
    if stack.valid == "throughout":
        yield _("It ends as soon as something that it was awarded for ends.")
    if stack.lasts is not None:
        yield _lasts(stack.lasts)
    if stack.issue != "automatic" or stack.issue_rule:
        yield labelled(ISSUE[stack.issue], stack.issue_rule)
    if stack.consume != "within-award" or stack.ledger_rule:
        yield labelled(CONSUME[stack.consume], stack.ledger_rule)
    if stack.supersedes:
        replaced = reader.listed(stack.supersedes)
        yield _("It replaces {names} and gives back what counted there.", names=replaced)


def _lasts(lasts: Anchor) -> str:
    if not lasts.to_year_end:
        return _("It is valid for {span}.", span=span_words(lasts.span))
    if not lasts.span:
        return _("It is valid to the end of the year.")
    return _("It is valid for {span} and on to the end of that year.", span=span_words(lasts.span))


def _renewal(stack: Stack, node: Requirement, reader: Reader) -> Iterator[str]:
    window = node.clauses[-1] if node.clauses else None
    opens = _opens(stack.key, window) if isinstance(window, Filter) else None
    if opens is None or window is None:
        yield INDENT + _("To renew it:")
    else:
        node = replace(node, clauses=node.clauses[:-1])
        words = _("To renew it, in the last {span} before it ends:", span=span_words(opens))
        yield INDENT + labelled(words, window.rule)
    yield from requirement_lines(node, reader, 2)


def _opens(key: str, window: Filter) -> Span | None:
    """Return how long before its end the renewal opens, if that is what the filter says."""
    match window.where:
        case AllTests((Compare("on", "at_least", Anchor("expiry", found, span)), Compare())):
            is_before = max(span.months, span.days) <= 0 and found == key
            return Span(-span.months, -span.days) if is_before else None
    return None


def _declared(stack: Stack, shared: Definitions | None, reader: Reader) -> Iterator[str]:
    known = set() if shared is None else set(declared_sentences(shared, reader))
    own = [one for one in declared_sentences(stack.definitions, reader) if one not in known]
    if own:
        yield INDENT + _("For this award alone:")
        yield from (INDENT * 2 + one for one in own)
