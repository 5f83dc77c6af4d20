"""The address at which a wallet fetches a credential by VC-API (workflow exchanges)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from lti_tool.errors import InvalidInputError
from lti_tool.services.exchange_credential import Exchange, exchange_credential
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import public
from lti_tool.web.wallet_answers import bearer, check_limit, json_body, open_to_wallets

blueprint = Blueprint("wallet_exchanges", __name__)
open_to_wallets(blueprint)

PRESENTATION = "verifiablePresentation"

exchange_limit = RateLimit(per_minute=300)
"""A whole course may do it at once behind one address; nobody guesses 256 bits."""


@blueprint.post("/wallet/exchanges/<secret>")
@public
def exchange(secret: str) -> Response:
    """Give the credential for a presentation or the challenge; ask for a presentation else.

    Some wallets post the presentation itself, and get the same back; others wrap it.
    """
    check_limit(exchange_limit)
    parts = current_parts()
    body = json_body(is_optional=True)
    presentation, is_bare = _presented(body)
    # Wallets that sign send the challenge as a token as well: their proof counts more.
    answer = exchange_credential(
        parts.database,
        Exchange(secret, presentation, bearer()),
        public_url=parts.config.public_url,
        now=parts.clock(),
    )
    is_given = "verifiableCredential" in answer
    return jsonify({PRESENTATION: answer} if is_given and not is_bare else answer)


def _presented(body: dict[str, Any]) -> tuple[dict[str, Any] | None, bool]:
    """Return the presentation of a body, and whether it is the body."""
    if "proof" in body:
        return body, True
    found = body.get(PRESENTATION)
    if found is not None and not isinstance(found, dict):
        raise InvalidInputError("A presentation is a JSON object.", field=PRESENTATION)
    return found, False
