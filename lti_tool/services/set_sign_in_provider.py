"""Use case: say with which OpenID Connect provider the people of an institution sign in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from lti_tool.errors import InvalidInputError
from lti_tool.lti.platform_details import check_id
from lti_tool.lti.sealing import PROVIDER_SECRETS, cipher
from lti_tool.lti.urls import is_secure
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.sign_in_ways import SignInProvider, save_provider
from lti_tool.signing_in.provider import ProviderClient

LONGEST_NAME = 100


def set_sign_in_provider(
    database: Database,
    secret_key: bytes,
    client: ProviderClient,
    *,
    institution_key: str,
    check: Callable[[ProviderClient], object] | None,
    actor: str,
    now: datetime,
) -> None:
    """Keep the provider of an institution, with its secret sealed, instead of the one before.

    ``check`` asks the provider for its description first, and raises where that is not in order.
    ``InvalidInputError`` names a wrong value; ``NotFoundError`` for an unknown institution.
    """
    _check(client)
    if check is not None:
        check(client)
    sealed = cipher(secret_key, PROVIDER_SECRETS).encrypt(client.secret.encode())
    with database.writing() as session:
        lock_name(session, "sign-in providers")
        institution = get_institution(session, institution_key)
        save_provider(
            session,
            SignInProvider(
                institution_id=institution.id,
                name=client.name,
                issuer=client.issuer,
                client_id=client.client_id,
                sealed_secret=sealed if client.secret else None,
                allows_loopback=client.allows_loopback,
                changed_at=now,
            ),
        )
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="sign-in-provider-set",
            subject=str(institution.uuid),
            at=now,
        )


def _check(client: ProviderClient) -> None:
    check_id("client_id", client.client_id)
    if not is_secure(client.issuer, allows_loopback=client.allows_loopback) or "?" in client.issuer:
        raise InvalidInputError(
            "The issuer must begin with https:// and have no query (for a provider on this "
            "machine, --allow-loopback lets it be http).",
            field="issuer",
        )
    name = client.name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidInputError(f"The name has 1 to {LONGEST_NAME} characters.", field="name")
