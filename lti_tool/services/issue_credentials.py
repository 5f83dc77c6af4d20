"""Use case: issue credentials that were promised with awards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.credentials.data_integrity import add_proof
from lti_tool.credentials.did_web import Issuer
from lti_tool.credentials.document import Awarded, build_credential
from lti_tool.credentials.encoding import instant
from lti_tool.credentials.signers import Algorithm, IssuerKey
from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.issuing.awards import Shared, read_award
from lti_tool.issuing.renewing import (
    is_compromised,
    may_be_stored,
    renew_transcripts,
    sha256,
)
from lti_tool.issuing.signing import Signing, ensure_key, issuer_of, issuer_then, key_of
from lti_tool.issuing.status import ensure_entries
from lti_tool.persistence.base import Database
from lti_tool.persistence.credentials import (
    AwardRows,
    add_credentials,
    load_awards,
    replace_credential,
)
from lti_tool.persistence.deliveries import Attempt, Delivery, DeliveryState, list_deliveries
from lti_tool.persistence.issuer_keys import IssuerKeyRow
from lti_tool.persistence.wallet_offers import find_dids

Keys = dict[int, IssuerKeyRow]
"""The key that signs for an institution, by the institution's internal id."""

SUSPENDED_WAIT = 900.0
A_MOMENT = 1.0
ISSUED = Attempt(DeliveryState.DONE, "The credential is issued.", reason="issued")
REVOKED = Attempt(DeliveryState.DONE, "The award was revoked first.", reason="revoked")
SOON = Attempt(
    DeliveryState.PENDING, "Issued anew a second after it was issued.", A_MOMENT, "too-soon"
)
"""``validFrom`` has no parts of a second, and the newest of two states counts."""

TAKEN_OUT = Attempt(
    DeliveryState.PENDING, "Its key was taken out meanwhile.", A_MOMENT, "key-taken-out"
)


@dataclass(frozen=True, slots=True)
class Job:
    """All that issuing one credential needs to know.

    ``held`` is the document that is replaced. ``award`` is None where what it says stays as it
    was signed and only the key changes.
    """

    issuer: Issuer
    award: Awarded | None
    award_id: int
    institution_id: int
    learner_id: int
    key: IssuerKey
    key_row_id: int
    status: list[dict[str, str]]
    held: str | None
    must_change_key: bool


def issue_credentials(
    database: Database, signing: Signing, delivery_ids: Sequence[int], *, now: datetime
) -> dict[int, Attempt]:
    """Sign and store the credentials of some deliveries, and say how each ended.

    Their places in the status lists are given first, in a transaction of their own, and kept if
    anything stops in between: signing may be a call to a KMS, and waits in no transaction.
    A credential that is there is left alone, unless its key is one that others may have, or the
    delivery asks for a correction: then it is issued anew, with the same id.
    """
    with database.writing() as session:
        prepared = _prepare_all(session, signing, delivery_ids, now)
        jobs = _with_places(session, prepared, now)
    attempts: dict[int, Attempt] = {}
    signed: dict[int, tuple[Job, dict[str, Any]]] = {}
    for delivery_id, job in jobs.items():
        if isinstance(job, Attempt):
            attempts[delivery_id] = job
            continue
        try:
            signed[delivery_id] = (job, _signed(signing, job, now))
        except InvalidInputError as error:
            attempts[delivery_id] = Attempt(DeliveryState.FAILED, error.message, reason=error.code)
    with database.writing() as session:
        return attempts | _store(session, signed, now)


def _store(
    session: Session, signed: dict[int, tuple[Job, dict[str, Any]]], now: datetime
) -> dict[int, Attempt]:
    """Store what was signed, unless its key was taken out while it was."""
    keys = sorted({job.key_row_id for job, _ in signed.values()})
    good = {key for key in keys if may_be_stored(session, key)}
    kept = [(job, row) for job, row in signed.values() if job.key_row_id in good]
    add_credentials(session, [row for job, row in kept if job.held is None])
    for job, row in kept:
        if job.held is not None and replace_credential(session, row, job.held):
            is_bulk = job.must_change_key
            renew_transcripts(session, job.learner_id, job.award_id, now, is_bulk=is_bulk)
    return {
        delivery_id: ISSUED if job.key_row_id in good else TAKEN_OUT
        for delivery_id, (job, _) in signed.items()
    }


def _prepare_all(
    session: Session, signing: Signing, delivery_ids: Sequence[int], now: datetime
) -> dict[int, Job | Attempt]:
    deliveries = list_deliveries(session, delivery_ids)
    uuids = {each: UUID(str(row.payload["award"])) for each, row in deliveries.items()}
    found = load_awards(session, uuids.values())
    if found.keys() != set(uuids.values()):
        raise NotFoundError("There is no such award.")
    shared = Shared(find_dids(session, {rows.award.learner_id for rows in found.values()}))
    keys: Keys = {}
    return {
        each: _prepare(session, signing, deliveries[each], found[uuids[each]], shared, keys, now)
        for each in delivery_ids
    }


def _prepare(
    session: Session,
    signing: Signing,
    delivery: Delivery,
    rows: AwardRows,
    shared: Shared,
    keys: Keys,
    now: datetime,
) -> Job | Attempt:
    award, institution, held = rows.award, rows.institution, rows.credential
    is_correction = held is not None and delivery.payload.get("replaces") == sha256(held.document)
    must_change_key = held is not None and is_compromised(session, held.issuer_key_id)
    if held is not None and not is_correction and not must_change_key:
        return ISSUED
    if held is None and rows.is_revoked:
        return REVOKED
    if institution.suspended_at is not None:
        answer = "The institution is suspended; its credentials are issued when it is not."
        return Attempt(DeliveryState.HELD, answer, SUSPENDED_WAIT, "suspended")
    if held is not None and instant(held.issued_at) >= instant(now):
        return SOON
    issuer = issuer_of(signing, institution)
    if institution.id not in keys:
        keys[institution.id] = ensure_key(session, signing, institution.id, Algorithm.ED25519, now)
    key = keys[institution.id]
    return Job(
        issuer=issuer,
        award=read_award(session, rows, now, shared) if held is None or is_correction else None,
        award_id=award.id,
        institution_id=institution.id,
        learner_id=award.learner_id,
        key=key_of(key),
        key_row_id=key.id,
        status=[],
        held=None if held is None else held.document,
        must_change_key=must_change_key,
    )


def _with_places(
    session: Session, prepared: Mapping[int, Job | Attempt], now: datetime
) -> dict[int, Job | Attempt]:
    """Give what is to be signed its places in the status lists, those of an institution at once."""
    issuers = {job.institution_id: job.issuer for job in prepared.values() if isinstance(job, Job)}
    places: dict[int, list[dict[str, str]]] = {}
    for institution_id, issuer in issuers.items():
        awards = [
            job.award_id
            for job in prepared.values()
            if isinstance(job, Job) and job.institution_id == institution_id
        ]
        places |= ensure_entries(session, issuer, awards, institution_id, now)
    return {
        each: replace(job, status=places[job.award_id]) if isinstance(job, Job) else job
        for each, job in prepared.items()
    }


def _signed(signing: Signing, job: Job, now: datetime) -> dict[str, Any]:
    """Return the row of a credential; under a bad key an old text is better than a bad new one."""
    try:
        return _row(signing, job, now)
    except InvalidInputError:
        if not job.must_change_key:
            raise
        return _row(signing, replace(job, award=None), now)


def _row(signing: Signing, job: Job, now: datetime) -> dict[str, Any]:
    document = _anew(job, now) if job.held is not None else _built(job, job.issuer, now)
    method = f"{document['issuer']['id']}#{job.key.key_id}"
    signed = add_proof(document, signing.signer, job.key, method, created=now)
    return {
        "award_id": job.award_id,
        "institution_id": job.institution_id,
        "learner_id": job.learner_id,
        "issuer_key_id": job.key_row_id,
        "document": json.dumps(signed, ensure_ascii=False),
        "jwt": None,
        "issued_at": now,
    }


def _built(job: Job, issuer: Issuer, now: datetime) -> dict[str, Any]:
    assert job.award is not None  # noqa: S101 - what is not there yet is always built
    return build_credential(issuer, job.award, job.status, now=now)


def _anew(job: Job, now: datetime) -> dict[str, Any]:
    """Return what replaces a credential: the same id, date of award and places in lists."""
    before: dict[str, Any] = json.loads(job.held or "")
    del before["proof"]
    if job.award is None:
        return {**before, "validFrom": instant(now)}
    kept = {name: before[name] for name in ("id", "awardedDate", "credentialStatus")}
    return {**_built(job, issuer_then(job.issuer, before), now), **kept}
