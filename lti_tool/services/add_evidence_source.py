"""Use case: keep a service of a learning platform that tells grades and the like."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.errors import InvalidInputError
from lti_tool.gathering.opening import KINDS, SourceDoor, check_token
from lti_tool.lti.urls import is_secure
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.evidence_sources import EvidenceSource, list_deployments_of
from lti_tool.persistence.platforms import Deployment, Registration

LONGEST_NAME = 100
LONGEST_URL = 1000


@dataclass(frozen=True, slots=True)
class NewSource:
    """What an administrator enters; the token never shows in its repr."""

    kind: str
    name: str
    base_url: str
    token: str = field(repr=False)
    deployment_uuid: UUID | None = None


def add_evidence_source(
    database: Database,
    door: SourceDoor,
    *,
    institution_key: str,
    new: NewSource,
    actor: str,
    now: datetime,
) -> UUID:
    """Keep a source with its token sealed, and return its uuid. Nothing is asked yet.

    Without a deployment it is the only one of the institution. ``InvalidInputError`` names a
    wrong value.
    """
    check_token(new.token)
    _check(new)
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        deployment, registration = _deployment(session, institution.id, new.deployment_uuid)
        if not is_secure(new.base_url, allows_loopback=registration.allows_loopback):
            raise InvalidInputError("The address must begin with https://.", field="base_url")
        source = EvidenceSource(
            institution_id=institution.id,
            deployment_id=deployment.id,
            kind=new.kind,
            name=new.name.strip(),
            base_url=new.base_url.rstrip("/"),
            sealed_token=door.seal(new.token),
            is_enabled=True,
            problem="",
            created_at=now,
        )
        session.add(source)
        session.flush()
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="evidence-source-added",
            subject=str(source.uuid),
            at=now,
        )
        return source.uuid


def _check(new: NewSource) -> None:
    if new.kind not in KINDS:
        raise InvalidInputError("Choose a kind from the list.", field="kind")
    name = new.name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidInputError(f"The name has 1 to {LONGEST_NAME} characters.", field="name")
    if not 0 < len(new.base_url) <= LONGEST_URL or "?" in new.base_url or "#" in new.base_url:
        raise InvalidInputError(
            "Enter the address of the platform's front page, without a question mark.",
            field="base_url",
        )


def _deployment(
    session: Session, institution_id: int, uuid: UUID | None
) -> tuple[Deployment, Registration]:
    found = list_deployments_of(session, institution_id)
    if uuid is not None:
        found = [one for one in found if one[0].uuid == uuid]
    if len(found) != 1:
        raise InvalidInputError(
            "Choose the installation whose courses the source tells of."
            if found
            else "The institution has no such installation. Register the platform first.",
            field="deployment",
        )
    return found[0]
