"""Use case: send a browser to the provider of an institution, to sign in or to add a way."""

from __future__ import annotations

from datetime import datetime

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.signing_in.adding import check_room
from lti_tool.signing_in.attempts import AttemptKind, Door, begin, new_secret
from lti_tool.signing_in.clients import get_client
from lti_tool.signing_in.next_pages import next_page
from lti_tool.signing_in.provider import authorization_address
from lti_tool.signing_in.providers import Providers


def begin_provider_sign_in(
    database: Database,
    providers: Providers,
    secret_key: bytes,
    door: Door,
    *,
    redirect_uri: str,
    wanted: str = "",
    now: datetime,
) -> str:
    """Return the address at the provider; state, nonce and verifier are kept for the way back.

    ``wanted`` is the page that comes after it, if it is one of ours. ``NotFoundError`` where the
    institution has no provider, ``InvalidInputError`` where that does not answer.
    """
    if door.institution_id is None:
        raise NotFoundError("Who looks after the whole tool signs in with a passkey or a link.")
    with database.reading() as session:
        client = get_client(session, door.institution_id, secret_key)
    metadata = providers.describe(client, now)
    state, nonce, verifier = new_secret(), new_secret(), new_secret()
    with database.writing() as session:
        if door.adds_for is not None:
            check_room(session, door.adds_for, "provider")
        begin(
            session,
            door,
            AttemptKind.PROVIDER,
            state,
            now,
            issuer=client.issuer,
            nonce=nonce,
            verifier=verifier,
            next_page=next_page(door.audience, wanted),
        )
    return authorization_address(
        metadata, client, redirect_uri=redirect_uri, state=state, nonce=nonce, verifier=verifier
    )
