"""Who signs for an institution: its identity and its keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.credentials.did_web import Issuer
from lti_tool.credentials.signers import IssuerKey, SealedKeySigner, Signer
from lti_tool.lti.sealing import ISSUER_KEYS, cipher
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.issuer_keys import (
    IssuerKeyRow,
    add_issuer_key,
    find_signing_row,
    list_issuer_keys,
)
from lti_tool.persistence.learners import lock_name


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs for the institutions of this tool, and the address at which it is reached."""

    public_url: str
    signer: Signer


@lru_cache(maxsize=8)
def build_signing(public_url: str, secret_key: bytes) -> Signing:
    """Return the signing of a tool that keeps its keys itself, sealed with ``secret_key``."""
    return Signing(public_url, SealedKeySigner(cipher(secret_key, ISSUER_KEYS)))


def issuer_of(signing: Signing, institution: Institution) -> Issuer:
    """Return an institution as an issuer."""
    return Issuer(signing.public_url, institution.uuid, institution.name)


def issuer_then(issuer: Issuer, document: Mapping[str, Any]) -> Issuer:
    """Return an issuer at the address at which it signed ``document``: it may have moved since."""
    public_url = str(document["issuer"]["url"]).rpartition("/issuers/")[0]
    return replace(issuer, public_url=public_url)


def ensure_key(
    session: Session, signing: Signing, institution_id: int, algorithm: str, now: datetime
) -> IssuerKeyRow:
    """Return the key that signs for an institution, made now if there is none."""
    found = find_signing_row(session, institution_id, algorithm)
    if found is None:
        lock_name(session, f"issuer:{institution_id}")
        found = find_signing_row(session, institution_id, algorithm)
    return found or add_key(session, signing, institution_id, algorithm, now)


def add_key(
    session: Session, signing: Signing, institution_id: int, algorithm: str, now: datetime
) -> IssuerKeyRow:
    """Make a new key of an institution, which signs from now on."""
    made = signing.signer.make_key(algorithm)
    row = IssuerKeyRow(
        key_id=made.key_id,
        institution_id=institution_id,
        algorithm=made.algorithm,
        public_key=made.public_key,
        handle=made.handle,
        created_at=now,
    )
    return add_issuer_key(session, row)


def key_of(row: IssuerKeyRow) -> IssuerKey:
    """Return a row as its signer takes it."""
    return IssuerKey(row.key_id, row.algorithm, row.public_key, row.handle)


def load_keys(session: Session, institution_id: int) -> list[IssuerKey]:
    """Return the keys of an institution that are published, the newest first.

    Retired ones are among them; those that others may have are not.
    """
    rows = list_issuer_keys(session, institution_id)
    return [key_of(row) for row in rows if row.compromised_at is None]
