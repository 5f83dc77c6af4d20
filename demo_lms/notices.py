"""The Platform Notification Service: tools register handlers, course copies are announced to them.

Names of claims, members and addresses are those of 1EdTech's LTI PNS 1.0 as Canvas documents and
sends them (developerdocs.instructure.com: "Platform Notification Service" and "Notice Handlers",
and Canvas's builder of LtiContextCopyNotice): a batch {"notices": [{"jwt": "…"}]} is posted to the
handler of the deployment; ``origin_contexts`` holds the one course that was copied; a handler must
have the host of its tool; nothing is ever sent again by itself.
"""

import json
import sqlite3
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import flask
import requests
from lti1p3platform.exceptions import LtiServiceException

from demo_lms.flask_adapter import read_bearer, read_json_object
from demo_lms.lms import LMS, current_lms
from demo_lms.messages import CLAIM, COURSE_TYPE
from demo_lms.people import Course
from demo_lms.registration import NOTICE_HANDLERS, NOTICE_TYPES, ToolRegistration

HELLO, COPY = NOTICE_TYPES
SECONDS = 5
NOTICE_SECONDS = 3600

blueprint = flask.Blueprint("notices", __name__)


@blueprint.route("/lti/notice-handlers/<int:number>/<deployment_id>", methods=["GET", "PUT"])
def handlers(number: int, deployment_id: str) -> flask.Response:
    """Read the handlers of a deployment, or set one; an empty address removes it."""
    lms = current_lms()
    platform = lms.platform()
    platform.validate_token(read_bearer(), [NOTICE_HANDLERS])
    tool = platform.tool
    if tool.number != number or deployment_id not in {entry.id for entry in tool.deployments}:
        raise LtiServiceException("This is no deployment of yours", 404)
    if flask.request.method == "PUT":
        return flask.jsonify(_put_handler(lms, tool, deployment_id, read_json_object()))
    with lms.database.reading() as connection:
        known = _handlers(connection, tool.client_id, deployment_id)
    return flask.jsonify(
        client_id=tool.client_id,
        deployment_id=deployment_id,
        notice_handlers=[
            {"notice_type": kind, "handler": known.get(kind, "")} for kind in NOTICE_TYPES
        ],
    )


def _put_handler(
    lms: LMS, tool: ToolRegistration, deployment_id: str, body: dict[str, Any]
) -> dict[str, str]:
    kind, handler = body.get("notice_type"), body.get("handler")
    if kind not in NOTICE_TYPES or not isinstance(handler, str):
        raise LtiServiceException("notice_type must be one of the claim's, handler a text", 400)
    if handler and not _is_at_tool(handler, tool):
        raise LtiServiceException("handler must be an address at the host of the tool", 400)
    with lms.database.writing() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO notice_handlers VALUES (?, ?, ?, ?)",
            (tool.client_id, deployment_id, kind, handler),
        )
    if kind == HELLO and handler:
        _announce(lms, tool, deployment_id, HELLO, {})
    return {"notice_type": kind, "handler": handler}


def _is_at_tool(handler: str, tool: ToolRegistration) -> bool:
    try:
        parts, own = urlsplit(handler), urlsplit(tool.launch_url)
    except ValueError:
        return False
    return (parts.scheme, parts.netloc) == (own.scheme, own.netloc)


def _handlers(connection: sqlite3.Connection, client_id: str, deployment_id: str) -> dict[str, str]:
    rows = connection.execute(
        """SELECT notice_type, handler FROM notice_handlers
           WHERE client_id = ? AND deployment_id = ?""",
        (client_id, deployment_id),
    )
    return {row["notice_type"]: row["handler"] for row in rows}


def announce_copy(lms: LMS, origin: Course, copy: Course) -> None:
    """Send a notice of the copy to every tool that has a handler where the course is."""
    claims = {
        f"{CLAIM}context": {
            "id": copy.context_id,
            "label": copy.context_id,
            "title": copy.title,
            "type": [COURSE_TYPE],
        },
        f"{CLAIM}origin_contexts": [origin.context_id],
    }
    for tool in lms.tools_at(copy.institution):
        deployment_id = tool.deployment_at(copy.institution)
        if deployment_id is not None:
            _announce(lms, tool, deployment_id, COPY, claims)


def _announce(
    lms: LMS, tool: ToolRegistration, deployment_id: str, kind: str, claims: dict[str, Any]
) -> None:
    """Remember the notice if somebody handles it, and send it as the controls say."""
    if lms.controls.notices == "never":
        return
    notice_id = str(uuid.uuid4())
    notice = {"id": notice_id, "timestamp": datetime.now(UTC).isoformat(), "type": kind}
    document = json.dumps({**claims, f"{CLAIM}notice": notice})
    with lms.database.writing() as connection:
        if not _handlers(connection, tool.client_id, deployment_id).get(kind):
            return
        connection.execute(
            """INSERT INTO notices (id, client_id, deployment_id, type, claims)
               VALUES (?, ?, ?, ?, ?)""",
            (notice_id, tool.client_id, deployment_id, kind, document),
        )
    for _ in range({"once": 1, "twice": 2}.get(lms.controls.notices, 0)):
        send_notice(lms, notice_id)


def send_notice(lms: LMS, notice_id: str) -> None:
    """Send a remembered notice (once more): the same id, signed anew; the answer is remembered."""
    with lms.database.reading() as connection:
        row = connection.execute("SELECT * FROM notices WHERE id = ?", (notice_id,)).fetchone()
        if row is None:
            raise ValueError("There is no such notice")
        handler = _handlers(connection, row["client_id"], row["deployment_id"])[row["type"]]
    tool = lms.tool(row["client_id"])
    if tool is None or not handler:
        raise ValueError("Nobody handles this notice any more")
    answer = _post(handler, _signed(lms, tool, row["deployment_id"], json.loads(row["claims"])))
    answers = json.dumps([*json.loads(row["answers"]), answer])
    with lms.database.writing() as connection:
        connection.execute("UPDATE notices SET answers = ? WHERE id = ?", (answers, notice_id))


def _signed(lms: LMS, tool: ToolRegistration, deployment_id: str, claims: dict[str, Any]) -> str:
    full = {
        **claims,
        "iss": tool.issuer,
        "aud": tool.client_id,
        "azp": tool.client_id,
        "nonce": str(uuid.uuid4()),
        f"{CLAIM}deployment_id": deployment_id,
        f"{CLAIM}version": "1.3.0",
    }
    registration = lms.platform(tool).registration
    return str(registration.platform_encode_and_sign(full, expiration=NOTICE_SECONDS))


def _post(handler: str, token: str) -> str:
    """Post a batch of one; the answer's status, or why there was none."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            body = {"notices": [{"jwt": token}]}
            answer = session.post(handler, json=body, timeout=SECONDS, allow_redirects=False)
        except requests.RequestException as problem:
            return type(problem).__name__
    return str(answer.status_code)


def list_notices(lms: LMS) -> list[dict[str, Any]]:
    """All remembered notices with the answers they got, oldest first."""
    with lms.database.reading() as connection:
        rows = connection.execute("SELECT * FROM notices ORDER BY rowid").fetchall()
    return [{**dict(row), "answers": json.loads(row["answers"])} for row in rows]
