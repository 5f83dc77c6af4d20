"""Handing a credential over by VC-API, as wallets of the Digital Credentials Consortium do it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from lti_tool.credentials.contexts import VC
from lti_tool.credentials.data_integrity import SUITE

WALLET_APP = "https://lcw.app/request.html"
"""Opens the Learner Credential Wallet, and says where to get it when it is not installed."""


def exchange_url(public_url: str, secret: str) -> str:
    """Return the address of an exchange: whoever knows it may ask for the credential, once."""
    return f"{public_url}/wallet/exchanges/{secret}"


def deep_link(public_url: str, issuer: str, secret: str) -> str:
    """Return the link that opens a wallet with an exchange.

    ``challenge`` is the secret of the exchange too: wallets that sign at once put it into
    their proof, others send it as a bearer token.
    """
    values = {
        "issuer": issuer,
        "auth_type": "bearer",
        "challenge": secret,
        "vc_request_url": exchange_url(public_url, secret),
    }
    return f"{WALLET_APP}?{urlencode(values)}"


def presentation_request(public_url: str, secret: str) -> dict[str, Any]:
    """Return the request for a presentation that proves a DID and shows nothing else."""
    return {
        "verifiablePresentationRequest": {
            "query": [
                {
                    "type": "DIDAuthentication",
                    "acceptedMethods": [{"method": "key"}],
                    "acceptedCryptosuites": [
                        {"cryptosuite": SUITE},
                        {"cryptosuite": "Ed25519Signature2020"},
                    ],
                }
            ],
            "challenge": secret,
            "domain": public_url,
            "interact": {
                "service": [
                    {
                        # Its name, and the one that it had in earlier drafts.
                        "type": kind,
                        "serviceEndpoint": exchange_url(public_url, secret),
                    }
                    for kind in (
                        "UnmediatedHttpPresentationService2021",
                        "VerifiableCredentialApiExchangeService",
                    )
                ]
            },
        }
    }


def presentation_of(credentials: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return credentials as they are handed over: signed each, their envelope is not."""
    return {
        "@context": [VC],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": list(credentials),
    }
