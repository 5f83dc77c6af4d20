"""Launches in browsers that keep no cookies in frames: platform storage, or a new tab.

Specification: LTI postMessage Storage and LTI OIDC Login with LTI Client Side postMessages, 0.1.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for

from lti_tool.entering.held import HeldLaunch
from lti_tool.errors import LTILaunchError
from lti_tool.lti.login import browser_proof, storage_key
from lti_tool.lti.urls import origin_of
from lti_tool.services.accept_login import LoginPostponed, LoginStarted
from lti_tool.services.finish_launch import finish_launch
from lti_tool.web.answers import first_page, go, limit_body, set_session
from lti_tool.web.cookies import keeps_cookies, set_marker
from lti_tool.web.parts import current_parts
from lti_tool.web.session import allow_form_to, allow_framing_by, check_origin, public

blueprint = Blueprint("finishing", __name__)

FRAMES = frozenset({"iframe", "frame", "embed", "object"})
CHECKED = "quoin_checked"
RESTART = "quoin_restart"
PATIENCE, LONG_PATIENCE = 1000, 3000
"""Milliseconds for the storage to answer; the longer one where nothing else is known to work."""
CHECK_PURPOSE = b"quoin cookie check:"


def is_framed() -> bool:
    """Return whether the browser says that its answer goes into a frame."""
    return request.headers.get("Sec-Fetch-Dest", "") in FRAMES


def check_cookies(postponed: LoginPostponed, fields: Iterable[tuple[str, str]]) -> Response:
    """Find out, before the platform's one-time hint is used, whether cookies are kept here.

    The same request comes once more, and brings the marker with it; or it does not, and the
    page offers a new tab, where they are kept.
    """
    proof = _check_proof(fields)
    if hmac.compare_digest(request.args.get(CHECKED, "").encode(), proof.encode()):
        allow_framing_by(postponed.platform_urls)
        return make_response(render_template("new_tab.html", restart=postponed.restart))
    again = request.args.to_dict(flat=False) | {CHECKED: [proof]}
    # 307 repeats a posted form as it was.
    response = go(f"{url_for('launch.login')}?{urlencode(again, doseq=True)}", 307)
    set_marker(response)
    return response


def go_on(started: LoginStarted) -> Response:
    """Lead to the platform: by a redirect, or by a page that first puts the proof in its storage.

    What our own form began is led on by the page, too: some browsers hold a redirect after a
    form against ``form-action``, and a platform may redirect to hosts that nobody knows.
    """
    if started.storage_target is None and RESTART not in request.form:
        return go(started.url, 302)
    allow_framing_by(started.platform_urls)
    page = render_template(
        "store.html",
        url=started.url,
        frame=started.storage_target,
        patience=PATIENCE if keeps_cookies() else LONG_PATIENCE,
        origin=origin_of(started.url),
        key=storage_key(started.state),
        value=browser_proof(started.state, current_parts().config.secret_key),
    )
    return make_response(page)


def hold(held: HeldLaunch) -> Response:
    """Return the page that finishes a launch by platform storage, or offers a new tab."""
    allow_framing_by(held.platform_urls)
    if held.reply_url is not None:
        allow_form_to(held.reply_url)
    question = held.question
    page = render_template(
        "finish.html",
        restart=held.restart,
        question=question,
        patience=LONG_PATIENCE,
        is_top=request.headers.get("Sec-Fetch-Dest") == "document",
        origin=origin_of(question.url) if question else None,
    )
    response = make_response(page)
    set_marker(response)
    return response


@blueprint.post("/lti/finish")
@public
def finish() -> Response:
    """Finish a held launch with what the platform's storage answered; JSON in and out.

    A browser that brings the marker keeps cookies and gets its session in one. Any other gets
    a token for the memory of its page.
    """
    check_origin()
    limit_body()
    sent = request.get_json(silent=True)
    sent = sent if isinstance(sent, dict) else {}
    ticket, value = sent.get("ticket"), sent.get("value")
    if not isinstance(ticket, str) or not isinstance(value, str):
        raise LTILaunchError("A ticket and a value are missing.", code="lti-finish-form")
    parts, is_bearer = current_parts(), not keeps_cookies()
    accepted = finish_launch(
        parts.database,
        parts.config,
        ticket=ticket,
        value=value,
        is_bearer=is_bearer,
        now=parts.clock(),
    )
    response = jsonify(
        location=first_page(accepted), session=accepted.session_token if is_bearer else None
    )
    if not is_bearer:
        set_session(response, accepted)
    return response


def _check_proof(fields: Iterable[tuple[str, str]]) -> str:
    """Return what shows that this very request was sent once more by us."""
    asked = urlencode([(name, value) for name, value in fields if name != CHECKED])
    key = current_parts().config.secret_key
    return hmac.new(key, CHECK_PURPOSE + asked.encode(), hashlib.sha256).hexdigest()
