"""The worker's part: codes that confirm an address, and digests of what is new."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog
from sqlalchemy.orm import Session

from lti_tool.deadlines import find_deadlines
from lti_tool.mailing import Mailer, build_mail, code_of, unsubscribe_token
from lti_tool.news_words import sentence
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import find_names, get_institution_by_id
from lti_tool.persistence.definitions import find_zone
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.news import (
    Fresh,
    LearnerNews,
    NewsSettings,
    add_news,
    find_settings,
    lease_mails,
    list_unmailed,
)
from lti_tool.standing_views import read_standing
from lti_tool.translating import _, choose, local, plain, showing_in, speaking

DAY = timedelta(days=1)
LEASE = timedelta(minutes=5)
NEAR = timedelta(days=30)
"""What ends within this time is told by mail."""

BATCH = 20
LONGEST_WAIT = timedelta(hours=12)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be sent, and the news that are in it (internal ids; none: it is a code)."""

    learner_id: int
    address: str
    mail: EmailMessage
    news: tuple[int, ...] = ()


def send_news_mails(
    database: Database, mailer: Mailer | None, secret_key: bytes, *, public_url: str, now: datetime
) -> int:
    """Send the mails that are due at ``now`` (aware); return how many were taken.

    Nobody gets more than one digest a day. What the mail server does not take is tried again
    later, and later each time. Without a ``mailer`` nothing is done.
    """
    if mailer is None:
        return 0
    with database.writing() as session:
        leased = lease_mails(session, now, now + LEASE, BATCH)
        letters = [_written(session, one, mailer, secret_key, public_url, now) for one in leased]
    sent = 0
    for letter in filter(None, letters):
        is_sent = _send(mailer, letter)
        with database.writing() as session:
            _note(session, letter, now, is_sent=is_sent)
        sent += is_sent
    return sent


def _written(
    session: Session,
    settings: NewsSettings,
    mailer: Mailer,
    secret_key: bytes,
    public_url: str,
    now: datetime,
) -> Letter | None:
    """Return what is due in the language of the learner's latest launch or choice.

    Who has none yet is written to in the language of the institution.
    """
    institution = get_institution_by_id(session, settings.institution_id)
    wanted = choose(get_learner(session, settings.learner_id).language, institution.language)
    with speaking(wanted), showing_in(find_zone(session, institution.id)):
        return _letter(session, settings, mailer, secret_key, public_url, now)


def _letter(
    session: Session,
    settings: NewsSettings,
    mailer: Mailer,
    secret_key: bytes,
    public_url: str,
    now: datetime,
) -> Letter | None:
    """Return what is due; a digest with nothing in it waits until tomorrow."""
    address = settings.address or ""
    institution = get_institution_by_id(session, settings.institution_id).name
    if settings.code_until is not None and settings.code_until <= now:
        settings.code_due_at = None
    if settings.code_due_at is not None and settings.code_salt:
        code = code_of(secret_key, settings.code_salt)
        subject = _("{code} is your code for {institution}", code=code, institution=institution)
        text = _code_text(institution, code)
        mail = build_mail(mailer, address, plain(subject), plain(text), at=now)
        return Letter(settings.learner_id, address, mail)
    if "expiry" in settings.mailed:
        _note_ends(session, settings, now)
    news = list_unmailed(session, settings.learner_id, settings.mailed)
    if not news or settings.confirmed_at is None:
        settings.digest_due_at, settings.leased_until = now + DAY, None
        return None
    learner = str(get_learner(session, settings.learner_id).uuid)
    token = unsubscribe_token(secret_key, learner, address)
    stop = f"{public_url}/news/{learner}/stop/{token}"
    subject = _("What is new for you at {institution}", institution=institution)
    text = _digest_text(institution, news, stop)
    mail = build_mail(mailer, address, plain(subject), plain(text), at=now, unsubscribe=stop)
    return Letter(settings.learner_id, address, mail, tuple(row.id for row in news))


def _code_text(institution: str, code: str) -> str:
    asked = _(
        "Somebody, probably you, wants news of their microcredentials at {institution} sent to "
        "this address. To confirm it, enter this code in the tool within 30 minutes:",
        institution=institution,
    )
    otherwise = _("If that was not you, do nothing: nothing more is sent.")
    return f"{asked}\n\n    {code}\n\n{otherwise}\n"


def _digest_text(institution: str, news: Sequence[LearnerNews], stop: str) -> str:
    head = _("What is new for you at {institution}:", institution=institution)
    lines = "\n".join(f"- {_words(row)}" for row in news)
    more = _("Open the tool in your course to see more.")
    return f"{head}\n\n{lines}\n\n{more}\n\n{_('No more of these mails:')} {stop}\n"


def _words(row: LearnerNews) -> str:
    last_day = row.ends_on - DAY if row.ends_on else None
    return " ".join(sentence(row.kind, row.state, row.subject, last_day).split())


def _note_ends(session: Session, settings: NewsSettings, now: datetime) -> None:
    """Add what ends soon to the news, each end once."""
    standing = read_standing(session, settings.institution_id, settings.learner_id, {}, now)
    found = find_deadlines(
        standing.rules.stacks,
        standing.record,
        standing.progress,
        now=now,
        credits_of=standing.rules.credits_of,
    )
    near = [
        d for d in found if d.kind in ("award", "completion") and d.on <= local(now + NEAR).date()
    ]
    names: Mapping[str, str] = find_names(
        session, settings.institution_id, {deadline.key for deadline in near}
    )
    fresh = [
        Fresh(
            settings.learner_id,
            "expiry",
            "near",
            f"expiry:{deadline.kind}:{deadline.key}:{deadline.on}",
            names.get(deadline.key, deadline.key),
            deadline.on,
        )
        for deadline in near
    ]
    add_news(session, settings.institution_id, fresh, now)


def _send(mailer: Mailer, letter: Letter) -> bool:
    try:
        mailer.send(letter.mail)
    except (OSError, smtplib.SMTPException) as error:
        # Neither the address nor what the server says of it goes into a log.
        log.warning("mail.not_taken", reason=type(error).__name__)
        return False
    return True


def _note(session: Session, letter: Letter, now: datetime, *, is_sent: bool) -> None:
    settings = find_settings(session, letter.learner_id)
    if settings is None or settings.address != letter.address:
        return
    if not is_sent:
        settings.failures += 1
        settings.leased_until = now + min(LONGEST_WAIT, LEASE * 2 ** min(settings.failures, 10))
        return
    settings.failures, settings.leased_until = 0, None
    if not letter.news:
        settings.code_due_at = None
        return
    settings.digest_due_at = now + DAY if settings.mailed else None
    for news_id in letter.news:
        session.get_one(LearnerNews, news_id).mailed_at = now
