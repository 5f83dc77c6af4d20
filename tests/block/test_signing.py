"""The signature is the one that the interface describes, to the letter."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from quoin_xblock.signing import signature_headers

NONCE = "0123456789abcdef0123456789abcdef"


def headers(**more: object) -> dict[str, str]:
    asked = {"method": "POST", "target": "/api/v1/completions?a=b%20c", "body": b'{"a": 1}'}
    asked |= {
        "key_id": "key-1",
        "secret": "s\u00e9cret",
        "timestamp": 1_790_000_000,
        "nonce": NONCE,
    }
    return signature_headers(**{**asked, **more})  # type: ignore[arg-type]


def test_the_four_headers() -> None:
    digest = hashlib.sha256(b'{"a": 1}').hexdigest()
    text = f"POST\n/api/v1/completions?a=b%20c\n1790000000\n{NONCE}\n{digest}"
    wanted = hmac.new("s\u00e9cret".encode(), text.encode(), hashlib.sha256).hexdigest()

    assert headers() == {
        "Quoin-Key-Id": "key-1",
        "Quoin-Timestamp": "1790000000",
        "Quoin-Nonce": NONCE,
        "Quoin-Signature": f"v1={wanted}",
    }


@pytest.mark.parametrize(
    "other",
    [
        {"method": "GET"},
        {"target": "/api/v1/completions?a=b+c"},
        {"timestamp": 1_790_000_001},
        {"nonce": NONCE[::-1]},
        {"body": b'{"a": 2}'},
        {"secret": "secret"},
    ],
)
def test_everything_of_the_request_is_signed(other: dict[str, object]) -> None:
    assert headers(**other)["Quoin-Signature"] != headers()["Quoin-Signature"]
