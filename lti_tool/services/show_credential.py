"""Use case: give a learner the credential of an award, as JSON-LD or as a JWT."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.credentials.signers import Algorithm
from lti_tool.credentials.vc_jwt import sign_jwt
from lti_tool.errors import NotFoundError
from lti_tool.issuing.signing import Signing, ensure_key, key_of
from lti_tool.persistence.base import Database
from lti_tool.persistence.credentials import Credential, find_own_credential


class Form(StrEnum):
    """The two forms of a credential."""

    JSON_LD = "json"
    JWT = "jwt"


@dataclass(frozen=True, slots=True)
class CredentialText:
    """A credential as it is handed out."""

    form: Form
    text: str


def show_credential(
    database: Database,
    signing: Signing,
    *,
    learner_id: int,
    award_uuid: UUID,
    form: Form,
    now: datetime,
) -> CredentialText:
    """Return the credential of this learner's award; ``NotFoundError`` for everything else.

    The JWT is made when it is first asked for, of the document that was issued, and then kept.
    """
    with database.reading() as session:
        held = _own(session, learner_id, award_uuid)
    if form is Form.JSON_LD or held.jwt is not None:
        return CredentialText(form, held.document if form is Form.JSON_LD else held.jwt or "")
    with database.writing() as session:
        credential = _own(session, learner_id, award_uuid)
        if credential.jwt is None:
            credential.jwt = _sign(session, signing, credential, now)
        return CredentialText(form, credential.jwt)


def _own(session: Session, learner_id: int, award_uuid: UUID) -> Credential:
    found = find_own_credential(session, learner_id, award_uuid)
    if found is None:
        raise NotFoundError("This credential is not there, or not issued yet. Try again shortly.")
    return found


def _sign(session: Session, signing: Signing, credential: Credential, now: datetime) -> str:
    row = ensure_key(session, signing, credential.institution_id, Algorithm.RS256, now)
    document: dict[str, Any] = json.loads(credential.document)
    del document["proof"]
    # The issuer as it was then: the tool may have another address by now.
    kid = f"{document['issuer']['url']}/keys/{row.key_id}"
    return sign_jwt(document, signing.signer, key_of(row), kid)
