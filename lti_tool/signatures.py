"""How a request of the JSON API is signed: one text, one HMAC, four headers; and who may sign."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.errors import ForbiddenError, SignatureError

TOLERANCE = timedelta(minutes=5)
"""How far the clock of a caller may be from ours."""

_FORMS = {
    "key_id": ("Quoin-Key-Id", re.compile(r"[A-Za-z0-9_-]{1,40}")),
    "timestamp": ("Quoin-Timestamp", re.compile(r"[0-9]{1,12}")),
    "nonce": ("Quoin-Nonce", re.compile(r"[0-9a-f]{32}")),
    "signature": ("Quoin-Signature", re.compile(r"v1=[0-9a-f]{64}")),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key signed a request: an institution's, and for which issuers it may speak."""

    institution_id: int
    key_id: str
    issuers: tuple[str, ...]

    def check_issuer(self, issuer: str) -> None:
        """Refuse an issuer that the key was not made for; ``ForbiddenError``."""
        if issuer not in self.issuers:
            raise ForbiddenError(
                "This key does not speak for this issuer. Make a key for it with "
                "'quoin api-key add --issuer'.",
                code="api-issuer",
            )


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it was sent: its four headers, and what they sign.

    ``target`` is path and query exactly as in the request line, never decoded.
    """

    key_id: str
    timestamp: str
    nonce: str
    signature: str
    method: str
    target: str
    body: bytes

    def check_form(self) -> None:
        """Refuse headers that are missing or not written as agreed; ``SignatureError``."""
        for field, (header, form) in _FORMS.items():
            if not form.fullmatch(getattr(self, field)):
                raise SignatureError(
                    f"The header {header} is missing or not as it should be.", code="api-headers"
                )

    def check_time(self, now: datetime) -> None:
        """Refuse a request that is more than five minutes old or ahead; ``SignatureError``."""
        if abs(now.timestamp() - int(self.timestamp)) > TOLERANCE.total_seconds():
            raise SignatureError(
                "The request is older than 5 minutes, or one of the clocks is wrong. Sign it anew.",
                code="api-timestamp",
            )

    def is_signed_with(self, secret: str) -> bool:
        """Return whether the signature was made with ``secret``, in constant time."""
        return hmac.compare_digest(self.signature.encode(), sign(secret, self).encode())

    @property
    def expires_at(self) -> float:
        """Return the Unix second after which this request is too old to be let in again."""
        return int(self.timestamp) + TOLERANCE.total_seconds() + 1


def signed_text(request: SignedRequest) -> str:
    """Return the text over which the signature goes."""
    digest = hashlib.sha256(request.body).hexdigest()
    return "\n".join((request.method, request.target, request.timestamp, request.nonce, digest))


def sign(secret: str, request: SignedRequest) -> str:
    """Return the value of ``Quoin-Signature`` for a request."""
    made = hmac.new(secret.encode(), signed_text(request).encode(), hashlib.sha256)
    return f"v1={made.hexdigest()}"
