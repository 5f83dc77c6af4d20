"""What is entered of a platform, by hand or from a file: checked before it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.errors import InvalidInputError
from lti_tool.lti.families import ProductFamily
from lti_tool.lti.urls import is_secure

LONGEST_ID = 255
ADDRESSES = ("authorization_url", "token_url", "jwks_url")


@dataclass(frozen=True, slots=True)
class PlatformDetails:
    """What an administrator enters of a platform; ids count exactly as they are written."""

    issuer: str
    client_id: str
    name: str
    authorization_url: str
    token_url: str
    jwks_url: str
    token_audience: str | None = None
    allows_loopback: bool = False
    family: ProductFamily | None = None


def check_details(details: PlatformDetails) -> None:
    """Refuse details that cannot be those of a platform; ``InvalidInputError`` names the field."""
    check_id("issuer", details.issuer)
    check_id("client_id", details.client_id)
    for field in ADDRESSES:
        if not is_secure(getattr(details, field), allows_loopback=details.allows_loopback):
            raise InvalidInputError(
                f"The {field} must begin with https:// (for a platform on this machine, "
                "--allow-loopback lets it be http).",
                field=field,
            )


def check_id(field: str, value: str) -> None:
    """Refuse what cannot be an id of LTI; ``InvalidInputError`` names ``field``."""
    if not value or len(value) > LONGEST_ID or not value.isascii() or not value.isprintable():
        raise InvalidInputError(
            f"The {field} must be 1 to {LONGEST_ID} ASCII characters.", field=field
        )
