"""Whom a learner shows a credential: what is said about it is asked, kept, and undone here."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.credentials.shown import Shown
from lti_tool.persistence.launched import Launched
from lti_tool.persistence.learner_sessions import Own
from lti_tool.services.publish_page import Consent, publish_page
from lti_tool.services.show_grade import show_grade
from lti_tool.services.show_sharing import SharingView, show_sharing
from lti_tool.services.withdraw_page import withdraw_page
from lti_tool.web.own_session import own_page
from lti_tool.web.parts import current_parts
from lti_tool.web.public_pages import address_of
from lti_tool.web.redirects import back

blueprint = Blueprint("sharing", __name__)

LINKEDIN = "https://www.linkedin.com/profile/add"
ITEMS = ("shows_name", "shows_evidence", "shows_results", "shows_document", "is_listed")


@blueprint.get("/courses/<uuid:context_uuid>/credentials/<uuid:award_uuid>/page")
@own_page
def show(launched: Launched | Own, award_uuid: UUID) -> str:
    """Ask what a public page shows, and give its address where there is one."""
    parts = current_parts()
    view = show_sharing(
        parts.database,
        learner_id=launched.learner_id,
        award_uuid=award_uuid,
        now=parts.clock(),
    )
    page = view.holding.page
    address = address_of(page.token) if page else ""
    return render_template(
        "sharing.html",
        view=view,
        told=view.holding.shown,
        page=page,
        address=address,
        linkedin=linkedin_link(view, address) if page else "",
    )


@blueprint.post("/courses/<uuid:context_uuid>/credentials/<uuid:award_uuid>/page")
@own_page
def publish(launched: Launched | Own, award_uuid: UUID) -> AnyResponse:
    """Publish the page, or change what it shows: exactly what is ticked."""
    parts = current_parts()
    publish_page(
        parts.database,
        learner_id=launched.learner_id,
        award_uuid=award_uuid,
        consent=Consent(**{item: request.form.get(item) == "1" for item in ITEMS}),
        now=parts.clock(),
    )
    return back(launched, "credentials.show", "page-published", anchor=f"c-{award_uuid}")


@blueprint.post("/courses/<uuid:context_uuid>/credentials/<uuid:award_uuid>/grade")
@own_page
def choose_grade(launched: Launched | Own, award_uuid: UUID) -> AnyResponse:
    """Let the credential say the grade (``wanted=1``), or say it no longer."""
    parts = current_parts()
    is_wanted = request.form.get("wanted") == "1"
    show_grade(
        parts.database,
        learner_id=launched.learner_id,
        award_uuid=award_uuid,
        is_wanted=is_wanted,
        now=parts.clock(),
    )
    notice = "grade-shown" if is_wanted else "grade-hidden"
    return back(launched, "credentials.show", notice, anchor=f"c-{award_uuid}")


@blueprint.post("/courses/<uuid:context_uuid>/credentials/<uuid:award_uuid>/page/withdrawal")
@own_page
def withdraw(launched: Launched | Own, award_uuid: UUID) -> AnyResponse:
    """Withdraw the page; doing it twice changes nothing."""
    parts = current_parts()
    withdraw_page(
        parts.database,
        learner_id=launched.learner_id,
        award_uuid=award_uuid,
        now=parts.clock(),
    )
    return back(launched, "credentials.show", "page-withdrawn", anchor=f"c-{award_uuid}")


def linkedin_link(view: SharingView, address: str) -> str:
    """Return the address at LinkedIn that opens its form for a certificate, filled in.

    ``organizationId`` is the institution's page there; without one it is named by its name.
    """
    told = view.holding.shown
    if told is None:
        return ""
    on, until = view.holding.awarded_on, told.valid_until
    values = {
        "startTask": "CERTIFICATION_NAME",
        "name": told.name,
        **_organisation(told, view.linkedin_id),
        "issueYear": on.year,
        "issueMonth": on.month,
        **({"expirationYear": until.year, "expirationMonth": until.month} if until else {}),
        "certUrl": address,
        "certId": str(view.holding.uuid),
    }
    return f"{LINKEDIN}?{urlencode(values)}"


def _organisation(told: Shown, linkedin_id: str | None) -> dict[str, str]:
    if linkedin_id:
        return {"organizationId": linkedin_id}
    return {"organizationName": told.issuer_name}
