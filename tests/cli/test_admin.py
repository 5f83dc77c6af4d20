"""quoin admin: links for administrators, and their end."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from lti_tool.persistence.base import Database
from lti_tool.services.open_institution import open_institution
from lti_tool.services.sign_in_administrator import sign_in_administrator
from tests.cli.conftest import Quoin
from tests.conftest import NOW


def test_the_link_that_is_printed_signs_in_once(quoin: Quoin, sqlite_database: Database) -> None:
    result = quoin("admin", "invite", "--name", "Ingrid Solheim")
    address, note = result.output.splitlines()
    page, _, code = address.partition("#")
    assert page == "http://127.0.0.1:8000/admin/sign-in"
    assert note.startswith("Good once, until")
    assert sign_in_administrator(sqlite_database, code, now=datetime.now(UTC))


def test_a_link_ends_after_the_minutes_that_were_asked_for(quoin: Quoin) -> None:
    words = ("admin", "invite", "--name", "Ingrid", "--json")
    for given, minutes in (((), 15), (("--minutes", "60"), 60)):
        made = json.loads(quoin(*words, *given).output)
        left = datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
        assert timedelta(minutes=minutes - 1) < left <= timedelta(minutes=minutes)
    assert "at most a day" in quoin(*words, "--minutes", "9999", code=1).output
    quoin(*words, "--minutes", "0", code=2)


def test_administrators_are_listed_and_removed(quoin: Quoin, sqlite_database: Database) -> None:
    open_institution(sqlite_database, key="harbour", name="Harbour University", now=NOW)
    quoin("admin", "invite", "--name", "Ingrid")
    quoin("admin", "invite", "--name", " Ingrid ")
    quoin("admin", "invite", "--name", "Tomás", "--institution", "harbour")
    whole, one = json.loads(quoin("admin", "list", "--json").output)
    assert (whole["name"], whole["institution"]) == ("Ingrid", None)
    assert (one["name"], one["institution"]) == ("Tomás", "harbour")
    assert "Ingrid  the whole tool" in quoin("admin", "list").output
    quoin("admin", "remove", whole["id"])
    assert [row["id"] for row in json.loads(quoin("admin", "list", "--json").output)] == [one["id"]]
    assert "not-found" in quoin("admin", "remove", whole["id"], code=1).output


def test_a_link_needs_a_name_and_an_institution_that_is_there(quoin: Quoin) -> None:
    assert (
        "not-found"
        in quoin("admin", "invite", "--name", "Ingrid", "--institution", "nowhere", code=1).output
    )
    for name in ("", " ", "x" * 256, "a\x00b"):
        assert "1 to 255" in quoin("admin", "invite", "--name", name, code=1).output
    assert json.loads(quoin("admin", "list", "--json").output) == []
