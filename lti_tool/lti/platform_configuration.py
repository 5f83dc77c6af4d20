"""A platform's OpenID configuration: read strictly, its addresses checked (B36, B37)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lti_tool.errors import LTIRegistrationError
from lti_tool.lti.families import ProductFamily, family_of
from lti_tool.lti.urls import is_secure, origin_of
from lti_tool.strict_json import StrictJSONError, parse_object

MOST_BYTES = 256 * 1024
LONGEST_ISSUER = 255
LONGEST_NAME = 255
PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
ACCOUNT_NAME = "https://canvas.instructure.com/lti/account_name"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")

CANVAS_ISSUER = re.compile(r"https://canvas(\.beta|\.test)?\.instructure\.com")
CANVAS_DOMAINS = (".instructure.com", ".canvaslms.com")
"""Hosted Canvas: one issuer for all, sign-in at sso.canvaslms.com, a host for each account."""


@dataclass(frozen=True, slots=True)
class PlatformConfiguration:
    """What a platform says of itself, checked.

    ``other_hosts`` are hosts of endpoints beside the issuer's own: an administrator has to
    confirm them before anybody launches.
    """

    issuer: str
    authorization_url: str
    token_url: str
    jwks_url: str
    registration_url: str
    family: ProductFamily
    name: str
    token_audience: str | None
    other_hosts: tuple[str, ...]


def is_hosted_canvas(issuer: str) -> bool:
    """Return whether this is the issuer that hosted Canvas accounts share."""
    return CANVAS_ISSUER.fullmatch(issuer) is not None


def parse_configuration(
    body: bytes, url: str, *, allows_loopback: bool = False
) -> PlatformConfiguration:
    """Read the configuration that stood at ``url``; ``LTIRegistrationError`` says what is wrong.

    The issuer is on the host of ``url``, and every endpoint is https on that host; hosted
    Canvas, whose endpoints are on hosts of its own, is the one exception.
    """
    try:
        members = parse_object(body, max_bytes=MOST_BYTES)
    except StrictJSONError as error:
        raise _refused(f"The configuration of your LMS cannot be read: {error}.") from None
    issuer = _text(members, "issuer", LONGEST_ISSUER)
    _check_address("issuer", issuer, allows_loopback=allows_loopback)
    if _host(issuer) != _host(url):
        raise _refused(
            f"The configuration at {_host(url)} names the issuer {issuer}, which is another "
            "host. Start the registration from the LMS itself.",
            code="lti-registration-issuer",
        )
    found = {name: _endpoint(members, name, allows_loopback) for name in ENDPOINTS}
    about = members.get(PLATFORM_CONFIGURATION)
    about = about if isinstance(about, dict) else {}
    family = family_of(about.get("product_family_code"))
    return PlatformConfiguration(
        issuer=issuer,
        authorization_url=found["authorization_endpoint"],
        token_url=found["token_endpoint"],
        jwks_url=found["jwks_uri"],
        registration_url=found["registration_endpoint"],
        family=family,
        name=_name(about) or _host(issuer),
        token_audience=_audience(members, family),
        other_hosts=_other_hosts(issuer, found),
    )


def _endpoint(members: dict[str, Any], name: str, allows_loopback: bool) -> str:  # noqa: FBT001
    url = _text(members, name, 2048)
    _check_address(name, url, allows_loopback=allows_loopback)
    return url


def _text(members: dict[str, Any], name: str, longest: int) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value or len(value) > longest or not value.isascii():
        raise _refused(
            f"The configuration of your LMS has no usable '{name}'. Register it by hand: "
            "'quoin platform add'."
        )
    return value


def _check_address(name: str, url: str, *, allows_loopback: bool) -> None:
    if not is_secure(url, allows_loopback=allows_loopback):
        raise _refused(
            f"The '{name}' in the configuration of your LMS does not begin with https://.",
            code="lti-registration-address",
        )


def _other_hosts(issuer: str, endpoints: dict[str, str]) -> tuple[str, ...]:
    own = _host(issuer)
    others = tuple(sorted({_host(url) for url in endpoints.values()} - {own}))
    is_known = is_hosted_canvas(issuer) and all(host.endswith(CANVAS_DOMAINS) for host in others)
    if others and not is_known:
        raise _refused(
            f"The configuration of {own} names addresses at {', '.join(others)}, another host. "
            "If that is right, register the LMS by hand: 'quoin platform add'.",
            code="lti-registration-hosts",
        )
    return others


def _audience(members: dict[str, Any], family: ProductFamily) -> str | None:
    """Return the audience of token requests where it is not the token address.

    In Canvas's documented example the member is a bare host; the token address is used there.
    """
    value = members.get("authorization_server")
    if family is ProductFamily.CANVAS or not isinstance(value, str) or not 0 < len(value) <= 2048:
        return None
    return value if value.isascii() and value.isprintable() else None


def _name(about: dict[str, Any]) -> str:
    value = about.get(ACCOUNT_NAME)
    text = value if isinstance(value, str) else ""
    return "".join(mark for mark in text if mark.isprintable()).strip()[:LONGEST_NAME]


def _host(url: str) -> str:
    """Return host, and port where it is not the scheme's own, of an address."""
    return (origin_of(url) or "").partition("://")[2]


def _refused(message: str, code: str = "lti-registration-configuration") -> LTIRegistrationError:
    return LTIRegistrationError(message, code=code)
