"""Content items of a deep linking reply: checked documents become a link and its column."""

import json
import sqlite3
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from lti1p3platform.exceptions import LtiServiceException

from demo_lms.gradebook import ColumnValues, ensure_column
from demo_lms.line_items import column_values
from demo_lms.links import ensure_link
from demo_lms.settings import origin

MOST_ITEMS = 100
LONGEST_TEXT = 2000


class ContentItemError(Exception):
    """A content item cannot be taken; the text says why."""


@dataclass(frozen=True)
class ContentItem:
    """One ``ltiResourceLink`` in the parts that this LMS keeps."""

    title: str
    text: str
    url: str | None
    custom: dict[str, str]
    column: ColumnValues | None


def read_items(items: object, tool_url: str) -> list[ContentItem]:
    """Check all items of a reply; one bad item refuses the reply (ContentItemError)."""
    if items is None:
        return []
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        raise ContentItemError(f"content_items must be a list of at most {MOST_ITEMS}")
    return [_read(item, tool_url) for item in items]


def _read(item: object, tool_url: str) -> ContentItem:
    if not isinstance(item, dict) or item.get("type") != "ltiResourceLink":
        raise ContentItemError("Only items of the type ltiResourceLink were asked for")
    for name, address in (("icon", "url"), ("thumbnail", "url"), ("iframe", "src")):
        _check_inner(item.get(name), name, address)
    title = _text(item, "title") or "Untitled link"
    return ContentItem(
        title=title,
        text=_text(item, "text"),
        url=_tool_address(item.get("url"), tool_url),
        custom=_custom(item.get("custom")),
        column=_column(item.get("lineItem"), title, tool_url),
    )


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ContentItemError(f"{name} must be a text of at most {LONGEST_TEXT} characters")
    return value.strip()


def _check_inner(value: object, name: str, address: str) -> None:
    """Check the address inside a member; a frame may have a size only, a picture may not."""
    if value is None or (name == "iframe" and isinstance(value, dict) and address not in value):
        return
    _web_address(value.get(address) if isinstance(value, dict) else value, name)


def _web_address(value: object, name: str) -> str:
    if not isinstance(value, str) or not _is_web_address(value):
        raise ContentItemError(f"{name} must be an http or https address")
    return value


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:  # half an IPv6 address
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _tool_address(value: object, tool_url: str) -> str | None:
    if value is None:
        return None
    url = _web_address(value, "url")
    if origin(url) != origin(tool_url):
        raise ContentItemError("url must be an address of the tool")
    return url


def _custom(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ContentItemError("custom must be an object")
    return {name: _custom_value(entry) for name, entry in value.items()}


def _custom_value(value: object) -> str:
    if isinstance(value, dict | list) or value is None:
        raise ContentItemError("custom values must be texts")
    return value if isinstance(value, str) else json.dumps(value)


def _column(value: object, title: str, tool_url: str) -> ColumnValues | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise ContentItemError("lineItem must be an object")
    known = {
        name: value.get(name) for name in ("scoreMaximum", "resourceId", "tag", "submissionReview")
    }
    try:
        column = column_values({**known, "label": value.get("label") or title})
        _tool_address((known["submissionReview"] or {}).get("url"), tool_url)
        return column
    except LtiServiceException as problem:
        raise ContentItemError(f"lineItem: {problem.message}") from problem


def store_items(
    connection: sqlite3.Connection, course_id: str, client_id: str, items: list[ContentItem]
) -> None:
    """Make links and columns of the items; what is there already is found again."""
    for item in items:
        link_id = ensure_link(
            connection,
            course_id,
            client_id,
            title=item.title,
            text=item.text,
            url=item.url,
            custom=item.custom,
        )
        if item.column:
            linked = replace(item.column, link_id=link_id)
            ensure_column(connection, course_id, client_id, linked)
