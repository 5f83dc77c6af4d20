"""Use case: show an operator which platforms may launch the tool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.administering import list_own_deployments, list_platforms_of
from lti_tool.persistence.base import Database
from lti_tool.persistence.platforms import DeploymentState


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    """One deployment; ``institution`` is the key of its tenant, None while nobody approved it."""

    deployment_id: str
    state: str
    institution: str | None
    last_launch_at: datetime | None


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

    @property
    def waiting(self) -> int:
        """Return how many deployments wait for approval."""
        return sum(found.state == DeploymentState.PENDING for found in self.deployments)

    @property
    def last_launch_at(self) -> datetime | None:
        """Return when somebody came last, None when nobody has come."""
        launches = [found.last_launch_at for found in self.deployments if found.last_launch_at]
        return max(launches, default=None)


def list_platforms(database: Database, *, within: int | None = None) -> list[PlatformRow]:
    """Return every registration of this tool, the oldest first.

    ``within`` is the institution of an administrator who sees no other (internal id).
    """
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
                    DeploymentRow(row.deployment_id, row.state, institution, row.last_launch_at)
                    for row, institution in list_own_deployments(session, found, within)
                ),
            )
            for found in list_platforms_of(session, within)
        ]
