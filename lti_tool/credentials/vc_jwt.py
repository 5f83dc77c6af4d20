"""Credentials as JWTs, signed with RS256: the second form, for wallets that read no JSON-LD."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from lti_tool.credentials.encoding import base64url
from lti_tool.credentials.signers import IssuerKey, Signer


def sign_jwt(document: dict[str, Any], signer: Signer, key: IssuerKey, kid: str) -> str:
    """Return a credential without proof as a JWT signed by ``key`` (RS256), which ``kid`` names.

    The members of the credential stand at the top of the payload, beside the registered claims
    that repeat some of them; ``kid`` is an address of the issuer that serves the public key.
    """
    claims = {
        **document,
        "iss": document["issuer"]["id"],
        "jti": document["id"],
        "sub": document["credentialSubject"]["id"],
        "nbf": _seconds(document["validFrom"]),
    }
    if "validUntil" in document:
        claims["exp"] = _seconds(document["validUntil"])
    header = {"alg": "RS256", "kid": kid, "typ": "JWT"}
    signed = f"{_part(header)}.{_part(claims)}"
    return f"{signed}.{base64url(signer.sign(key, signed.encode()))}"


def _part(data: dict[str, Any]) -> str:
    return base64url(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
