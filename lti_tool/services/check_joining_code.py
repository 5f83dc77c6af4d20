"""Use case: show who will be one person, before it happens."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.base import Database
from lti_tool.persistence.joined_accounts import list_person
from lti_tool.wallets.accounts import Account, read_accounts
from lti_tool.wallets.joining import enter_code


def check_joining_code(
    database: Database, secret_key: bytes, *, learner_id: int, code: str, now: datetime
) -> list[Account]:
    """Return every account that would be joined, the one that is signed in first.

    The code stays good. ``InvalidInputError`` for a wrong one, which is written down.
    """
    with database.writing() as session:
        entered = enter_code(session, secret_key, learner_id, code, now)
    other = entered.get()
    with database.reading() as session:
        people = [*list_person(session, learner_id), *list_person(session, other)]
        return read_accounts(session, people, learner_id)
