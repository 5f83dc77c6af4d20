"""Whose key it is: the key of a signature must stand in a document of the issuer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from lti_tool.credentials.recognition.dates import read_date
from lti_tool.credentials.recognition.documents import Documents
from lti_tool.credentials.recognition.issuer_addresses import LONGEST_NAME, document_address
from lti_tool.credentials.recognition.outcomes import FindingError, invalid
from lti_tool.credentials.recognition.public_keys import PublicKey, key_of_jwk, key_of_multibase
from lti_tool.credentials.recognition.values import listed

MOST_KEYS = 100

Method = Mapping[str, Any]
"""A verification method of a DID document, or a JWK."""


def find_key(issuer: str, key_id: str, documents: Documents, *, now: datetime) -> PublicKey:
    """Return the issuer's key of this id; ``FindingError`` when it is not the issuer's.

    A did:key names its key itself; for did:web it stands in the DID document; for an https
    issuer in its own document or in a key set on its origin.
    """
    if not 0 < len(key_id) <= LONGEST_NAME or not key_id.isascii():
        raise invalid("key-not-issuers")
    if issuer.startswith("did:key:"):
        return _key_of_did_key(issuer, key_id)
    document = _document(issuer, key_id, documents)
    if _is_lone_key(document):
        _check_listed(issuer, key_id, documents)
    for method in _methods(document, issuer):
        if _is_named(method, key_id):
            return _key_of(method, now)
    raise invalid("key-not-issuers")


def keys_of(issuer: str, documents: Documents, *, now: datetime) -> Iterator[PublicKey]:
    """Yield every key of the issuer, for a JWT that holds its key and names none."""
    if issuer.startswith("did:key:"):
        yield _key_of_did_key(issuer, issuer)
        return
    for method in _methods(_document(issuer, "", documents), issuer):
        try:
            yield _key_of(method, now)
        except FindingError:
            continue


def _key_of_did_key(did: str, key_id: str) -> PublicKey:
    name = did.removeprefix("did:key:")
    key = key_of_multibase(name)
    if key is None:
        raise invalid("issuer-unreadable")
    if key_id not in (did, f"{did}#{name}"):
        raise invalid("key-not-issuers")
    return key


def _document(issuer: str, key_id: str, documents: Documents) -> Mapping[str, Any]:
    url = document_address(issuer, key_id, home=documents.home)
    found = documents.json(url, missing="issuer-unreachable")
    if not isinstance(found, dict):
        raise invalid("issuer-document")
    return found


def _is_lone_key(document: Mapping[str, Any]) -> bool:
    return "publicKeyMultibase" in document or "publicKeyJwk" in document


def _check_listed(issuer: str, key_id: str, documents: Documents) -> None:
    """Refuse a key that names its issuer and is not named by it."""
    own = documents.json(
        document_address(issuer, issuer, home=documents.home), missing="issuer-unreachable"
    )
    named = listed(own.get("assertionMethod")) if isinstance(own, dict) else []
    if not isinstance(own, dict) or own.get("id") != issuer or key_id not in named:
        raise invalid("key-not-issuers")


def _methods(document: Mapping[str, Any], issuer: str) -> Iterator[Method]:
    """Yield the keys of a document that may sign claims of this issuer."""
    if "keys" in document or "kty" in document:
        for key in listed(document.get("keys", document))[:MOST_KEYS]:
            if isinstance(key, dict) and key.get("iss", _host_of(issuer)) == issuer:
                yield {"id": key.get("kid"), "publicKeyJwk": key}
    elif _is_lone_key(document):
        if document.get("controller") == issuer:
            yield document
    elif document.get("id") == issuer:
        yield from _assertion_methods(document, issuer)


def _host_of(issuer: str) -> str:
    """Return whose a key is that does not say it: not of one did:web among many on a host."""
    is_one_of_many = issuer.startswith("did:web:") and ":" in issuer.removeprefix("did:web:")
    return "" if is_one_of_many else issuer


def _assertion_methods(document: Mapping[str, Any], issuer: str) -> Iterator[Method]:
    allowed = listed(document.get("assertionMethod"))[:MOST_KEYS]
    ids = {_full_id(entry, issuer) for entry in allowed if isinstance(entry, str)}
    listed_there = listed(document.get("verificationMethod"))[:MOST_KEYS]
    for method in (*allowed, *listed_there):
        if not isinstance(method, dict) or method.get("controller") != issuer:
            continue
        full = _full_id(str(method.get("id", "")), issuer)
        if method in allowed or full in ids:
            yield {**method, "id": full}


def _full_id(name: str, issuer: str) -> str:
    return f"{issuer}{name}" if name.startswith("#") else name


def _is_named(method: Method, key_id: str) -> bool:
    name = method.get("id")
    if not isinstance(name, str) or not name:
        return False
    # A key set is addressed as a whole, its key by the fragment.
    return name == key_id or (":" not in name and key_id.endswith(f"#{name}"))


def _key_of(method: Method, now: datetime) -> PublicKey:
    if method.get("revoked") is not None and read_date(method["revoked"]) <= now:
        raise invalid("key-revoked")
    key = key_of_multibase(method.get("publicKeyMultibase"))
    key = key or key_of_jwk(method.get("publicKeyJwk"))
    if key is None:
        raise invalid("key-not-issuers")
    return key
