"""Which addresses are ours, which are a platform's, and which may be called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from lti_tool.config import is_loopback

LONGEST_URL = 2048
DEFAULT_PORTS = {"http": 80, "https": 443}

_PLAIN_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?")


@lru_cache(maxsize=1024)
def split_url(url: str) -> SplitResult | None:
    """Return the parts of an absolute http(s) address; None when it is anything else.

    User info, backslashes, control characters, spaces and fragments are refused too: browsers
    and libraries read them differently.
    """
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable():
        return None
    if any(character in url for character in '\\ "<>#'):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts


def host_and_port(parts: SplitResult) -> str:
    """Return ``host:port`` with the port that the scheme implies."""
    return f"{parts.hostname}:{parts.port or DEFAULT_PORTS[parts.scheme]}"


@lru_cache(maxsize=1024)
def origin_of(url: str) -> str | None:
    """Return scheme, host and port as a browser writes them; None for no http(s) address."""
    parts = split_url(url)
    if parts is None:
        return None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    if parts.port in (None, DEFAULT_PORTS[parts.scheme]):
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{parts.port}"


def framing_origin(url: str, *, allows_loopback: bool = False) -> str | None:
    """Return the origin of a secure address as a policy header may name it, else None.

    Its host is a plain name: anything else could be read as more than one word of the header.
    """
    origin = origin_of(url)
    if origin is None or not is_secure(origin, allows_loopback=allows_loopback):
        return None
    return origin if _PLAIN_HOST.fullmatch(origin.partition("://")[2]) else None


def origins_of(urls: Iterable[str]) -> tuple[str, ...]:
    """Return the different origins of ``urls`` in their order; what is no address is left out."""
    found = (origin_of(url) for url in urls)
    return tuple(dict.fromkeys(origin for origin in found if origin is not None))


def is_secure(url: str, *, allows_loopback: bool = False) -> bool:
    """Return whether ``url`` is https; http counts only to this machine, and only if allowed."""
    parts = split_url(url)
    if parts is None:
        return False
    return parts.scheme == "https" or (allows_loopback and is_loopback(url))


def offered_url(
    url: object, endpoints: Iterable[str], *, allows_loopback: bool = False
) -> str | None:
    """Return a service address out of a claim, or None when it counts as not offered (V30).

    It must be secure and on the origin of one of the registration's own endpoints: no token is
    ever sent to a host that an administrator has not entered.
    """
    if not isinstance(url, str) or not is_secure(url, allows_loopback=allows_loopback):
        return None
    return url if origin_of(url) in origins_of(endpoints) else None
