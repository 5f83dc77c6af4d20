"""Clauses as sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from lti_tool.rule_reading.amounts import (
    amount_words,
    credit_words,
    share_words,
    span_words,
)
from lti_tool.rule_reading.conditions import condition
from lti_tool.rule_reading.reader import Reader
from lti_tool.translating import Words, _, day, listed, marked, ngettext
from stacking_rules import clauses as kinds
from stacking_rules.selection import Test

UNITS = Words({"credits": "credits", "items": "items", "points": "points"})


def clause_sentence(clause: kinds.Clause, reader: Reader) -> str:
    """Return what a clause says, with the labels of the printed rules that it carries."""
    words = _SENTENCES[type(clause)](clause, reader)
    return labelled(words, clause.rule)


def labelled(words: str, labels: tuple[str, ...]) -> str:
    """Return a sentence with the labels of the printed rules that it carries."""
    return f"{words} [{', '.join(labels)}]" if labels else words


def _filter(c: kinds.Filter, reader: Reader) -> str:
    return _("Work counts only where {condition}.", condition=condition(c.where, reader))


def _open(c: kinds.Open, _reader: Reader) -> str:
    if c.since == date.min:
        return _("This can be met before {until}.", until=day(c.until))
    if c.until == date.max:
        return _("This can be met from {since} on.", since=day(c.since))
    return _(
        "This can be met from {since} on and before {until}.",
        since=day(c.since),
        until=day(c.until),
    )


def _window(c: kinds.Window, _reader: Reader) -> str:
    if c.span is not None:
        span = span_words(c.span)
        if c.start == "started":
            return _("All of it is finished within {span} of the earliest start.", span=span)
        return _("All of it is finished within {span} of the earliest finish.", span=span)
    if c.start == "started":
        return ngettext(
            "All of it is finished within {n} term of the earliest start.",
            "All of it is finished within {n} terms of the earliest start.",
            c.terms,
        )
    return ngettext(
        "All of it is finished within {n} term of the earliest finish.",
        "All of it is finished within {n} terms of the earliest finish.",
        c.terms,
    )


AFTER = {
    ("started", False): marked("It starts on or after the day on which {part} is finished."),
    ("started", True): marked("It starts after the day on which {part} is finished."),
    ("on", False): marked("It is finished on or after the day on which {part} is finished."),
    ("on", True): marked("It is finished after the day on which {part} is finished."),
}


def _after(c: kinds.After, reader: Reader) -> str:
    return _(AFTER[c.by, c.is_strict], part=reader.part(c.of))


def _together(_c: kinds.Together, _reader: Reader) -> str:
    return _("All of it is valid on one and the same day.")


def _grace(c: kinds.Grace, _reader: Reader) -> str:
    if c.to_year_end:
        return _("What has ended still counts to the end of that year.")
    return _("What has ended still counts for {span}.", span=span_words(c.span))


def _least(c: kinds.Least, reader: Reader) -> str:
    if c.share is None:
        amount = _from_work(amount_words(c.need, c.unit), c.where, reader)
        return _("At least {amount} must be earned.", amount=amount)
    said = [
        _(
            "At least {share} of the {unit} asked for must be earned.",
            share=share_words(c.share),
            unit=UNITS[c.unit],
        )
    ]
    if c.rounded:
        said.append(_("It is rounded up.") if c.rounded == "up" else _("It is rounded down."))
    if c.printed is not None:
        said.append(_("It is printed as {number}.", number=c.printed))
    return _only(said, c.where, reader)


def _most(c: kinds.Most, reader: Reader) -> str:
    amount = _from_work(amount_words(c.limit, c.unit), c.where, reader)
    return _("At most {amount} may count; more is left out.", amount=amount)


def _portion(c: kinds.Portion, reader: Reader) -> str:
    said = {"share": share_words(c.share), "unit": UNITS[c.unit]}
    if c.is_most:
        words = _("At most {share} of the {unit} that count may be earned.", **said)
    else:
        words = _("At least {share} of the {unit} that count must be earned.", **said)
    return _only([words], c.where, reader)


def _distinct(c: kinds.Distinct, reader: Reader) -> str:
    words = ngettext(
        "It must cover at least {n} value of “{name}”.",
        "It must cover at least {n} different values of “{name}”.",
        c.need,
        name=c.by,
    )
    return _only([words], c.where, reader)


def _same(c: kinds.Same, reader: Reader) -> str:
    return _only([_("All that counts has the same “{name}”.", name=c.by)], c.where, reader)


def _mean(c: kinds.Mean, reader: Reader) -> str:
    said = [_("The mean grade must be {grade} or better.", grade=reader.grade(c.target, c.scale))]
    if c.weight == "items":
        said.append(_("Every item counts alike in it."))
    if c.over == "attempted":
        said.append(_("It is taken over everything attempted."))
    return _only(said, c.where, reader)


def _share(c: kinds.Share, reader: Reader) -> str:
    parts = {"first": reader.part(c.first), "second": reader.part(c.second)}
    limits = [
        amount_words(value, unit)
        for unit, value in (("items", c.items), ("credits", c.credits))
        if value is not None
    ]
    if limits:
        most = listed(limits, joint="and")
        words = _("Up to {amount} may count both for {first} and {second}.", amount=most, **parts)
    else:
        words = _("Work may count both for {first} and {second}.", **parts)
    if c.unique is None:
        return words
    return f"{words} {_('Not shared are, of each, {amount}.', amount=credit_words(c.unique))}"


def _once(c: kinds.Once, _reader: Reader) -> str:
    if c.times == 1:
        return _("Nothing counts twice.")
    return ngettext(
        "Nothing counts more than {n} time.", "Nothing counts more than {n} times.", c.times
    )


def _bundle(c: kinds.Bundle, reader: Reader) -> str:
    return _("Together or not at all count {names}.", names=reader.listed(c.of))


def _cap(c: kinds.Cap, reader: Reader) -> str:
    amount = _from_work(amount_words(c.limit, c.unit), c.where, reader)
    return _("At most {amount} can be credited; more is dropped.", amount=amount)


def _best(c: kinds.Best, _reader: Reader) -> str:
    return ngettext("Only the best one counts.", "Only the best {n} count.", c.count)


def _carry(c: kinds.Carry, reader: Reader) -> str:
    amount = _from_work(credit_words(c.limit), c.where, reader)
    return _("Of a surplus, up to {amount} may enter the next cycle.", amount=amount)


def _from_work(amount: str, where: Test | None, reader: Reader) -> str:
    if where is None:
        return amount
    return _(
        "{amount} from work where {condition}",
        amount=amount,
        condition=condition(where, reader),
    )


def _only(said: list[str], where: Test | None, reader: Reader) -> str:
    """Return sentences, and after them what they look at alone."""
    if where is not None:
        words = condition(where, reader)
        said = [*said, _("This looks only at work where {condition}.", condition=words)]
    return " ".join(said)


_SENTENCES: Mapping[type[kinds.Clause], Callable[..., str]] = {
    kinds.Filter: _filter,
    kinds.Open: _open,
    kinds.Window: _window,
    kinds.After: _after,
    kinds.Together: _together,
    kinds.Grace: _grace,
    kinds.Least: _least,
    kinds.Most: _most,
    kinds.Portion: _portion,
    kinds.Distinct: _distinct,
    kinds.Same: _same,
    kinds.Mean: _mean,
    kinds.Cap: _cap,
    kinds.Best: _best,
    kinds.Share: _share,
    kinds.Once: _once,
    kinds.Bundle: _bundle,
    kinds.Carry: _carry,
}
