"""What this tool is at an institution's provider, its secret opened; and who may be there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lti_tool.errors import NotFoundError
from lti_tool.lti.sealing import PROVIDER_SECRETS, cipher
from lti_tool.persistence.brands import Brand, brand_of
from lti_tool.persistence.catalog import Institution, find_institution
from lti_tool.persistence.sign_in_ways import SignInProvider, find_provider
from lti_tool.signing_in.provider import ProviderClient


@dataclass(frozen=True, slots=True)
class Place:
    """An institution at whose address people sign in, with its provider's name (or "")."""

    institution_id: int
    key: str
    name: str
    provider: str
    brand: Brand | None = None


def get_place(session: Session, key: str) -> Place:
    """Return an institution by its key; ``NotFoundError`` for none, and while it is suspended."""
    found = find_institution(session, key)
    if found is None or found.suspended_at is not None:
        raise NotFoundError("Nobody signs in at this address. Look at it again, letter by letter.")
    return place_of(session, found)


def place_of(session: Session, institution: Institution) -> Place:
    """Return an institution with the name of its provider."""
    provider = find_provider(session, institution.id)
    name = "" if provider is None else provider.name
    brand = brand_of(institution.uuid, institution.name, institution.brand)
    return Place(institution.id, institution.key, institution.name, name, brand)


def get_client(session: Session, institution_id: int, secret_key: bytes) -> ProviderClient:
    """Return this tool's client at the provider; ``NotFoundError`` where there is no provider."""
    found = find_provider(session, institution_id)
    if found is None:
        raise NotFoundError("This institution has no provider to sign in with here.")
    return client_of(found, secret_key)


def client_of(row: SignInProvider, secret_key: bytes) -> ProviderClient:
    """Return the client of a row, its secret opened."""
    sealed = row.sealed_secret
    secret = "" if sealed is None else cipher(secret_key, PROVIDER_SECRETS).decrypt(sealed).decode()
    return ProviderClient(row.issuer, row.client_id, row.name, secret, row.allows_loopback)
