"""Use case: an administrator uses the one-time link, and is signed in."""

from __future__ import annotations

from datetime import datetime

from lti_tool.errors import InvalidInputError
from lti_tool.lti.invitations import hash_code
from lti_tool.persistence.administrators import consume_link
from lti_tool.persistence.base import Database
from lti_tool.persistence.sign_in_ways import Person
from lti_tool.signing_in.opening import open_session


def sign_in_administrator(
    database: Database, code: str, *, old_token: str = "", now: datetime
) -> str:
    """Use a link up and return the token of the session that it opens.

    ``old_token`` is that of the session which the browser had; it is void.

    ``InvalidInputError`` says the same for a code that never was, was used, or is over: who
    guesses learns nothing.
    """
    with database.writing() as session:
        administrator = consume_link(session, hash_code(code), now)
        if administrator is None:
            raise InvalidInputError(
                "This link is not good: it was used, a newer one was made, or its time is over. "
                "Ask whoever runs this tool for another ('quoin admin invite').",
                field="code",
            )
        person = Person(administrator.institution_id, administrator_id=administrator.id)
        return open_session(session, person, now, way="link", old_token=old_token)
