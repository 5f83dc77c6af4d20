"""From a source as it is kept to one that can be asked: its token opened, the way out guarded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from cryptography.fernet import InvalidToken

from lti_tool.errors import InvalidInputError, LTIServiceError
from lti_tool.lti.http_client import Answer, HTTPClient
from lti_tool.lti.platform_client import retry_after_of
from lti_tool.lti.sealing import SOURCE_TOKENS, cipher
from lti_tool.sources.evidence import Ask, EvidenceSource, Reply
from lti_tool.sources.moodle import Moodle
from lti_tool.sources.moodle_rest import LARGEST_ANSWER, MoodleRest
from lti_tool.sources.source_problems import problem

MOODLE = "moodle"
KINDS: Mapping[str, Callable[[str, str, Ask, datetime], EvidenceSource]] = {
    MOODLE: lambda url, token, ask, now: Moodle(MoodleRest(url, token, ask), now),
}
"""The kinds of sources: what asks a base address with a token, through a guarded way out."""

LONGEST_TOKEN = 500
FORM = "application/x-www-form-urlencoded"


class SourceDoor:
    """Opens sources. ``clock`` tells the time for Retry-After and for what lies in the future."""

    def __init__(self, http: HTTPClient, secret_key: bytes, clock: Callable[[], datetime]) -> None:
        self._http, self._secret_key, self._clock = http, secret_key, clock

    def seal(self, token: str) -> bytes:
        """Return a token as it is kept."""
        return cipher(self._secret_key, SOURCE_TOKENS).encrypt(token.encode())

    def open(
        self, kind: str, base_url: str, sealed_token: bytes | None, *, allows_loopback: bool
    ) -> EvidenceSource:
        """Return a source that can be asked; ``SourceError`` when its token cannot be opened."""
        try:
            token = cipher(self._secret_key, SOURCE_TOKENS).decrypt(sealed_token or b"").decode()
        except InvalidToken:
            raise problem("source-secret") from None
        return KINDS[kind](base_url, token, self._ask(allows_loopback), self._clock())

    def _ask(self, allows_loopback: bool) -> Ask:  # noqa: FBT001
        def ask(url: str, form: Mapping[str, str]) -> Reply:
            try:
                answer = self._http.request(
                    "POST",
                    url,
                    headers={"Content-Type": FORM, "Accept": "application/json"},
                    body=urlencode(form).encode(),
                    max_bytes=LARGEST_ANSWER,
                    allows_loopback=allows_loopback,
                )
            except LTIServiceError as error:
                raise problem(_code(error)) from None
            now = self._clock()
            return Reply(
                answer.status,
                answer.body,
                answer.headers.get("Content-Type", ""),
                retry_after_of(answer, now),
                _date(answer),
            )

        return ask


def _code(error: LTIServiceError) -> str:
    if error.code == "lti-answer-too-large":
        return "source-too-large"
    return "source-status" if error.code == "lti-address-refused" else "source-no-answer"


def _date(answer: Answer) -> datetime | None:
    try:
        found = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC)


def check_token(token: str) -> None:
    """Refuse what cannot be a token: ``InvalidInputError``."""
    if not 0 < len(token) <= LONGEST_TOKEN or not token.isascii() or not token.isprintable():
        raise InvalidInputError("Enter the token as the platform shows it.", field="token")
