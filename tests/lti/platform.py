"""A platform for tests: a key, tokens with any claims, and the keyset that goes with them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from lti_tool.lti import claims as names
from lti_tool.lti.deep_linking_request import DEEP_LINKING_SETTINGS
from lti_tool.lti.http_client import Answer
from lti_tool.lti.registrations import PlatformRegistration

PUBLIC_URL = "https://quoin.example.edu"
TARGET = f"{PUBLIC_URL}/lti/launch"
ISSUER = "https://lms.example.edu"
CLIENT_ID = "client-1"
NONCE = "nonce-of-the-login"
CONTEXT_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
INSTITUTION_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
INSTRUCTOR = CONTEXT_ROLE + "Instructor"
LEARNER = CONTEXT_ROLE + "Learner"
NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)

REMOVED = object()
"""As the value of a claim: leave the claim out."""


@cache
def make_key(number: int = 0, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Make a key pair; the same number is the same key for the whole run."""
    assert number >= 0
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def number_text(number: int) -> str:
    return base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def jwk_of(key: rsa.RSAPrivateKey, name: str, /, **members: Any) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    jwk = {
        "kty": "RSA",
        "kid": name,
        "use": "sig",
        "alg": "RS256",
        "n": number_text(numbers.n),
        "e": number_text(numbers.e),
    }
    return {name: value for name, value in (jwk | members).items() if value is not REMOVED}


def sign_parts(header: str, payload: str, key: rsa.RSAPrivateKey) -> str:
    """Sign any two texts as if they were the header and payload of a JWT."""
    signed = f"{base64url(header.encode())}.{base64url(payload.encode())}"
    signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{base64url(signature)}"


@dataclass
class TestPlatform:
    """A platform with one key (``kid`` "key-1") that signs whatever a test wants."""

    __test__ = False

    issuer: str = ISSUER
    client_id: str = CLIENT_ID
    deployment_id: str = "deployment-1"
    kid: str = "key-1"
    key_number: int = 0
    uuid: UUID = field(default_factory=uuid4)

    @property
    def key(self) -> rsa.RSAPrivateKey:
        return make_key(self.key_number)

    @property
    def registration(self) -> PlatformRegistration:
        return PlatformRegistration(
            id=1,
            uuid=self.uuid,
            issuer=self.issuer,
            client_id=self.client_id,
            name="Harbour LMS",
            authorization_url=f"{self.issuer}/auth",
            token_url=f"{self.issuer}/token",
            token_audience=f"{self.issuer}/token",
            jwks_url=f"{self.issuer}/jwks",
            allows_loopback=self.issuer.startswith("http://"),
        )

    def claims(self, *, now: datetime = NOW, **changed: Any) -> dict[str, Any]:
        """Return the claims of a learner's launch; ``changed`` by short names, see ``SHORT``."""
        found: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "user-7",
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + 60,
            "nonce": NONCE,
            "name": "Ada Example",
            names.VERSION: "1.3.0",
            names.MESSAGE_TYPE: "LtiResourceLinkRequest",
            names.DEPLOYMENT_ID: self.deployment_id,
            names.TARGET_LINK_URI: TARGET,
            names.RESOURCE_LINK: {"id": "link-1", "title": "Data cleaning"},
            names.ROLES: [LEARNER],
            names.CONTEXT: {"id": "course-1", "title": "Data literacy"},
        }
        for name, value in changed.items():
            found[SHORT.get(name, name)] = value
        return {name: value for name, value in found.items() if value is not REMOVED}

    def deep_linking_claims(self, *, now: datetime = NOW, **changed: Any) -> dict[str, Any]:
        """Return the claims of a teacher's deep linking request."""
        settings = {
            "deep_link_return_url": f"{self.issuer}/return",
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["iframe", "window"],
            "accept_multiple": True,
            "data": "to be echoed <exactly> & so",
        }
        wanted: dict[str, Any] = {
            "message_type": "LtiDeepLinkingRequest",
            "resource_link": REMOVED,
            "roles": [INSTRUCTOR],
            "settings": settings,
        }
        return self.claims(now=now, **(wanted | changed))

    def sign(self, claims: Mapping[str, Any], **header: Any) -> str:
        """Sign claims; ``header`` members are added, or left out when REMOVED."""
        members = {"alg": "RS256", "typ": "JWT", "kid": self.kid} | header
        kept = {name: value for name, value in members.items() if value is not REMOVED}
        return sign_parts(json.dumps(kept), json.dumps(claims), self.key)

    def keyset(self) -> bytes:
        return json.dumps({"keys": [jwk_of(self.key, self.kid)]}).encode()


SHORT = {
    "version": names.VERSION,
    "message_type": names.MESSAGE_TYPE,
    "deployment_id": names.DEPLOYMENT_ID,
    "target_link_uri": names.TARGET_LINK_URI,
    "resource_link": names.RESOURCE_LINK,
    "roles": names.ROLES,
    "context": names.CONTEXT,
    "custom": names.CUSTOM,
    "presentation": names.LAUNCH_PRESENTATION,
    "settings": DEEP_LINKING_SETTINGS,
    "endpoint": names.AGS_ENDPOINT,
    "roster": names.NRPS_SERVICE,
    "for_user": names.FOR_USER,
    "mentees": names.ROLE_SCOPE_MENTOR,
}


class FakeHTTP:
    """Stands for the HTTP client: answers by address, counts the calls."""

    def __init__(self, answers: Mapping[str, Answer | Exception] | None = None) -> None:
        self.answers = dict(answers or {})
        self.calls: list[str] = []

    def serve(
        self, url: str, body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self.answers[url] = Answer(url, status, dict(headers or {}), body)

    def request(self, method: str, url: str, **_: Any) -> Answer:
        self.calls.append(f"{method} {url}")
        answer = self.answers[url]
        if isinstance(answer, Exception):
            raise answer
        return answer
