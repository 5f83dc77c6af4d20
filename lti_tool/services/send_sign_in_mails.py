"""The worker's part: codes to sign in, and codes that confirm an address."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog
from sqlalchemy.orm import Session

from lti_tool.mailing import Mailer, build_mail
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.sign_in_attempts import SignInAttempt, lease_due_mails, note_mailed
from lti_tool.signing_in.codes import code_of

LEASE = timedelta(minutes=1)
BATCH = 20

log = structlog.get_logger()


def send_sign_in_mails(
    database: Database, mailer: Mailer | None, secret_key: bytes, *, now: datetime
) -> int:
    """Send the codes that are due at ``now`` (aware); return how many were sent.

    What the mail server does not take is tried again while its code is good.
    """
    if mailer is None:
        return 0
    with database.writing() as session:
        due = lease_due_mails(session, now, now + LEASE, BATCH)
        letters = [(row.key_hash, _letter(session, row, mailer, secret_key, now)) for row in due]
    sent = 0
    for key_hash, mail in letters:
        try:
            mailer.send(mail)
        except (OSError, smtplib.SMTPException) as error:
            # Neither the address nor what the server says of it goes into a log.
            log.warning("mail.not_taken", reason=type(error).__name__)
            continue
        with database.writing() as session:
            note_mailed(session, key_hash)
        sent += 1
    return sent


def _letter(
    session: Session, attempt: SignInAttempt, mailer: Mailer, secret_key: bytes, now: datetime
) -> EmailMessage:
    where = "Quoin"
    if attempt.institution_id is not None:
        where = get_institution_by_id(session, attempt.institution_id).name
    code = code_of(secret_key, attempt.nonce)
    text = (_CONFIRM if attempt.is_adding else _ENTER).format(where=where, code=code)
    subject = f"{code} is your code for {where}"
    return build_mail(mailer, attempt.address or "", subject, text, at=now)


_ENTER = """Somebody, probably you, wants to sign in to their microcredentials at {where}.
To go on, enter this code within ten minutes, in the browser in which you asked for it:

    {code}

Nobody will ever ask you for this code. If that was not you, do nothing.
"""

_CONFIRM = """Somebody, probably you, wants to sign in to their microcredentials at {where}
with this address. To confirm it, enter this code within ten minutes:

    {code}

If that was not you, do nothing: the address opens nothing without the code.
"""
