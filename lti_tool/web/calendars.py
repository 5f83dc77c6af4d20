"""A learner's deadlines as a calendar that other programs subscribe to, by a secret address."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from lti_tool.persistence.launched import Launched
from lti_tool.services.change_calendar import CalendarAct, change_calendar
from lti_tool.services.open_calendar import find_calendar_token, open_calendar
from lti_tool.services.show_progress import show_progress
from lti_tool.translating import _, choose, show_in, speak
from lti_tool.web.first_view import calendar_days
from lti_tool.web.ics import write_calendar
from lti_tool.web.language import accepted
from lti_tool.web.notice_words import NOTICES
from lti_tool.web.parts import current_parts
from lti_tool.web.redirects import back
from lti_tool.web.session import learner_page, public

blueprint = Blueprint("calendars", __name__)

KEPT = "private, max-age=3600"
"""Programs ask again every hour or so; nobody between them and us keeps a copy."""

NOTICE_OF = {
    CalendarAct.START: "calendar-started",
    CalendarAct.RENEW: "calendar-renewed",
    CalendarAct.END: "calendar-ended",
}


@blueprint.get("/courses/<uuid:context_uuid>/calendar")
@learner_page
def show(launched: Launched) -> str:
    """Show people their address, or offer them one."""
    parts = current_parts()
    token = find_calendar_token(
        parts.database,
        launched.learner_uuid,
        learner_id=launched.learner_id,
        secret_key=parts.config.secret_key,
    )
    address = ""
    if token is not None:
        path = url_for("calendars.read", learner_uuid=launched.learner_uuid, token=token)
        address = f"{parts.config.public_url}{path}"
    return render_template(
        "calendar.html",
        address=address,
        webcal=f"webcal{address[len(urlsplit(address).scheme) :]}" if address else "",
        course_title=launched.context_title,
        notice_words=NOTICES.get(request.args.get("notice", "")),
    )


@blueprint.post("/courses/<uuid:context_uuid>/calendar")
@learner_page
def change(launched: Launched) -> Answer:
    """Begin, renew or end the address."""
    parts = current_parts()
    asked = request.form.get("act", "")
    act = CalendarAct(asked) if asked in set(CalendarAct) else CalendarAct.START
    change_calendar(
        parts.database,
        act,
        learner_id=launched.learner_id,
        context_id=launched.context_id,
        now=parts.clock(),
    )
    return back(launched, "calendars.show", NOTICE_OF[act])


@blueprint.get("/calendars/<uuid:learner_uuid>/<token>.ics")
@public
def read(learner_uuid: UUID, token: str) -> Response:
    """Give the days to whoever has the address; it is the right to them, and to nothing else."""
    parts = current_parts()
    owner = open_calendar(parts.database, learner_uuid, token, secret_key=parts.config.secret_key)
    # A calendar program asks, not the learner: its languages say nothing of theirs.
    speak(choose(*owner.languages, *accepted()))
    show_in(owner.zone)
    view = show_progress(
        parts.database,
        institution_id=owner.institution_id,
        context_id=owner.context_id,
        learner_id=owner.learner_id,
        now=parts.clock(),
    )
    page = url_for("progress.show", context_uuid=owner.context_uuid)
    days = calendar_days(view, f"{parts.config.public_url}{page}")
    text = write_calendar(
        _("{course}: deadlines", course=view.course_title), days, now=view.known_on
    )
    response = Response(text, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = KEPT
    return response
