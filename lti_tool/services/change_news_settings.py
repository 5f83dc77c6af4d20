"""How a learner wants to be told what is new: in the tool, and by mail to an own address."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from lti_tool.errors import InvalidInputError
from lti_tool.mailing import read_address
from lti_tool.news_words import KINDS
from lti_tool.persistence.base import Database
from lti_tool.persistence.news import NewsSettings, ensure_settings

CODE_LIFE = timedelta(minutes=30)
PAUSE = timedelta(minutes=2)
"""Between two codes: nobody is mailed to again and again."""


def change_news_settings(
    database: Database,
    *,
    institution_id: int,
    learner_id: int,
    shown: Sequence[str],
    mailed: Sequence[str],
    address: str,
    can_mail: bool,
    now: datetime,
) -> None:
    """Keep which kinds are ``shown`` and ``mailed``, and to which address ("" for none).

    An address that is new gets a code first, and nothing else before it is confirmed.
    ``InvalidInputError`` (field "address") for what is no address, where kinds are to be mailed
    to nobody, where this tool sends no mail, or for a second code within PAUSE.
    """
    to = read_address(address) if address.strip() else ""
    if mailed and not to:
        raise InvalidInputError("Enter the address that the mails go to.", field="address")
    if to and not can_mail:
        raise InvalidInputError("This tool sends no mails: leave this empty.", field="address")
    with database.writing() as session:
        settings = ensure_settings(session, institution_id, learner_id, now)
        settings.hidden = [kind for kind in KINDS if kind not in shown]
        settings.mailed = [kind for kind in KINDS if kind in mailed]
        is_open = settings.confirmed_at is None
        if not to:
            _forget_address(settings)
        elif to != settings.address or (is_open and not _has_code(settings, now)):
            _ask(settings, to, now)
        if settings.confirmed_at is not None and settings.mailed and not settings.digest_due_at:
            settings.digest_due_at = now
        settings.changed_at = now


def _has_code(settings: NewsSettings, now: datetime) -> bool:
    return settings.code_until is not None and now < settings.code_until


def _ask(settings: NewsSettings, address: str, now: datetime) -> None:
    """Have a code mailed to a new address."""
    asked_at = settings.code_until - CODE_LIFE if settings.code_until else None
    if asked_at is not None and now < asked_at + PAUSE:
        raise InvalidInputError(
            "A code is on its way already. Wait two minutes before you ask for another one.",
            field="address",
        )
    _forget_address(settings)
    settings.address, settings.code_salt = address, secrets.token_hex(16)
    settings.code_until, settings.code_due_at, settings.code_tries = now + CODE_LIFE, now, 0


def _forget_address(settings: NewsSettings) -> None:
    settings.address = settings.confirmed_at = settings.code_salt = None
    settings.code_due_at = settings.digest_due_at = settings.leased_until = None
    settings.failures = 0
