"""The gradebook service (AGS 2.0): what it grants, scores and results."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from pylti1p3.grade import Grade

from lti_tool.errors import LTIServiceError
from lti_tool.lti.http_client import MOST_BYTES, Answer
from lti_tool.lti.paging import Pages
from lti_tool.lti.platform_client import Call, PlatformClient
from lti_tool.lti.platforms import PlatformQuirks, quirks_of
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.lti.service_tokens import Scopes
from lti_tool.strict_json import StrictJSONError, parse_json

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM = SCOPE + "lineitem"
LINE_ITEM_READONLY = SCOPE + "lineitem.readonly"
RESULT_READONLY = SCOPE + "result.readonly"
SCORE = SCOPE + "score"
OUR_SCOPES = frozenset({LINE_ITEM, LINE_ITEM_READONLY, RESULT_READONLY, SCORE})

TAG = "quoin"
"""With our resource id it marks a line item as ours."""

RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"

MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class Gradebook:
    """The gradebook of one course: through which registration, where, with which rights."""

    registration: PlatformRegistration
    line_items_url: str | None
    scopes: tuple[str, ...]

    def offers(self, scope: str) -> bool:
        """Return whether the course's launches granted ``scope``."""
        return scope in self.scopes

    @property
    def wanted(self) -> Scopes:
        """Return every scope of ours that was granted, to be asked for in one token.

        Moodle wants the read-only scope named even where the writing one is granted.
        """
        implied = {LINE_ITEM_READONLY} if self.offers(LINE_ITEM) else set()
        return OUR_SCOPES & (frozenset(self.scopes) | implied)

    @property
    def quirks(self) -> PlatformQuirks:
        """Return how this platform behaves."""
        return quirks_of(self.registration)


@dataclass(frozen=True, slots=True)
class Score:
    """A final score of a user of the platform; ``at`` orders the scores of one user."""

    user_id: str
    given: Decimal
    maximum: Decimal
    at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What stands in the gradebook for a user."""

    score: Decimal
    maximum: Decimal


def post_score(client: PlatformClient, book: Gradebook, column_url: str, score: Score) -> Answer:
    """Send a score and return the answer whatever its status; ``LTIServiceError`` without one.

    No token is sent to an address that is not the platform's, wherever it came from (B44).
    """
    call = Call(
        "POST",
        service_url(trusted(book, column_url), "scores"),
        accept=SCORE_TYPE,
        needed=frozenset({SCORE}),
        wanted=book.wanted,
        content_type=SCORE_TYPE,
        body=score_body(score, book.quirks),
    )
    return client.send(book.registration, call)


def score_body(score: Score, quirks: PlatformQuirks) -> bytes:
    """Return a score as AGS wants it; ``ValueError`` when it is not within 0 and its maximum."""
    given, maximum = json_number(score.given), json_number(score.maximum)
    if maximum <= 0 or not 0 <= given <= maximum:
        raise ValueError("a score lies between 0 and its maximum")
    grade = Grade()
    grade.set_user_id(score.user_id).set_timestamp(timestamp(score.at))
    grade.set_score_given(given).set_score_maximum(maximum)
    # Anything but a final grade erases the standing one on Moodle.
    grade.set_activity_progress("Completed").set_grading_progress("FullyGraded")
    if score.comment:
        grade.set_comment(quirks.comment(score.comment))
    members = json.loads(grade.get_value()) | quirks.score_extension()
    return json.dumps(members).encode()


def find_result(
    client: PlatformClient, book: Gradebook, column_url: str, user_id: str
) -> Result | None:
    """Return what stands in a column for a user, None when nothing does.

    ``LTIServiceError`` when the platform does not say, or not to the end.
    """
    everybodys = service_url(trusted(book, column_url), "results")
    url = book.quirks.results_url(everybodys, user_id)
    try:
        return _pick(client, book, url, user_id)
    except LTIServiceError as error:
        # A learner's own address is not known everywhere: then all are read and one is picked.
        if error.status != 404 or urlsplit(url).path == urlsplit(everybodys).path:
            raise
        return _pick(client, book, everybodys, user_id)


def _pick(client: PlatformClient, book: Gradebook, url: str, user_id: str) -> Result | None:
    pages = pages_of(client, book, url, RESULTS_TYPE, {RESULT_READONLY})
    for answer in pages:
        for entry in entries_of(answer):
            if entry.get("userId") == user_id and (result := _result(entry)) is not None:
                return result
    if not pages.is_complete:
        raise LTIServiceError("The grades in the gradebook could not be read to their end.")
    return None


def trusted(book: Gradebook, url: str) -> str:
    """Return an address of the platform's; ``LTIServiceError`` for any other (V30, B44)."""
    if book.registration.offered(url) is None:
        raise LTIServiceError(
            "The gradebook column is at an address that is not the platform's.",
            code="lti-address-refused",
            status=400,
        )
    return url


def service_url(column_url: str, service: str) -> str:
    """Return the address of ``service`` below a line item: on its path, before its query."""
    parts = urlsplit(column_url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{service}"))


def timestamp(at: datetime) -> str:
    """Return an instant with its zone and microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def json_number(value: Decimal) -> int | float:
    """Return a finite decimal as JSON writes it: whole numbers without a point."""
    number = (
        int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
    )
    if not math.isfinite(number):
        raise ValueError("a score is a finite number")
    return number


def pages_of(
    client: PlatformClient, book: Gradebook, url: str, accept: str, needed: Iterable[str]
) -> Pages:
    """Return the pages of a list of the gradebook, not fetched yet."""

    def fetch(page_url: str) -> Answer:
        call = Call("GET", page_url, accept, frozenset(needed), book.wanted)
        return client.read(book.registration, call)

    return Pages(fetch, url, most_pages=MOST_PAGES)


def _result(entry: dict[str, Any]) -> Result | None:
    score, maximum = entry.get("resultScore"), entry.get("resultMaximum", 1)
    if isinstance(score, bool) or not isinstance(score, int | float):
        return None
    if isinstance(maximum, bool) or not isinstance(maximum, int | float) or maximum <= 0:
        return None
    return Result(Decimal(str(score)), Decimal(str(maximum)))


def entries_of(answer: Answer) -> Sequence[dict[str, Any]]:
    """Return the objects of a list; ``LTIServiceError`` when the answer is none."""
    value = json_of(answer)
    if not isinstance(value, list):
        raise LTIServiceError("The platform's gradebook did not answer with a list.")
    return [entry for entry in value if isinstance(entry, dict)]


def json_of(answer: Answer) -> Any:
    """Return what an answer holds; ``LTIServiceError`` when it is no JSON."""
    try:
        return parse_json(answer.body, max_bytes=MOST_BYTES)
    except StrictJSONError as error:
        raise LTIServiceError(f"The platform's gradebook cannot be read: {error}.") from None
