"""The id_token as a JWT: its form, its signature and its standard claims (V8-V18)."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from lti_tool.errors import LTILaunchError
from lti_tool.strict_json import StrictJSONError, parse_object

LARGEST_TOKEN = 128 * 1024
LEEWAY = timedelta(seconds=60)
LONGEST_AGE = timedelta(minutes=10)
KEY_HEADERS = frozenset({"jwk", "jku", "x5c", "x5u"})

_PARTS = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """A token of the right form. Nothing in it may be believed before ``verify``."""

    kid: str
    payload: dict[str, Any]
    signed: bytes
    signature: bytes

    @property
    def issuer(self) -> str:
        """Return the issuer it claims; ``LTILaunchError`` when that is no text."""
        issuer = self.payload.get("iss")
        if not isinstance(issuer, str):
            raise malformed("iss is missing or not a text")
        return issuer

    @property
    def client_id(self) -> str:
        """Return the only audience it claims (V14)."""
        audience = self.payload.get("aud")
        if isinstance(audience, list) and len(audience) == 1:
            audience = audience[0]
        if not isinstance(audience, str):
            raise LTILaunchError(
                "The token is not meant for this tool alone.", code="lti-token-audience"
            )
        return audience

    def verify(self, key: RSAPublicKey) -> None:
        """Check the signature; ``LTILaunchError`` when it is not of this key."""
        if not _RS256.verify(self.signed, key, self.signature):
            raise LTILaunchError(
                "The signature of the token is not that of your platform.",
                code="lti-token-signature",
            )


def read_token(text: str) -> UnverifiedToken:
    """Take a JWT apart and check its form and header (V8-V10, V12)."""
    if len(text) > LARGEST_TOKEN:
        raise malformed("it is too large")
    match = _PARTS.fullmatch(text)
    if match is None:
        raise malformed("it has not three parts")
    header = _json(match.group(1))
    if header.get("alg") != "RS256":
        raise LTILaunchError(
            "The token is not signed with RS256, the only way this tool accepts.",
            code="lti-token-algorithm",
        )
    if KEY_HEADERS & header.keys() or "crit" in header:
        raise LTILaunchError(
            "The token brings its own key or asks for an extension.", code="lti-token-key"
        )
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise LTILaunchError("The token does not name its key (kid).", code="lti-token-key")
    return UnverifiedToken(
        kid=kid,
        payload=_json(match.group(2)),
        signed=text[: match.end(2)].encode(),
        signature=_octets(match.group(3)),
    )


def check_standard_claims(
    payload: dict[str, Any], *, issuer: str, client_id: str, now: datetime
) -> None:
    """Check issuer, audience, authorised party and times of a verified token (V13-V17)."""
    audience = payload.get("aud")
    if payload.get("iss") != issuer or audience not in (client_id, [client_id]):
        raise LTILaunchError("The token is not meant for this tool.", code="lti-token-audience")
    if payload.get("azp", client_id) != client_id:
        raise LTILaunchError(
            "The token was issued to another tool (azp).", code="lti-token-audience"
        )
    issued, expires = _time(payload, "iat", now), _time(payload, "exp", now)
    if issued > now + LEEWAY:
        raise _time_error("was issued in the future", issued, now)
    if issued < now - LONGEST_AGE - LEEWAY:
        raise _time_error("is too old", issued, now)
    if expires <= now - LEEWAY:
        raise _time_error("has expired", expires, now)
    if payload.get("nbf") is not None:
        not_before = _time(payload, "nbf", now)
        if not_before > now + LEEWAY:
            raise _time_error("is not valid yet", not_before, now)


def check_nonce(payload: dict[str, Any], nonce: str) -> None:
    """Check that the token answers the login it came with (V18)."""
    given = payload.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise LTILaunchError(
            "The token answers another login. Open the tool again from your course.",
            code="lti-nonce",
        )


def malformed(reason: str) -> LTILaunchError:
    """Return the error of a token that cannot be read; ``reason`` never quotes it."""
    return LTILaunchError(
        f"The token of your platform cannot be read: {reason}.", code="lti-token-malformed"
    )


def _json(part: str) -> dict[str, Any]:
    try:
        return parse_object(_octets(part), max_bytes=LARGEST_TOKEN)
    except StrictJSONError as error:
        raise malformed(str(error)) from None


def _octets(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error:
        raise malformed("it is not base64url") from None


def _time(payload: dict[str, Any], name: str, now: datetime) -> datetime:
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LTILaunchError(f"The token has no time '{name}'.", code="lti-token-time")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        raise LTILaunchError(
            f"The time '{name}' of the token is out of range. This tool's clock says "
            f"{_clock(now)}.",
            code="lti-token-time",
        ) from None


def _time_error(what: str, platform_time: datetime, now: datetime) -> LTILaunchError:
    """Name both clocks: whoever reads it sees at once which one is wrong (V17)."""
    return LTILaunchError(
        f"The token {what}: your platform says {_clock(platform_time)}, this tool's clock says "
        f"{_clock(now)}. Open the tool again from your course; if this stays, a clock is wrong.",
        code="lti-token-time",
    )


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
