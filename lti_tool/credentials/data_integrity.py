"""Data Integrity proofs with the cryptosuite eddsa-rdfc-2022."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lti_tool.credentials.canonical import canonize
from lti_tool.credentials.encoding import instant
from lti_tool.credentials.multikey import multibase, read_multibase
from lti_tool.credentials.signers import IssuerKey, Signer
from lti_tool.errors import InvalidInputError

SUITE = "eddsa-rdfc-2022"


def add_proof(
    document: dict[str, Any],
    signer: Signer,
    key: IssuerKey,
    verification_method: str,
    *,
    created: datetime,
) -> dict[str, Any]:
    """Return ``document`` with a proof by ``key`` (Ed25519), which ``verification_method`` names.

    ``InvalidInputError`` for a document that the signature would not cover as a whole.
    """
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": instant(created),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }
    signature = signer.sign(key, digests(document, options))
    # An array: the schema of Open Badges asks for one.
    return {**document, "proof": [{**options, "proofValue": multibase(signature)}]}


def digests(document: dict[str, Any], options: dict[str, Any]) -> bytes:
    """Return what is signed: the digest of the proof's options, then that of the document."""
    bound = {"@context": document["@context"], **options}
    texts = (canonize(bound), canonize(document))
    return b"".join(hashlib.sha256(text.encode()).digest() for text in texts)


def is_proved(document: dict[str, Any], key: Ed25519PublicKey) -> bool:
    """Return whether the one proof of ``document`` was made by ``key`` over all that it says.

    Whether ``key`` is the issuer's is another question. ``InvalidInputError`` for a document
    that no proof of this suite covers.
    """
    bare = {name: value for name, value in document.items() if name != "proof"}
    proofs = document.get("proof")
    proof = proofs[0] if isinstance(proofs, list) and len(proofs) == 1 else proofs
    if not isinstance(proof, dict) or proof.get("cryptosuite") != SUITE:
        raise InvalidInputError(f"The document has no single proof of {SUITE}.", code="proof")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    if (options.get("type"), options.get("proofPurpose")) != (
        "DataIntegrityProof",
        "assertionMethod",
    ):
        raise InvalidInputError("The proof is not meant to assert anything.", code="proof")
    try:
        key.verify(read_multibase(str(proof.get("proofValue"))), digests(bare, options))
    except InvalidSignature:
        return False
    return True
