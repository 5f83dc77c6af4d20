"""Places in status lists, and the lists as they are published."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.credentials.data_integrity import add_proof
from lti_tool.credentials.did_web import Issuer
from lti_tool.credentials.signers import Algorithm
from lti_tool.credentials.status_list import (
    FULL,
    SIGN_AGAIN,
    Purpose,
    entry,
    random_position,
    status_list,
)
from lti_tool.issuing.signing import Signing, ensure_key, issuer_of, key_of
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.endorsements import list_endorsement_entries
from lti_tool.persistence.issuer_keys import hold_issuer_key
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.status_lists import (
    StatusList,
    add_status_list,
    find_open_list,
    list_entries,
    list_set_positions,
    take_positions,
)


def ensure_entries(
    session: Session, issuer: Issuer, award_ids: Sequence[int], institution_id: int, now: datetime
) -> dict[int, list[dict[str, str]]]:
    """Return what credentials of awards say of their places in lists, by the award's internal id.

    They are given now where there are none. A place is random, and never given twice.
    """
    held = list_entries(session, award_ids)
    fresh: list[Mapping[str, int]] = [{"award_id": id_} for id_ in award_ids if id_ not in held]
    if fresh:
        for purpose in Purpose:
            _take(session, institution_id, purpose, fresh, now)
        held = list_entries(session, award_ids)
    return {
        award_id: [entry(issuer.status_url(row.uuid), row.purpose, e.position) for e, row in places]
        for award_id, places in held.items()
    }


def endorsement_entry(
    session: Session, issuer: Issuer, endorsement_id: int, institution_id: int, now: datetime
) -> dict[str, str]:
    """Return the place of a new endorsement in the list of what is revoked."""
    _take(session, institution_id, Purpose.REVOCATION, [{"endorsement_id": endorsement_id}], now)
    place, row = list_endorsement_entries(session, endorsement_id)[0]
    return entry(issuer.status_url(row.uuid), row.purpose, place.position)


def _take(
    session: Session,
    institution_id: int,
    purpose: str,
    owners: Sequence[Mapping[str, int]],
    now: datetime,
) -> None:
    """Give each owner a place; whoever meets a taken one draws again."""
    status_list = _open_list(session, institution_id, purpose, now)
    waiting = list(owners)
    while waiting:
        drawn: dict[int, Mapping[str, int]] = {}
        while len(drawn) < len(waiting):
            drawn.setdefault(random_position(), waiting[len(drawn)])
        taken = take_positions(session, status_list.id, drawn)
        waiting = [owner for position, owner in drawn.items() if position not in taken]


def _open_list(session: Session, institution_id: int, purpose: str, now: datetime) -> StatusList:
    found = find_open_list(session, institution_id, purpose, FULL)
    if found is None:
        lock_name(session, f"issuer:{institution_id}")
        found = find_open_list(session, institution_id, purpose, FULL)
    return found or add_status_list(session, institution_id, purpose, now)


def is_fresh(row: StatusList, now: datetime) -> bool:
    """Return whether a list is signed and may be given out as it is.

    Whoever sets a bit takes the signed text away.
    """
    is_signed = row.document is not None
    return is_signed and row.signed_at is not None and now - row.signed_at < SIGN_AGAIN


def sign_list(
    session: Session, signing: Signing, institution: Institution, row: StatusList, now: datetime
) -> str:
    """Sign a list as it is now, keep it, and return it."""
    issuer = issuer_of(signing, institution)
    row_of_key = ensure_key(session, signing, institution.id, Algorithm.ED25519, now)
    key = key_of(hold_issuer_key(session, row_of_key.id))
    bits = list_set_positions(session, row.id)
    bare = status_list(issuer, issuer.status_url(row.uuid), row.purpose, bits, now=now)
    method = issuer.verification_method(key)
    row.document = json.dumps(add_proof(bare, signing.signer, key, method, created=now))
    row.signed_at = now
    return row.document
