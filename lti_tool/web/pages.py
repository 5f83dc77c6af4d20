"""The pages that anybody may open: what this is, and how far everybody can use it."""

from __future__ import annotations

from flask import Blueprint, render_template

from lti_tool.web.parts import current_parts
from lti_tool.web.session import public

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@public
def home() -> str:
    """Say what this is and that it is opened from a course."""
    return render_template("home.html")


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    """Say how far everybody can use this, what is known to be wrong, and whom to tell."""
    contact = current_parts().config.accessibility_contact
    return render_template("accessibility.html", contact=contact)
