"""The platform's side of trust: what the tool signed, and the access tokens it is given.

On lti1p3platform's configuration class, which checks signatures only: claims of the tool's tokens
are checked, each token is good once, scopes are a subset of the registered ones and are checked
operation by operation.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import jwt
import requests
from lti1p3platform.exceptions import LtiException, LtiServiceException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract

from demo_lms.database import Database, use_once
from demo_lms.keys import SigningKeys
from demo_lms.package_registration import PackageRegistration
from demo_lms.registration import ToolRegistration, find_registration
from demo_lms.settings import Settings
from demo_lms.tool_keys import ToolKeysets

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LEEWAY_SECONDS = 5
LONGEST_LIFE_SECONDS = 3600
LONGEST_ID = 255
TOKEN_SECONDS = 3600


class TokenRefusedError(Exception):
    """An access token is refused; ``error`` is one of RFC 6749 section 5.2."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


class ToolTokenError(Exception):
    """A JWT that should come from the tool cannot be trusted; the text says why."""


class LmsPlatform(LTI1P3PlatformConfAbstract):  # type: ignore[misc]  # the package has no types
    """One conversation with one tool; made per request, because the base class keeps state.

    Who starts the conversation may not be known yet: then the first token that comes in says it.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        keys: SigningKeys,
        keysets: ToolKeysets,
        *,
        tool: ToolRegistration | None = None,
    ) -> None:
        self.settings = settings
        self.database = database
        self.keys = keys
        self.keysets = keysets
        super().__init__(tool=tool)

    def init_platform_config(self, **kwargs: Any) -> None:
        """Called by the base class with what it was constructed with."""
        tool = kwargs["tool"]
        self._registration = PackageRegistration(tool, self.keys) if tool else None

    def get_registration_by_params(self, **_kwargs: Any) -> PackageRegistration:
        """The registration of the tool that this conversation is with."""
        if self._registration is None:
            raise LookupError("Nobody has said yet which tool this is")
        registration: PackageRegistration = self._registration
        return registration

    @property
    def registration(self) -> PackageRegistration:
        """The registration of the tool that this conversation is with."""
        return self.get_registration_by_params()

    @property
    def tool(self) -> ToolRegistration:
        """The tool that this conversation is with."""
        return self.registration.tool

    def _talk_to(self, client_id: object) -> bool:
        """Let the conversation be with this client; False when there is none, or another one."""
        if self._registration is not None:
            return self.tool.client_id == client_id
        with self.database.reading() as connection:
            tool = find_registration(connection, client_id)
        self._registration = PackageRegistration(tool, self.keys) if tool else None
        return tool is not None

    # ---- what the tool signed

    def get_tool_key_set(self) -> dict[str, Any]:
        """The keyset to look the current token's key up in."""
        kid = self._jwt["header"].get("kid")
        try:
            return self.keysets.find(self.tool.jwks_url, kid)
        except (ValueError, requests.RequestException) as problem:
            raise LtiException(f"The tool's keyset cannot be read: {problem}") from problem

    def decode_tool_token(self, token: str, *, audience: str, once: str) -> dict[str, Any]:
        """Verify a JWT of the tool for ``audience`` and give its claims.

        The value of the claim named ``once`` (jti or nonce) is used up by this. Raises
        ToolTokenError. Sources: RFC 7523 section 3, LTI Security Framework section 5.
        """
        try:
            self.validate_jwt_format(token)
            if not self._talk_to(self._jwt["body"].get("iss")):
                raise ToolTokenError("iss is no client_id that is registered here")
            claims = jwt.decode(
                token,
                self.get_tool_public_key(),
                algorithms=["RS256"],
                audience=audience,
                issuer=self.registration.get_client_id(),
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "aud", "iat", "exp", once]},
            )
        except (jwt.PyJWTError, LtiException) as problem:
            raise ToolTokenError(str(problem)) from problem
        except (AttributeError, TypeError, ValueError) as problem:
            raise ToolTokenError("The JWT has a part of the wrong type") from problem
        self._use_up(claims, once)
        return dict(claims)

    def _use_up(self, claims: Mapping[str, Any], once: str) -> None:
        value, now = claims[once], int(time.time())
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
            raise ToolTokenError(f"{once} must be a text of 1 to {LONGEST_ID} characters")
        expires_at = int(claims["exp"]) + LEEWAY_SECONDS
        if expires_at > now + LONGEST_LIFE_SECONDS + LEEWAY_SECONDS:
            raise ToolTokenError("exp is more than an hour away")
        if not use_once(self.database, once, value, expires_at=expires_at + 1, now=now):
            raise ToolTokenError(f"This {once} has been used before")

    # ---- access tokens

    def tool_validate_and_decode(self, jwt_token_string: str) -> dict[str, Any]:
        """Check a client assertion and give its claims, or raise ToolTokenError."""
        claims = self.decode_tool_token(
            jwt_token_string, audience=self.settings.token_url, once="jti"
        )
        if claims.get("sub") != self.tool.client_id:
            raise ToolTokenError("sub must be the client_id")
        return claims

    def get_access_token(self, token_request_data: Mapping[str, str]) -> dict[str, Any]:
        """Answer a client-credentials request or raise TokenRefusedError (RFC 6749 section 5.2)."""
        for name in ("grant_type", "client_assertion_type", "client_assertion"):
            if not token_request_data.get(name):
                raise TokenRefusedError("invalid_request", f"{name} is missing")
        if token_request_data["grant_type"] != "client_credentials":
            raise TokenRefusedError("unsupported_grant_type", "Only client_credentials is offered")
        if token_request_data["client_assertion_type"] != ASSERTION_TYPE:
            raise TokenRefusedError("invalid_request", f"client_assertion_type: {ASSERTION_TYPE}")
        try:
            self.tool_validate_and_decode(token_request_data["client_assertion"])
        except ToolTokenError as problem:
            raise TokenRefusedError("invalid_client", str(problem)) from problem
        return self._access_token(self._granted(token_request_data.get("scope", "")))

    def _granted(self, scope: str) -> str:
        """The tool's scopes among those asked for; none at all is an error."""
        granted = [name for name in dict.fromkeys(scope.split()) if name in self.tool.scopes]
        if not granted:
            raise TokenRefusedError("invalid_scope", "None of the scopes asked for can be granted")
        return " ".join(granted)

    def _access_token(self, scope: str) -> dict[str, Any]:
        claims = {"sub": self.tool.client_id, "iss": self.tool.issuer, "scopes": scope}
        token = self.registration.platform_encode_and_sign(claims, expiration=TOKEN_SECONDS)
        return {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": scope,
        }

    def validate_token(
        self,
        token: str,
        allowed_scopes: Sequence[str] | None = None,
        audience: str | None = None,  # noqa: ARG002  # the base class's signature
    ) -> bool:
        """Check a Bearer token for an operation that any of ``allowed_scopes`` opens.

        Raises LtiServiceException: 401 for a token that is not (any more) ours, 403 for its scopes.
        """
        try:
            claims = self._access_claims(token)
        except jwt.PyJWTError as problem:
            raise LtiServiceException(f"The access token is refused: {problem}", 401) from problem
        if not self._talk_to(claims["sub"]):
            raise LtiServiceException("The access token is of a tool that is gone", 401)
        if not set(allowed_scopes or ()) & set(str(claims["scopes"]).split()):
            raise LtiServiceException("The access token's scopes do not cover this operation", 403)
        return True

    def _access_claims(self, token: str) -> dict[str, Any]:
        """The claims of our own token; it names the key, current or retired, that signed it."""
        kid = jwt.get_unverified_header(token).get("kid")
        keys = [key for key in self.keys.all if key.kid == kid]
        if not keys:
            raise jwt.InvalidTokenError("no key of ours has this kid")
        return dict(
            jwt.decode(
                token,
                keys[0].public_pem,
                algorithms=["RS256"],
                issuer=self.settings.public_url,
                options={"require": ["exp", "iat", "iss", "sub", "scopes"]},
            )
        )
