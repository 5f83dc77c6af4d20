"""Use case: give a learner the credential of an award, in the form they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.errors import NotFoundError
from lti_tool.issuing.forms import Form, bake_picture, ensure_jwt, picture_of
from lti_tool.issuing.signing import Signing
from lti_tool.persistence.base import Database
from lti_tool.persistence.credentials import Credential, find_own_credential

__all__ = ["CredentialFile", "Form", "show_credential"]


@dataclass(frozen=True, slots=True)
class CredentialFile:
    """A credential as it is handed out."""

    form: Form
    content: bytes


def show_credential(
    database: Database,
    signing: Signing,
    *,
    learner_id: int,
    award_uuid: UUID,
    form: Form,
    now: datetime,
) -> CredentialFile:
    """Return the credential of an award of this person; ``NotFoundError`` for everything else.

    The JWT is made when it is first asked for, of the document that was issued, and then kept.
    """
    with database.reading() as session:
        held = _own(session, learner_id, award_uuid)
        picture = picture_of(session, held) if form in (Form.PNG, Form.SVG) else None
    if form is Form.JSON_LD:
        return CredentialFile(form, held.document.encode())
    if form is not Form.JWT:
        return CredentialFile(form, bake_picture(held.document, form, picture))
    if held.jwt is not None:
        return CredentialFile(form, held.jwt.encode())
    with database.writing() as session:
        credential = _own(session, learner_id, award_uuid)
        return CredentialFile(form, ensure_jwt(session, signing, credential, now).encode())


def _own(session: Session, learner_id: int, award_uuid: UUID) -> Credential:
    found = find_own_credential(session, learner_id, award_uuid)
    if found is None:
        raise NotFoundError("This credential is not there, or not issued yet. Try again shortly.")
    return found
