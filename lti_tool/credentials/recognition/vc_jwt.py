"""Credentials as JWT (Open Badges 3.0, VC-JWT): the claims must say what the credential says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lti_tool.credentials.recognition.compact_jws import JWS
from lti_tool.credentials.recognition.documents import Documents
from lti_tool.credentials.recognition.issuers import find_key, keys_of
from lti_tool.credentials.recognition.outcomes import invalid, unsupported
from lti_tool.credentials.recognition.public_keys import PublicKey, key_of_jwk
from lti_tool.credentials.recognition.shape import dates_of
from lti_tool.credentials.recognition.values import name_of

CLAIMS = ("iss", "sub", "jti", "nbf", "exp", "iat", "aud", "proof")


def document_of(jws: JWS) -> dict[str, Any]:
    """Return the credential without the claims of the JWT around it."""
    if "vc" in jws.payload:
        raise unsupported("old-jwt-form")
    return {key: value for key, value in jws.payload.items() if key not in CLAIMS}


def check_claims(jws: JWS, document: dict[str, Any]) -> None:
    """Refuse a JWT whose claims and credential differ: programs read the one or the other."""
    claims = jws.payload
    if claims.get("iss") != name_of(document.get("issuer")):
        raise invalid("jwt-issuer")
    if claims.get("jti") != document.get("id"):
        raise invalid("jwt-id")
    subject = document.get("credentialSubject")
    if not claims.get("sub") or claims["sub"] != name_of(subject):
        raise invalid("jwt-subject")
    begin, end = dates_of(document)
    if not _is_moment(claims.get("nbf"), begin):
        raise invalid("jwt-dates")
    if not (claims.get("exp") is None and end is None) and not _is_moment(claims.get("exp"), end):
        raise invalid("jwt-dates")


def check_signature(jws: JWS, issuer: str, documents: Documents, *, now: datetime) -> None:
    """Refuse a JWT unless a key of its issuer signed it, whatever key it brings along."""
    jws.check(_key(jws, issuer, documents, now))


def _key(jws: JWS, issuer: str, documents: Documents, now: datetime) -> PublicKey:
    brought = key_of_jwk(jws.header["jwk"]) if "jwk" in jws.header else None
    if "jwk" in jws.header and brought is None:
        raise invalid("key-not-issuers")
    if jws.kid:
        key = find_key(issuer, jws.kid, documents, now=now)
        if brought is not None and brought != key:
            raise invalid("key-not-issuers")
        return key
    for key in keys_of(issuer, documents, now=now) if brought is not None else ():
        if key == brought:
            return key
    raise invalid("key-not-issuers")


def _is_moment(claim: object, moment: datetime | None) -> bool:
    is_number = isinstance(claim, int | float) and not isinstance(claim, bool)
    return is_number and moment is not None and int(claim) == int(moment.timestamp())  # type: ignore[call-overload]
