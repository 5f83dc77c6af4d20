"""Small signed notes that come back by way of the tool: message hints, deep linking data."""

import secrets
import time
from dataclasses import asdict, dataclass

from itsdangerous import BadData, URLSafeTimedSerializer

from demo_lms.database import use_once
from demo_lms.lms import LMS

MESSAGE_SECONDS = 600
DEEP_LINKING_SECONDS = 3600


class HintError(Exception):
    """A hint is not ours, too old, or used already; the text says which."""


@dataclass(frozen=True)
class MessageHint:
    """Which message of which tool is meant, and for whom.

    ``course`` is empty for a message of the whole institution; ``link``, ``column`` and
    ``for_user`` (a sub) are there where the message needs them. ``wrong`` names a broken launch.
    """

    client_id: str
    sub: str
    course: str
    message: str
    target: str
    link: str = ""
    column: str = ""
    for_user: str = ""
    wrong: str = ""
    id: str = ""


@dataclass(frozen=True)
class DeepLinkingData:
    """Who is choosing content of which tool for which course."""

    client_id: str
    sub: str
    course: str


def sign_message_hint(lms: LMS, hint: MessageHint) -> str:
    """The text of ``lti_message_hint``: good for ten minutes and one launch."""
    return _signer(lms, "message-hint").dumps({**asdict(hint), "id": secrets.token_urlsafe(16)})


def use_message_hint(lms: LMS, text: str, *, sub: str) -> MessageHint:
    """Read a message hint of the person ``sub`` and use it up; raises HintError."""
    hint = MessageHint(**_read(lms, "message-hint", text, MESSAGE_SECONDS))
    if hint.sub != sub:
        raise HintError("The message hint belongs to somebody else")
    now = int(time.time())
    fresh = use_once(
        lms.database, "message-hint", hint.id, expires_at=now + MESSAGE_SECONDS + 1, now=now
    )
    if not fresh:
        raise HintError("This launch has been used; open the link again")
    return hint


def sign_deep_linking_data(lms: LMS, data: DeepLinkingData) -> str:
    """The text of the ``data`` that a deep linking reply must echo."""
    return _signer(lms, "deep-linking").dumps(asdict(data))


def read_deep_linking_data(lms: LMS, text: object) -> DeepLinkingData:
    """Read the echoed ``data``; raises HintError."""
    if not isinstance(text, str):
        raise HintError("The reply does not echo the data of the request")
    return DeepLinkingData(**_read(lms, "deep-linking", text, DEEP_LINKING_SECONDS))


def _signer(lms: LMS, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(lms.secret, salt=purpose)


def _read(lms: LMS, purpose: str, text: str, seconds: int) -> dict[str, str]:
    try:
        return dict(_signer(lms, purpose).loads(text, max_age=seconds))
    except BadData as problem:
        raise HintError("This was not signed here, or is too old; open the link again") from problem
