"""Documents that checks ask for: those of this tool without a network, all others with care."""

from __future__ import annotations

from flask import Flask, current_app

from lti_tool.credentials.recognition.documents import Fetch, Fetched
from lti_tool.credentials.recognition.issuer_addresses import is_home
from lti_tool.web.parts import current_parts


def fetch(url: str) -> Fetched:
    """Return a document of this tool without a network, any other one from outside."""
    home = current_parts().config.public_url
    if not is_home(url, home):
        return current_parts().outside.fetch(url)
    # A request of its own, without a cookie: it sees what everybody sees.
    with current_app.app_context(), current_app.test_request_context(url.removeprefix(home), home):
        answer = current_app.full_dispatch_request()
    return Fetched(answer.status_code, answer.get_data())


def fetch_outside_requests(app: Flask) -> Fetch:
    """Return ``fetch`` for a worker or a command, which has no request at hand."""

    def fetch_with_app(url: str) -> Fetched:
        with app.app_context():
            return fetch(url)

    return fetch_with_app
