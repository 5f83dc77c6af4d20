"""Use case: have a code mailed, to sign in or to confirm an address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.errors import InvalidInputError
from lti_tool.mailing import read_address
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.sign_in_attempts import COUNTED, count_begun, count_mails
from lti_tool.persistence.sign_in_ways import Person, find_way
from lti_tool.signing_in.adding import check_room
from lti_tool.signing_in.attempts import AttemptKind, Door, begin, new_secret
from lti_tool.signing_in.codes import MOST_MAILS
from lti_tool.signing_in.lookups import mail_lookup


def ask_sign_in_code(
    database: Database, door: Door, *, address: str, can_mail: bool, now: datetime
) -> str:
    """Return the token of the form into which the code is typed; the worker sends the mail.

    The answer is the same whether the address is known or not: nothing is mailed to one that is
    not. ``InvalidInputError`` (field "address") for what is no address, where this tool sends no
    mail, and for more than MOST_MAILS codes in an hour to one address, or for one person.
    """
    to = read_address(address)
    if not can_mail:
        raise InvalidInputError("This tool sends no mails. Sign in another way.", field="address")
    token = new_secret()
    lookup = mail_lookup(door.institution_id, door.audience, to)
    with database.writing() as session:
        # One after the other: many at once must not all see the same count.
        lock_name(session, f"sign-in mail:{lookup}")
        _check_count(session, door, lookup, now)
        person, is_mailed = _whose(session, door, lookup)
        begin(
            session,
            door,
            AttemptKind.MAIL,
            token,
            now,
            learner_id=person.learner_id,
            administrator_id=person.administrator_id,
            nonce=new_secret(),
            address=to,
            address_hash=lookup,
            mail_due_at=now if is_mailed else None,
        )
    return token


def _check_count(session: Session, door: Door, lookup: str, now: datetime) -> None:
    """Refuse too many codes to one address, and for one person to any addresses."""
    since, count = now - COUNTED, 0
    if door.adds_for is not None:
        count = count_begun(session, door.adds_for, AttemptKind.MAIL, since)
    if max(count, count_mails(session, lookup, since)) >= MOST_MAILS:
        raise InvalidInputError(
            "Several codes were asked for already. Wait an hour, or sign in another way.",
            field="address",
        )


def _whose(session: Session, door: Door, lookup: str) -> tuple[Person, bool]:
    """Return whose account it will open, and whether a mail is sent."""
    if door.adds_for is not None:
        check_room(session, door.adds_for, "address")
        return door.adds_for, True
    way = find_way(session, lookup)
    return (Person(door.institution_id), False) if way is None else (way.person, True)
