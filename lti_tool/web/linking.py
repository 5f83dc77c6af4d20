"""Deep linking: a teacher chooses achievements, and the platform makes links of them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from lti_tool.errors import NotFoundError
from lti_tool.persistence.launched import Launched
from lti_tool.services.link_content import link_content
from lti_tool.services.show_roster import show_roster
from lti_tool.translating import _
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts
from lti_tool.web.session import allow_form_to, linking_page

blueprint = Blueprint("linking", __name__)

FIELD = "achievement"


@dataclass(slots=True)
class Choice(Form):
    """The form of the picker: a form whose one field holds several values."""

    chosen_texts: tuple[str, ...] = ()

    def uuids(self) -> list[UUID]:
        """Return what was chosen, each once, in the order of the page."""
        try:
            return list(dict.fromkeys(UUID(text) for text in self.chosen_texts))
        except ValueError:
            self.errors[FIELD] = _("Choose from the list.")
            return []


@blueprint.get("/courses/<uuid:context_uuid>/link")
@linking_page
def choose(launched: Launched) -> str:
    """Show what can be added to the course."""
    return _page(launched, None)


@blueprint.post("/courses/<uuid:context_uuid>/link")
@linking_page
def link(launched: Launched) -> Response | str:
    """Make the links and send the signed reply by way of the browser."""
    settings = _settings(launched)
    form = Choice("link", request.form, chosen_texts=tuple(request.form.getlist(FIELD)))
    is_cancelled = "cancel" in request.form
    uuids = [] if is_cancelled else form.uuids()
    if not uuids and not is_cancelled and not form.errors:
        form.errors[FIELD] = _("Choose at least one.")
    if len(uuids) > 1 and not _allows_many(settings):
        form.errors[FIELD] = _("Your platform takes one link at a time here. Choose one.")
    if form.errors:
        return refused(form, lambda: _page(launched, form))
    parts = current_parts()
    reply = link_content(
        parts.database,
        parts.keyring,
        parts.config,
        launched=launched,
        achievement_uuids=uuids,
        now=parts.clock(),
    )
    allow_form_to(reply.return_url)
    return render_template("reply.html", reply_url=reply.return_url, jwt=reply.jwt)


def _page(launched: Launched, form: Choice | None) -> str:
    settings = _settings(launched)
    parts = current_parts()
    view = show_roster(parts.database, context_id=launched.context_id, now=parts.clock())
    return render_template(
        "link.html",
        view=view,
        form=form,
        chosen=form.chosen_texts if form else (),
        allows_many=_allows_many(settings),
    )


def _settings(launched: Launched) -> dict[str, object]:
    """Return what the platform asked for; ``NotFoundError`` when it did not ask for links."""
    if launched.deep_linking is None:
        raise NotFoundError("Open this page from your course, where content is added.")
    return launched.deep_linking


def _allows_many(settings: dict[str, object]) -> bool:
    return settings.get("accept_multiple", True) is True
