"""What a document or an institution declares for its rules, a sentence each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lti_tool.rule_reading.amounts import credit_words
from lti_tool.rule_reading.conditions import values_words
from lti_tool.rule_reading.reader import Reader
from lti_tool.translating import _, day, marked, ngettext, number
from stacking_rules.definitions import (
    AchievementText,
    Definitions,
    Equivalence,
    Rate,
    Scale,
    Substitution,
    Table,
    Term,
)
from stacking_rules.facts import HUNDRED
from stacking_rules.write_document import SMALLEST

IN_TIME = {
    (True, True): marked("{sentence} It counts from {since} on and before {until}."),
    (True, False): marked("{sentence} It counts from {since} on."),
    (False, True): marked("{sentence} It counts before {until}."),
}


def declared_sentences(declared: Definitions, reader: Reader) -> Iterator[str]:
    """Yield everything that is declared, kind by kind, in the order in which it is written."""
    for kind in _SENTENCES:
        yield from sentences_of(kind, declared, reader)
    for text in declared.achievements.values():
        yield " ".join(_achievement(text, reader))


def sentences_of(kind: str, declared: Definitions, reader: Reader) -> Iterator[str]:
    """Yield what is declared of one kind, such as "scales", an entry each."""
    value: Any = getattr(declared, kind)
    if kind == "zone":
        value = () if value == "UTC" else (value,)
    reader = replace(reader, scales=declared.scales)
    for entry in value.items() if isinstance(value, Mapping) else value:
        yield _SENTENCES[kind](entry, reader)


def _zone(zone: str, _reader: Reader) -> str:
    return _("Days are days in {zone}.", zone=zone)


def _scale(entry: tuple[str, Scale], _reader: Reader) -> str:
    key, scale = entry
    if not scale.points:
        grades = ", ".join(scale.grades)
        return _(
            "The scale {key} goes from worst to best, without points: {grades}.",
            key=key,
            grades=grades,
        )
    pairs = zip(scale.grades, scale.points, strict=True)
    grades = ", ".join(f"{grade} ({number(points)})" for grade, points in pairs)
    return _(
        "The scale {key} goes from worst to best, with points: {grades}.", key=key, grades=grades
    )


def _table(table: Table, reader: Reader) -> str:
    words = _(
        "Grades on {source} are read on {target}: {rows}.",
        source=table.source,
        target=table.target,
        rows=_rows(table, reader.scales),
    )
    return _in_time(words, table.since, table.until)


def _levels(table: Table, _reader: Reader) -> str:
    words = _(
        "Levels of {source} are read as levels of {target}: {rows}.",
        source=table.source,
        target=table.target,
        rows=_rows(table, {}),
    )
    return _in_time(words, table.since, table.until)


def _rows(table: Table, scales: Mapping[str, Scale]) -> str:
    seen: list[str] = []
    said = []
    for old, new in table.rows:
        options = _grades(old, table.source, scales)
        seen.append(next((one for one in options if one not in seen), options[-1]))
        after = _grades(new, table.target, scales)[0]
        said.append(_("{name} as {value}", name=seen[-1], value=after))
    return ", ".join(said)


def _grades(value: Decimal, key: str, scales: Mapping[str, Scale]) -> list[str]:
    """Return what a value of a scale is called, or the number."""
    scale = scales.get(key)
    if scale is None:
        return [number(value)]
    grades = [scale.grade(text, key) for text in scale.grades]
    return [one.text for one in grades if one is not None and one.value == value]


def _same(entry: Equivalence, reader: Reader) -> str:
    words = _("These are the same achievement: {names}.", names=reader.listed(entry.keys))
    return _in_time(words, entry.since, entry.until)


def _accepted(entry: Substitution, reader: Reader) -> str:
    words = _(
        "In place of {wanted}, {given} is accepted.",
        wanted=reader.name(entry.wanted),
        given=reader.name(entry.given),
    )
    return _in_time(words, entry.since, entry.until)


def _in_time(words: str, since: date, until: date) -> str:
    is_since, is_until = since > date.min, until < date.max
    if not (is_since or is_until):
        return words
    return _(IN_TIME[is_since, is_until], sentence=words, since=day(since), until=day(until))


def _term(term: Term, _reader: Reader) -> str:
    return _(
        "The term {name} lasts from {first} to {last}.",
        name=term.name,
        first=day(term.first),
        last=day(term.last),
    )


def _rate(rate: Rate, _reader: Reader) -> str:
    ratio = Fraction(rate.numerator, rate.denominator)
    said = {"source": rate.source, "target": rate.target, "rate": str(ratio)}
    if rate.quantum == SMALLEST:
        return _("Credits of {source} become credits of {target} at the rate {rate}.", **said)
    return _(
        "Credits of {source} become credits of {target} at the rate {rate}, rounded down to "
        "multiples of {quantum}.",
        quantum=number(rate.quantum),
        **said,
    )


def _achievement(text: AchievementText, reader: Reader) -> Iterator[str]:
    yield _("Achievement: {name}.", name=text.name)
    if text.credits:
        yield _("It gives {credits}.", credits=credit_words(text.credits))
    if text.scale != HUNDRED:
        yield _("It is graded on the {scale} scale.", scale=text.scale)
    if text.attributes:
        pairs = [f"{name}: {values_words(many, reader)}" for name, many in text.attributes]
        yield _("It has {attributes}.", attributes="; ".join(pairs))
    yield from _retired(text, reader)
    if text.repeatable > 1:
        yield ngettext("It counts up to {n} time.", "It counts up to {n} times.", text.repeatable)
    if text.quantum is not None:
        least = credit_words(text.quantum)
        yield _("Its credits may be split into parts of at least {amount}.", amount=least)


def _retired(text: AchievementText, reader: Reader) -> Iterator[str]:
    if text.replaced_by:
        name, is_retired = reader.name(text.replaced_by), text.status == "retired"
        words = _RETIRED if is_retired else _REPLACED
        yield _(words, name=name)
    elif text.status == "retired":
        yield _("It is retired.")


_RETIRED = marked("It is retired; take {name} instead.")
_REPLACED = marked("It is going to be replaced by {name}.")
_SENTENCES: Mapping[str, Callable[..., str]] = {
    "zone": _zone,
    "scales": _scale,
    "tables": _table,
    "levels": _levels,
    "equivalent": _same,
    "accepted": _accepted,
    "terms": _term,
    "rates": _rate,
}
