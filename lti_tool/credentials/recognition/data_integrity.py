"""Proofs inside a JSON-LD document (W3C Data Integrity, and Ed25519Signature2020)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lti_tool.credentials.recognition.dates import read_date
from lti_tool.credentials.recognition.documents import Documents
from lti_tool.credentials.recognition.issuers import find_key
from lti_tool.credentials.recognition.linked_data import canonical
from lti_tool.credentials.recognition.outcomes import invalid, unsupported
from lti_tool.credentials.recognition.public_keys import decode_multibase, is_signed
from lti_tool.credentials.recognition.values import listed, name_of

SUITES = {
    ("DataIntegrityProof", "eddsa-rdfc-2022"): Ed25519PublicKey,
    ("DataIntegrityProof", "ecdsa-rdfc-2019"): EllipticCurvePublicKey,
    ("Ed25519Signature2020", None): Ed25519PublicKey,
}
"""Type and cryptosuite of a proof -> the kind of its key."""
MOST_PROOFS = 3


def check_proofs(document: dict[str, Any], documents: Documents, *, now: datetime) -> None:
    """Refuse a document unless every proof in it was made by its issuer over all of it.

    The graph is read before a key is fetched: nothing is fetched for a document that fails.
    """
    proofs = listed(document.get("proof"))
    if not proofs:
        raise invalid("no-proof")
    if len(proofs) > MOST_PROOFS:
        raise invalid("proof-malformed")
    for proof in proofs:
        _check_form(proof, now)
    claims = {key: value for key, value in document.items() if key != "proof"}
    digest = hashlib.sha256(canonical(claims)).digest()
    for proof in proofs:
        _check_signature(proof, document, digest, documents, now)


def _check_form(proof: Any, now: datetime) -> None:
    if not isinstance(proof, dict):
        raise invalid("proof-malformed")
    name = [proof.get("type"), proof.get("cryptosuite")]
    if not all(isinstance(part, str | None) for part in name) or tuple(name) not in SUITES:
        raise unsupported("proof-unsupported")
    if proof.get("proofPurpose") != "assertionMethod":
        raise invalid("proof-purpose")
    if "created" in proof:
        read_date(proof["created"])
    if "expires" in proof and read_date(proof["expires"]) <= now:
        raise invalid("expired")


def _check_signature(
    proof: dict[str, Any],
    document: dict[str, Any],
    digest: bytes,
    documents: Documents,
    now: datetime,
) -> None:
    options = {key: value for key, value in proof.items() if key not in ("proofValue", "@context")}
    lines = canonical({"@context": document["@context"], **options})
    signature = decode_multibase(proof.get("proofValue"))
    if signature is None or len(signature) != 64:
        raise invalid("proof-malformed")
    key_id = name_of(proof.get("verificationMethod"))
    key = find_key(name_of(document["issuer"]), key_id, documents, now=now)
    if not isinstance(key, SUITES[proof["type"], proof.get("cryptosuite")]):
        raise invalid("key-not-issuers")
    if not is_signed(key, signature, hashlib.sha256(lines).digest() + digest):
        raise invalid("signature-wrong")
