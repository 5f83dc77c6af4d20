"""Use case: say what the roles of the staff may do at an institution, or look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lti_tool.errors import InvalidInputError
from lti_tool.lti.roles import STAFF, CourseRole
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.launched import ALL_RIGHTS, rights_of_role, usual_rights
from lti_tool.persistence.learners import lock_name

RoleRights = Mapping[CourseRole, frozenset[str]]
"""What each role of the staff may do beside reading, the strongest role first."""


@dataclass(frozen=True, slots=True)
class RightsChanges:
    """Pairs of role and right to give and to take; ``is_reset`` first gives back what is usual."""

    allowed: frozenset[tuple[CourseRole, str]] = frozenset()
    denied: frozenset[tuple[CourseRole, str]] = frozenset()
    is_reset: bool = False


def change_role_rights(
    database: Database, key: str, changes: RightsChanges, *, actor: str, now: datetime
) -> RoleRights:
    """Enter the changes and return what now holds; without changes nothing is written.

    It counts from the next request on, for sessions that are open as well.
    ``NotFoundError`` for an unknown institution, ``InvalidInputError`` for a role that is not
    of the staff, an unknown right, or a right that is both given and taken.
    """
    _check(changes)
    with database.writing() as session:
        lock_name(session, f"role-rights:{key}")
        institution = get_institution(session, key)
        before = {role: rights_of_role(role, institution.role_rights) for role in _staff()}
        after = _changed(before, changes)
        if after != before:
            institution.role_rights = _stored(after)
            add_event(
                session,
                institution_id=institution.id,
                actor=actor,
                action="role-rights-changed",
                subject=str(institution.uuid),
                detail={role: sorted(after[role]) for role in after if after[role] != before[role]},
                at=now,
            )
        return after


def _check(changes: RightsChanges) -> None:
    for role, right in changes.allowed | changes.denied:
        if role not in STAFF or right not in ALL_RIGHTS:
            raise InvalidInputError(f"'{role}:{right}' is no role of the staff with a right.")
    for role, right in sorted(changes.allowed & changes.denied):
        raise InvalidInputError(f"'{role}:{right}' is both allowed and denied.")


def _staff() -> list[CourseRole]:
    return [role for role in CourseRole if role in STAFF]


def _changed(before: RoleRights, changes: RightsChanges) -> dict[CourseRole, frozenset[str]]:
    after = {}
    for role, rights in before.items():
        given = frozenset(right for whose, right in changes.allowed if whose == role)
        taken = frozenset(right for whose, right in changes.denied if whose == role)
        after[role] = ((usual_rights(role) if changes.is_reset else rights) | given) - taken
    return after


def _stored(rights: RoleRights) -> dict[str, list[str]] | None:
    """Return the column's value: only roles that may do something else than usual stand there."""
    other = {role.value: sorted(may) for role, may in rights.items() if may != usual_rights(role)}
    return other or None
