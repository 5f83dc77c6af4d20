"""Credentials for the people who hold them: the page of all of them, to be taken along."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import TooManyRequests

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.launched import Launched
from lti_tool.persistence.learner_sessions import Own
from lti_tool.services.pack_credentials import pack_credentials
from lti_tool.services.print_transcript import print_transcript
from lti_tool.services.show_credential import Form, show_credential
from lti_tool.services.show_transcript import learner_transcript, show_transcript
from lti_tool.services.show_wallet import show_wallet
from lti_tool.web import forms
from lti_tool.web.notice_words import NOTICES
from lti_tool.web.own_session import own_page
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.sharing_words import STATE_WORDS

blueprint = Blueprint("credentials", __name__)

EXPORTS_PER_MINUTE = 6
"""Each is signed anew, which takes up to two seconds."""

export_limit = RateLimit(EXPORTS_PER_MINUTE)

PAPERS_PER_MINUTE = 20
paper_limit = RateLimit(PAPERS_PER_MINUTE)
"""Paper with names in large fonts takes a second of work."""

MEDIA_TYPES = {
    Form.JSON_LD: "application/vc",
    Form.JWT: "application/vc+jwt",
    Form.PNG: "image/png",
    Form.SVG: "image/svg+xml",
}


@blueprint.get("/courses/<uuid:context_uuid>/credentials")
@own_page
def show(launched: Launched | Own) -> str:
    """Show people all that they hold, with every way to take it along."""
    return render_wallet(launched, None)


def render_wallet(launched: Launched | Own, form: forms.Form | None) -> str:
    """Return the page of a person's credentials; ``form`` is one that was wrong."""
    parts = current_parts()
    view = show_wallet(parts.database, learner_id=launched.learner_id, now=parts.clock())
    return render_template(
        "wallet.html",
        view=view,
        states=STATE_WORDS,
        form=form,
        notice_words=NOTICES.get(request.args.get("notice", "")),
    )


@blueprint.get("/courses/<uuid:context_uuid>/credentials/<uuid:award_uuid>")
@own_page
def download(launched: Launched | Own, award_uuid: UUID) -> Response:
    """Give people the credential of an award of their own.

    ``?form=`` or the Accept header choose another form; a link cannot send a header.
    """
    parts = current_parts()
    found = show_credential(
        parts.database,
        parts.signing,
        learner_id=launched.learner_id,
        award_uuid=award_uuid,
        form=_form(),
        now=parts.clock(),
    )
    name = f"credential-{award_uuid}.{found.form}"
    response = _file(found.content, MEDIA_TYPES[found.form], name)
    response.vary.add("Accept")
    return response


@blueprint.get("/courses/<uuid:context_uuid>/credentials/<uuid:award_uuid>/transcript")
@own_page
def transcript(launched: Launched | Own, award_uuid: UUID) -> Response:
    """Give people the transcript (CLR) of an award of their own that was built from others."""
    text = show_transcript(
        current_parts().database, learner_id=launched.learner_id, award_uuid=award_uuid
    )
    return _file(text.encode(), MEDIA_TYPES[Form.JSON_LD], f"transcript-{award_uuid}.json")


@blueprint.get("/courses/<uuid:context_uuid>/credentials/clr.json")
@own_page
def everything(launched: Launched | Own) -> Response:
    """Give people one transcript (CLR) of all credentials that they hold here.

    ``?part=2`` gives the second, where there are more than one holds.
    """
    parts = current_parts()
    if not export_limit.allows(str(launched.learner_uuid), parts.clock()):
        raise TooManyRequests(retry_after=60)
    text = learner_transcript(
        parts.database,
        parts.signing,
        institution_id=launched.institution_id,
        learner_id=launched.learner_id,
        part=_part(),
        now=parts.clock(),
    )
    return _file(text.encode(), MEDIA_TYPES[Form.JSON_LD], "transcript.json")


def _part() -> int:
    try:
        return int(request.args.get("part", "1"))
    except ValueError:
        raise InvalidInputError("Name the part by its number.", field="part") from None


@blueprint.get("/courses/<uuid:context_uuid>/credentials/all.zip")
@own_page
def pack(launched: Launched | Own) -> Response:
    """Give people all their issued credentials in one file."""
    parts = current_parts()
    content = pack_credentials(parts.database, learner_id=launched.learner_id, now=parts.clock())
    return _file(content, "application/zip", "credentials.zip")


@blueprint.get("/courses/<uuid:context_uuid>/credentials/transcript.pdf")
@own_page
def paper(launched: Launched | Own) -> Response:
    """Give people a transcript: of everything, or of ``?award=``; ``?name=1`` puts theirs on it."""
    parts = current_parts()
    if not paper_limit.allows(str(launched.learner_id), parts.clock()):
        raise TooManyRequests(retry_after=60)
    content = print_transcript(
        parts.database,
        public_url=parts.config.public_url,
        learner_id=launched.learner_id,
        award_uuid=_award(),
        is_named=request.args.get("name") == "1",
        now=parts.clock(),
    )
    return _file(content, "application/pdf", "transcript.pdf")


def _file(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _award() -> UUID | None:
    named = request.args.get("award")
    try:
        return UUID(named) if named else None
    except ValueError:
        raise InvalidInputError("This names no award.", field="award") from None


def _form() -> Form:
    named = request.args.get("form")
    if named is None:
        jwt = MEDIA_TYPES[Form.JWT]
        offered = [MEDIA_TYPES[Form.JSON_LD], "application/ld+json", "application/json", jwt]
        is_jwt = request.accept_mimetypes.best_match(offered) == jwt
        return Form.JWT if is_jwt else Form.JSON_LD
    try:
        return Form(named)
    except ValueError:
        raise InvalidInputError(
            "A credential is given as json, jwt, png or svg.", field="form"
        ) from None
