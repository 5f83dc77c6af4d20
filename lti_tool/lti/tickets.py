"""The ticket of a checked launch whose browser is not known yet: sealed, for its page to hold."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken

from lti_tool.errors import LTILaunchError
from lti_tool.lti.sealing import cipher

LIFE = timedelta(minutes=2)
PURPOSE = b"quoin: tickets of launches"


@dataclass(frozen=True, slots=True)
class Ticket:
    """The claims of a verified token, its registration, and what its browser has to show."""

    registration_id: int
    proof: str
    claims: dict[str, Any]


def seal_ticket(ticket: Ticket, secret_key: bytes, now: datetime) -> str:
    """Return the ticket as text that only this tool can read or make."""
    text = json.dumps(asdict(ticket)).encode()
    return cipher(secret_key, PURPOSE).encrypt_at_time(text, int(now.timestamp())).decode()


def open_ticket(text: str, secret_key: bytes, now: datetime) -> Ticket:
    """Return what ``seal_ticket`` made at most two minutes ago; else ``LTILaunchError``."""
    sealed = cipher(secret_key, PURPOSE)
    try:
        opened = sealed.decrypt_at_time(
            text.encode(), ttl=int(LIFE.total_seconds()), current_time=int(now.timestamp())
        )
    except InvalidToken:
        raise ticket_refused() from None
    return Ticket(**json.loads(opened))


def hash_ticket(text: str) -> str:
    """Return what the database keeps of a ticket."""
    return hashlib.sha256(text.encode()).hexdigest()


def ticket_refused() -> LTILaunchError:
    """Return the error of a ticket that is not ours, too old, or used already."""
    return LTILaunchError(
        "This launch was finished already, or took longer than two minutes. Open the tool again "
        "from your course.",
        code="lti-ticket",
    )
