"""Use case: give an administrator a link that signs them in, once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lti_tool.errors import InvalidInputError
from lti_tool.lti.invitations import hash_code
from lti_tool.persistence.administrators import (
    REGISTRAR,
    ROLES,
    add_link,
    ensure_administrator,
)
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.learners import lock_name

LONGEST_LIFE = timedelta(days=1)
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class AdministratorInvited:
    """Whose link it is, its code (shown once, never kept), and when it ends."""

    uuid: UUID
    code: str
    expires_at: datetime


def invite_administrator(
    database: Database,
    name: str,
    institution_key: str | None,
    *,
    life: timedelta = timedelta(minutes=15),
    roles: Sequence[str] = (),
    actor: str,
    now: datetime,
) -> AdministratorInvited:
    """Make a link for the administrator of this name, who is made with it if need be.

    Without ``institution_key`` it is an administrator of the whole tool. An older link of the
    same person is void. ``roles`` are what they may do from now on; without any, what they could
    do before, and somebody new is an administrator. ``InvalidInputError`` names what is wrong;
    ``NotFoundError`` for an unknown institution.
    """
    _check(name, life)
    _check_roles(roles, institution_key)
    code = secrets.token_urlsafe(32)
    with database.writing() as session:
        lock_name(session, "administrators")
        institution_id = (
            None if institution_key is None else get_institution(session, institution_key).id
        )
        administrator = ensure_administrator(
            session, name.strip(), institution_id, now, roles=roles
        )
        add_link(session, hash_code(code), administrator.id, now + life)
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="administrator-invited",
            subject=str(administrator.uuid),
            at=now,
            detail={"roles": sorted(roles)} if roles else None,
        )
        return AdministratorInvited(administrator.uuid, code, now + life)


def _check(name: str, life: timedelta) -> None:
    if not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable():
        raise InvalidInputError(f"The name has 1 to {LONGEST_NAME} characters.", field="name")
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise InvalidInputError("A link to sign in lasts at most a day.", field="minutes")


def _check_roles(roles: Sequence[str], institution_key: str | None) -> None:
    unknown = [role for role in roles if role not in ROLES]
    if unknown:
        raise InvalidInputError(f"A role is one of {', '.join(ROLES)}.", field="role")
    if REGISTRAR in roles and institution_key is None:
        raise InvalidInputError(
            "A registrar decides for one institution: name it (--institution).", field="institution"
        )
