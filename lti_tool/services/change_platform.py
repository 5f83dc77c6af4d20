"""Use case: change what an operator decides about a registration."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.administering import get_own_platform
from lti_tool.errors import ForbiddenError, InvalidInputError
from lti_tool.lti.families import ProductFamily
from lti_tool.lti.urls import framing_origin
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.platforms import Registration

MOST_HOSTS = 20
LONGEST_NAME = 255

_HOST = re.compile(r"(?=.{1,253}(:|$))[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class PlatformChanges:
    """What changes; None leaves a value as it is.

    ``hosts`` are all hosts (host or host:port) whose services may be called beside those of
    the platform's own addresses; ``frame_origins`` are all origins (https://host) where it shows
    our pages beside these addresses.
    """

    name: str | None = None
    family: ProductFamily | None = None
    institution_key: str | None = None
    approves_deployments: bool | None = None
    hosts: tuple[str, ...] | None = None
    frame_origins: tuple[str, ...] | None = None


def change_platform(
    database: Database,
    platform: UUID,
    changes: PlatformChanges,
    *,
    actor: str,
    now: datetime,
    within: int | None = None,
) -> None:
    """Enter the changes; issuer and client id never change.

    ``within`` is the institution of an administrator who decides for no other (internal id) and
    gives no platform away. ``InvalidInputError`` names a wrong value; ``NotFoundError`` for an
    unknown platform or institution; ``ForbiddenError`` where others use the platform, too.
    """
    _check(changes)
    if within is not None and changes.institution_key is not None:
        raise ForbiddenError("Whoever looks after the whole tool says whose a platform is.")
    with database.writing() as session:
        registration = get_own_platform(session, platform, within)
        changed = _enter(session, registration, changes)
        add_event(
            session,
            institution_id=registration.institution_id,
            actor=actor,
            action="platform-changed",
            subject=str(registration.uuid),
            detail={"fields": changed},
            at=now,
        )


def _check(changes: PlatformChanges) -> None:
    if changes.name is not None and not 0 < len(changes.name.strip()) <= LONGEST_NAME:
        raise InvalidInputError(f"The name has 1 to {LONGEST_NAME} characters.", field="name")
    hosts = changes.hosts or ()
    if max(len(hosts), len(changes.frame_origins or ())) > MOST_HOSTS:
        raise InvalidInputError(f"There can be at most {MOST_HOSTS} further hosts.", field="hosts")
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise InvalidInputError(
                f"'{host}' is not a host like api.example.edu or api.example.edu:8443, in "
                "small letters.",
                field="hosts",
            )


def _frame_origins(registration: Registration, changes: PlatformChanges) -> list[str] | None:
    """Return the wanted origins, each once, as a browser writes them."""
    if changes.frame_origins is None:
        return None
    found = []
    for wanted in changes.frame_origins:
        origin = framing_origin(wanted, allows_loopback=registration.allows_loopback)
        if origin is None or wanted.removesuffix("/") != origin:
            raise InvalidInputError(
                f"'{wanted}' is not an origin like https://canvas.example.edu, in small letters.",
                field="frame_origins",
            )
        found.append(origin)
    return list(dict.fromkeys(found))


def _enter(session: Session, registration: Registration, changes: PlatformChanges) -> list[str]:
    values = {
        "name": changes.name and changes.name.strip(),
        "product_family": changes.family,
        "institution_id": changes.institution_key
        and get_institution(session, changes.institution_key).id,
        "approves_deployments": changes.approves_deployments,
        "service_hosts": None if changes.hosts is None else list(dict.fromkeys(changes.hosts)),
        "frame_origins": _frame_origins(registration, changes),
    }
    changed = [name for name, value in values.items() if value is not None]
    for name in changed:
        setattr(registration, name, values[name])
    if registration.approves_deployments and registration.institution_id is None:
        raise InvalidInputError(
            "New deployments can be approved at once only for an institution; name it.",
            field="institution",
        )
    session.flush()
    return changed
