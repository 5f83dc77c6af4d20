"""Mail: where it is sent (one SMTP address), how, and the tokens that stand in it."""

from __future__ import annotations

import hashlib
import hmac
import re
import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from lti_tool.errors import ConfigurationError, InvalidInputError

SECONDS = 20
"""How long a mail server may take for each answer."""

LONGEST_ADDRESS = 254
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_WRONG = "QUOIN_SMTP_URL must be like smtps://USER:PASSWORD@HOST:465?from=quoin@example.edu"


@dataclass(frozen=True, slots=True)
class Mailer:
    """A mail server. Without ``is_tls`` it is asked for STARTTLS, which only loopback may lack."""

    host: str
    port: int
    sender: str
    is_tls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def read(cls, url: str) -> Mailer | None:
        """Read QUOIN_SMTP_URL; None where it is empty, ``ConfigurationError`` where it is wrong."""
        if not url:
            return None
        try:
            parts = urlsplit(url)
            port = parts.port or (465 if parts.scheme == "smtps" else 587)
        except ValueError:
            raise ConfigurationError(_WRONG) from None
        sender = "".join(parse_qs(parts.query).get("from", []))
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or not is_address(sender):
            raise ConfigurationError(_WRONG)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port, sender, parts.scheme == "smtps", user, password)

    def send(self, message: EmailMessage) -> None:
        """Hand a message over; ``OSError`` or ``smtplib.SMTPException`` where it is not taken."""
        context = ssl.create_default_context()
        if self.is_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        with server:
            if not self.is_tls:
                server.ehlo()
                if server.has_extn("starttls"):
                    server.starttls(context=context)
                elif not _is_loopback(self.host):
                    raise smtplib.SMTPException("The mail server offers no encryption.")
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)


def is_address(text: str) -> bool:
    """Return whether a text can stand as the address of one mailbox, and nothing else."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def read_address(text: str) -> str:
    """Return the mail address that was typed; ``InvalidInputError`` where it is none."""
    text = text.strip()
    if not is_address(text):
        raise InvalidInputError(
            "Enter one mail address, for example amara@example.edu.", field="address"
        )
    return text


def build_mail(
    mailer: Mailer, to: str, subject: str, text: str, *, at: datetime, unsubscribe: str = ""
) -> EmailMessage:
    """Return a plain mail; ``unsubscribe`` is the address that ends such mails with one click."""
    message = EmailMessage()
    message["From"], message["To"] = mailer.sender, to
    # A name may hold anything that people typed; a header holds one line.
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=mailer.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    if unsubscribe:
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text)
    return message


def code_of(secret_key: bytes, salt: str) -> str:
    """Return the six digits that belong to a salt: they are sent, and never kept."""
    digest = hmac.new(secret_key, f"quoin mail code:{salt}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**6:06}"


def unsubscribe_token(secret_key: bytes, learner: str, address: str) -> str:
    """Return the token that lets whoever has the mail end it: for this learner and address."""
    text = f"quoin unsubscribe:{learner}:{address}"
    return hmac.new(secret_key, text.encode(), hashlib.sha256).hexdigest()


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
