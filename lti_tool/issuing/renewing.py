"""What has to be issued anew after a key got known or a credential was corrected."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.persistence.awards import awards_counted, list_awards
from lti_tool.persistence.deliveries import TRANSCRIPT, reopen_settled, transcript_key
from lti_tool.persistence.issuer_keys import IssuerKeyRow, hold_issuer_key


def sha256(document: str) -> str:
    """Return the SHA-256 of a signed document: which issue of it a correction replaces."""
    return hashlib.sha256(document.encode()).hexdigest()


def is_compromised(session: Session, key_row_id: int) -> bool:
    """Return whether others may have the key with which something was signed."""
    return session.get_one(IssuerKeyRow, key_row_id).compromised_at is not None


def may_be_stored(session: Session, key_row_id: int) -> bool:
    """Return whether what was signed with a key still stands; held until the transaction ends."""
    return hold_issuer_key(session, key_row_id).compromised_at is None


def renew_transcripts(
    session: Session, learner_id: int, award_id: int, now: datetime, *, is_bulk: bool
) -> None:
    """Have the transcripts made anew that hold the credential of this award.

    One of many waits with them (``is_bulk``), until the credentials are all there.
    """
    held = [award for award, _ in list_awards(session, [learner_id])]
    receipts = {str(award.uuid): award.receipt for award in held}
    changed = next(str(award.uuid) for award in held if award.id == award_id)
    above = [name for name in receipts if name == changed or changed in _below(name, receipts)]
    keys = [transcript_key(name) for name in above]
    reopen_settled(session, TRANSCRIPT, keys, now, is_bulk=is_bulk)


def _below(name: str, receipts: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return what an award was built from, down to the last step."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        fresh = set(awards_counted(receipts.get(waiting.pop(), {}))) - found
        found |= fresh
        waiting += fresh
    return found
