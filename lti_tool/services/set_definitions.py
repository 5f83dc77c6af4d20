"""Use case: change what an institution declares for all its rules; each change is a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.building.declaring import KINDS, DeclaredChange, changes_between, read_declared
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import institution_of
from lti_tool.persistence.definitions import (
    InstitutionDefinitions,
    add_definitions,
    list_definitions,
)
from lti_tool.persistence.learners import lock_name
from stacking_rules import DocumentError

LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class NewDefinitions:
    """What is to hold of some kinds; of those that ``data`` does not name nothing is to hold.

    ``based_on`` is the version that whoever changes it looked at, None for no matter which.
    """

    data: Mapping[str, Any]
    kinds: tuple[str, ...] = KINDS
    based_on: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DefinitionsSet:
    """The version that holds, and what differs from the one before; nothing: it is no new one."""

    number: int
    changes: tuple[DeclaredChange, ...]


def set_definitions(
    database: Database,
    new: NewDefinitions,
    *,
    actor: str,
    now: datetime,
    within: int | None = None,
    key: str | None = None,
    is_dry: bool = False,
) -> DefinitionsSet:
    """Make what is said of ``new.kinds`` the next version, from now on; published stacks stay.

    ``InvalidInputError`` names the address of what is wrong (``field``, a JSON pointer), or that
    the reason is missing. ``ConflictError`` (code ``definitions-changed``) where somebody else
    changed one of the kinds since version ``based_on``. ``is_dry`` looks and writes nothing.
    ``NotFoundError`` for an unknown institution.
    """
    with database.writing() as session:
        institution = institution_of(session, key=key, within=within)
        lock_name(session, f"definitions:{institution.id}")
        rows = list_definitions(session, institution.id)
        present: Mapping[str, Any] = rows[0].document if rows else {}
        _refuse_lost_changes(rows, new)
        kept = {kind: value for kind, value in present.items() if kind not in new.kinds}
        whole = _read({**kept, **new.data})
        changes = changes_between(present, whole)
        number = rows[0].number if rows else 0
        if not changes or is_dry:
            return DefinitionsSet(number, changes)
        _save(session, institution.id, number + 1, whole, changes, new, actor, now)
        return DefinitionsSet(number + 1, changes)


def _read(data: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return read_declared(data)
    except DocumentError as error:
        raise InvalidInputError(error.message, field=error.address) from None


def _refuse_lost_changes(rows: list[InstitutionDefinitions], new: NewDefinitions) -> None:
    if new.based_on is None or not rows or rows[0].number == new.based_on:
        return
    base = next((row.document for row in rows if row.number == new.based_on), {})
    if any(base.get(kind) != rows[0].document.get(kind) for kind in new.kinds):
        raise ConflictError(
            "Somebody else has changed this meanwhile. Nothing that you typed is lost: compare it "
            "with theirs, and save again.",
            code="definitions-changed",
        )


def _save(
    session: Session,
    institution_id: int,
    number: int,
    whole: Mapping[str, Any],
    changes: tuple[DeclaredChange, ...],
    new: NewDefinitions,
    actor: str,
    now: datetime,
) -> None:
    reason = new.reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise InvalidInputError(
            f"Say why, in at most {LONGEST_REASON:,} characters.", field="reason"
        )
    add_definitions(session, institution_id, number, whole, author=actor, reason=reason, now=now)
    add_event(
        session,
        institution_id=institution_id,
        actor=actor,
        action="definitions-set",
        subject=str(number),
        at=now,
        detail={"kinds": sorted({change.kind for change in changes})},
    )
