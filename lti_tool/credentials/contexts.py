"""The JSON-LD contexts that we know: files of installed packages, pinned by SHA-256.

A signature covers what a context makes of the keys, so nothing is ever fetched: what is not in
this table is refused, and so is a file that is not the pinned one.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from lti_tool.errors import ConfigurationError, InvalidInputError

VC = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
DID = "https://www.w3.org/ns/did/v1"
MULTIKEY = "https://w3id.org/security/multikey/v1"

BADGES = ("openbadgeslib", "openbadgeslib/ob3/contexts")
FROZEN = ("PyLD", "pyld/documentloader/frozen/bundled")
# URL -> (distribution and folder, file, SHA-256 of its bytes). Nothing of openbadgeslib is
# imported: it is the carrier of these files.
PINS = {
    VC: (
        BADGES,
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OPEN_BADGES: (
        BADGES,
        "ob-v3p0-context-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": (
        BADGES,
        "ob-v3p0-context-3.0.2.json",
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": (
        BADGES,
        "ob-v3p0-context-3.0.1.json",
        "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": (
        BADGES,
        "ob-v3p0-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
    CLR: (
        BADGES,
        "clr_context_2.0.1.json",
        "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6",
    ),
    "https://w3id.org/security/data-integrity/v2": (
        BADGES,
        "security-data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    MULTIKEY: (
        BADGES,
        "security-multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
    DID: (
        FROZEN,
        "did-v1.jsonld",
        "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
    ),
    "https://www.w3.org/2018/credentials/v1": (
        FROZEN,
        "credentials-v1.jsonld",
        "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8",
    ),
    "https://w3id.org/security/suites/ed25519-2020/v1": (
        FROZEN,
        "security-ed25519-2020-v1.jsonld",
        "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588",
    ),
}


@lru_cache(maxsize=len(PINS))
def context_text(url: str) -> bytes:
    """Return the bytes of the context at ``url``.

    ``InvalidInputError`` for a context that is not in the table; ``ConfigurationError`` when
    its package is missing or holds another file than the pinned one.
    """
    if url not in PINS:
        raise InvalidInputError("This JSON-LD context is not known here.", code="unknown-context")
    (package, folder), name, pin = PINS[url]
    try:
        path = Path(str(distribution(package).locate_file(f"{folder}/{name}")))
        text = path.read_bytes()
    except (PackageNotFoundError, OSError):
        text = b""
    if hashlib.sha256(text).hexdigest() != pin:
        raise ConfigurationError(
            f"The JSON-LD context {url} is not the pinned file: install {package} in the version "
            "of constraints.txt. Until then nothing is signed or verified."
        )
    return text


def check_contexts() -> None:
    """Read every context; ``ConfigurationError`` names the first that is not the pinned one."""
    for url in PINS:
        context_text(url)


@lru_cache(maxsize=len(PINS))
def _document(url: str) -> Any:
    return json.loads(context_text(url))


def load_context(url: str, _options: object = None) -> dict[str, Any]:
    """Return a context as PyLD's document loaders do; it fetches nothing."""
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": _document(url),
    }
