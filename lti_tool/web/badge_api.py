"""The Open Badges 3.0 API: wallets and portfolios read what a learner lets them read."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify, request

from lti_tool.errors import InvalidInputError, OAuthError
from lti_tool.services.read_credentials import read_credentials
from lti_tool.services.read_profile import read_profile
from lti_tool.services.show_badge_api import show_badge_api
from lti_tool.wallet_protocols.badge_api import (
    BASE,
    failure,
    page_links,
    read_page,
    server_metadata,
    service_description,
)
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import public, token_holder
from lti_tool.web.wallet_answers import (
    check_limit,
    on_oauth_error,
    open_to_wallets,
    required_bearer,
)

blueprint = Blueprint("badge_api", __name__)
open_to_wallets(blueprint)

UNAUTHORIZED, BAD_REQUEST = 401, 400
MINOR_CODES = {UNAUTHORIZED: "unauthorizedrequest", 403: "forbidden", 429: "server_busy"}

read_limit = RateLimit(per_minute=120)


@blueprint.get(f"{BASE}/discovery")
@public
def describe() -> Response:
    """Give the service description document."""
    parts = current_parts()
    show_badge_api(parts.database)
    return jsonify(service_description(parts.config.public_url))


@blueprint.get(f"/.well-known/oauth-authorization-server{BASE}")
@public
def describe_server() -> Response:
    """Say where the OAuth endpoints are (RFC 8414)."""
    parts = current_parts()
    show_badge_api(parts.database)
    return jsonify(server_metadata(parts.config.public_url))


@blueprint.get(f"{BASE}/credentials")
@token_holder
def give_credentials() -> Response:
    """Give a page of the learner's credentials, in both forms."""
    check_limit(read_limit)
    token, parts = required_bearer(), current_parts()
    limit, offset, since = read_page(request.args)
    page = read_credentials(
        parts.database,
        parts.signing,
        token,
        limit=limit,
        offset=offset,
        since=since,
        now=parts.clock(),
    )
    answer = jsonify(credential=page.documents, compactJwsString=page.jwts)
    answer.headers["X-Total-Count"] = str(page.total)
    answer.headers["Link"] = page_links(
        parts.config.public_url, limit=limit, offset=offset, since=since, total=page.total
    )
    return answer


@blueprint.get(f"{BASE}/profile")
@token_holder
def give_profile() -> Response:
    """Say whose credentials these are."""
    check_limit(read_limit)
    token, parts = required_bearer(), current_parts()
    return jsonify(read_profile(parts.database, token, now=parts.clock()))


@blueprint.errorhandler(OAuthError)
def refuse(error: OAuthError) -> Response:
    """Answer in the form of 1EdTech, with the header of RFC 6750."""
    answer = jsonify(failure(error.message, MINOR_CODES.get(error.status, "invalid_data")))
    answer.status_code = error.status
    challenge = on_oauth_error(error).headers.get("WWW-Authenticate")
    if challenge:
        answer.headers["WWW-Authenticate"] = challenge
    return answer


@blueprint.errorhandler(InvalidInputError)
def correct(error: InvalidInputError) -> Response:
    """Answer a query that cannot be read."""
    g.error_code = error.code
    answer = jsonify(failure(error.message, "invalid_query_parameter"))
    answer.status_code = BAD_REQUEST
    return answer
