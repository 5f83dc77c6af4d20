"""How an institution looks, for those who set it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.branding import LARGEST_LOGO, USUAL
from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.change_brand import LONGEST_NAME, NewBrand, change_brand
from lti_tool.services.change_language import change_language
from lti_tool.services.show_brand import show_brand
from lti_tool.translating import own_names
from lti_tool.web.admin.access import admin_blueprint, administrator_page
from lti_tool.web.admin.fields import expect_institution, institution_options
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts

blueprint = admin_blueprint("brands")

LONGEST_COLOUR = 40


@blueprint.get("/look")
@administrator_page
def index(signed_in: SignedIn) -> str | Response:
    """List the institutions whose look can be set; the only one opens at once."""
    options = institution_options(signed_in)
    if len(options) == 1:
        return redirect(url_for("admin_brands.show", key=options[0][0]))
    return render_template("admin_brands.html", options=options)


@blueprint.get("/look/<key>")
@administrator_page
def show(signed_in: SignedIn, key: str) -> str:
    """Show how an institution looks as a form."""
    expect_institution(signed_in, key)
    return _page(key, None)


@blueprint.post("/look/<key>")
@administrator_page
def change(signed_in: SignedIn, key: str) -> Response:
    """Change how an institution looks."""
    expect_institution(signed_in, key)
    form = Form("brand", {**request.form, "logo": ""})
    name = form.text("name", longest=LONGEST_NAME)
    light, dark = (form.text(one, longest=LONGEST_COLOUR) for one in ("light", "dark"))
    content = b""
    if "logo" in request.files:
        content = request.files["logo"].stream.read(LARGEST_LOGO + 1)
    if not form.errors:
        parts = current_parts()
        new = NewBrand(name, light, dark, content or None, "no_logo" in form.values)
        with form.catching():
            change_brand(parts.database, key, new, actor=signed_in.actor, now=parts.clock())
    if form.errors:
        return refused(form, lambda: _page(key, form))
    return redirect(url_for("admin_brands.show", key=key, notice="brand-changed"), 303)


@blueprint.post("/look/<key>/language")
@administrator_page
def speak(signed_in: SignedIn, key: str) -> Response:
    """Say which language the institution's pages and mails speak where nobody says another."""
    expect_institution(signed_in, key)
    form, parts = Form("speech", request.form), current_parts()
    with form.catching():
        language = form.text("language", longest=LONGEST_COLOUR) or None
        change_language(parts.database, key, language, actor=signed_in.actor, now=parts.clock())
    if form.errors:
        return refused(form, lambda: _page(key, form))
    return redirect(url_for("admin_brands.show", key=key, notice="language-changed"), 303)


def _page(key: str, form: Form | None) -> str:
    view = show_brand(current_parts().database, key)
    return render_template(
        "admin_brand.html", view=view, form=form, usual=USUAL, offered=own_names()
    )
