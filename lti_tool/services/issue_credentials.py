"""Use case: issue credentials that were promised with awards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.credentials.data_integrity import add_proof
from lti_tool.credentials.did_web import Issuer
from lti_tool.credentials.document import Awarded, build_credential
from lti_tool.credentials.signers import Algorithm, IssuerKey
from lti_tool.errors import InvalidInputError
from lti_tool.issuing.awards import read_award
from lti_tool.issuing.signing import Signing, ensure_key, issuer_of, key_of
from lti_tool.issuing.status import ensure_entries
from lti_tool.persistence.base import Database
from lti_tool.persistence.credentials import add_credentials, has_credential, load_award
from lti_tool.persistence.deliveries import Attempt, Delivery, DeliveryState

SUSPENDED_WAIT = 900.0
ISSUED = Attempt(DeliveryState.DONE, "The credential is issued.", reason="issued")


@dataclass(frozen=True, slots=True)
class Job:
    """All that issuing one credential needs to know."""

    issuer: Issuer
    award: Awarded
    award_id: int
    institution_id: int
    learner_id: int
    key: IssuerKey
    key_row_id: int
    status: list[dict[str, str]]


def issue_credentials(
    database: Database, signing: Signing, delivery_ids: Sequence[int], *, now: datetime
) -> dict[int, Attempt]:
    """Sign and store the credentials of some deliveries, and say how each ended.

    Their places in the status lists are given first, in a transaction of their own, and kept if
    anything stops in between: signing may be a call to a KMS, and waits in no transaction.
    """
    with database.writing() as session:
        jobs = {each: _prepare(session, signing, each, now) for each in delivery_ids}
    attempts, rows = {}, []
    for delivery_id, job in jobs.items():
        if isinstance(job, Attempt):
            attempts[delivery_id] = job
            continue
        try:
            rows.append(_row(signing, job, now))
            attempts[delivery_id] = ISSUED
        except InvalidInputError as error:
            attempts[delivery_id] = Attempt(DeliveryState.FAILED, error.message, reason=error.code)
    with database.writing() as session:
        add_credentials(session, rows)
    return attempts


def _prepare(session: Session, signing: Signing, delivery_id: int, now: datetime) -> Job | Attempt:
    delivery = session.get_one(Delivery, delivery_id)
    rows = load_award(session, UUID(str(delivery.payload["award"])))
    award, institution = rows.award, rows.institution
    if has_credential(session, award.id):
        return ISSUED
    if institution.suspended_at is not None:
        answer = "The institution is suspended; its credentials are issued when it is not."
        return Attempt(DeliveryState.HELD, answer, SUSPENDED_WAIT, "suspended")
    issuer = issuer_of(signing, institution)
    key = ensure_key(session, signing, institution.id, Algorithm.ED25519, now)
    return Job(
        issuer=issuer,
        award=read_award(session, rows, now),
        award_id=award.id,
        institution_id=institution.id,
        learner_id=award.learner_id,
        key=key_of(key),
        key_row_id=key.id,
        status=ensure_entries(session, issuer, award.id, institution.id, now),
    )


def _row(signing: Signing, job: Job, now: datetime) -> dict[str, object]:
    document = build_credential(job.issuer, job.award, job.status, now=now)
    method = job.issuer.verification_method(job.key)
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
