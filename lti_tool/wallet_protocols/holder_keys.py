"""Who holds a wallet: a key proved by a JWT (OpenID4VCI 1.0, appendix F.1)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lti_tool.credentials.encoding import base64url
from lti_tool.credentials.recognition.public_keys import PublicKey, key_of_jwk, key_of_multibase
from lti_tool.errors import OAuthError

PROOF_TYPE = "openid4vci-proof+jwt"
ALGORITHMS: dict[str, type] = {"EdDSA": Ed25519PublicKey, "ES256": EllipticCurvePublicKey}
LONGEST_PROOF = 8192
TOLERANCE = timedelta(minutes=10)
"""How far a wallet's clock may be from ours; the nonce says when it asked."""

KEY_MEMBERS = ("crv", "kty", "x", "y")
"""The members of a public JWK that say which key it is (RFC 7638)."""


def prove_key(proof: str, *, audience: str, is_nonce: Callable[[str], bool], now: datetime) -> str:
    """Return the DID (did:key or did:jwk) whose key signed ``proof`` for ``audience``.

    ``OAuthError`` ``invalid_proof`` for what proves nothing, ``invalid_nonce`` for a nonce that
    is not ours or too old.
    """
    if len(proof) > LONGEST_PROOF:
        raise _invalid("The proof is too long.")
    try:
        header = jwt.get_unverified_header(proof)
    except jwt.PyJWTError:
        raise _invalid("The proof is no JWT.") from None
    algorithm = header.get("alg")
    if header.get("typ") != PROOF_TYPE or algorithm not in ALGORITHMS:
        raise _invalid(f"The proof must be of the type {PROOF_TYPE}, signed with EdDSA or ES256.")
    did, key = _key(header)
    if not isinstance(key, ALGORITHMS[algorithm]):
        raise _invalid("The key and the algorithm of the proof do not belong together.")
    claims = _claims(proof, key, algorithm)
    audiences = claims.get("aud")
    if audience not in (audiences if isinstance(audiences, list) else [audiences]):
        raise _invalid("The proof was made for another issuer.")
    issued_at = claims.get("iat")
    if type(issued_at) is not int or abs(issued_at - now.timestamp()) > TOLERANCE.total_seconds():
        raise _invalid("The proof is not of this time. Set the clock of this device right.")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not is_nonce(nonce):
        raise OAuthError(
            "The nonce is unknown or too old: ask for a new one.", code="invalid_nonce"
        )
    return did


def _key(header: dict[str, Any]) -> tuple[str, PublicKey]:
    """Return the key that the header names, and its DID."""
    key_id, jwk = header.get("kid"), header.get("jwk")
    if (key_id is None) == (jwk is None):
        raise _invalid("The proof must name its key by kid, or bring it as jwk.")
    if jwk is not None:
        return _of_jwk(jwk)
    did, _, fragment = str(key_id).partition("#")
    method = did.removeprefix("did:key:")
    if did.startswith("did:key:") and fragment in (method, ""):
        found = key_of_multibase(method)
        if found is not None:
            return did, found
    if did.startswith("did:jwk:") and fragment in ("0", ""):
        return _of_jwk(_decoded(did.removeprefix("did:jwk:")))
    raise _invalid("The key must be a did:key or a did:jwk, with Ed25519 or P-256.")


def _of_jwk(jwk: object) -> tuple[str, PublicKey]:
    found = key_of_jwk(jwk)
    if not isinstance(jwk, dict) or found is None:
        raise _invalid("The key must be a public JWK, Ed25519 or P-256.")
    members = {name: jwk[name] for name in KEY_MEMBERS if name in jwk}
    text = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return f"did:jwk:{base64url(text.encode())}", found


def _decoded(text: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        raise _invalid("The did:jwk cannot be read.") from None


def _claims(proof: str, key: PublicKey, algorithm: str) -> dict[str, Any]:
    # The times are looked at above, by the clock that is handed in.
    unchecked = ("verify_aud", "verify_iat", "verify_exp", "verify_nbf")
    options: Any = dict.fromkeys(unchecked, False)
    try:
        claims: dict[str, Any] = jwt.decode(
            proof,
            key,
            algorithms=[algorithm],
            options=options,
        )
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise _invalid("The signature of the proof does not fit.") from None
    return claims


def _invalid(words: str) -> OAuthError:
    return OAuthError(words, code="invalid_proof")
