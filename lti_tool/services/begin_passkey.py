"""Use case: ask a browser for a passkey, a new one or one that is known."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.administrators import Administrator
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.sign_in_ways import Kind, Person, list_ways
from lti_tool.signing_in.adding import check_room
from lti_tool.signing_in.attempts import AttemptKind, Door, begin
from lti_tool.signing_in.passkeys import MOST_PASSKEYS, Site, creation_options, request_options


def begin_passkey(database: Database, site: Site, door: Door, *, now: datetime) -> dict[str, Any]:
    """Return the options of WebAuthn for the browser; their challenge is kept, and good once.

    Where a way is added, they ask for a new passkey of that person; ``InvalidInputError`` (field
    "credential") for one too many.
    """
    challenge = secrets.token_bytes(32)
    # As the browser will send it back.
    text = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
    with database.writing() as session:
        begin(session, door, AttemptKind.PASSKEY, text, now)
        if door.adds_for is None:
            return request_options(site, challenge=challenge)
        return _new(session, site, door.adds_for, challenge)


def _new(session: Session, site: Site, person: Person, challenge: bytes) -> dict[str, Any]:
    check_room(session, person, "credential")
    known = [way for way in list_ways(session, person) if way.kind == Kind.PASSKEY]
    if len(known) >= MOST_PASSKEYS:
        raise InvalidInputError(
            f"You have {MOST_PASSKEYS} passkeys. Remove one first.", field="credential"
        )
    if person.administrator_id is not None:
        staff = session.get_one(Administrator, person.administrator_id)
        uuid, name = staff.uuid, staff.name
    else:
        assert person.learner_id is not None  # noqa: S101 - a person is one or the other
        learner = get_learner(session, person.learner_id)
        uuid, name = learner.uuid, learner.name or "My credentials"
    ids = [way.credential_id for way in known if way.credential_id]
    return creation_options(site, user=uuid.bytes, name=name, challenge=challenge, known=ids)
