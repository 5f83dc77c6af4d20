"""Use case: issue the transcript (CLR) that was promised with a stacked award."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.credentials.clr import Transcript, build_clr, members_hash
from lti_tool.credentials.data_integrity import add_proof
from lti_tool.credentials.did_web import Issuer
from lti_tool.credentials.encoding import instant
from lti_tool.credentials.signers import Algorithm, IssuerKey
from lti_tool.errors import InvalidInputError
from lti_tool.issuing.renewing import is_compromised, may_be_stored
from lti_tool.issuing.signing import Signing, ensure_key, issuer_of, issuer_then, key_of
from lti_tool.issuing.transcripts import Contents, read_stack
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.credentials import load_award
from lti_tool.persistence.deliveries import Attempt, Delivery, DeliveryState
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.reviews import find_revocation
from lti_tool.persistence.transcripts import Transcript as Row
from lti_tool.persistence.transcripts import find_transcript, put_transcript

MEMBER_WAIT = 20.0
SUSPENDED_WAIT = 900.0
ISSUED = Attempt(DeliveryState.DONE, "The transcript is issued.", reason="issued")
REVOKED = Attempt(DeliveryState.DONE, "The award was revoked first.", reason="revoked")
SOON = Attempt(DeliveryState.PENDING, "Made anew a second after it was made.", 1.0, "too-soon")

TAKEN_OUT = Attempt(DeliveryState.PENDING, "Its key was taken out meanwhile.", 1.0, "key-taken-out")


@dataclass(frozen=True, slots=True)
class Job:
    """All that issuing one transcript needs to know; ``held`` is the document in its place."""

    issuer: Issuer
    transcript: Transcript
    award_id: int
    institution_id: int
    learner_id: int
    key: IssuerKey
    key_row_id: int
    held: str | None


def issue_transcript(
    database: Database, signing: Signing, delivery_id: int, *, now: datetime
) -> Attempt:
    """Sign and store the transcript of a delivery, and say how that ended.

    It waits, however long, until the credentials that belong in it are issued. One that is there
    is left alone, unless a credential in it or the key that signed it is another one now.
    """
    with database.writing() as session:
        job = _prepare(session, signing, delivery_id, now)
    if isinstance(job, Attempt):
        return job
    try:
        document = build_clr(job.issuer, job.transcript, now=now)
        method = job.issuer.verification_method(job.key)
        signed = add_proof(document, signing.signer, job.key, method, created=now)
    except InvalidInputError as error:
        return Attempt(DeliveryState.FAILED, error.message, reason=error.code)
    row = {
        "award_id": job.award_id,
        "institution_id": job.institution_id,
        "learner_id": job.learner_id,
        "issuer_key_id": job.key_row_id,
        "members_hash": members_hash(job.transcript.members),
        "document": json.dumps(signed, ensure_ascii=False),
        "issued_at": now,
    }
    with database.writing() as session:
        if not may_be_stored(session, job.key_row_id):
            return TAKEN_OUT
        put_transcript(session, row, job.held)
    return ISSUED


def _prepare(session: Session, signing: Signing, delivery_id: int, now: datetime) -> Job | Attempt:
    delivery = session.get_one(Delivery, delivery_id)
    rows = load_award(session, UUID(str(delivery.payload["award"])))
    award, institution = rows.award, rows.institution
    held = find_transcript(session, award.id)
    if held is None and find_revocation(session, award.id) is not None:
        return REVOKED
    if institution.suspended_at is not None:
        answer = "The institution is suspended; its transcripts are issued when it is not."
        return Attempt(DeliveryState.HELD, answer, SUSPENDED_WAIT, "suspended")
    contents = read_stack(session, award)
    if contents.waits_for:
        answer = f"The credential of '{contents.waits_for[0]}', which belongs in it, is not issued."
        return Attempt(DeliveryState.HELD, answer, MEMBER_WAIT, "member-missing")
    if held is not None and _is_current(session, held, contents):
        return ISSUED
    if held is not None and instant(held.issued_at) >= instant(now):
        return SOON
    issuer = issuer_of(signing, institution)
    if held is not None:
        issuer = issuer_then(issuer, json.loads(held.document))
    key = ensure_key(session, signing, institution.id, Algorithm.ED25519, now)
    return Job(
        issuer=issuer,
        transcript=_transcript(session, issuer, award, contents),
        award_id=award.id,
        institution_id=institution.id,
        learner_id=award.learner_id,
        key=key_of(key),
        key_row_id=key.id,
        held=None if held is None else held.document,
    )


def _is_current(session: Session, held: Row, contents: Contents) -> bool:
    is_same = held.members_hash == members_hash(contents.members)
    return is_same and not is_compromised(session, held.issuer_key_id)


def _transcript(session: Session, issuer: Issuer, award: Award, contents: Contents) -> Transcript:
    achievement = session.get_one(Achievement, award.achievement_id)
    # The award itself comes last. It and its transcript are revoked by the same bit.
    own = contents.members[-1]
    return Transcript(
        id=issuer.transcript_url(award.uuid),
        name=f"{achievement.name} and all that it was built from",
        subject=f"urn:uuid:{get_learner(session, award.learner_id).uuid}",
        members=contents.members,
        steps=contents.steps,
        associations=contents.associations,
        status=own["credentialStatus"],
        awarded_on=award.awarded_on,
    )
