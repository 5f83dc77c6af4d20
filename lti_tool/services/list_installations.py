"""Use case: list the approved installations of institutions, for a form to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_institutions
from lti_tool.persistence.evidence_sources import list_deployments_of


@dataclass(frozen=True, slots=True)
class Installation:
    """One installation: its platform's name, and whose it is."""

    uuid: UUID
    name: str
    institution_key: str
    institution: str


def list_installations(database: Database, *, within: int | None = None) -> Sequence[Installation]:
    """Return the approved installations of all institutions, or of one."""
    with database.reading() as session:
        return [
            Installation(
                deployment.uuid,
                f"{registration.name} ({deployment.deployment_id})",
                institution.key,
                institution.name,
            )
            for institution in list_institutions(session)
            if within is None or institution.id == within
            for deployment, registration in list_deployments_of(session, institution.id)
        ]
