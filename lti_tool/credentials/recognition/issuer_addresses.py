"""Where the keys of an issuer stand, and which addresses may be asked at all.

Names are judged by their form alone; whoever fetches checks the addresses behind them.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import unquote, urlsplit

from lti_tool.credentials.recognition.outcomes import FindingError, invalid

LONGEST_NAME = 1000
INTERNAL = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "test", "onion")
"""Last labels of names that no public issuer has."""

_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+")
_HOST = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}")


def document_address(issuer: str, key_id: str = "", *, home: str = "") -> str:
    """Return where the key of an issuer stands; ``FindingError`` for what is never asked.

    The key of a did:web stands in its document. A key with an address of its own, or that of a
    key set, must be on the issuer's host. ``home`` is the address of this tool.
    """
    is_did = issuer.startswith("did:web:")
    own = _did_web_address(issuer, home) if is_did else issuer
    check_address(own, home=home)
    wanted = key_id.partition("#")[0]
    if ":" not in wanted and not is_did:
        return f"{origin(own)}/.well-known/jwks.json"
    if wanted in ("", issuer):
        return own
    if not is_address(wanted, home=home) or origin(wanted) != origin(own):
        raise invalid("key-not-issuers")
    return wanted


def check_address(url: str, *, home: str = "") -> None:
    """Refuse what is not https, port 443, at a public name; this tool itself may be asked."""
    if not is_address(url, home=home):
        raise invalid("issuer-address" if ":" in url[:8] else "issuer-unreadable")


def is_address(url: str, *, home: str = "") -> bool:
    """Return whether an address may be asked: a public one, or one of this tool."""
    return is_public_address(url) or is_home(url, home)


def is_home(url: str, home: str) -> bool:
    """Return whether an address is one of this tool, wherever it runs."""
    return bool(home) and url.startswith(f"{home}/") and url.isascii() and url.isprintable()


def is_public_address(url: str) -> bool:
    """Return whether an address has the form of one that may be asked."""
    if len(url) > LONGEST_NAME or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        is_plain = parts.port in (None, 443) and "@" not in parts.netloc and "\\" not in url
    except ValueError:
        return False
    return parts.scheme == "https" and is_plain and is_public_name(parts.hostname or "")


def is_public_name(host: str) -> bool:
    """Return whether a host is a name (no number in any disguise) that can be public."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return bool(_HOST.fullmatch(host)) and host.rpartition(".")[2] not in INTERNAL
    return False


def origin(url: str) -> str:
    """Return scheme, host and port of an address that ``check_address`` accepts."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port not in (None, 443) else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def domain(issuer: str) -> str:
    """Return the host that answers for an issuer; empty when none does, as for a did:key."""
    try:
        return urlsplit(document_address(issuer)).hostname or ""
    except FindingError:
        return ""


def _did_web_address(did: str, home: str) -> str:
    host, *path = did.removeprefix("did:web:").split(":")
    if not all(_SEGMENT.fullmatch(part) and set(part) != {"."} for part in path):
        raise invalid("issuer-address")
    place = f"{'/'.join(path) if path else '.well-known'}/did.json"
    if home and unquote(host) == urlsplit(home).netloc:
        return f"{urlsplit(home).scheme}://{unquote(host)}/{place}"
    # A port would stand there as %3A; ours is always 443. A path may not climb.
    if not is_public_name(host.lower()):
        raise invalid("issuer-address")
    return f"https://{host.lower()}/{place}"
