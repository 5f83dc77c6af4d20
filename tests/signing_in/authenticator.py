"""An authenticator in software: it makes passkeys and signs, and cheats where a test says so."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One device with at most one passkey."""

    origin: str
    credential_id: bytes = field(default_factory=lambda: os.urandom(16))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    count: int = 0
    flags: int = PRESENT | VERIFIED
    user: str = ""

    def create(self, options: dict[str, Any], **client_data: str) -> str:
        """What a browser sends for a new passkey."""
        self.user = options["user"]["id"]
        told = self._client_data("webauthn.create", options["challenge"], client_data)
        held = {
            "fmt": "none",
            "attStmt": {},
            "authData": self._data(options["rp"]["id"], self.flags | ATTESTED, self._attested()),
        }
        return self._answer(
            {
                "clientDataJSON": _text(told),
                "attestationObject": _text(cbor2.dumps(held)),
                "transports": ["internal"],
            }
        )

    def get(self, options: dict[str, Any], **client_data: str) -> str:
        """What a browser sends to sign in."""
        self.count += 1
        told = self._client_data("webauthn.get", options["challenge"], client_data)
        data = self._data(options["rpId"], self.flags, b"")
        signed = data + hashlib.sha256(told).digest()
        return self._answer(
            {
                "clientDataJSON": _text(told),
                "authenticatorData": _text(data),
                "signature": _text(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
                "userHandle": self.user,
            }
        )

    def _client_data(self, kind: str, challenge: str, changes: dict[str, str]) -> bytes:
        usual = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps({**usual, "crossOrigin": False, **changes}).encode()

    def _data(self, host: str, flags: int, attested: bytes) -> bytes:
        digest = hashlib.sha256(host.encode()).digest()
        return digest + bytes([flags]) + self.count.to_bytes(4) + attested

    def _attested(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        length = len(self.credential_id).to_bytes(2)
        return bytes(16) + length + self.credential_id + cbor2.dumps(public)

    def _answer(self, response: dict[str, Any]) -> str:
        name = _text(self.credential_id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
