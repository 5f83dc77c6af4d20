"""The signature by which the tool knows this LMS: HMAC-SHA256 over the whole request. Pure."""

from __future__ import annotations

import hashlib
import hmac

KEY_ID, TIMESTAMP, NONCE = "Quoin-Key-Id", "Quoin-Timestamp", "Quoin-Nonce"
SIGNATURE = "Quoin-Signature"
VERSION = "v1"


def signature_headers(
    *,
    method: str,
    target: str,
    body: bytes,
    key_id: str,
    secret: str,
    timestamp: int,
    nonce: str,
) -> dict[str, str]:
    """Give the four headers of one request.

    ``target`` is path and query exactly as sent, ``timestamp`` in seconds since 1970, ``nonce``
    128 random bits in hexadecimal; both are new for every try.
    """
    digest = hashlib.sha256(body).hexdigest()
    text = "\n".join([method, target, str(timestamp), nonce, digest])
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return {
        KEY_ID: key_id,
        TIMESTAMP: str(timestamp),
        NONCE: nonce,
        SIGNATURE: f"{VERSION}={signature}",
    }
