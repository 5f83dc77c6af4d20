"""The public page of a credential: for people, and, as signed, for their software."""

from __future__ import annotations

import io
import re
from functools import lru_cache

import segno
from flask import Blueprint, Response, make_response, render_template, request, url_for
from werkzeug.exceptions import TooManyRequests

from lti_tool.credentials.badge import default_badge
from lti_tool.credentials.badge_images import PREVIEW, badge_png
from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.issuing.forms import Form
from lti_tool.services.show_public_page import (
    GONE,
    PublicView,
    show_public_document,
    show_public_page,
)
from lti_tool.web.markdown import markdown
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import allow_no_frame, public
from lti_tool.web.sharing_words import BANNERS, KINDS

blueprint = Blueprint("public_pages", __name__, url_prefix="/shared/<token>")

VIEWS_PER_MINUTE = 300
HTML = "text/html"
FORMS = {
    "application/vc": Form.JSON_LD,
    "application/ld+json": Form.JSON_LD,
    "application/vc+ld+json": Form.JSON_LD,
    "application/json": Form.JSON_LD,
    "application/vc+jwt": Form.JWT,
    "application/jwt": Form.JWT,
}
"""What may be asked for, the registered type of each form before the looser ones."""

NAMED = {Form.JSON_LD: "application/vc", Form.JWT: "application/vc+jwt"}
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")

view_limit = RateLimit(VIEWS_PER_MINUTE)
preview = lru_cache(maxsize=64)(badge_png)


def address_of(token: str) -> str:
    """Return the address of a public page."""
    return f"{current_parts().config.public_url}/shared/{token}"


@blueprint.get("")
@public
def show(token: str) -> Response:
    """Show the page, or give the signed credential to whoever asks for that.

    ``?form=json`` and ``?form=jwt`` do what the Accept header does: a link cannot send one.
    """
    media_type = _wanted()
    _check(token)
    parts = current_parts()
    if media_type == HTML:
        allow_no_frame()
        view = show_public_page(parts.database, token=token, now=parts.clock())
        response = make_response(_page(view, token))
        is_listed = view.is_listed
    else:
        text = show_public_document(
            parts.database,
            parts.signing,
            token=token,
            form=FORMS[media_type],
            now=parts.clock(),
        )
        response = Response(text, content_type=media_type)
        # A verifier may run in a page of any site.
        response.headers["Access-Control-Allow-Origin"] = "*"
        is_listed = False
    response.vary.add("Accept")
    return response if is_listed else _unlisted(response)


@blueprint.get("/qr.svg")
@public
def show_code(token: str) -> Response:
    """Give a code (QR) that leads to the page."""
    _seen(token)
    out = io.BytesIO()
    segno.make(address_of(token), error="m", micro=False).save(
        out, kind="svg", scale=4, border=4, light="#fff", xmldecl=False
    )
    return _unlisted(Response(out.getvalue(), content_type="image/svg+xml"))


@blueprint.get("/badge.svg")
@public
def show_badge(token: str) -> Response:
    """Give the picture of an award whose achievement has none of its own."""
    told = _seen(token).told
    picture = default_badge(told.name, told.levels[0] if told.levels else "")
    return _unlisted(Response(picture, content_type="image/svg+xml"))


@blueprint.get("/image.png")
@public
def show_image(token: str) -> Response:
    """Give the picture that social networks show beside a link."""
    told = _seen(token).told
    picture = preview(told.name, told.levels[0] if told.levels else "", PREVIEW)
    return _unlisted(Response(picture, content_type="image/png"))


def _seen(token: str) -> PublicView:
    _check(token)
    parts = current_parts()
    return show_public_page(parts.database, token=token, now=parts.clock())


def _check(token: str) -> None:
    if not view_limit.allows(str(request.remote_addr), current_parts().clock()):
        raise TooManyRequests(retry_after=60)
    if not TOKEN.fullmatch(token):
        raise NotFoundError(GONE)


def _wanted() -> str:
    """Return the type of the answer: the page, unless something else is asked for by name."""
    named = request.args.get("form")
    if named is not None:
        if named not in tuple(NAMED):
            raise InvalidInputError("A public credential is given as json or jwt.", field="form")
        return NAMED[Form(named)]
    return request.accept_mimetypes.best_match([HTML, *FORMS], HTML)


def _page(view: PublicView, token: str) -> str:
    address = address_of(token)
    return render_template(
        "public_page.html",
        brand=view.brand,
        view=view,
        told=view.told,
        token=token,
        address=address,
        document=f"{address}?form=json",
        banner=BANNERS.get(view.state),
        kind=KINDS.get(view.told.kind, view.told.kind),
        criteria=markdown(view.told.criteria),
        preview=PREVIEW,
        image=_image(view.told.image) or url_for("public_pages.show_badge", token=token),
    )


def _image(named: str) -> str:
    """Return the achievement's picture where it is one of ours: the policy shows no other."""
    home = current_parts().config.public_url
    return named if named.startswith((f"{home}/", "data:image/")) else ""


def _unlisted(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response
