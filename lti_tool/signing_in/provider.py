"""What an OpenID Connect provider says of itself and of a person: read, and believed if checked.

Specification: OpenID Connect Core 1.0 and Discovery 1.0; PKCE is RFC 7636, the issuer in the
answer RFC 9207. The id_token is checked by the code that checks launches.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from lti_tool.errors import InvalidInputError
from lti_tool.lti.id_token import UnverifiedToken, check_nonce, check_standard_claims
from lti_tool.lti.urls import is_secure
from lti_tool.strict_json import StrictJSONError, parse_object

MOST_BYTES = 256 * 1024
LONGEST_SUBJECT = 255
WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class ProviderClient:
    """An institution's provider, with what this tool is there; ``secret`` is open, or ""."""

    issuer: str
    client_id: str
    name: str
    secret: str
    allows_loopback: bool

    @property
    def metadata_url(self) -> str:
        """Return where the provider describes itself."""
        return self.issuer.rstrip("/") + WELL_KNOWN


@dataclass(frozen=True, slots=True)
class Metadata:
    """The addresses of a provider. ``sends_issuer``: its answers name it (RFC 9207)."""

    authorization_url: str
    token_url: str
    jwks_url: str
    allows_loopback: bool
    sends_issuer: bool
    posts_secret: bool


def read_metadata(body: bytes, client: ProviderClient) -> Metadata:
    """Read a provider's description; ``InvalidInputError`` where it cannot be trusted."""
    try:
        found = parse_object(body, max_bytes=MOST_BYTES)
    except StrictJSONError:
        raise unusable("what stands at its address is no description of a provider") from None
    if found.get("issuer") != client.issuer:
        raise unusable("it names another issuer")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    addresses = [found.get(name) for name in names]
    for address in addresses:
        if not isinstance(address, str) or not is_secure(
            address, allows_loopback=client.allows_loopback
        ):
            raise unusable("one of its addresses is missing or not https")
    methods = found.get("token_endpoint_auth_methods_supported")
    # Without a list it is client_secret_basic.
    listed = methods if isinstance(methods, list) else ["client_secret_basic"]
    authorization, token, jwks = map(str, addresses)
    return Metadata(
        authorization_url=authorization,
        token_url=token,
        jwks_url=jwks,
        allows_loopback=client.allows_loopback,
        sends_issuer=found.get("authorization_response_iss_parameter_supported") is True,
        posts_secret="client_secret_basic" not in listed and "client_secret_post" in listed,
    )


def challenge_of(verifier: str) -> str:
    """Return the PKCE challenge (S256) of a verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def authorization_address(
    metadata: Metadata,
    client: ProviderClient,
    *,
    redirect_uri: str,
    state: str,
    nonce: str,
    verifier: str,
) -> str:
    """Return where the browser goes to sign in; ``openid`` is all that is asked for."""
    values = {
        "response_type": "code",
        "scope": "openid",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in metadata.authorization_url else "?"
    return f"{metadata.authorization_url}{joint}{urlencode(values)}"


def token_request(
    metadata: Metadata, client: ProviderClient, *, code: str, redirect_uri: str, verifier: str
) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of the request that redeems a code."""
    values = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": client.client_id,
        "code_verifier": verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if client.secret and metadata.posts_secret:
        values["client_secret"] = client.secret
    elif client.secret:
        # RFC 6749, 2.3.1: both parts are encoded before they are joined.
        pair = f"{quote(client.client_id, safe='')}:{quote(client.secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return urlencode(values).encode(), headers


def id_token_in(body: bytes) -> str:
    """Return the id_token of a token answer; ``InvalidInputError`` where there is none."""
    try:
        found = parse_object(body, max_bytes=MOST_BYTES).get("id_token")
    except StrictJSONError:
        found = None
    if not isinstance(found, str):
        raise unusable("it gave no id_token")
    return found


def subject_of(token: UnverifiedToken, client: ProviderClient, *, nonce: str, now: datetime) -> str:
    """Return the subject of a token whose signature is verified; errors as for a launch."""
    payload: dict[str, Any] = token.payload
    check_standard_claims(payload, issuer=client.issuer, client_id=client.client_id, now=now)
    check_nonce(payload, nonce)
    subject = payload.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise unusable("its token names nobody")
    return subject


def unusable(reason: str) -> InvalidInputError:
    """Return the refusal of what a provider answered; ``reason`` never quotes it."""
    return InvalidInputError(
        f"The sign-in of your institution cannot be used at the moment: {reason}. Sign in "
        "another way, or tell whoever looks after it.",
        code="sign-in-provider",
    )
