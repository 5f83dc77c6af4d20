"""What the institution offers, as the editor's picker shows it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen; the key is stored, the title is shown."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Competencies that can be proved and stacks that can be shown, in the tool's order."""

    competencies: tuple[Choice, ...]
    stacks: tuple[Choice, ...]

    def has_competency(self, key: str) -> bool:
        """Say whether ``key`` is a competency of the institution."""
        return any(choice.key == key for choice in self.competencies)

    def has_stack(self, key: str) -> bool:
        """Say whether ``key`` is a stack of the institution."""
        return any(choice.key == key for choice in self.stacks)


def parse_catalogue(content: Any) -> Catalogue:
    """Give the catalogue in an answer of the tool; whatever has no key is left out."""
    found = content if isinstance(content, Mapping) else {}
    return Catalogue(_choices(found.get("competencies")), _choices(found.get("stacks")))


def _choices(rows: Any) -> tuple[Choice, ...]:
    if not isinstance(rows, list):
        return ()
    return tuple(
        Choice(str(row["key"]), str(row.get("title") or row.get("name") or row["key"]))
        for row in rows
        if isinstance(row, Mapping) and row.get("key")
    )
