"""What every template may use: addresses of static files, the session's token, words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request

from lti_tool.news_words import day
from lti_tool.persistence.brands import Brand
from lti_tool.persistence.launched import LINK, RECOGNISE, RECORD, STACKS, Launched
from lti_tool.persistence.learner_sessions import Own
from lti_tool.web import class_wording, learner_wording, score_wording, wording
from lti_tool.web.session import csrf_token, framing_origins

STATIC = Path(__file__).parent / "static"
HTMX = "vendor/htmx.min.js"
YEAR = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Give the templates of ``app`` their filters, functions and values."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {
        **class_wording.FILTERS,
        "award_review": learner_wording.award_in_review,
        "bounds": wording.bounds,
        "credits": wording.credit_words,
        "day": day,
        "day_before": learner_wording.last_day,
        "day_within": learner_wording.day_within,
        "effort_line": learner_wording.effort_line,
        "evidence_state": _looked_up(wording.EVIDENCE_WORDS),
        "grade": wording.grade,
        "joined": lambda words: wording.listed(words, joint="and"),
        "listed": wording.listed,
        "moment": wording.moment,
        "score_state": score_wording.score,
        "points": score_wording.points,
        "tries": score_wording.tries,
        "column_state": score_wording.column,
    }
    app.jinja_env.tests["web_link"] = _is_web_link
    app.jinja_env.globals |= {
        "asset": asset,
        "count": wording.count,
        "has_htmx": (STATIC / HTMX).exists(),
    }
    app.context_processor(_session_values)
    app.after_request(_cache_static)


def asset(name: str) -> str:
    """Return the address of a static file, with its version, so that it may be kept for long."""
    return f"{request.script_root}/static/{name}?v={_version(name)}"


@cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def _brand(launched: Launched | Own | None) -> Brand | None:
    """Return how the institution of a page looks; a public page says itself whose it is."""
    opened = launched or g.get("signed_in")
    found: Brand | None = g.get("brand") if opened is None else opened.brand
    return found


def _session_values() -> dict[str, Any]:
    launched: Launched | None = g.get("launched")
    own: Own | None = g.get("own")
    brand = _brand(launched or own)
    if own is not None:
        # Pages of one's own stand in a course as well: without one, addresses name none.
        return {
            "brand": brand,
            "context_uuid": None,
            "csrf_token": csrf_token(own),
            "launched": own,
            "own": own,
        }
    if launched is None:
        return {"brand": brand, "platform_origins": framing_origins()}
    return {
        "brand": brand,
        "can_link": LINK in launched.rights,
        "can_recognise": RECOGNISE in launched.rights,
        "can_record": RECORD in launched.rights,
        "can_build": STACKS in launched.rights,
        "context_uuid": launched.context_uuid,
        "csrf_token": csrf_token(launched),
        "launched": launched,
        "platform_origins": framing_origins(),
    }


def _cache_static(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200 and "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def _looked_up(words: dict[str, str]) -> Callable[[str], str]:
    return lambda name: words.get(name, name)


def _is_web_link(url: str | None) -> bool:
    """Return whether this may stand in a link: nothing but http and https is ever opened."""
    return bool(url) and str(url).lower().startswith(("https://", "http://"))
