"""What the LMS knows of the one tool it has, and the key it signs with.

On lti1p3platform's ``Registration``: the key is held as a loaded object (signing with PEM text
costs 40 ms a time), redirect URIs are a registered list, and a tool's keyset is read again when a
key id is new, so that the tool may rotate its keys.
"""

import threading
from typing import Any

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lti1p3platform.registration import Registration

from demo_lms.settings import CLIENT_ID, DEPLOYMENT_ID, Settings

SCOPES = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
)
LINE_ITEM, LINE_ITEM_READ, RESULT_READ, SCORE, MEMBERSHIP_READ = SCOPES

KEYSET_SECONDS = 5.0
KEYSET_BYTES = 256 * 1024


class ToolRegistration(Registration):  # type: ignore[misc]  # the package has no types
    """The registration of Quoin at this LMS."""

    def __init__(self, settings: Settings, key: rsa.RSAPrivateKey) -> None:
        self.redirect_uris = (settings.tool_launch_url,)
        self._fetching = threading.Lock()
        self.set_iss(settings.public_url)
        self.set_client_id(CLIENT_ID)
        self.set_deployment_id(DEPLOYMENT_ID)
        self.set_oidc_login_url(settings.tool_login_url)
        self.set_launch_url(settings.tool_launch_url)
        self.set_deeplink_launch_url(settings.tool_launch_url)
        self.set_tool_key_set_url(settings.tool_keyset_url)
        self.set_platform_private_key(key)
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.set_platform_public_key(public.decode())
        self._jwks: list[dict[str, Any]] = super().get_jwks()

    def get_jwks(self) -> list[dict[str, Any]]:
        """The LMS's public keys, computed once."""
        return self._jwks

    def get_kid(self) -> str:
        """The id of the key that signs."""
        return str(self._jwks[0]["kid"])

    def tool_keys(self, kid: str) -> dict[str, Any]:
        """The tool's keyset, read anew when it does not hold ``kid``.

        Raises ValueError or requests.RequestException when the keyset cannot be read.
        """
        with self._fetching:
            known = self.get_tool_key_set()
            if known is None or not any(key.get("kid") == kid for key in known["keys"]):
                known = _fetch_keyset(self.get_tool_key_set_url())
                self.set_tool_key_set(known)
            return dict(known)


def _fetch_keyset(url: str) -> dict[str, Any]:
    with requests.Session() as session:
        session.trust_env = False  # the tool stands beside us, never behind a proxy
        answer = session.get(url, timeout=KEYSET_SECONDS, allow_redirects=False)
    if answer.status_code != 200 or len(answer.content) > KEYSET_BYTES:
        raise ValueError(f"the tool's keyset address answered {answer.status_code}")
    keyset = answer.json()
    keys = keyset.get("keys") if isinstance(keyset, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise ValueError("the tool's keyset is not a JSON Web Key Set")
    return dict(keyset)
