"""Gradebook columns (line items, AGS 2.0 section 3.2): found, made, changed, removed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pylti1p3.lineitem import LineItem

from lti_tool.errors import LTIServiceError
from lti_tool.lti.grades import (
    LINE_ITEM,
    LINE_ITEM_READONLY,
    TAG,
    Gradebook,
    entries_of,
    json_number,
    json_of,
    pages_of,
    trusted,
)
from lti_tool.lti.http_client import Answer
from lti_tool.lti.platform_client import Call, PlatformClient
from lti_tool.lti.platforms.quirks import with_query
from lti_tool.lti.service_tokens import NOT_GRANTED

ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"

LONGEST_LABEL = 100


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
class ColumnValues:
    """What we say of a column."""

    label: str
    maximum: Decimal
    resource_id: str
    resource_link_id: str | None

    @property
    def short_label(self) -> str:
        """Return the label as it is sent.

        Open edX refuses one above 100 characters; above 255 Moodle's answer breaks.
        """
        return self.label[:LONGEST_LABEL]

    def document(self) -> dict[str, Any]:
        """Return the members of the line item."""
        item = LineItem()
        item.set_label(self.short_label).set_score_maximum(json_number(self.maximum))
        item.set_resource_id(self.resource_id).set_tag(TAG)
        if self.resource_link_id is not None:
            # Open edX publishes only scores of items that are bound to a link.
            item.set_resource_link_id(self.resource_link_id)
        members: dict[str, Any] = json.loads(item.get_value())
        return members


def list_columns(client: PlatformClient, book: Gradebook, resource_id: str) -> Columns:
    """Return the line items with our tag and this resource id; ``LTIServiceError``.

    The platform is asked for these alone, and what it gives is compared once more.
    """
    if book.line_items_url is None:
        return Columns((), is_complete=False)
    url = with_query(trusted(book, book.line_items_url), {"resource_id": resource_id, "tag": TAG})
    # The read-only scope goes first, since Moodle wants it; some grant the writing one alone.
    scopes = [scope for scope in (LINE_ITEM_READONLY, LINE_ITEM) if book.offers(scope)]
    for scope in scopes[:-1]:
        try:
            return _list(client, book, url, resource_id, scope)
        except LTIServiceError as error:
            if error.code != NOT_GRANTED:
                raise
    return _list(client, book, url, resource_id, scopes[-1] if scopes else LINE_ITEM_READONLY)


def _list(
    client: PlatformClient, book: Gradebook, url: str, resource_id: str, scope: str
) -> Columns:
    pages = pages_of(client, book, url, ITEMS_TYPE, {scope})
    found = [
        column
        for answer in pages
        for entry in entries_of(answer)
        if is_ours(entry, resource_id) and (column := _column(book, entry)) is not None
    ]
    return Columns(tuple(found), pages.is_complete)


def is_ours(members: dict[str, Any], resource_id: str) -> bool:
    """Return whether a line item carries our two marks."""
    return members.get("resourceId") == resource_id and members.get("tag") == TAG


def create_column(client: PlatformClient, book: Gradebook, values: ColumnValues) -> Column:
    """Make a line item; ``LTIServiceError`` when the platform refuses or does not say where."""
    if book.line_items_url is None:
        raise LTIServiceError("This course offers no list of gradebook columns.", status=403)
    answer = _write(client, book, "POST", trusted(book, book.line_items_url), values.document())
    _check(book, answer, "did not make a gradebook column")
    column = _column(book, json_of(answer))
    if column is None:
        raise LTIServiceError("The platform did not say where the new gradebook column is.")
    return column


def read_column(client: PlatformClient, book: Gradebook, url: str) -> dict[str, Any]:
    """Return the members of one line item; ``LTIServiceError`` with its status if it is gone."""
    needed = LINE_ITEM if book.offers(LINE_ITEM) else LINE_ITEM_READONLY
    call = Call("GET", trusted(book, url), ITEM_TYPE, frozenset({needed}), book.wanted)
    members = json_of(client.read(book.registration, call))
    if not isinstance(members, dict):
        raise LTIServiceError("The platform's gradebook did not answer with a column.")
    return members


def update_column(client: PlatformClient, book: Gradebook, url: str, values: ColumnValues) -> None:
    """Give a column other values; all else that it has is sent back as it stands.

    A member that is left out of a PUT is cleared (AGS 2.0, 3.2.6; on Moodle that unlinks it).
    One that is null is left out: Open edX tells nulls and refuses them. ``LTIServiceError``.
    """
    standing = read_column(client, book, url).items()
    members = {name: value for name, value in standing if value is not None} | values.document()
    answer = _write(client, book, "PUT", trusted(book, url), members)
    _check(book, answer, "did not change the gradebook column")


def delete_column(client: PlatformClient, book: Gradebook, url: str) -> None:
    """Remove a column with its scores; one that is gone already is no error.

    ``LTIServiceError`` when the platform refuses.
    """
    call = Call("DELETE", trusted(book, url), ITEM_TYPE, frozenset({LINE_ITEM}), book.wanted)
    answer = client.send(book.registration, call)
    if answer.status not in (404, 410):
        _check(book, answer, "did not remove the gradebook column")


def _write(
    client: PlatformClient, book: Gradebook, method: str, url: str, members: dict[str, Any]
) -> Answer:
    call = Call(
        method,
        url,
        accept=ITEM_TYPE,
        needed=frozenset({LINE_ITEM}),
        wanted=book.wanted,
        content_type=ITEM_TYPE,
        body=json.dumps(members).encode(),
    )
    return client.send(book.registration, call)


def _check(book: Gradebook, answer: Answer, what: str) -> None:
    if not 200 <= answer.status < 300:
        raise LTIServiceError(
            f"{book.registration.name} {what} (status {answer.status}).", status=answer.status
        )


def _column(book: Gradebook, entry: Any) -> Column | None:
    """Return a line item whose address may get our token; no other is of use."""
    members = entry if isinstance(entry, dict) else {}
    url = book.registration.offered(members.get("id"))
    link = members.get("resourceLinkId")
    return None if url is None else Column(url, link if isinstance(link, str) else None)
