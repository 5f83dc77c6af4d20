"""OAuth 2.0 for wallets that read: registration, the request for consent, codes and tokens.

RFC 6749 with PKCE (RFC 7636) always, RFC 7591 for registration, RFC 9207 for ``iss``. Pure
rules; what they need of the database is brought by the use cases, which do each step in one
transaction.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit

from lti_tool.config import is_loopback
from lti_tool.credentials.encoding import base64url
from lti_tool.errors import OAuthError

CREDENTIALS = "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.readonly"
PROFILE = "https://purl.imsglobal.org/spec/ob/v3p0/scope/profile.readonly"
OFFLINE = "offline_access"
SCOPES = {
    CREDENTIALS: "Read your credentials, and those that you earn later",
    PROFILE: "Read your name",
    OFFLINE: "Go on while you are away, until you end it in your course",
}
"""What a wallet may ask for, in the words that the learner consents to."""

AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")
GRANT_TYPES = ("authorization_code", "refresh_token")
MOST_REDIRECTS = 5
LONGEST_NAME = 100
LONGEST_ADDRESS = 1000
LONGEST_STATE = 1000
ADDRESSES = ("client_uri", "logo_uri", "tos_uri", "policy_uri")
TEXTS = ("software_id", "software_version")

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_SCHEME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Registration:
    """What a wallet says of itself when it registers; ``details`` it shows, and gets back."""

    name: str
    redirect_uris: Sequence[str]
    scope: str
    auth_method: str
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """What a wallet asks a learner for, its address checked already."""

    client_id: str
    redirect_uri: str
    scopes: Sequence[str]
    state: str
    code_challenge: str


def read_registration(body: Mapping[str, Any]) -> Registration:
    """Return the registration in ``body``; ``OAuthError`` says what cannot be taken.

    Scopes that are not offered here are left out, as RFC 7591 allows: writing is one.
    """
    name = body.get("client_name")
    if not isinstance(name, str) or not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        _refuse("Give a client_name of up to 100 characters.", "invalid_client_metadata")
    method = body.get("token_endpoint_auth_method", AUTH_METHODS[0])
    if method not in AUTH_METHODS:
        _refuse("This way to authenticate is not known here.", "invalid_client_metadata")
    if not set(_texts(body, "grant_types", GRANT_TYPES[:1])) <= set(GRANT_TYPES):
        _refuse("Codes and refresh tokens are the grants here.", "invalid_client_metadata")
    if set(_texts(body, "response_types", ("code",))) != {"code"}:
        _refuse("The response type is 'code'.", "invalid_client_metadata")
    redirects = _texts(body, "redirect_uris", ())
    if not 0 < len(redirects) <= MOST_REDIRECTS or not all(map(is_redirect, redirects)):
        _refuse("Name one to five redirect_uris, https each.", "invalid_redirect_uri")
    return Registration(name, redirects, _scope(body), method, _details(body))


def _scope(body: Mapping[str, Any]) -> str:
    asked = body.get("scope", " ".join(SCOPES))
    asked = asked.split() if isinstance(asked, str) else []
    found = [scope for scope in SCOPES if scope in asked]
    if not {CREDENTIALS, PROFILE}.intersection(found):
        _refuse("None of these scopes can be given.", "invalid_client_metadata")
    return " ".join(found)


def _details(body: Mapping[str, Any]) -> dict[str, str]:
    found = {name: body[name] for name in (*ADDRESSES, *TEXTS) if body.get(name)}
    for name, value in found.items():
        is_text = isinstance(value, str) and len(value) <= LONGEST_ADDRESS and value.isprintable()
        if not is_text or (name in ADDRESSES and urlsplit(value).scheme != "https"):
            _refuse(f"'{name}' cannot be taken.", "invalid_client_metadata")
    return found


def _texts(body: Mapping[str, Any], name: str, usual: Sequence[str]) -> Sequence[str]:
    found = body.get(name, usual)
    if not isinstance(found, list | tuple) or not all(isinstance(one, str) for one in found):
        _refuse(f"'{name}' must be a list of texts.", "invalid_client_metadata")
    return found


def is_redirect(uri: str) -> bool:
    """Return whether a wallet may be answered at an address: https, loopback, or its own app.

    An app's own scheme is a name in reverse (RFC 8252, 7.1): it has a dot.
    """
    is_plain = len(uri) <= LONGEST_ADDRESS and uri.isascii() and uri.isprintable()
    if not is_plain or any(letter in uri for letter in ' "<>\\#;,*'):
        return False
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        has_host = bool(parts.hostname) and "@" not in parts.netloc
        return has_host and (parts.scheme == "https" or is_loopback(uri))
    return _SCHEME.fullmatch(parts.scheme) is not None


def read_consent_request(
    fields: Mapping[str, str], redirect_uri: str, allowed: str
) -> ConsentRequest:
    """Return what is asked for by a wallet that may have ``allowed`` scopes; ``OAuthError``."""
    state = fields.get("state", "")
    if len(state) > LONGEST_STATE:
        _refuse("The state is too long.", "invalid_request")
    if fields.get("response_type") != "code":
        _refuse("The response type is 'code'.", "unsupported_response_type")
    challenge = fields.get("code_challenge", "")
    if fields.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        _refuse("PKCE with S256 is needed.", "invalid_request")
    asked = fields.get("scope", "").split() or allowed.split()
    if not set(asked) <= set(allowed.split()) or not {CREDENTIALS, PROFILE}.intersection(asked):
        _refuse("These scopes are not given here, or not to this wallet.", "invalid_scope")
    scopes = [scope for scope in SCOPES if scope in asked]
    return ConsentRequest(fields["client_id"], redirect_uri, scopes, state, challenge)


def is_verified(challenge: str, verifier: str) -> bool:
    """Return whether ``verifier`` is what ``challenge`` was made of (S256)."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    made = base64url(hashlib.sha256(verifier.encode()).digest())
    return hmac.compare_digest(made.encode(), challenge.encode())


def with_answer(redirect_uri: str, **answer: str) -> str:
    """Return the address with the members of an answer in its query; empty ones are left out."""
    parts = urlsplit(redirect_uri)
    query = [*parse_qsl(parts.query, keep_blank_values=True)]
    query += [(name, value) for name, value in answer.items() if value]
    return parts._replace(query=urlencode(query)).geturl()


def _refuse(words: str, code: str) -> NoReturn:
    raise OAuthError(words, code=code)
