"""The peer of ``quoin bench launch``: a plain Flask tool on PyLTI1p3, as its documentation shows.

Run as ``python -m benchmarks.launch_peer CONFIG PORT``. Its keyset stands in the configuration, so
that it makes no network call either; the launch ends with a redirect, as ours does.
"""

# mypy: allow-untyped-calls

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import waitress
from flask import Flask, redirect
from pylti1p3.contrib.flask.message_launch import FlaskMessageLaunch
from pylti1p3.contrib.flask.oidc_login import FlaskOIDCLogin
from pylti1p3.contrib.flask.request import FlaskRequest
from pylti1p3.tool_config.dict import ToolConfDict
from werkzeug.wrappers import Response

THREADS = 8


def create_app(config: dict[str, Any], private_key: str, public_key: str) -> Flask:
    """Return the tool; ``config`` is that of ``ToolConfDict``."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="bench" * 8,
        SESSION_COOKIE_SAMESITE="None",
        SESSION_COOKIE_SECURE=True,
    )
    tool = ToolConfDict(config)
    for issuer, entries in config.items():
        client_id = entries[0]["client_id"]
        tool.set_private_key(issuer, private_key, client_id=client_id)
        tool.set_public_key(issuer, public_key, client_id=client_id)

    @app.route("/lti/login", methods=["GET", "POST"])
    def login() -> Response:
        request = FlaskRequest()
        answer: Response = FlaskOIDCLogin(request, tool).redirect(
            request.get_param("target_link_uri")
        )
        return answer

    @app.route("/lti/launch", methods=["POST"])
    def launch() -> Response:
        message = FlaskMessageLaunch(FlaskRequest(), tool)
        data = message.get_launch_data()
        return redirect(f"/courses/{data['sub']}", 303)

    return app


def main() -> None:
    """Serve until killed."""
    config = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    app = create_app(config["platforms"], config["private_key"], config["public_key"])
    waitress.serve(app, host="127.0.0.1", port=int(sys.argv[2]), threads=THREADS)


if __name__ == "__main__":
    main()
