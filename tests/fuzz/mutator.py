"""Changes of plain data that keep most of them sensible: what the fuzzer tries next."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any

from tests.rules.mutations import mutation, paths

STRANGE_DAYS = ("0001-01-01", "9999-12-31", "2024-02-29", "2026-06-30", "2026-12-31")
STRANGE_TEXTS = ("", "\ud800", "/", "~1", "0", "x" * 101, "\x00", "sql")


class Donors:
    """What stands under each name somewhere in the inputs, and which names stand together."""

    def __init__(self, inputs: Iterable[Any]) -> None:
        self._inputs = tuple(inputs)

    @cached_property
    def values(self) -> dict[str, list[Any]]:
        """The values of each name; those of a list's entries under the name of the list."""
        found: dict[str, list[Any]] = {}
        for path, value in self._parts():
            if path:
                found.setdefault(_name(path), []).append(value)
        return found

    @cached_property
    def fields(self) -> dict[str, list[str]]:
        """The names of the fields of the mappings under each name."""
        found: dict[str, dict[str, None]] = {}
        for path, value in self._parts():
            if isinstance(value, dict):
                found.setdefault(_name(path), {}).update(dict.fromkeys(value))
        return {name: list(fields) for name, fields in found.items()}

    def _parts(self) -> Iterable[tuple[tuple[Any, ...], Any]]:
        for data in self._inputs:
            for path in paths(data):
                yield path, _at(data, path)


def changed(data: Any, some: Random, donors: Donors) -> Any:
    """Return ``data`` with one to four changes."""
    for _ in range(some.choice([1, 1, 2, 4])):
        data = _changed(data, some, donors)
    return data


def _changed(data: Any, some: Random, donors: Donors) -> Any:
    places = [path for path in paths(data) if path]
    if not places:
        return deepcopy(some.choice(donors.values.get("document", [{}])))
    if some.random() < 0.1:
        return mutation(data, some, tuple(donors.fields))[1]
    data = deepcopy(data)
    *above, last = path = some.choice(places)
    parent, value = _at(data, tuple(above)), _at(data, path)
    kind = some.random()
    if kind < 0.35:
        parent[last] = _other(value, some, data)
    elif kind < 0.7:
        parent[last] = deepcopy(some.choice(donors.values.get(_name(path), [value])))
    elif kind < 0.75:
        del parent[last]
    elif isinstance(value, dict):
        _add(value, _name(path), some, donors)
    elif isinstance(value, list):
        entries = [*value, *donors.values.get(_name(path), ())]
        value.insert(some.randint(0, len(value)), deepcopy(some.choice(entries or ["sql"])))
    return data


def _add(item: dict[str, Any], name: str, some: Random, donors: Donors) -> None:
    """Add a field that stands in such a mapping elsewhere, with a value that it has there."""
    field = some.choice(donors.fields.get(name) or ["id"])
    item[field] = deepcopy(some.choice(donors.values.get(field) or ["sql"]))


def _other(value: Any, some: Random, data: Any) -> Any:
    """Return a value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | Decimal):
        steps = (value + 1, value - 1, value / 2 if isinstance(value, Decimal) else value // 2)
        return some.choice([*steps, 0, 1, Decimal("0.5"), Decimal("0.000001"), 1_000_000])
    if isinstance(value, list):
        return some.sample(value, len(value))
    if isinstance(value, str):
        return _other_text(value, some, data)
    return value


def _other_text(value: str, some: Random, data: Any) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        texts = [v for v in (_at(data, path) for path in paths(data)) if isinstance(v, str)]
        return some.choice([*texts, *texts, *STRANGE_TEXTS])
    shift = timedelta(days=some.choice([1, -1, 30, -30, 365, -365, 3650]))
    try:
        return some.choice([(day + shift).isoformat(), *STRANGE_DAYS])
    except OverflowError:
        return some.choice(STRANGE_DAYS)


def _at(data: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


def _name(path: tuple[Any, ...]) -> str:
    """Return the name under which something stands: its own, or with [] that of its list."""
    names = [step for step in path if isinstance(step, str)]
    return (names[-1] if names else "") + ("" if path and isinstance(path[-1], str) else "[]")
