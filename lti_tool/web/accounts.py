"""Accounts of one person: joined by a code of one that is entered in the other, and parted."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.persistence.launched import Launched
from lti_tool.services.check_joining_code import check_joining_code
from lti_tool.services.join_accounts import join_accounts
from lti_tool.services.make_joining_code import make_joining_code
from lti_tool.services.part_accounts import part_accounts
from lti_tool.web.credentials import render_wallet
from lti_tool.web.forms import Form, refused
from lti_tool.web.parts import current_parts
from lti_tool.web.redirects import back
from lti_tool.web.session import learner_page

blueprint = Blueprint("accounts", __name__)

WALLET = "credentials.show"
LONGEST_CODE = 40


@blueprint.post("/courses/<uuid:context_uuid>/accounts/code")
@learner_page
def make(launched: Launched) -> str:
    """Show a new code: now, and never again."""
    parts = current_parts()
    code = make_joining_code(
        parts.database,
        parts.config.secret_key,
        learner_id=launched.learner_id,
        now=parts.clock(),
    )
    return render_template("joining_code.html", code=code)


@blueprint.post("/courses/<uuid:context_uuid>/accounts/check")
@learner_page
def check(launched: Launched) -> Response | str:
    """Show who will be joined by this code; nothing is joined yet."""
    parts = current_parts()
    form, code = _typed()
    with form.catching():
        accounts = check_joining_code(
            parts.database,
            parts.config.secret_key,
            learner_id=launched.learner_id,
            code=code,
            now=parts.clock(),
        )
        return render_template("joining.html", accounts=accounts, code=code)
    return refused(form, lambda: render_wallet(launched, form))


@blueprint.post("/courses/<uuid:context_uuid>/accounts")
@learner_page
def join(launched: Launched) -> AnyResponse:
    """Join the accounts that were shown."""
    parts = current_parts()
    form, code = _typed()
    with form.catching():
        join_accounts(
            parts.database,
            parts.config.secret_key,
            learner_id=launched.learner_id,
            code=code,
            now=parts.clock(),
        )
        return back(launched, WALLET, "accounts-joined")
    return refused(form, lambda: render_wallet(launched, form))


@blueprint.post("/courses/<uuid:context_uuid>/accounts/<uuid:account_uuid>/parting")
@learner_page
def part(launched: Launched, account_uuid: UUID) -> AnyResponse:
    """Let one account stand alone again."""
    parts = current_parts()
    part_accounts(
        parts.database,
        learner_id=launched.learner_id,
        account_uuid=account_uuid,
        now=parts.clock(),
    )
    return back(launched, WALLET, "accounts-parted")


def _typed() -> tuple[Form, str]:
    """Return the form and the code in it; without any letter it is wrong like any other."""
    form = Form("joining", {"code": request.form.get("code", "")[:LONGEST_CODE]})
    return form, form.values["code"].strip()
