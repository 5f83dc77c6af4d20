"""Use case: give a learner the transcript (CLR) of an award, or one of everything they hold."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID, uuid4

from lti_tool.credentials.clr import Transcript, build_clr
from lti_tool.credentials.data_integrity import add_proof
from lti_tool.credentials.signers import Algorithm
from lti_tool.errors import NotFoundError
from lti_tool.issuing.signing import Signing, ensure_key, issuer_of, key_of
from lti_tool.issuing.transcripts import read_all
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.transcripts import find_own_transcript


def show_transcript(database: Database, *, learner_id: int, award_uuid: UUID) -> str:
    """Return the transcript of this learner's award; ``NotFoundError`` for everything else."""
    with database.reading() as session:
        found = find_own_transcript(session, learner_id, award_uuid)
    if found is None:
        raise NotFoundError(
            "There is no transcript of this award, or it is not issued yet. Try again shortly."
        )
    return found.document


def learner_transcript(
    database: Database,
    signing: Signing,
    *,
    institution_id: int,
    learner_id: int,
    now: datetime,
    part: int = 1,
) -> str:
    """Return one signed transcript of all credentials that a learner holds at an institution.

    It is made at request and says what is held ``now``: it has no place in a status list, and
    what is in it has its own. Of more than 40 credentials each ``part`` (from 1) holds 40.
    ``NotFoundError`` where there is no such part, or no credential yet.
    """
    with database.writing() as session:
        parts = read_all(session, learner_id)
        if not 1 <= part <= len(parts):
            raise NotFoundError("There is no credential to put into a transcript yet.")
        institution = get_institution_by_id(session, institution_id)
        issuer = issuer_of(signing, institution)
        key = key_of(ensure_key(session, signing, institution_id, Algorithm.ED25519, now))
        subject = f"urn:uuid:{get_learner(session, learner_id).uuid}"
    name = f"Transcript of {institution.name}"
    contents = parts[part - 1]
    transcript = Transcript(
        id=f"urn:uuid:{uuid4()}",
        name=name if len(parts) == 1 else f"{name}, part {part} of {len(parts)}",
        subject=subject,
        members=contents.members,
        steps=contents.steps,
        associations=contents.associations,
    )
    document = build_clr(issuer, transcript, now=now)
    method = issuer.verification_method(key)
    signed = add_proof(document, signing.signer, key, method, created=now)
    return json.dumps(signed, ensure_ascii=False)
