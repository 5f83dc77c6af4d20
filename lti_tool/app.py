"""create_app(config): the only place where the parts of the web service are wired together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from lti_tool import error_reports
from lti_tool.api import catalogue, completions, document, erasures
from lti_tool.api import credentials as api_credentials
from lti_tool.api import progress as api_progress
from lti_tool.config import Config
from lti_tool.release import release
from lti_tool.web import (
    access_log,
    accounts,
    analytics,
    attesting,
    badge_api,
    badge_oauth,
    brands,
    builder,
    calendars,
    catalogue_pages,
    connections,
    consent,
    copies,
    credentials,
    decisions,
    errors,
    evidence,
    finishing,
    goals,
    health,
    issuers,
    keeping,
    language,
    launch,
    linking,
    mentees,
    metrics,
    news,
    notices,
    oid4vci,
    outside,
    own,
    pages,
    privacy,
    progress,
    public_pages,
    publication,
    queue,
    registrar,
    registration,
    requests,
    roster,
    scores,
    sharing,
    sheets,
    signing_in,
    stacks,
    templating,
    tracing,
    verifying,
    wallet_exchanges,
    wallets,
    what_if,
)
from lti_tool.web.admin.blueprints import BLUEPRINTS as ADMIN_BLUEPRINTS
from lti_tool.web.own_session import add_own_addresses
from lti_tool.web.parts import Parts, build_parts
from lti_tool.web.returning import remember_place
from lti_tool.web.session import add_security_headers, public

LARGEST_REQUEST = 256 * 1024
MOST_FORM_PARTS = 200
LOOPBACK = ("127.0.0.1", "localhost")
BLUEPRINTS = (
    launch.blueprint,
    registration.blueprint,
    finishing.blueprint,
    pages.blueprint,
    health.blueprint,
    verifying.blueprint,
    progress.blueprint,
    what_if.blueprint,
    goals.blueprint,
    calendars.blueprint,
    catalogue_pages.blueprint,
    evidence.blueprint,
    requests.blueprint,
    outside.blueprint,
    registrar.blueprint,
    roster.blueprint,
    decisions.blueprint,
    attesting.blueprint,
    sheets.blueprint,
    analytics.blueprint,
    queue.blueprint,
    scores.blueprint,
    connections.blueprint,
    stacks.blueprint,
    builder.blueprint,
    publication.blueprint,
    linking.blueprint,
    copies.blueprint,
    mentees.blueprint,
    language.blueprint,
    news.blueprint,
    notices.blueprint,
    privacy.blueprint,
    credentials.blueprint,
    sharing.blueprint,
    accounts.blueprint,
    keeping.blueprint,
    signing_in.blueprint,
    own.blueprint,
    public_pages.blueprint,
    issuers.blueprint,
    brands.blueprint,
    wallets.blueprint,
    wallet_exchanges.blueprint,
    oid4vci.blueprint,
    badge_api.blueprint,
    badge_oauth.blueprint,
    consent.blueprint,
    completions.blueprint,
    api_progress.blueprint,
    catalogue.blueprint,
    api_credentials.blueprint,
    document.blueprint,
    erasures.blueprint,
    *ADMIN_BLUEPRINTS,
)


class _Tool(Flask):
    """A Flask application without coroutines."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``func``: looking whether it is a coroutine costs a launch one part in forty."""
        return func


def create_app(config: Config, *, parts: Parts | None = None) -> Flask:
    """Return the web service; ``parts`` replaces what is built from ``config`` (for tests)."""
    app = _Tool("lti_tool", static_folder="web/static", template_folder="web/templates")
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        MAX_FORM_PARTS=MOST_FORM_PARTS,
        # Loopback for health checks on the machine itself; no address is ever built from Host.
        TRUSTED_HOSTS=[urlsplit(config.public_url).hostname or "", *LOOPBACK],
    )
    app.extensions["quoin"] = parts or build_parts(config)
    error_reports.begin(config.sentry_dsn, release=release())
    # Functions after a request run last registered first: the access log sees the final answer.
    access_log.register(app)
    tracing.register(app, config.otlp_endpoint)
    metrics.register(app, app.extensions["quoin"])
    app.after_request(errors.show_in_any_frame)
    app.after_request(remember_place)
    app.after_request(add_security_headers)
    templating.register(app)
    language.register(app)
    errors.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    add_own_addresses(app)
    _mark_static_files(app)
    return app


def _mark_static_files(app: Flask) -> None:
    """Give Flask's own view of static files its policy, as every view has one."""
    app.view_functions["static"] = public(app.view_functions["static"])
