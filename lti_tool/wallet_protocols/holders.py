"""Who holds a wallet: a presentation signed for our challenge (DIDAuthentication).

Canonicalising what a stranger sends may take minutes. What is taken here has no node but the
presentation and its proof, each with texts alone, so that it cannot: anything else is refused
before.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature

from lti_tool.credentials.contexts import VC
from lti_tool.credentials.data_integrity import SUITE, digests
from lti_tool.credentials.multikey import read_ed25519_multikey, read_multibase
from lti_tool.errors import InvalidInputError

VC_1 = "https://www.w3.org/2018/credentials/v1"
ED25519_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
CONTEXTS = {VC, VC_1, ED25519_2020, DATA_INTEGRITY}
MOST_CONTEXTS = 4
LONGEST_TEXT = 600
MEMBERS = {"@context", "type", "id", "holder", "proof"}
PROOF_MEMBERS = {
    "type",
    "cryptosuite",
    "created",
    "expires",
    "verificationMethod",
    "proofPurpose",
    "challenge",
    "domain",
    "proofValue",
}
SUITES = {("DataIntegrityProof", SUITE), ("Ed25519Signature2020", None)}
DID_KEY = "did:key:"


def prove_holder(
    presentation: dict[str, Any], *, challenge: str, domains: Collection[str], now: datetime
) -> str:
    """Return the DID (did:key, Ed25519) that signed ``presentation`` for ``challenge``.

    A proof may name one of ``domains`` and no other. ``InvalidInputError`` for everything that
    proves nothing.
    """
    proof = _single_proof(presentation)
    bare = {name: value for name, value in presentation.items() if name != "proof"}
    _check_members(bare)
    _check_proof(proof, challenge, domains, now)
    did, _, key_id = proof["verificationMethod"].partition("#")
    if not did.startswith(DID_KEY) or key_id != did.removeprefix(DID_KEY):
        _refuse("The proof is by no key of a did:key.")
    if bare.get("holder", did) != did:
        _refuse("The proof is by another one than the holder.")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    try:
        signature = read_multibase(proof.get("proofValue", ""))
        read_ed25519_multikey(key_id).verify(signature, digests(bare, options))
    except InvalidSignature:
        _refuse("The signature does not fit what is presented.")
    return did


def _single_proof(presentation: dict[str, Any]) -> dict[str, str]:
    proof = presentation.get("proof")
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    if not isinstance(proof, dict) or not PROOF_MEMBERS.issuperset(proof):
        _refuse("The presentation needs one proof of Data Integrity.")
    if not all(_is_text(value) for value in proof.values()):
        _refuse("The members of the proof must be texts.")
    return proof


def _check_members(bare: dict[str, Any]) -> None:
    given = {name for name, value in bare.items() if value not in ([], None)}
    if not given <= MEMBERS:
        _refuse("Present yourself alone: no credentials are asked for.")
    contexts = bare.get("@context")
    contexts = contexts if isinstance(contexts, list) else [contexts]
    if not 0 < len(contexts) <= MOST_CONTEXTS or not all(
        isinstance(one, str) and one in CONTEXTS for one in contexts
    ):
        _refuse("The presentation names a context that is not known here.")
    if bare.get("type") not in ("VerifiablePresentation", ["VerifiablePresentation"]):
        _refuse("This is no VerifiablePresentation.")
    if not all(_is_text(bare.get(name, "x")) for name in ("id", "holder")):
        _refuse("Id and holder must be texts.")


def _check_proof(
    proof: dict[str, str], challenge: str, domains: Collection[str], now: datetime
) -> None:
    if (proof.get("type"), proof.get("cryptosuite")) not in SUITES:
        _refuse(f"Sign with {SUITE} or Ed25519Signature2020.")
    if proof.get("proofPurpose") != "authentication" or "verificationMethod" not in proof:
        _refuse("The proof is not made to authenticate anybody.")
    if not hmac.compare_digest(proof.get("challenge", "").encode(), challenge.encode()):
        _refuse("The proof answers another challenge.")
    if proof.get("domain", next(iter(domains))) not in domains:
        _refuse("The proof was made for another site.")
    if "expires" in proof and _instant(proof["expires"]) <= now:
        _refuse("The proof has expired.")


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        _refuse("The proof has a date that cannot be read.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and value.isprintable()


def _refuse(words: str) -> NoReturn:
    raise InvalidInputError(words, code="holder-proof")
