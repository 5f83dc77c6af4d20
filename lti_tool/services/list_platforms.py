"""Use case: show an operator which platforms may launch the tool."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lti_tool.persistence.base import Database
from lti_tool.persistence.platforms import list_deployments, list_registrations


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    """One deployment; ``institution`` is the key of its tenant, None while nobody approved it."""

    deployment_id: str
    state: str
    institution: str | None


@dataclass(frozen=True, slots=True)
class PlatformRow:
    """One registration with its deployments."""

    uuid: UUID
    name: str
    issuer: str
    client_id: str
    family: str
    is_enabled: bool
    deployments: tuple[DeploymentRow, ...]


def list_platforms(database: Database) -> list[PlatformRow]:
    """Return every registration of this tool, the oldest first."""
    with database.reading() as session:
        return [
            PlatformRow(
                uuid=found.uuid,
                name=found.name,
                issuer=found.issuer,
                client_id=found.client_id,
                family=found.product_family,
                is_enabled=found.is_enabled,
                deployments=tuple(
                    DeploymentRow(deployment.deployment_id, deployment.state, institution)
                    for deployment, institution in list_deployments(session, found.id)
                ),
            )
            for found in list_registrations(session)
        ]
