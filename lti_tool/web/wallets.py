"""The learner's pages about wallets: hand a credential over, let a wallet read, end that."""

from __future__ import annotations

from uuid import UUID

import segno
from flask import Blueprint, Response, render_template, request, url_for

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.launched import Launched
from lti_tool.persistence.learner_sessions import Own
from lti_tool.persistence.wallet_offers import Way
from lti_tool.services.forget_did import forget_did
from lti_tool.services.offer_credential import Offered, offer_credential
from lti_tool.services.pair_wallet import pair_wallet
from lti_tool.services.show_wallets import show_wallets
from lti_tool.services.withdraw_wallet import withdraw_wallet
from lti_tool.web.answers import go
from lti_tool.web.own_session import own_page
from lti_tool.web.parts import current_parts

blueprint = Blueprint("wallets", __name__, url_prefix="/courses/<uuid:context_uuid>")

SEE_OTHER = 303
HAND_OVER = (Way.VC_API, Way.OID4VCI)
"""The ways in which one credential is handed over by a press of the learner."""


@blueprint.get("/credentials/<uuid:award_uuid>/wallet")
@own_page
def show(launched: Launched | Own, award_uuid: UUID) -> str:
    """Say how a credential of one's own gets into a wallet."""
    return _page(launched, award_uuid, None)


@blueprint.post("/credentials/<uuid:award_uuid>/wallet")
@own_page
def offer(launched: Launched | Own, award_uuid: UUID) -> str:
    """Show the link and the picture that open a wallet with the credential."""
    parts = current_parts()
    offered = offer_credential(
        parts.database,
        parts.signing,
        parts.config.secret_key,
        learner_id=launched.learner_id,
        award_uuid=award_uuid,
        way=_way(),
        now=parts.clock(),
    )
    return _page(launched, award_uuid, offered)


@blueprint.get("/wallets")
@own_page
def show_all(launched: Launched | Own) -> str:
    """Show which wallets read one's credentials."""
    return _wallets(launched, None)


@blueprint.post("/wallets/code")
@own_page
def pair(launched: Launched | Own) -> str:
    """Show a code for a wallet that wants to read."""
    parts = current_parts()
    code = pair_wallet(
        parts.database,
        parts.config.secret_key,
        institution_id=launched.institution_id,
        learner_id=launched.learner_id,
        now=parts.clock(),
    )
    return _wallets(launched, code)


@blueprint.post("/wallets/<uuid:grant_uuid>/withdrawal")
@own_page
def withdraw(launched: Launched | Own, grant_uuid: UUID) -> Response:
    """End what a wallet may read."""
    parts = current_parts()
    withdraw_wallet(
        parts.database,
        institution_id=launched.institution_id,
        learner_id=launched.learner_id,
        grant_uuid=grant_uuid,
        actor=str(launched.learner_uuid),
        now=parts.clock(),
    )
    return go(url_for("wallets.show_all", context_uuid=launched.context_uuid), SEE_OTHER)


@blueprint.post("/wallets/identifier/withdrawal")
@own_page
def forget(launched: Launched | Own) -> Response:
    """Forget the identifier that a wallet has proved."""
    parts = current_parts()
    forget_did(
        parts.database,
        institution_id=launched.institution_id,
        learner_id=launched.learner_id,
        actor=str(launched.learner_uuid),
        now=parts.clock(),
    )
    return go(url_for("wallets.show_all", context_uuid=launched.context_uuid), SEE_OTHER)


def _way() -> Way:
    named = request.form.get("way", "")
    if named not in HAND_OVER:
        raise InvalidInputError("Choose one of the two ways.", field="way")
    return Way(named)


def _page(launched: Launched | Own, award_uuid: UUID, offered: Offered | None) -> str:
    parts = current_parts()
    view = show_wallets(
        parts.database,
        institution_id=launched.institution_id,
        learner_id=launched.learner_id,
        award_uuid=award_uuid,
        now=parts.clock(),
    )
    return render_template(
        "send_to_wallet.html",
        view=view,
        award_uuid=award_uuid,
        offered=offered,
        picture=None if offered is None else picture(offered.link),
        ways=[way for way in HAND_OVER if way in view.ways],
    )


def _wallets(launched: Launched | Own, code: str | None) -> str:
    parts = current_parts()
    view = show_wallets(
        parts.database,
        institution_id=launched.institution_id,
        learner_id=launched.learner_id,
        now=parts.clock(),
    )
    return render_template(
        "reading_wallets.html",
        view=view,
        code=code,
        may_read=Way.BADGES_API in view.ways,
        api_address=parts.config.public_url,
    )


def picture(link: str) -> str:
    """Return a QR code as an address of data, black on white in every colour scheme."""
    return str(segno.make(link, error="l").svg_data_uri(scale=4, light="#fff"))
