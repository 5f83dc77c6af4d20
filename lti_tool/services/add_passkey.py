"""Use case: a person's new passkey is kept."""

from __future__ import annotations

from datetime import datetime

from lti_tool.entering.opened import hash_token
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.base import Database
from lti_tool.persistence.sign_in_attempts import consume_attempt
from lti_tool.persistence.sign_in_ways import Kind
from lti_tool.signing_in.adding import add
from lti_tool.signing_in.attempts import AttemptKind, Door, belongs, stale
from lti_tool.signing_in.lookups import passkey_lookup
from lti_tool.signing_in.passkeys import Site, read_answer, verify_new

LONGEST_NAME = 100


def add_passkey(
    database: Database, site: Site, door: Door, *, answer: str, name: str, now: datetime
) -> None:
    """Check what the browser made (its JSON), and keep it as a way of ``door.adds_for``.

    ``InvalidInputError`` names the field: "name", or "credential" for a challenge that is not of
    this session and moment, and for everything that does not verify.
    """
    label = name.strip() or "Passkey"
    if len(label) > LONGEST_NAME or not label.isprintable():
        raise InvalidInputError(
            f"A name has 1 to {LONGEST_NAME} characters that can be seen.", field="name"
        )
    read = read_answer(answer)
    with database.writing() as session:
        attempt = consume_attempt(session, hash_token(read.challenge), now)
    if door.adds_for is None or not belongs(attempt, door, AttemptKind.PASSKEY):
        raise stale("credential")
    made = verify_new(site, read)
    with database.writing() as session:
        add(
            session,
            door.adds_for,
            Kind.PASSKEY,
            now,
            field="credential",
            lookup=passkey_lookup(made.credential_id),
            name=label,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
        )
