"""The registry of tools: the clients this LMS knows, where they are deployed, what they may do."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

SCOPES = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
    "https://purl.imsglobal.org/spec/lti/scope/noticehandlers",
)
LINE_ITEM, LINE_ITEM_READ, RESULT_READ, SCORE, MEMBERSHIP_READ, NOTICE_HANDLERS = SCOPES
AGS_SCOPES = (LINE_ITEM, LINE_ITEM_READ, RESULT_READ, SCORE)

NOTICE_TYPES = ("LtiHelloWorldNotice", "LtiContextCopyNotice")
FLAVOURS = ("plain", "moodle", "canvas", "openedx")


@dataclass(frozen=True)
class Deployment:
    """One installation of a tool; ``institution`` is the key of the tenant that it serves."""

    id: str
    institution: str


@dataclass(frozen=True)
class ToolRegistration:
    """One client. ``flavour`` is the product whose habits the LMS shows this tool.

    ``custom`` has the custom parameters of all its launches, which may be variables.
    ``number`` is given by the registry, as Moodle numbers its tool types; 0 means not stored yet.
    """

    issuer: str
    client_id: str
    name: str
    login_url: str
    launch_url: str
    jwks_url: str
    redirect_uris: tuple[str, ...]
    deployments: tuple[Deployment, ...]
    scopes: tuple[str, ...] = SCOPES
    flavour: str = "plain"
    custom: Mapping[str, str] = field(default_factory=dict)
    number: int = 0

    def __post_init__(self) -> None:
        if self.flavour not in FLAVOURS:
            raise ValueError(f"flavour must be one of {', '.join(FLAVOURS)}")

    def deployment_at(self, institution: str) -> str | None:
        """The id of this tool's deployment at that institution."""
        ids = (entry.id for entry in self.deployments if entry.institution == institution)
        return next(ids, None)


def put_registration(
    connection: sqlite3.Connection, registration: ToolRegistration
) -> ToolRegistration:
    """Add a client, or replace what is known of it; gives it back with its number."""
    connection.execute(
        """INSERT INTO tool_registrations (client_id, document) VALUES (?, ?)
           ON CONFLICT (client_id) DO UPDATE SET document = excluded.document""",
        (registration.client_id, _document(registration)),
    )
    stored = find_registration(connection, registration.client_id)
    if stored is None:
        raise LookupError(registration.client_id)
    return stored


def find_registration(connection: sqlite3.Connection, client_id: object) -> ToolRegistration | None:
    """The client of that id."""
    if not isinstance(client_id, str):
        return None
    row = connection.execute(
        "SELECT * FROM tool_registrations WHERE client_id = ?", (client_id,)
    ).fetchone()
    return _registration(row) if row else None


def list_registrations(connection: sqlite3.Connection) -> list[ToolRegistration]:
    """All clients, oldest first."""
    rows = connection.execute("SELECT * FROM tool_registrations ORDER BY number")
    return [_registration(row) for row in rows]


def with_deployment(
    registration: ToolRegistration, deployment_id: str, institution: str
) -> ToolRegistration:
    """The same client, deployed at one more institution."""
    others = tuple(entry for entry in registration.deployments if entry.id != deployment_id)
    return replace(
        registration, deployments=(*others, Deployment(id=deployment_id, institution=institution))
    )


_LISTS = ("redirect_uris", "scopes")


def _document(registration: ToolRegistration) -> str:
    values: dict[str, Any] = {
        name: value
        for name, value in vars(registration).items()
        if name not in {"deployments", "number"}
    }
    values["deployments"] = [vars(entry) for entry in registration.deployments]
    return json.dumps(values)


def _registration(row: sqlite3.Row) -> ToolRegistration:
    values = json.loads(row["document"])
    values |= {name: tuple(values[name]) for name in _LISTS}
    values["deployments"] = tuple(Deployment(**entry) for entry in values["deployments"])
    return ToolRegistration(**values, number=row["number"])
