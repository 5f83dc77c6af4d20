"""A platform's registration as the protocol needs it: a frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PlatformRegistration:
    """One platform under one client id; ``token_audience`` is the token address by default."""

    id: int
    uuid: UUID
    issuer: str
    client_id: str
    name: str
    authorization_url: str
    token_url: str
    token_audience: str
    jwks_url: str

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Return the addresses that an administrator entered for this platform."""
        return (self.authorization_url, self.token_url, self.jwks_url)

    @property
    def authority(self) -> str:
        """Return the name under which this platform's user ids are kept."""
        return f"lti:{self.uuid}"


def registration_of(row: Any) -> PlatformRegistration:
    """Return the value of a row of the registrations (any object with its attributes)."""
    return PlatformRegistration(
        id=row.id,
        uuid=row.uuid,
        issuer=row.issuer,
        client_id=row.client_id,
        name=row.name,
        authorization_url=row.authorization_url,
        token_url=row.token_url,
        token_audience=row.token_audience or row.token_url,
        jwks_url=row.jwks_url,
    )
