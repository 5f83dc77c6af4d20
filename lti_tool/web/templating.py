"""What every template may use: addresses of static files, the session's token, words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request
from jinja2 import Environment
from markupsafe import Markup

from lti_tool import translating
from lti_tool.credentials import shown
from lti_tool.persistence.brands import Brand
from lti_tool.persistence.launched import LINK, RECOGNISE, RECORD, STACKS, Launched
from lti_tool.persistence.learner_sessions import Own
from lti_tool.rule_reading import amounts
from lti_tool.web import class_wording, learner_wording, score_wording, wording
from lti_tool.web.session import csrf_token, framing_origins

STATIC = Path(__file__).parent / "static"
HTMX = "vendor/htmx.min.js"
YEAR = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Give the templates of ``app`` their filters, functions and values."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    _translate(app.jinja_env)
    app.jinja_env.filters |= {
        **class_wording.FILTERS,
        "award_review": learner_wording.award_in_review,
        "bounds": wording.bounds,
        "credits": amounts.credit_words,
        "day": translating.day,
        "day_before": learner_wording.last_day,
        "as_heading": _as_heading,
        "day_within": learner_wording.day_within,
        "effort_line": learner_wording.effort_line,
        "award_count": wording.award_count,
        "evidence_state": _looked_up(wording.EVIDENCE_WORDS),
        "grade": amounts.grade_words,
        "level": shown.level_words,
        "joined": lambda words: translating.listed(words, joint="and"),
        "listed": translating.listed,
        "said": translating._,
        "moment": wording.moment,
        "score_state": score_wording.score,
        "points": score_wording.points,
        "tries": score_wording.tries,
        "column_state": score_wording.column,
    }
    app.jinja_env.tests["web_link"] = _is_web_link
    app.jinja_env.globals |= {
        "asset": asset,
        "count": _count,
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


def _translate(env: Environment) -> None:
    """Give templates ``_``, ``ngettext`` and {% trans %}: places are written %(name)s there."""
    env.add_extension("jinja2.ext.i18n")
    env.policies["ext.i18n.trimmed"] = True
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    said = {
        "gettext": _gettext,
        "_": _gettext,
        "ngettext": _ngettext,
        "pgettext": _pgettext,
    }
    env.globals |= said


def _gettext(message: str, /, **values: Any) -> Markup:
    if not values:
        return _unfilled(translating.language(), message)
    return _filled(translating._(message), values)


@lru_cache(maxsize=8192)
def _unfilled(_language: str, message: str) -> Markup:
    """Return a sentence without places; there are as many as the templates hold."""
    return _filled(translating._(message), {})


def _ngettext(one: str, many: str, n: int, /, **values: Any) -> Markup:
    return _filled(translating.form_for(one, many, n), {"num": n, **values})


def _pgettext(context: str, message: str, /, **values: Any) -> Markup:
    return _filled(translating.pgettext(context, message), values)


def _filled(words: str, values: dict[str, Any]) -> Markup:
    """Return the words of a template, its markup kept and that of values made harmless."""
    spoken = translating.language()
    return Markup(words) % {  # noqa: S704 - the source of our own templates
        name: translating.isolated(value, spoken) for name, value in values.items()
    }


def _brand(launched: Launched | Own | None) -> Brand | None:
    """Return how the institution of a page looks; a public page says itself whose it is."""
    opened = launched or g.get("signed_in")
    found: Brand | None = g.get("brand") if opened is None else opened.brand
    return found


def _session_values() -> dict[str, Any]:
    launched: Launched | None = g.get("launched")
    own: Own | None = g.get("own")
    spoken = translating.language()
    shared = {
        "brand": _brand(launched or own),
        "language": spoken,
        "direction": translating.direction(spoken),
    }
    if own is not None:
        # Pages of one's own stand in a course as well: without one, addresses name none.
        return {
            **shared,
            "context_uuid": None,
            "csrf_token": csrf_token(own),
            "languages": translating.own_names(),
            "launched": own,
            "own": own,
        }
    if launched is None:
        return {**shared, "platform_origins": framing_origins()}
    return {
        **shared,
        "can_link": LINK in launched.rights,
        "can_recognise": RECOGNISE in launched.rights,
        "can_record": RECORD in launched.rights,
        "can_build": STACKS in launched.rights,
        "context_uuid": launched.context_uuid,
        "csrf_token": csrf_token(launched),
        "launched": launched,
        "languages": translating.own_names(),
        "platform_origins": framing_origins(),
    }


def _cache_static(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200 and "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def _looked_up(words: Mapping[str, str]) -> Callable[[str], str]:
    return lambda name: words.get(name, name)


def _count(value: int, one: str, many: str) -> str:
    """Return a number with its noun in the right form, for pages in English alone."""
    return f"{value} {one if value == 1 else many}"


def _as_heading(words: str) -> str:
    """Return words that begin with a capital letter; all others stay as they are."""
    return words[:1].upper() + words[1:]


def _is_web_link(url: str | None) -> bool:
    """Return whether this may stand in a link: nothing but http and https is ever opened."""
    return bool(url) and str(url).lower().startswith(("https://", "http://"))
