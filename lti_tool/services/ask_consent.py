"""Use case: look at what a wallet asks a learner for, before anybody consents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool.errors import InvalidInputError, OAuthError
from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_access import find_client
from lti_tool.wallet_protocols.oauth import ConsentRequest, read_consent_request
from lti_tool.wallet_protocols.ways import check_any_reads


@dataclass(frozen=True, slots=True)
class Asking:
    """The wallet that asks, by its name and address, and what for.

    ``refusal`` is what it is told at its address instead when its request is wrong.
    """

    name: str
    address: str
    redirect_uri: str
    state: str
    request: ConsentRequest | None
    refusal: OAuthError | None


def ask_consent(database: Database, fields: Mapping[str, str]) -> Asking:
    """Return what a request asks for.

    ``InvalidInputError`` for an unknown wallet, and for an address that is not exactly one of
    those it registered: then nobody is sent there. ``NotFoundError`` while this API is off.
    """
    with database.reading() as session:
        check_any_reads(session)
        client = find_client(session, fields.get("client_id", ""))
    uri = fields.get("redirect_uri", "")
    if client is None:
        raise InvalidInputError("This wallet is not registered here. Connect it anew.")
    if uri not in client.redirect_uris:
        raise InvalidInputError("The wallet wants its answer at an address it never registered.")
    address = client.details.get("client_uri", uri)
    request, refusal = None, None
    try:
        request = read_consent_request(fields, uri, client.scope)
    except OAuthError as error:
        refusal = error
    return Asking(client.name, address, uri, fields.get("state", ""), request, refusal)
