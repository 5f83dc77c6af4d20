"""A way is added to a person: not somebody else's, not too many, and written down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.sign_in_ways import Kind, Person, add_way, list_ways
from lti_tool.signing_in.opening import note

MOST_WAYS = 20


def check_room(session: Session, person: Person, field: str) -> None:
    """Refuse one way too many; ``InvalidInputError`` names ``field``."""
    if len(list_ways(session, person)) >= MOST_WAYS:
        raise InvalidInputError(
            f"You have {MOST_WAYS} ways to sign in. Remove one before you add another.", field=field
        )


def add(
    session: Session, person: Person, kind: Kind, now: datetime, *, field: str, **columns: object
) -> None:
    """Store a way; ``InvalidInputError`` (at ``field``) where it opens an account already."""
    if not add_way(session, person, now, kind=kind, **columns):
        raise InvalidInputError(
            "This opens an account here already, yours or another one. An account of another "
            "learning platform is joined on the page of your credentials.",
            code="sign-in-taken",
            field=field,
        )
    note(session, person, "sign-in-way-added", now, kind)
