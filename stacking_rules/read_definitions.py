"""What a document declares beside its stacks, from plain data; every error names its address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

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
from stacking_rules.errors import DocumentError
from stacking_rules.facts import HUNDRED
from stacking_rules.reading import (
    Scales,
    amount_of,
    any_mapping,
    attributes_of,
    day_of,
    escape,
    fraction_parts,
    key_of,
    keys_of,
    list_of,
    mapping_of,
    one_of,
    optional_day,
    read_grade,
    refuse_repeats,
    scale_of,
    text_of,
    values_of,
    whole_of,
)

T = TypeVar("T")
_ZONE = re.compile(r"[A-Za-z]+([/_+-][A-Za-z0-9]+){0,4}")

FIELDS = (
    "achievements",
    "scales",
    "tables",
    "levels",
    "equivalent",
    "accepted",
    "terms",
    "rates",
    "zone",
)


def read_definitions(top: Mapping[str, object], address: str) -> Definitions:
    """Read the FIELDS of a document (or of a stack that brings its own).

    ``DocumentError`` names what is wrong by its JSON pointer.
    """
    scales = dict(_named(top, "scales", address, _scale))
    return Definitions(
        achievements=dict(
            _named(top, "achievements", address, lambda k, v, a: _achievement(k, v, a, scales))
        ),
        scales=scales,
        tables=_listed(top, "tables", address, lambda v, a: _table(v, a, scales)),
        levels=_listed(top, "levels", address, lambda v, a: _table(v, a, {})),
        equivalent=_listed(top, "equivalent", address, _equivalence),
        accepted=_listed(top, "accepted", address, _substitution),
        terms=_terms(top, address),
        rates=_listed(top, "rates", address, _rate),
        zone=_zone(top.get("zone", "UTC"), f"{address}/zone"),
    )


def _named(
    top: Mapping[str, object], name: str, address: str, read: Callable[[str, object, str], T]
) -> Iterator[tuple[str, T]]:
    here = f"{address}/{name}"
    for key, value in any_mapping(top.get(name, {}), here).items():
        at = f"{here}/{escape(key)}"
        yield key_of(key, at), read(key, value, at)


def _listed(
    top: Mapping[str, object], name: str, address: str, read: Callable[[object, str], T]
) -> tuple[T, ...]:
    if name not in top:
        return ()
    here = f"{address}/{name}"
    return tuple(read(value, f"{here}/{i}") for i, value in enumerate(list_of(top[name], here)))


def _achievement(key: str, data: object, address: str, scales: Scales) -> AchievementText:
    fields = ("name", "description", "credits", "scale", "status", "replaced_by")
    item = mapping_of(data, address, (*fields, "attributes", "repeatable", "splittable"))
    quantum = item.get("splittable")
    replaced = item.get("replaced_by")
    return AchievementText(
        key,
        text_of(item.get("name", key), f"{address}/name"),
        text_of(item.get("description", ""), f"{address}/description"),
        amount_of(item.get("credits", 0), f"{address}/credits"),
        scale_of(item.get("scale", HUNDRED), f"{address}/scale", scales),
        one_of(item.get("status", "active"), ("active", "retired"), f"{address}/status"),
        "" if replaced is None else key_of(replaced, f"{address}/replaced_by"),
        attributes_of(item.get("attributes", {}), f"{address}/attributes"),
        max(1, whole_of(item.get("repeatable", 1), f"{address}/repeatable", 100)),
        None if quantum is None else _quantum(quantum, f"{address}/splittable"),
    )


def _quantum(value: object, address: str) -> Decimal:
    amount = amount_of(value, address)
    if not amount:
        raise DocumentError(address, "The smallest part must be more than 0.")
    return amount


def _scale(_key: str, data: object, address: str) -> Scale:
    """Read grades from the worst to the best: a list of them, or of ``grade: points``."""
    if isinstance(data, list):
        grades = tuple(text_of(g, f"{address}/{i}") for i, g in enumerate(list_of(data, address)))
        refuse_repeats(grades, address)
        return Scale(grades)
    item = any_mapping(data, address)
    points = tuple(amount_of(value, f"{address}/{escape(name)}") for name, value in item.items())
    if not points or list(points) != sorted(points):
        raise DocumentError(address, "A scale goes from the worst grade to the best.")
    return Scale(tuple(item), points)


def _table(data: object, address: str, scales: Scales) -> Table:
    item = mapping_of(data, address, ("from", "to", "rows", "since", "until", "version"))
    source = text_of(item.get("from"), f"{address}/from")
    target = text_of(item.get("to"), f"{address}/to")
    rows = any_mapping(item.get("rows"), f"{address}/rows")
    read = []
    for old, new in rows.items():
        at = f"{address}/rows/{escape(old)}"
        read.append((_table_value(old, source, at, scales), _table_value(new, target, at, scales)))
    if read != sorted(read) or [new for _, new in read] != sorted(new for _, new in read):
        raise DocumentError(f"{address}/rows", "The rows must rise on both sides.")
    if "version" in item:
        values_of(item["version"], f"{address}/version")  # a note, not looked at
    since = optional_day(item, "since", address) or date.min
    return Table(
        source, target, tuple(read), since, optional_day(item, "until", address) or date.max
    )


def _table_value(value: object, scale: str, address: str, scales: Scales) -> Decimal:
    if scale in scales:
        return read_grade(value, scale, address, scales).value
    return amount_of(value, address)


def _equivalence(data: object, address: str) -> Equivalence:
    item = mapping_of(data, address, ("same", "since", "until"))
    keys = keys_of(item.get("same"), f"{address}/same")
    since = optional_day(item, "since", address) or date.min
    return Equivalence(keys, since, optional_day(item, "until", address) or date.max)


def _substitution(data: object, address: str) -> Substitution:
    item = mapping_of(data, address, ("for", "instead", "since", "until"))
    return Substitution(
        key_of(item.get("instead"), f"{address}/instead"),
        key_of(item.get("for"), f"{address}/for"),
        optional_day(item, "since", address) or date.min,
        optional_day(item, "until", address) or date.max,
    )


def _terms(top: Mapping[str, object], address: str) -> tuple[Term, ...]:
    found = _listed(top, "terms", address, _term)
    for index, (before, after) in enumerate(pairwise(found)):
        if before.last >= after.first:
            message = "Terms stand in order and do not overlap."
            raise DocumentError(f"{address}/terms/{index + 1}", message)
    return found


def _term(data: object, address: str) -> Term:
    item = mapping_of(data, address, ("name", "from", "to"))
    first = day_of(item.get("from"), f"{address}/from")
    last = day_of(item.get("to"), f"{address}/to")
    if last < first:
        raise DocumentError(f"{address}/to", "A term ends after it has begun.")
    return Term(text_of(item.get("name"), f"{address}/name"), first, last)


def _rate(data: object, address: str) -> Rate:
    item = mapping_of(data, address, ("from", "to", "rate", "quantum"))
    top, bottom = fraction_parts(item.get("rate"), f"{address}/rate")
    quantum = item.get("quantum", Decimal("0.000001"))
    return Rate(
        text_of(item.get("from"), f"{address}/from"),
        text_of(item.get("to"), f"{address}/to"),
        top,
        bottom,
        _quantum(quantum, f"{address}/quantum"),
    )


def _zone(value: object, address: str) -> str:
    """Return the name of a zone; whether it exists is for those to say who know the zones."""
    name = text_of(value, address)
    if not _ZONE.fullmatch(name):
        raise DocumentError(address, f"'{name}' is no time zone, such as Europe/Madrid.")
    return name
