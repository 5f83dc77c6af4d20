"""Proofs of a DID and of a key: what proves something, and all that does not."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from lti_tool.errors import InvalidInputError, OAuthError
from lti_tool.wallet_protocols.holder_keys import prove_key
from lti_tool.wallet_protocols.holders import prove_holder
from lti_tool.wallet_protocols.secrets import (
    hash_pairing_code,
    is_nonce,
    new_nonce,
    new_pairing_code,
)
from tests.wallet_protocols.holder import Holder

CHALLENGE = "c" * 43
SITES = ("https://quoin.example.edu", "quoin.example.edu")
ISSUER = "https://quoin.example.edu/issuers/1"
SECRET = b"s" * 32


@pytest.fixture(scope="module")
def holder() -> Holder:
    return Holder()


def _prove(presentation: dict[str, Any], now: datetime) -> str:
    return prove_holder(presentation, challenge=CHALLENGE, domains=SITES, now=now)


@pytest.mark.parametrize("proof", [{}, {"domain": SITES[0]}, {"expires": "2026-07-01T00:00:00Z"}])
def test_a_presentation_proves_its_did(
    holder: Holder, now: datetime, proof: dict[str, Any]
) -> None:
    assert _prove(holder.present(CHALLENGE, proof=proof), now) == holder.did
    assert _prove(holder.present(CHALLENGE, proof=proof, holder=None), now) == holder.did


OTHER = Holder()
POISON = {"id": "_:a", "type": "x"}


@pytest.mark.parametrize(
    ("proof", "changes"),
    [
        ({"challenge": "another"}, {}),
        ({"challenge": None}, {}),
        ({"domain": "https://evil.example"}, {}),
        ({"proofPurpose": "assertionMethod"}, {}),
        ({"expires": "2026-06-30T11:59:59Z"}, {}),
        ({"verificationMethod": f"{OTHER.did}#{OTHER.name}"}, {}),
        ({"verificationMethod": f"did:web:evil.example#{OTHER.name}"}, {}),
        ({"type": "Ed25519Signature2018", "cryptosuite": None}, {}),
        ({}, {"holder": OTHER.did}),
        ({}, {"type": ["VerifiablePresentation", "VerifiableCredential"]}),
    ],
)
def test_what_is_wrong_with_a_presentation_is_found(
    holder: Holder, now: datetime, proof: dict[str, Any], changes: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInputError):
        _prove(holder.present(CHALLENGE, proof=proof, **changes), now)


@pytest.mark.parametrize(
    "changes",
    [
        {"verifiableCredential": [{f"_:n{n}": [POISON] * 50 for n in range(50)}]},
        {"@context": [{"@vocab": "https://evil.example/"}]},
        {"@context": ["https://evil.example/context"]},
        {"@context": []},
        {"holder": {"id": "x", "member": [POISON] * 1000}},
        {"type": [["VerifiablePresentation"]]},
        {"proof": []},
        {"proof": [{}, {}]},
        {"proof": {"type": ["DataIntegrityProof"]}},
        {"proof": {"proofValue": "z1"}},
    ],
)
def test_a_presentation_that_may_take_long_is_refused_before_it_is_canonized(
    holder: Holder, now: datetime, changes: dict[str, Any]
) -> None:
    started = time.process_time()
    with pytest.raises(InvalidInputError):
        _prove({**holder.present(CHALLENGE), **changes}, now)
    assert time.process_time() - started < 0.2


def test_a_changed_presentation_proves_nothing(holder: Holder, now: datetime) -> None:
    signed = holder.present(CHALLENGE)
    with pytest.raises(InvalidInputError, match="signature"):
        _prove({**signed, "id": "urn:uuid:1"}, now)


def _key(proof: str, now: datetime) -> str:
    return prove_key(
        proof, audience=ISSUER, is_nonce=lambda n: is_nonce(SECRET, ISSUER, n, now), now=now
    )


def test_a_jwt_proves_a_did_key_or_a_jwk(holder: Holder, now: datetime) -> None:
    nonce = new_nonce(SECRET, ISSUER, now)
    assert _key(holder.prove(ISSUER, nonce, now), now) == holder.did
    jwk = jwt.algorithms.OKPAlgorithm.to_jwk(holder.key.public_key(), as_dict=True)
    proof = holder.prove(ISSUER, nonce, now, header={"kid": None, "jwk": jwk})
    assert _key(proof, now).startswith("did:jwk:ey")


def test_a_nonce_is_good_for_its_issuer_and_for_five_minutes(now: datetime) -> None:
    nonce = new_nonce(SECRET, ISSUER, now)
    assert is_nonce(SECRET, ISSUER, nonce, now + timedelta(minutes=4, seconds=59))
    assert not is_nonce(SECRET, ISSUER, nonce, now + timedelta(minutes=5))
    assert not is_nonce(SECRET, f"{ISSUER}2", nonce, now)
    assert not is_nonce(b"x" * 32, ISSUER, nonce, now)
    for odd in ("", ".", "..", "a.b.c", f"9{nonce}", nonce[:-1], "\ud800"):
        assert not is_nonce(SECRET, ISSUER, odd, now)


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ({"typ": "JWT"}, {}),
        ({"kid": None}, {}),
        ({"kid": f"{OTHER.did}#{OTHER.name}"}, {}),
        ({"kid": f"did:web:evil.example#{OTHER.name}"}, {}),
        ({"kid": "did:jwk:e30#0"}, {}),
        ({"kid": "did:jwk:%%%"}, {}),
        ({"jwk": {"kty": "OKP"}}, {}),
        ({"kid": None, "jwk": {"kty": "oct", "k": "c2VjcmV0"}}, {}),
        ({}, {"aud": "https://evil.example"}),
        ({}, {"aud": None}),
        ({}, {"iat": None}),
        ({}, {"iat": 1}),
        ({}, {"iat": True}),
    ],
)
def test_what_is_wrong_with_a_proof_is_found(
    holder: Holder, now: datetime, header: dict[str, Any], claims: dict[str, Any]
) -> None:
    nonce = new_nonce(SECRET, ISSUER, now)
    with pytest.raises(OAuthError) as caught:
        _key(holder.prove(ISSUER, nonce, now, header=header, **claims), now)
    assert caught.value.code == "invalid_proof"


def test_other_keys_and_algorithms_prove_nothing(holder: Holder, now: datetime) -> None:
    claims = {"aud": ISSUER, "nonce": new_nonce(SECRET, ISSUER, now), "iat": int(now.timestamp())}
    header = {"typ": "openid4vci-proof+jwt", "kid": f"{holder.did}#{holder.name}"}
    curve = ec.generate_private_key(ec.SECP256R1())
    large = rsa.generate_private_key(65537, 2048)
    made = [
        jwt.encode(claims, curve, "ES256", header),
        jwt.encode(claims, large, "RS256", header),
        jwt.encode(claims, "k" * 32, "HS256", header),
        jwt.encode(claims, None, "none", header),
        "no.jwt.at-all",
        "x" * 10_000,
        "",
    ]
    for proof in made:
        with pytest.raises(OAuthError) as caught:
            _key(proof, now)
        assert caught.value.code == "invalid_proof"


def test_a_nonce_that_is_not_ours_has_an_error_of_its_own(holder: Holder, now: datetime) -> None:
    with pytest.raises(OAuthError) as caught:
        _key(holder.prove(ISSUER, "1.x.y", now), now)
    assert caught.value.code == "invalid_nonce"


def test_a_pairing_code_is_read_however_it_is_typed() -> None:
    code = new_pairing_code()
    typed = f" {code.lower().replace('-', ' ')} "
    assert hash_pairing_code(SECRET, typed) == hash_pairing_code(SECRET, code)
    assert hash_pairing_code(SECRET, code[:-1]) != hash_pairing_code(SECRET, code)
    assert len({new_pairing_code() for _ in range(100)}) == 100
