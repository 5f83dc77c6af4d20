"""What a system that calls the JSON API sends along, as docs/api.md says it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from lti_tool.services.add_api_key import APIKeyAdded


def signed(key: APIKeyAdded, method: str, target: str, body: bytes) -> dict[str, str]:
    """Return the headers of a request; ``target`` is path and query as sent."""
    now, nonce = str(int(time.time())), secrets.token_hex(16)
    text = "\n".join([method, target, now, nonce, hashlib.sha256(body).hexdigest()])
    made = hmac.new(key.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "Quoin-Key-Id": key.key_id,
        "Quoin-Timestamp": now,
        "Quoin-Nonce": nonce,
        "Quoin-Signature": f"v1={made}",
    }
