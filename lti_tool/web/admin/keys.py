"""Our signing keys: what is published, what is due, and what to do when one got known."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.errors import ConflictError
from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.list_signing_keys import list_signing_keys
from lti_tool.services.retire_signing_key import retire_signing_key
from lti_tool.services.rotate_signing_keys import rotate_signing_keys
from lti_tool.web.admin import words
from lti_tool.web.admin.access import admin_blueprint, installation_page
from lti_tool.web.parts import current_parts

blueprint = admin_blueprint("keys")
blueprint.add_app_template_filter(words.KEY_WORDS.get, "key_state")

CONFLICT = 409


@blueprint.get("/keys")
@installation_page
def index(signed_in: SignedIn) -> str:  # noqa: ARG001
    """List our keys with their states, and the next step."""
    return _page()


@blueprint.post("/keys/rotate")
@installation_page
def rotate(signed_in: SignedIn) -> Response:
    """Do the step that is due; with ``at_once`` a fresh key signs from now on."""
    at_once = "at_once" in request.form
    parts = current_parts()
    rotated = rotate_signing_keys(
        parts.database,
        parts.config.secret_key,
        at_once=at_once,
        actor=signed_in.actor,
        now=parts.clock(),
    )
    notice = "fresh-key" if at_once else "rotated" if rotated.done else "nothing-due"
    return redirect(url_for("admin_keys.index", notice=notice), 303)


@blueprint.post("/keys/<kid>/retire")
@installation_page
def retire(signed_in: SignedIn, kid: str) -> Response:
    """Stop publishing a key that does not sign; the page has asked whether that is meant."""
    parts = current_parts()
    try:
        retire_signing_key(
            parts.database, kid, at_once=True, actor=signed_in.actor, now=parts.clock()
        )
    except ConflictError as error:
        return make_response(_page(trouble=words.on_page(error.message)), CONFLICT)
    return redirect(url_for("admin_keys.index", notice="retired"), 303)


def _page(*, trouble: str = "") -> str:
    found = list_signing_keys(current_parts().database)
    return render_template(
        "admin_keys.html", keys=found.keys, next_step=words.next_step(found.steps), trouble=trouble
    )
