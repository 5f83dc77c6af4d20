"""Valid documents made wrong, one change at a time: seeded, so that a failure can be repeated."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from random import Random
from typing import Any

Path = tuple[Any, ...]
JUNK: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, -1, 3, Decimal("0.5"), Decimal("-0.5"), 10**7, 100_001, "", " ",
    "sql", "A Key", "0.5", "1/2", "5/2", "1/0", "ten", "1e2", "NaN", "2026-06-30", "2026-02-30",
    "20260630", "2026-06-30T12:00:00Z", "2026-06-30T12:00", "0-100", "100-0", "year", "UTC",
    [], {}, [1], ["sql"], ["sql", "sql"], [[]], [None], {"x": 1}, {"at_least": 2}, {"not": "x"},
    {"known": True}, {"known": 1}, {"years": 1}, {"years": "1"}, {"credits": 1}, {"items": True},
    {"award": "sql"}, {"award": "a", "attested": "b"}, {"event": "enrolled"}, {"asked": True},
    {"asked": False}, {"last": {"years": 1}}, {"where": {"color": "red"}}, {"end_of": "year"},
    {"of": ["sql"]}, {"share": "1/2"}, {"completed": "sql", "grade": 50}, {"id": "x"},
)  # fmt: skip
"""What is put in the place of something else."""


def paths(data: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every part of plain data, the whole first."""
    yield path
    if isinstance(data, dict | list):
        for name, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from paths(value, (*path, name))


def mutation(data: Any, some: Random, words: tuple[str, ...]) -> tuple[str, Any]:
    """Return a copy of ``data`` with one change, and the name of its kind.

    A field is dropped, renamed (a letter more, or another of ``words``), added, or given to
    another value; a word becomes another of ``words``; an entry is repeated.
    """
    kind = some.choice(["drop", "misspell", "rename", "add", "replace", "replace", "word", "copy"])
    changed = deepcopy(data)
    *above, last = some.choice([path for path in paths(data) if path])
    parent = changed
    for step in above:
        parent = parent[step]
    value = parent[last]
    if kind == "drop":
        del parent[last]
    elif kind == "replace":
        parent[last] = deepcopy(some.choice(JUNK))
    elif kind == "word":
        parent[last] = some.choice(words)
    elif isinstance(parent, list):
        parent.insert(last, deepcopy(value))
    elif kind in ("misspell", "rename"):
        new = last + "x" if kind == "misspell" else some.choice(words)
        entries = [(new if name == last else name, found) for name, found in parent.items()]
        parent.clear()
        parent.update(entries)
    else:
        parent[some.choice(words)] = deepcopy(value if kind == "copy" else some.choice(JUNK))
    return kind, changed
