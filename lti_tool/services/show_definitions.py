"""Use case: show what an institution declares for all its rules, and how it came to that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.building.declaring import (
    DeclaredChange,
    Entry,
    Plain,
    changes_between,
    entries_of,
)
from lti_tool.persistence.administrators import find_actor_names
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import CurrentStack, institution_of, list_current_stacks
from lti_tool.persistence.definitions import InstitutionDefinitions, list_definitions


@dataclass(frozen=True, slots=True)
class DefinitionsVersion:
    """One version: what it changed, who made it, why and when."""

    number: int
    changes: tuple[DeclaredChange, ...]
    author: str
    reason: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Use:
    """A published stack that was published with something of a kind; ``is_same``: as it is now."""

    title: str
    version: int
    is_same: bool


@dataclass(frozen=True, slots=True)
class DefinitionsView:
    """What holds now (``number`` 0: nothing yet), every version, and who uses what, by kind."""

    number: int
    declared: Plain
    entries: tuple[Entry, ...]
    versions: tuple[DefinitionsVersion, ...]
    uses: Mapping[str, tuple[Use, ...]]

    def of_kind(self, kind: str) -> tuple[Entry, ...]:
        """Return what is declared of one kind."""
        return tuple(entry for entry in self.entries if entry.kind == kind)

    def since(self, number: int, kind: str) -> tuple[tuple[DefinitionsVersion, str], ...]:
        """Return the versions after ``number`` that changed a kind, the newest first."""
        return tuple(
            (version, change.after or change.before)
            for version in self.versions
            for change in version.changes
            if version.number > number and change.kind == kind
        )


def show_definitions(
    database: Database, *, within: int | None = None, key: str | None = None
) -> DefinitionsView:
    """Return what an institution (internal id, or key) declares; ``NotFoundError``."""
    with database.reading() as session:
        institution_id = institution_of(session, key=key, within=within).id
        rows = list_definitions(session, institution_id)
        declared: Plain = rows[0].document if rows else {}
        stacks = list_current_stacks(session, institution_id)
        return DefinitionsView(
            rows[0].number if rows else 0,
            declared,
            tuple(entries_of(declared)),
            _versions(session, rows),
            {kind: _uses(stacks, kind, declared.get(kind)) for kind in _kinds(stacks)},
        )


def _versions(
    session: Session, rows: list[InstitutionDefinitions]
) -> tuple[DefinitionsVersion, ...]:
    names = find_actor_names(session, {row.author for row in rows})
    return tuple(
        DefinitionsVersion(
            row.number,
            changes_between(rows[at + 1].document if at + 1 < len(rows) else {}, row.document),
            names.get(row.author, row.author),
            row.reason,
            row.recorded_at,
        )
        for at, row in enumerate(rows)
    )


def _frozen(stack: CurrentStack) -> Mapping[str, Any]:
    found = stack.version.document.get("definitions")
    return found if isinstance(found, dict) else {}


def _kinds(stacks: list[CurrentStack]) -> set[str]:
    return {kind for stack in stacks for kind in _frozen(stack)}


def _uses(stacks: list[CurrentStack], kind: str, now: Any) -> tuple[Use, ...]:
    return tuple(
        Use(stack.achievement.name, stack.version.number, _frozen(stack)[kind] == now)
        for stack in stacks
        if kind in _frozen(stack)
    )
