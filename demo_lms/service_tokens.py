"""Tokens of the web services: who has one calls the functions of its service."""

import json
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ServiceToken:
    """One token of an institution, and the functions that its service lists."""

    token: str
    institution: str
    functions: tuple[str, ...]


def make_token(
    connection: sqlite3.Connection, institution: str, functions: Sequence[str]
) -> ServiceToken:
    """Make a token for these functions."""
    made = ServiceToken(secrets.token_hex(16), institution, tuple(functions))
    connection.execute(
        "INSERT INTO service_tokens (token, institution, functions) VALUES (?, ?, ?)",
        (made.token, made.institution, json.dumps(made.functions)),
    )
    return made


def find_token(connection: sqlite3.Connection, token: str) -> ServiceToken | None:
    """The token that is written so, unless it was revoked."""
    row = connection.execute("SELECT * FROM service_tokens WHERE token = ?", (token,)).fetchone()
    return None if row is None else _token(row)


def list_tokens(connection: sqlite3.Connection, institution: str) -> list[ServiceToken]:
    """All tokens of an institution, oldest first."""
    rows = connection.execute(
        "SELECT * FROM service_tokens WHERE institution = ? ORDER BY position", (institution,)
    )
    return [_token(row) for row in rows]


def revoke_token(connection: sqlite3.Connection, institution: str, token: str) -> None:
    """Let a token open nothing any more."""
    connection.execute(
        "DELETE FROM service_tokens WHERE institution = ? AND token = ?", (institution, token)
    )


def _token(row: sqlite3.Row) -> ServiceToken:
    return ServiceToken(row["token"], row["institution"], tuple(json.loads(row["functions"])))
