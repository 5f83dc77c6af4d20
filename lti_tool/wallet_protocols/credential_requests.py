"""What a wallet asks of the credential endpoint (OpenID4VCI 1.0, section 8; drafts 13 to 15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from lti_tool.errors import OAuthError
from lti_tool.wallet_protocols.oid4vci import CONFIGURATIONS, Format


@dataclass(frozen=True, slots=True)
class CredentialRequest:
    """The form that is asked for, the proof of a key, and whether a draft is spoken."""

    format: Format
    proof: str
    is_draft: bool


def read_request(body: dict[str, Any]) -> CredentialRequest:
    """Return what is asked for; ``OAuthError`` says what is wrong with it."""
    if "credential_response_encryption" in body:
        _refuse("Answers are not encrypted here.", "invalid_encryption_parameters")
    is_draft = "proof" in body or "format" in body
    return CredentialRequest(_format(body), _proof(body), is_draft)


def _format(body: dict[str, Any]) -> Format:
    if "credential_identifier" in body:
        _refuse("This issuer gives no identifiers.", "unknown_credential_identifier")
    name = body.get("credential_configuration_id")
    if name is not None:
        found = CONFIGURATIONS.get(name) if isinstance(name, str) else None
        if found is None:
            _refuse("There is no such configuration.", "unknown_credential_configuration")
        return found
    try:
        return Format(body.get("format", ""))
    except ValueError:
        _refuse("Name a credential_configuration_id.", "invalid_credential_request")


def _proof(body: dict[str, Any]) -> str:
    proofs = body.get("proofs")
    if proofs is None and isinstance(body.get("proof"), dict):
        proof = body["proof"]
        proofs = {"jwt": [proof.get("jwt")]} if proof.get("proof_type") == "jwt" else {}
    if not isinstance(proofs, dict) or set(proofs) != {"jwt"}:
        _refuse("Prove a key with a jwt.", "invalid_proof")
    found = proofs["jwt"]
    if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], str):
        _refuse("One credential is given, for one proof.", "invalid_proof")
    return found[0]


def _refuse(words: str, code: str) -> NoReturn:
    raise OAuthError(words, code=code)
