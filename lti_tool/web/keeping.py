"""A learner in a course wants to come back without one: the link out of the platform's frame."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.launched import Launched
from lti_tool.persistence.sign_in_ways import Person
from lti_tool.services.keep_access import keep_access
from lti_tool.services.show_sign_in import show_ways
from lti_tool.web.parts import current_parts
from lti_tool.web.session import learner_page

blueprint = Blueprint("keeping", __name__, url_prefix="/courses/<uuid:context_uuid>/access")


@blueprint.get("")
@learner_page
def show(launched: Launched) -> str:
    """Say what keeping access means, and which ways there are already."""
    return _page(launched, "")


@blueprint.post("")
@learner_page
def make(launched: Launched) -> str:
    """Show the link, good once and for ten minutes."""
    parts = current_parts()
    code = keep_access(
        parts.database,
        institution_id=launched.institution_id,
        learner_id=launched.learner_id,
        now=parts.clock(),
    )
    with parts.database.reading() as session:
        key = get_institution_by_id(session, launched.institution_id).key
    # Behind "#" the code stays in the browser: no server, proxy or link preview ever sees it.
    page = url_for("signing_in.show_keep", key=key)
    return _page(launched, f"{parts.config.public_url}{page}#{code}")


def _page(launched: Launched, address: str) -> str:
    parts = current_parts()
    person = Person(launched.institution_id, learner_id=launched.learner_id)
    view = show_ways(parts.database, person)
    sign_in = ""
    if view.place is not None:
        page = url_for("signing_in.show", key=view.place.key)
        sign_in = f"{parts.config.public_url}{page}"
    return render_template("keeping.html", view=view, address=address, sign_in=sign_in)
