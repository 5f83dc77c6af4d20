"""Moodle's web services: one call, and what its answers and refusals mean.

Refusals come with HTTP 200 as ``{"exception", "errorcode", "message"}`` (seen on Moodle 4.5). The
message is for programmers and may name people, so only the code is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from lti_tool.sources.evidence import Ask, Reply
from lti_tool.sources.source_problems import problem
from lti_tool.strict_json import StrictJSONError, parse_json

PATH = "/webservice/rest/server.php"
LARGEST_ANSWER = 5 * 1024 * 1024
DEEPEST = 16
LONGEST_ID = 255

CODES = {
    "invalidtoken": "source-token",
    "usernotconfirmed": "source-token",
    "accessexception": "source-function",
    "webservicenotavailable": "source-service-off",
    "enablewsdescription": "source-service-off",
    "nopermissions": "source-capability",
    "requiredcapability": "source-capability",
    "errorcoursecontextnotvalid": "source-course",
    "requireloginerror": "source-course",
    "invalidrecord": "source-course",
    "invalidrecordunknown": "source-course",
    "invalidcourseid": "source-course",
    "sitemaintenance": "source-busy",
    "nocriteriaset": "source-no-criteria",
    "usernotenroled": "source-not-enrolled",
    "notenrolled": "source-not-enrolled",
    "notenroledincourse": "source-not-enrolled",
    "notenrolledincourse": "source-not-enrolled",
    "invaliduser": "source-not-enrolled",
    "invaliduserid": "source-not-enrolled",
}
"""Moodle's error codes in our words; all others are ``source-error``."""

BUSY = (429, 503)
SERVER = 500


class MoodleRest:
    """Calls the functions of one site with one token. The token stands in the form, never in the
    address: addresses are logged by proxies."""

    def __init__(self, base_url: str, token: str, ask: Ask) -> None:
        self._url, self._token, self._ask = base_url.rstrip("/") + PATH, token, ask

    def call(self, function: str, **values: object) -> tuple[Any, Reply]:
        """Return the decoded answer of a function, and the reply it came in; ``SourceError``."""
        form = {
            "wstoken": self._token,
            "wsfunction": function,
            "moodlewsrestformat": "json",
            **{name: str(value) for name, value in values.items()},
        }
        reply = self._ask(self._url, form)
        _check_status(reply)
        found = _decoded(reply)
        if isinstance(found, Mapping) and "exception" in found:
            _refuse(found)
        return found, reply


def _check_status(reply: Reply) -> None:
    if reply.status in BUSY:
        raise problem("source-busy", retry_after=reply.retry_after or None)
    if reply.status >= SERVER:
        raise problem("source-server-error", retry_after=reply.retry_after or None)
    if reply.status != 200:
        raise problem("source-status")


def _decoded(reply: Reply) -> Any:
    try:
        return parse_json(reply.body, max_bytes=LARGEST_ANSWER, max_depth=DEEPEST)
    except StrictJSONError:
        # Half a document, a sign-in page, a warning of PHP before the brace.
        raise problem("source-not-json") from None


def _refuse(found: Mapping[str, Any]) -> NoReturn:
    said = found.get("errorcode")
    raise problem(CODES.get(said, "source-error") if isinstance(said, str) else "source-error")


def rows(value: Any, *path: str) -> list[Mapping[str, Any]]:
    """Return the list of objects that stands under ``path``; anything else is refused whole."""
    for name in path:
        value = member(value, name)
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise problem("source-wrong-shape")
    return value


def member(value: Any, name: str) -> Any:
    """Return a member of an object; ``SourceError`` where it is no object, or without it."""
    if not isinstance(value, Mapping) or name not in value:
        raise problem("source-wrong-shape")
    return value[name]


def ident(value: Any, name: str) -> str:
    """Return an id as text: Moodle writes numbers, some functions write them as text."""
    found = member(value, name)
    if isinstance(found, bool) or not isinstance(found, int | str) or found in ("", 0):
        raise problem("source-wrong-shape")
    said = str(found)
    if len(said) > LONGEST_ID or not said.isprintable():
        raise problem("source-wrong-shape")
    return said


def text(value: Any, name: str) -> str:
    """Return a text, empty where it is missing or null."""
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        raise problem("source-wrong-shape")
    return (found or "").replace("\x00", "")


def whole(value: Any, name: str, otherwise: int | None = None) -> int | None:
    """Return a whole number, ``otherwise`` where it is missing or null."""
    found = value.get(name, otherwise)
    if found is None:
        return otherwise
    if isinstance(found, bool) or not isinstance(found, int):
        raise problem("source-wrong-shape")
    return found
