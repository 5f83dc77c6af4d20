"""A learner's news: read, switched by kind, and mailed where they want it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from lti_tool.errors import NotFoundError
from lti_tool.news_words import KIND_WORDS, KINDS
from lti_tool.persistence.launched import Launched
from lti_tool.persistence.news import find_settings
from lti_tool.services.change_news_settings import change_news_settings
from lti_tool.services.confirm_news_address import confirm_news_address
from lti_tool.services.mark_news_seen import mark_news_seen
from lti_tool.services.stop_news_mail import stop_news_mail
from lti_tool.web.forms import Form, refused
from lti_tool.web.notice_words import NOTICES
from lti_tool.web.parts import current_parts
from lti_tool.web.redirects import back
from lti_tool.web.session import allow_no_frame, learner_page, public

blueprint = Blueprint("news", __name__)

LONGEST = 300


@blueprint.post("/courses/<uuid:context_uuid>/news/seen")
@learner_page
def seen(launched: Launched) -> Response:
    """Note that the news on the page are read; what came later stays."""
    parts = current_parts()
    now = parts.clock()
    try:
        up_to = datetime.fromisoformat(request.form.get("up_to", ""))
    except ValueError:
        up_to = now
    up_to = up_to if up_to.tzinfo else now
    mark_news_seen(parts.database, learner_id=launched.learner_id, up_to=up_to, now=now)
    return back(launched, "progress.show", "news-read")


@blueprint.get("/courses/<uuid:context_uuid>/news")
@learner_page
def settings(launched: Launched) -> str:
    """Ask which kinds of news are shown and mailed."""
    return _page(launched, None)


@blueprint.post("/courses/<uuid:context_uuid>/news")
@learner_page
def change(launched: Launched) -> Response:
    """Keep exactly what is ticked."""
    sent = Form("news", request.form)
    address = sent.text("address", longest=LONGEST)
    parts = current_parts()
    if not sent.errors:
        with sent.catching():
            change_news_settings(
                parts.database,
                institution_id=launched.institution_id,
                learner_id=launched.learner_id,
                shown=[kind for kind in KINDS if f"shown-{kind}" in sent.values],
                mailed=[kind for kind in KINDS if f"mailed-{kind}" in sent.values],
                address=address,
                can_mail=parts.mailer is not None,
                now=parts.clock(),
            )
    if sent.errors:
        return refused(sent, lambda: _page(launched, sent))
    with parts.database.reading() as session:
        kept = find_settings(session, launched.learner_id)
        waits = kept is not None and kept.address is not None and kept.confirmed_at is None
    return back(launched, "news.settings", "news-code-sent" if waits else "news-settings-kept")


@blueprint.post("/courses/<uuid:context_uuid>/news/code")
@learner_page
def confirm(launched: Launched) -> Response:
    """Confirm the address by its code."""
    sent = Form("code", request.form)
    code = sent.text("code", longest=20)
    parts = current_parts()
    if not sent.errors:
        with sent.catching():
            confirm_news_address(
                parts.database,
                institution_id=launched.institution_id,
                learner_id=launched.learner_id,
                code=code,
                secret_key=parts.config.secret_key,
                now=parts.clock(),
            )
    if sent.errors:
        return refused(sent, lambda: _page(launched, sent))
    return back(launched, "news.settings", "news-confirmed")


@blueprint.get("/news/<uuid:learner_uuid>/stop/<token>")
@public
def show_stop(**_address: object) -> str:
    """Ask whether the mails are to end; opening a link alone changes nothing."""
    allow_no_frame()
    return render_template("news_stop.html", is_stopped=False)


@blueprint.post("/news/<uuid:learner_uuid>/stop/<token>")
@public
def stop(learner_uuid: UUID, token: str) -> str:
    """End the mails; the token in the address is the right to it (RFC 8058, one click)."""
    allow_no_frame()
    if len(token) > LONGEST:
        raise NotFoundError("This link is of no mail that we send.")
    parts = current_parts()
    stop_news_mail(
        parts.database,
        learner_uuid=learner_uuid,
        token=token,
        secret_key=parts.config.secret_key,
        now=parts.clock(),
    )
    return render_template("news_stop.html", is_stopped=True)


def _page(launched: Launched, form: Form | None) -> str:
    parts = current_parts()
    with parts.database.reading() as session:
        kept = find_settings(session, launched.learner_id)
        hidden, mailed = (kept.hidden, kept.mailed) if kept else ([], [])
        address = (kept.address if kept else None) or ""
        is_confirmed = kept is not None and kept.confirmed_at is not None
    return render_template(
        "news_settings.html",
        kinds=[(kind, KIND_WORDS[kind]) for kind in KINDS],
        shown=[kind for kind in KINDS if kind not in hidden],
        mailed=mailed,
        address=address,
        is_confirmed=is_confirmed,
        can_mail=parts.mailer is not None,
        form=form,
        notice_words=NOTICES.get(request.args.get("notice", "")),
        course_title=launched.context_title,
    )
