"""The public pages of signing in without a course: one address for each institution."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify, make_response, render_template, request, url_for
from werkzeug.exceptions import TooManyRequests

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.sign_in_ways import Audience
from lti_tool.services.ask_sign_in_code import ask_sign_in_code
from lti_tool.services.begin_passkey import begin_passkey
from lti_tool.services.begin_provider_sign_in import begin_provider_sign_in
from lti_tool.services.enter_sign_in_code import enter_sign_in_code
from lti_tool.services.finish_provider_sign_in import (
    Returned,
    WayAdded,
    finish_provider_sign_in,
)
from lti_tool.services.show_sign_in import show_sign_in
from lti_tool.services.take_up_access import take_up_access
from lti_tool.services.use_passkey import use_passkey
from lti_tool.signing_in.attempts import Door
from lti_tool.signing_in.clients import Place
from lti_tool.signing_in.next_pages import next_page
from lti_tool.signing_in.opening import SignedInNow
from lti_tool.signing_in.passkeys import LARGEST, site_of
from lti_tool.web.admin.access import COOKIE as ADMIN_COOKIE
from lti_tool.web.admin.access import find_current_admin, set_admin_cookie
from lti_tool.web.admin.signing_in import first_page
from lti_tool.web.answers import go
from lti_tool.web.forms import UNPROCESSABLE, Form, refused
from lti_tool.web.own_session import (
    COOKIE,
    browser,
    find_current_own,
    keep_browser,
    set_own_cookie,
)
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import allow_no_frame, check_origin, public
from lti_tool.web.ways import return_address, site

blueprint = Blueprint("signing_in", __name__, url_prefix="/sign-in/<key>")
blueprint.before_request(allow_no_frame)

LONGEST = 300
LONGEST_ANSWER = 4096
SEE_OTHER = 303
TRIES_PER_MINUTE = 20
"""What one address of a browser may begin or try. A proxy may be one address for many."""

SIDES = "<any(student, staff):side>"
AUDIENCES = {"student": Audience.LEARNER, "staff": Audience.STAFF}

try_limit = RateLimit(TRIES_PER_MINUTE)
everybody_limit = RateLimit(600)


@blueprint.get("")
@public
def show(key: str) -> str:
    """Show how students of an institution sign in."""
    return _page(_place(key), "student", None)


@blueprint.get("/staff")
@public
def show_staff(key: str) -> str:
    """Show how the staff of an institution sign in."""
    return _page(_place(key), "staff", None)


@blueprint.get(f"/{SIDES}/provider")
@public
def begin(key: str, side: str) -> Response:
    """Lead to the provider. A link and no form: a form may not lead to another site."""
    check_limits()
    parts, place = current_parts(), _place(key)
    form = Form("provider", {})
    address = ""
    with form.catching():
        address = begin_provider_sign_in(
            parts.database,
            parts.providers,
            parts.config.secret_key,
            _door(place, side),
            redirect_uri=return_address(key),
            wanted=request.args.get("next", ""),
            now=parts.clock(),
        )
    if form.errors:
        return _again(place, side, form)
    return keep_browser(go(address, SEE_OTHER))


@blueprint.get("/return")
@public
def returned(key: str) -> Response:
    """Take up what the provider says of whoever comes back."""
    check_limits()
    parts, place = current_parts(), _place(key)
    form = Form("provider", {})
    with form.catching():
        found = finish_provider_sign_in(
            parts.database,
            parts.providers,
            parts.config.secret_key,
            _returned(place, key),
            now=parts.clock(),
        )
        if isinstance(found, SignedInNow):
            return signed_in(found)
        pages = "admin_ways" if found.audience is Audience.STAFF else "own"
        assert isinstance(found, WayAdded)  # noqa: S101 - one of the two
        return go(url_for(f"{pages}.ways", notice="added"), SEE_OTHER)
    return _again(place, "student", form)


@blueprint.post(f"/{SIDES}/passkey/options")
@public
def passkey_options(key: str, side: str) -> Response:
    """Give the browser the challenge that a passkey signs."""
    check_origin()
    check_limits()
    parts, door = current_parts(), _door(_place(key), side)
    return keep_browser(jsonify(begin_passkey(parts.database, site(), door, now=parts.clock())))


@blueprint.post(f"/{SIDES}/passkey")
@public
def passkey(key: str, side: str) -> Response:
    """Sign in whoever has the passkey."""
    check_origin()
    check_limits()
    parts, place = current_parts(), _place(key)
    form = Form("passkey", request.form)
    answer = form.text("credential", longest=LARGEST)
    with form.catching():
        return signed_in(
            use_passkey(
                parts.database,
                site(),
                _door(place, side),
                answer=answer,
                wanted=request.form.get("next", ""),
                old_token=_old_token(side),
                now=parts.clock(),
            )
        )
    return refused(form, lambda: _page(place, side, form))


@blueprint.post(f"/{SIDES}/mail")
@public
def mail(key: str, side: str) -> Response:
    """Have a code mailed; the answer is the same for every address."""
    check_origin()
    check_limits()
    parts, place = current_parts(), _place(key)
    form = Form("mail", request.form)
    address, token = form.text("address", longest=LONGEST), ""
    if not form.errors:
        with form.catching():
            token = ask_sign_in_code(
                parts.database,
                _door(place, side),
                address=address,
                can_mail=parts.mailer is not None,
                now=parts.clock(),
            )
    if form.errors:
        return refused(form, lambda: _page(place, side, form))
    return keep_browser(make_response(_page(place, side, None, attempt=token)))


@blueprint.post(f"/{SIDES}/mail/code")
@public
def code(key: str, side: str) -> Response:
    """Sign in whoever has the mail with the code."""
    check_origin()
    check_limits()
    parts, place = current_parts(), _place(key)
    form = Form("code", request.form)
    token = form.text("attempt", longest=LONGEST)
    typed = form.text("code", longest=40)
    found = None
    with form.catching():
        found = enter_sign_in_code(
            parts.database,
            parts.config.secret_key,
            _door(place, side),
            token=token,
            code=typed,
            wanted=request.form.get("next", ""),
            old_token=_old_token(side),
            now=parts.clock(),
        )
    if found is not None:
        return signed_in(found)
    return refused(form, lambda: _page(place, side, form, attempt=token))


@blueprint.get("/keep")
@public
def show_keep(key: str) -> str:
    """Show the button that uses the link out of a course up; its code stands behind "#"."""
    return render_template("keep_access.html", place=_place(key), form=None)


@blueprint.post("/keep")
@public
def keep(key: str) -> Response:
    """Use the link up, and go on to the page on which ways are added."""
    check_origin()
    check_limits()
    parts, place = current_parts(), _place(key)
    form = Form("keep", request.form)
    typed = form.text("code", longest=LONGEST).rpartition("#")[2]
    with form.catching():
        found = take_up_access(
            parts.database,
            institution_id=place.institution_id,
            code=typed,
            old_token=_old_token("student"),
            now=parts.clock(),
        )
        response = go(url_for("own.ways", notice="kept"), SEE_OTHER)
        set_own_cookie(response, found.token)
        return response
    return refused(form, lambda: render_template("keep_access.html", place=place, form=form))


def signed_in(found: SignedInNow) -> Response:
    """Let the browser keep the new session, and lead on."""
    if found.audience is Audience.STAFF:
        response = go(found.next_page or url_for(first_page(found.token)), SEE_OTHER)
        set_admin_cookie(response, found.token)
        return response
    response = go(found.next_page or url_for("own.show"), SEE_OTHER)
    set_own_cookie(response, found.token)
    return response


def check_limits() -> None:
    """Refuse a flood from one address, or from all together (``TooManyRequests``)."""
    now = current_parts().clock()
    if not try_limit.allows(str(request.remote_addr), now) or not everybody_limit.allows("", now):
        raise TooManyRequests(retry_after=60)


def _door(place: Place, side: str) -> Door:
    return Door(AUDIENCES[side], place.institution_id, browser())


def _place(key: str) -> Place:
    found = show_sign_in(current_parts().database, key)
    g.brand = found.brand
    return found


def _old_token(side: str) -> str:
    return request.cookies.get(COOKIE if side == "student" else ADMIN_COOKIE, "")


def _returned(place: Place, key: str) -> Returned:
    if len(request.query_string) > LONGEST_ANSWER:
        raise InvalidInputError("The answer of your institution is too long.")
    people = [found.person for found in (find_current_own(), find_current_admin()) if found]
    return Returned(
        institution_id=place.institution_id,
        browser=browser(),
        answer=request.args.to_dict(),
        redirect_uri=return_address(key),
        signed_in=people,
        old_tokens={
            Audience.LEARNER: _old_token("student"),
            Audience.STAFF: _old_token("staff"),
        },
    )


def _again(place: Place, side: str, form: Form) -> Response:
    return make_response(_page(place, side, form), UNPROCESSABLE)


def _page(place: Place, side: str, form: Form | None, *, attempt: str = "") -> str:
    parts = current_parts()
    wanted = request.values.get("next", "")
    return render_template(
        "sign_in.html",
        place=place,
        side=side,
        next_page=next_page(AUDIENCES[side], wanted),
        form=form,
        attempt=attempt,
        can_mail=parts.mailer is not None,
        has_passkeys=site_of(parts.config.public_url) is not None,
    )
