"""The signature of requests to the tool."""

from __future__ import annotations

import hashlib
import hmac

from quoin_xblock.signing import signature_headers

PARTS = {
    "method": "POST",
    "target": "/api/v1/completions?dry=1",
    "body": '{"a": "ü"}'.encode(),
    "key_id": "edx-1",
    "secret": "zwölf",
    "timestamp": 1_780_000_000,
    "nonce": "00112233445566778899aabbccddeeff",
}


def test_five_lines_are_signed() -> None:
    text = (
        "POST\n/api/v1/completions?dry=1\n1780000000\n00112233445566778899aabbccddeeff\n"
        + hashlib.sha256('{"a": "ü"}'.encode()).hexdigest()
    )
    wanted = hmac.new("zwölf".encode(), text.encode(), "sha256").hexdigest()

    assert signature_headers(**PARTS) == {  # type: ignore[arg-type]
        "Quoin-Key-Id": "edx-1",
        "Quoin-Timestamp": "1780000000",
        "Quoin-Nonce": "00112233445566778899aabbccddeeff",
        "Quoin-Signature": f"v1={wanted}",
    }


def test_whatever_is_signed_changes_the_signature() -> None:
    usual = signature_headers(**PARTS)["Quoin-Signature"]  # type: ignore[arg-type]
    others = {
        "method": "GET",
        "target": "/api/v1/completions",
        "body": b"{}",
        "secret": "other",
        "timestamp": 1_780_000_001,
        "nonce": "ff112233445566778899aabbccddeeff",
    }

    found = {
        signature_headers(**{**PARTS, name: value})["Quoin-Signature"]  # type: ignore[arg-type]
        for name, value in others.items()
    }
    assert len(found) == len(others)
    assert usual not in found
