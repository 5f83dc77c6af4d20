"""Pages of a list: opaque, case-sensitive cursors and RFC 8288 links."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import flask
from itsdangerous import BadData, URLSafeSerializer
from lti1p3platform.exceptions import LtiServiceException

from demo_lms.lms import LMS

LONGEST_NUMBER = 9


def page_of(lms: LMS, entries: Sequence[Any]) -> dict[str, Any]:
    """The page that the request asks for by ``limit`` and ``page``, in the package's shape.

    ``page`` is a cursor out of an earlier Link header; anything else is LtiServiceException 400.
    Without a limit the page size of the controls counts; there is always a link when there is more.
    """
    size, start = _size(lms), _start(lms)
    end = len(entries) if size is None else start + size
    following = _address(lms, _cursors(lms).dumps(end)) if end < len(entries) else None
    return {"content": list(entries[start:end]), "has_next": False, "next": following}


def _size(lms: LMS) -> int | None:
    asked = flask.request.args.get("limit")
    if asked is None:
        return lms.controls.page_size
    if not (asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_NUMBER and int(asked)):
        raise LtiServiceException("limit must be a positive whole number", 400)
    return min(int(asked), lms.controls.page_size or int(asked))


def _start(lms: LMS) -> int:
    cursor = flask.request.args.get("page")
    if cursor is None:
        return 0
    try:
        return int(_cursors(lms).loads(cursor))
    except (BadData, TypeError, ValueError) as problem:
        raise LtiServiceException("page must be a cursor of a Link header", 400) from problem


def _address(lms: LMS, cursor: str) -> str:
    """This request's address with every parameter kept, at another page."""
    query = urlencode({**flask.request.args.to_dict(), "page": cursor})
    return f"{lms.settings.public_url}{flask.request.path}?{query}"


def _cursors(lms: LMS) -> URLSafeSerializer:
    return URLSafeSerializer(lms.secret, salt="page")
