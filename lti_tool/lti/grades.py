"""The gradebook service (AGS): line items, scores and results."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from pylti1p3.grade import Grade
from pylti1p3.lineitem import LineItem

from lti_tool.errors import LTIServiceError
from lti_tool.lti.http_client import MOST_BYTES, Answer
from lti_tool.lti.paging import Pages
from lti_tool.lti.platform_client import Call, PlatformClient
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.lti.service_tokens import Scopes
from lti_tool.lti.strict_json import StrictJSONError, parse_json

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM = SCOPE + "lineitem"
LINE_ITEM_READONLY = SCOPE + "lineitem.readonly"
RESULT_READONLY = SCOPE + "result.readonly"
SCORE = SCOPE + "score"
OUR_SCOPES = frozenset({LINE_ITEM, LINE_ITEM_READONLY, RESULT_READONLY, SCORE})

LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"

TAG = "quoin"
"""With our resource id it marks a line item as ours."""

MOST_PAGES = 100
LONGEST_LABEL = 255


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
        """Return every scope of ours that was granted, to be asked for in one token."""
        return OUR_SCOPES & frozenset(self.scopes)


@dataclass(frozen=True, slots=True)
class Column:
    """A line item as the platform tells it."""

    url: str
    resource_link_id: str | None


@dataclass(frozen=True, slots=True)
class Columns:
    """Our line items in a course; without ``is_complete`` nothing follows from an absence."""

    found: tuple[Column, ...]
    is_complete: bool


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


def list_columns(client: PlatformClient, book: Gradebook, resource_id: str) -> Columns:
    """Return the line items with our tag and this resource id; ``LTIServiceError``."""
    if book.line_items_url is None:
        return Columns((), is_complete=False)
    # Moodle wants the read-only scope even where the writing one is granted.
    needed = {LINE_ITEM_READONLY} if book.offers(LINE_ITEM_READONLY) else {LINE_ITEM}
    url = _with_query(book.line_items_url, {"resource_id": resource_id, "tag": TAG})
    pages = _pages(client, book, url, LINE_ITEMS_TYPE, needed)
    found = [
        column
        for answer in pages
        for entry in _entries(answer)
        if entry.get("resourceId") == resource_id and entry.get("tag") == TAG
        if (column := _column(book, entry)) is not None
    ]
    return Columns(tuple(found), pages.is_complete)


def create_column(
    client: PlatformClient,
    book: Gradebook,
    *,
    label: str,
    maximum: Decimal,
    resource_id: str,
    resource_link_id: str | None,
) -> Column:
    """Make a line item; ``LTIServiceError`` when the platform refuses or does not say where."""
    if book.line_items_url is None:
        raise LTIServiceError("This course offers no list of gradebook columns.", status=403)
    item = LineItem()
    item.set_label(label[:LONGEST_LABEL]).set_score_maximum(json_number(maximum))
    item.set_resource_id(resource_id).set_tag(TAG)
    if resource_link_id is not None:
        # Open edX publishes only scores of items that are bound to a link.
        item.set_resource_link_id(resource_link_id)
    call = Call(
        "POST",
        book.line_items_url,
        accept=LINE_ITEM_TYPE,
        needed=frozenset({LINE_ITEM}),
        wanted=book.wanted,
        content_type=LINE_ITEM_TYPE,
        body=item.get_value().encode(),
    )
    answer = client.send(book.registration, call)
    if not 200 <= answer.status < 300:
        raise LTIServiceError(
            f"{book.registration.name} did not make a gradebook column (status {answer.status}).",
            status=answer.status,
        )
    column = _column(book, _json(answer))
    if column is None:
        raise LTIServiceError("The platform did not say where the new gradebook column is.")
    return column


def post_score(client: PlatformClient, book: Gradebook, column_url: str, score: Score) -> Answer:
    """Send a score and return the answer whatever its status; ``LTIServiceError`` without one."""
    call = Call(
        "POST",
        service_url(column_url, "scores"),
        accept=SCORE_TYPE,
        needed=frozenset({SCORE}),
        wanted=book.wanted,
        content_type=SCORE_TYPE,
        body=score_body(score),
    )
    return client.send(book.registration, call)


def score_body(score: Score) -> bytes:
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
        grade.set_comment(score.comment)
    return bytes(grade.get_value(), "utf-8")


def find_result(
    client: PlatformClient, book: Gradebook, column_url: str, user_id: str
) -> Result | None:
    """Return what stands in a column for a user, None when nothing does; ``LTIServiceError``."""
    url = _with_query(service_url(column_url, "results"), {"user_id": user_id})
    for answer in _pages(client, book, url, RESULTS_TYPE, {RESULT_READONLY}):
        for entry in _entries(answer):
            if entry.get("userId") == user_id and (result := _result(entry)) is not None:
                return result
    return None


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


def _pages(
    client: PlatformClient, book: Gradebook, url: str, accept: str, needed: Iterable[str]
) -> Pages:
    def fetch(page_url: str) -> Answer:
        call = Call("GET", page_url, accept, frozenset(needed), book.wanted)
        return client.read(book.registration, call)

    return Pages(fetch, url, most_pages=MOST_PAGES)


def _column(book: Gradebook, entry: Any) -> Column | None:
    """Return a line item whose address may get our token; no other is of use."""
    members = entry if isinstance(entry, dict) else {}
    url = book.registration.offered(members.get("id"))
    link = members.get("resourceLinkId")
    return None if url is None else Column(url, link if isinstance(link, str) else None)


def _result(entry: dict[str, Any]) -> Result | None:
    score, maximum = entry.get("resultScore"), entry.get("resultMaximum", 1)
    if isinstance(score, bool) or not isinstance(score, int | float):
        return None
    if isinstance(maximum, bool) or not isinstance(maximum, int | float) or maximum <= 0:
        return None
    return Result(Decimal(str(score)), Decimal(str(maximum)))


def _entries(answer: Answer) -> Sequence[dict[str, Any]]:
    value = _json(answer)
    if not isinstance(value, list):
        raise LTIServiceError("The platform's gradebook did not answer with a list.")
    return [entry for entry in value if isinstance(entry, dict)]


def _json(answer: Answer) -> Any:
    try:
        return parse_json(answer.body, max_bytes=MOST_BYTES)
    except StrictJSONError as error:
        raise LTIServiceError(f"The platform's gradebook cannot be read: {error}.") from None


def _with_query(url: str, query: dict[str, str]) -> str:
    parts = urlsplit(url)
    added = urlencode(query, quote_via=quote)
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
