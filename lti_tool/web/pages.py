"""The page that anybody may open: what this is."""

from __future__ import annotations

from flask import Blueprint, render_template

from lti_tool.web.session import public

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@public
def home() -> str:
    """Say what this is and that it is opened from a course."""
    return render_template("home.html")
