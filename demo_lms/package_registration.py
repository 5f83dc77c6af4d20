"""A tool of our registry in the shape that lti1p3platform works with."""

from typing import Any

from lti1p3platform.registration import Registration

from demo_lms.keys import SigningKeys
from demo_lms.registration import ToolRegistration


class PackageRegistration(Registration):  # type: ignore[misc]  # the package has no types
    """One tool and the key that signs at this moment; made anew for each conversation."""

    def __init__(self, tool: ToolRegistration, keys: SigningKeys) -> None:
        self.tool = tool
        self._key, self._published = keys.current, keys.published()
        self.set_iss(tool.issuer)
        self.set_client_id(tool.client_id)
        self.set_oidc_login_url(tool.login_url)
        self.set_launch_url(tool.launch_url)
        self.set_deeplink_launch_url(tool.launch_url)
        self.set_tool_key_set_url(tool.jwks_url)
        self.set_platform_private_key(self._key.private)
        self.set_platform_public_key(self._key.public_pem)

    def get_jwks(self) -> list[dict[str, Any]]:
        """The LMS's public keys."""
        return self._published

    def get_kid(self) -> str:
        """The id of the key that signs."""
        return self._key.kid
