"""Use case: endorse an achievement or an issuer of somebody else, with the institution's key."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lti_tool.credentials.data_integrity import add_proof
from lti_tool.credentials.did_web import Issuer
from lti_tool.credentials.endorsement import Endorsement, build_endorsement
from lti_tool.credentials.signers import Algorithm
from lti_tool.credentials.texts import clean
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.issuing.renewing import may_be_stored
from lti_tool.issuing.signing import Signing, ensure_key, issuer_of, key_of
from lti_tool.issuing.status import endorsement_entry
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution, list_achievements
from lti_tool.persistence.endorsements import IssuedEndorsement, add_issued, store_document

LONGEST_NAME = 500
LONGEST_COMMENT = 10_000
_TARGET = re.compile(r"(did|urn|https?):[^\s<>\"{}|\\^`\x00-\x20]{1,990}")


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """A signed endorsement: the address at which the tool serves it, and its text."""

    uuid: UUID
    url: str
    document: str


def issue_endorsement(
    database: Database,
    signing: Signing,
    *,
    institution_key: str,
    target: str,
    name: str,
    comment: str,
    actor: str,
    now: datetime,
) -> IssuedDocument:
    """Sign an EndorsementCredential about ``target``: the id of an achievement or an issuer.

    Its place in a status list is given first, in a transaction of its own: signing may be a call
    to a KMS. ``InvalidInputError`` for a target that is no id or is the institution's own, and
    for texts that are missing or cannot be signed; ``ConflictError`` while the institution is
    suspended, and when the key was taken out meanwhile; ``NotFoundError`` for an unknown one.
    """
    said = _checked(Endorsement(uuid4(), target.strip(), name.strip(), comment.strip()))
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        if institution.suspended_at is not None:
            raise ConflictError("The institution is suspended: it signs nothing.")
        issuer = issuer_of(signing, institution)
        _refuse_own(session, institution.id, issuer, said.target)
        key = ensure_key(session, signing, institution.id, Algorithm.ED25519, now)
        row = add_issued(
            session,
            IssuedEndorsement(
                uuid=said.uuid,
                institution_id=institution.id,
                issuer_key_id=key.id,
                target=said.target,
                name=said.name,
                issued_by=actor,
                issued_at=now,
            ),
        )
        status = endorsement_entry(session, issuer, row.id, institution.id, now)
        row_id, institution_id = row.id, institution.id
        key_id, signer_key = key.id, key_of(key)
    bare = build_endorsement(issuer, said, status, now=now)
    method = issuer.verification_method(signer_key)
    signed = add_proof(bare, signing.signer, signer_key, method, created=now)
    document = json.dumps(signed, ensure_ascii=False)
    with database.writing() as session:
        if not may_be_stored(session, key_id):
            raise ConflictError("The key was taken out while it signed. Try again.")
        store_document(session, row_id, document)
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="endorsement.issued",
            subject=str(said.uuid),
            at=now,
            detail={"target": said.target},
        )
    return IssuedDocument(said.uuid, issuer.endorsement_url(said.uuid), document)


def _checked(said: Endorsement) -> Endorsement:
    if not _TARGET.fullmatch(said.target):
        raise InvalidInputError(
            "Name what is endorsed by its id: of an achievement (in a credential, "
            "credentialSubject.achievement.id), or of an issuer (did:web:…, https://…).",
            field="target",
        )
    for field, value, longest in (
        ("name", said.name, LONGEST_NAME),
        ("comment", said.comment, LONGEST_COMMENT),
    ):
        if not value or len(value) > longest:
            raise InvalidInputError(
                f"The {field} must have 1 to {longest:,} characters.", field=field
            )
        # Before anything is stored: a text that cannot be signed leaves no row behind.
        clean(value)
    return said


def _refuse_own(session: Session, institution_id: int, issuer: Issuer, target: str) -> None:
    own = {f"urn:uuid:{row.uuid}" for row in list_achievements(session, institution_id)}
    if target in own | {issuer.did} or target.startswith((issuer.did + ":", issuer.url)):
        raise InvalidInputError(
            "This is the institution's own: nobody shows what somebody says of themselves.",
            code="endorsement-own",
            field="target",
        )
