"""The documents of OpenID for Verifiable Credential Issuance 1.0, one issuer an institution.

Wallets that speak its drafts 13 to 15 find the members that they know beside the final ones.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from lti_tool.credentials.data_integrity import SUITE
from lti_tool.credentials.did_web import Issuer
from lti_tool.credentials.document import CONTEXTS
from lti_tool.wallet_protocols.secrets import NONCE_LIFE, PIN_DIGITS

PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
TYPES = ["VerifiableCredential", "AchievementCredential"]


class Format(StrEnum):
    """The forms of a credential as OpenID4VCI calls them."""

    JSON_LD = "ldp_vc"
    JWT = "jwt_vc_json"


def configuration_id(format_: Format) -> str:
    """Return the name of a form in the metadata and in offers."""
    return f"AchievementCredential_{format_}"


CONFIGURATIONS = {configuration_id(format_): format_ for format_ in Format}


def endpoint(issuer: Issuer, name: str) -> str:
    """Return the address of a part of an institution's issuer: token, nonce, credential."""
    return f"{issuer.url}/oid4vci/{name}"


def offer_url(issuer: Issuer, code: str) -> str:
    """Return the address at which a wallet fetches an offer."""
    return endpoint(issuer, f"offers/{code}")


def offer_link(issuer: Issuer, code: str) -> str:
    """Return the link that opens a wallet with an offer."""
    return (
        f"openid-credential-offer://?{urlencode({'credential_offer_uri': offer_url(issuer, code)})}"
    )


def offer(issuer: Issuer, code: str) -> dict[str, Any]:
    """Return the offer: one credential, in either form, for a code and what the learner types."""
    return {
        "credential_issuer": issuer.url,
        "credential_configuration_ids": list(CONFIGURATIONS),
        "grants": {
            PRE_AUTHORIZED: {
                "pre-authorized_code": code,
                "tx_code": {
                    "input_mode": "numeric",
                    "length": PIN_DIGITS,
                    "description": "The six digits beside the link in your course",
                },
            }
        },
    }


def issuer_metadata(issuer: Issuer) -> dict[str, Any]:
    """Return the metadata of an institution as a credential issuer (section 12.2)."""
    return {
        "credential_issuer": issuer.url,
        "credential_endpoint": endpoint(issuer, "credential"),
        "nonce_endpoint": endpoint(issuer, "nonce"),
        "display": [{"name": issuer.name}],
        "credential_configurations_supported": {
            name: _configuration(format_) for name, format_ in CONFIGURATIONS.items()
        },
    }


def _configuration(format_: Format) -> dict[str, Any]:
    display = [{"name": "Microcredential"}]
    definition: dict[str, Any] = {"type": TYPES}
    if format_ is Format.JSON_LD:
        definition = {"@context": list(CONTEXTS), **definition}
    return {
        "format": format_,
        "credential_definition": definition,
        "credential_signing_alg_values_supported": [
            SUITE if format_ is Format.JSON_LD else "RS256"
        ],
        "cryptographic_binding_methods_supported": ["did:key", "did:jwk", "jwk"],
        "proof_types_supported": {
            "jwt": {"proof_signing_alg_values_supported": ["EdDSA", "ES256"]}
        },
        "credential_metadata": {"display": display},
        # Where drafts up to 15 have it.
        "display": display,
    }


def authorization_metadata(issuer: Issuer) -> dict[str, Any]:
    """Return the metadata of an institution as an authorization server (RFC 8414)."""
    return {
        "issuer": issuer.url,
        "token_endpoint": endpoint(issuer, "token"),
        "token_endpoint_auth_methods_supported": ["none"],
        "grant_types_supported": [PRE_AUTHORIZED],
        "response_types_supported": [],
        "pre-authorized_grant_anonymous_access_supported": True,
    }


def nonce_answer(nonce: str) -> dict[str, Any]:
    """Return a nonce; ``c_nonce_expires_in`` is for drafts."""
    return {"c_nonce": nonce, "c_nonce_expires_in": int(NONCE_LIFE.total_seconds())}
