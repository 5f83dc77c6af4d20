"""A platform's registration as the protocol needs it: a frozen value."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lti_tool.lti.families import ProductFamily
from lti_tool.lti.urls import offered_url


@dataclass(frozen=True, slots=True)
class PlatformRegistration:
    """One platform under one client id; ``token_audience`` is the token address by default.

    With ``allows_loopback`` it stands on this machine and may be spoken to over http.
    ``service_hosts`` (host or host:port, https) are what an administrator has added;
    ``frame_origins`` may show our pages in a frame, and nothing else.
    With ``shares_identities`` its user ids are those of its issuer, whatever the client id.
    """

    id: int
    uuid: UUID
    issuer: str
    client_id: str
    name: str
    authorization_url: str
    token_url: str
    token_audience: str
    jwks_url: str
    allows_loopback: bool = False
    product_family: ProductFamily = ProductFamily.GENERIC
    service_hosts: tuple[str, ...] = ()
    shares_identities: bool = False
    frame_origins: tuple[str, ...] = ()

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Return the addresses whose hosts belong to this platform."""
        added = (f"https://{host}/" for host in self.service_hosts)
        return (self.authorization_url, self.token_url, self.jwks_url, *added)

    def offered(self, url: object) -> str | None:
        """Return a service address out of a claim or an answer if it passes V30, else None."""
        return offered_url(url, self.endpoints, allows_loopback=self.allows_loopback)

    @property
    def authority(self) -> str:
        """Return the name under which this platform's user ids are kept."""
        if self.shares_identities:
            return authority_of_issuer(self.issuer)
        return authority_of_registration(self.uuid)


def authority_of_registration(uuid: UUID) -> str:
    """Return the name under which the user ids of one registration alone are kept."""
    return f"lti:{uuid}"


def authority_of_issuer(issuer: str) -> str:
    """Return the name under which user ids are kept that are the same all over an issuer."""
    return f"issuer:{hashlib.sha256(issuer.encode()).hexdigest()}"


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
        allows_loopback=row.allows_loopback,
        product_family=ProductFamily(row.product_family),
        service_hosts=tuple(row.service_hosts),
        shares_identities=row.shares_identities,
        frame_origins=tuple(row.frame_origins),
    )


def platform_urls_of(registration: Any) -> tuple[str, ...]:
    """Return addresses at the origins that may frame our pages for a platform.

    ``registration`` is a row of the registrations, or the value made of one.
    """
    return (registration.issuer, registration.authorization_url, *registration.frame_origins)
