"""The audit trail is a chain: what is changed, taken out or made anew shows."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.services.export_audit import export_audit
from lti_tool.services.seal_audit import seal_audit
from lti_tool.services.verify_audit import verify_audit
from tests.cli.conftest import Quoin, quoin  # noqa: F401

GUARDS = {
    "sqlite": ["DROP TRIGGER audit_events_no_update", "DROP TRIGGER audit_events_no_delete"],
    "postgresql": ["DROP TRIGGER audit_events_append_only ON audit_events"],
}


def write(database: Database, now: datetime, *subjects: str) -> None:
    for subject in subjects:
        with database.writing() as session:
            detail: dict[str, object] = {"n": 1, "name": "Žofia", "list": ["b", "a"]}
            add_event(
                session,
                institution_id=None,
                actor="test",
                action="x",
                subject=subject,
                at=now,
                detail=detail,
            )


def tamper(database: Database, *statements: str) -> None:
    """What somebody with the keys of the database does, past its triggers."""
    backend = database.engine.dialect.name
    with database.engine.begin() as connection:
        if backend == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        for statement in (*GUARDS[backend], *statements):
            connection.execute(text(statement))


def test_events_are_sealed_once_and_the_chain_holds(database: Database, now: datetime) -> None:
    write(database, now, "a", "b")
    later = now + timedelta(hours=1)
    assert verify_audit(database, now=later).unsealed == 2
    assert seal_audit(database, now=now) == 2
    assert seal_audit(database, now=now) == 0
    first = verify_audit(database, now=later)
    assert (first.holds, first.sealed, first.unsealed) == (True, 2, 0)
    write(database, now, "c")
    seal_audit(database, now=now)
    assert verify_audit(database, head=first.head, now=later).holds
    assert not verify_audit(database, head="0" * 64, now=later).holds


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET actor = 'somebody else' WHERE subject = 'b'",
        "UPDATE audit_events SET detail = '{}' WHERE subject = 'b'",
        "UPDATE audit_events SET subject = 'x' WHERE subject = 'b'",
    ],
)
def test_a_changed_event_is_named(database: Database, now: datetime, statement: str) -> None:
    write(database, now, "a", "b", "c")
    seal_audit(database, now=now)
    tamper(database, statement)
    found = verify_audit(database, now=now)
    assert not found.holds
    assert [(one.position, one.kind) for one in found.breaks] == [(2, "changed")]


def test_what_is_taken_out_with_its_seal_shows(database: Database, now: datetime) -> None:
    write(database, now, "a", "b", "c")
    seal_audit(database, now=now)
    head = verify_audit(database, now=now).head
    tamper(
        database,
        "DELETE FROM audit_seals WHERE position = 2",
        "DELETE FROM audit_events WHERE subject = 'b'",
    )
    kinds = {one.kind for one in verify_audit(database, now=now).breaks}
    assert "missing-seal" in kinds
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_seals WHERE position > 1"))
        connection.execute(text("DELETE FROM audit_events WHERE subject = 'c'"))
    assert verify_audit(database, now=now).holds, "a cut end shows by a head kept elsewhere alone"
    assert not verify_audit(database, head=head, now=now).holds


def test_the_export_is_checked_without_the_tool(database: Database, now: datetime) -> None:
    write(database, now, "a", "b")
    seal_audit(database, now=now)
    before = ""
    for line in export_audit(database):
        event = json.dumps(line["event"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        before = hashlib.sha256(f"{before}\n{event}".encode()).hexdigest()
        assert line["hash"] == before
    assert before == verify_audit(database, now=now).head


def test_the_commands(sqlite_database: Database, now: datetime, quoin: Quoin) -> None:  # noqa: F811
    write(sqlite_database, now, "a", "b")
    assert "wait for their seal" in quoin("audit", "verify").output
    assert json.loads(quoin("audit", "seal", "--json").output) == {"sealed": 2}
    found = json.loads(quoin("audit", "verify", "--json").output)
    assert (found["holds"], found["sealed"]) == (True, 2)
    lines = [json.loads(line) for line in quoin("audit", "export").output.splitlines()]
    assert [line["position"] for line in lines] == [1, 2]
    quoin("audit", "verify", "--head", found["head"])
    quoin("audit", "verify", "--head", "0" * 64, code=1)
    tamper(sqlite_database, "UPDATE audit_events SET action = 'y' WHERE subject = 'a'")
    assert "position 1" in quoin("audit", "verify", code=1).output
