"""Every credential of the demo institution, exported and held against an independent verifier."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from demo_lms.demo import INSTITUTION, seed
from lti_tool.config import Config
from lti_tool.credentials.recognition.documents import Fetched
from lti_tool.credentials.recognition.outcomes import Outcome
from lti_tool.credentials.recognition.pipeline import check as own_check
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.web.parts import build_parts
from lti_tool.worker import build_handlers, run_once
from tests.cli.conftest import Quoin
from tests.cli.conftest import quoin as quoin_fixture
from tests.credentials.node import Answer, bring_verifier, verify

pytestmark = pytest.mark.xdist_group("node")
quoin = quoin_fixture


@pytest.fixture
def demo(quoin: Quoin, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The demo institution at a public https address, all its credentials issued."""
    bring_verifier()
    monkeypatch.setenv("QUOIN_PUBLIC_URL", "https://quoin.example.edu")
    monkeypatch.setenv("QUOIN_SECRET_KEY", "a secret of at least thirty-two characters")
    config = Config.from_environ()
    seed(config, "http://127.0.0.1:8001")
    work()
    return Database(config.database_url)


def work() -> None:
    """Let the worker pass until nothing is due."""
    parts = build_parts(Config.from_environ())
    handlers = build_handlers(parts.database, parts.platforms, parts.signing)
    while run_once(parts.database, handlers, clock=lambda: datetime.now(UTC)):
        pass
    parts.database.dispose()


def check(folder: Path) -> tuple[Answer, list[dict[str, Any]]]:
    """Verify all that was exported, with nothing but what was exported."""
    index = json.loads((folder / "index.json").read_text("utf-8"))
    index = {path: entry for path, entry in index.items() if entry["kind"] != "image"}
    read = {path: json.loads((folder / path).read_text("utf-8")) for path in index}
    documents = {
        entry["url"]: read[path]
        for path, entry in index.items()
        if entry["kind"] not in ("credential", "transcript")
    }
    kinds = ("status", "transcript", "credential")
    signed = [read[path] for kind in kinds for path, e in index.items() if e["kind"] == kind]
    return verify(documents, signed, now=datetime.now(UTC)), signed


def holds(signed: dict[str, Any], uuid: str) -> bool:
    """Return whether this is the credential of an award, or a transcript that holds it."""
    members = signed["credentialSubject"].get("verifiableCredential", ())
    return f"https://quoin.example.edu/credentials/{uuid}" in [
        signed.get("id"),
        *(member["id"] for member in members),
    ]


def test_all_that_the_demo_institution_issued_is_valid_and_stays_so(
    demo: Database, quoin: Quoin, tmp_path: Path
) -> None:
    told = json.loads(quoin("credentials", "export", str(tmp_path / "a"), "--json").output)
    with demo.reading() as session:
        awards = session.scalar(select(func.count(Award.id)))
    assert told["credentials"] == awards
    assert awards
    found, signed = check(tmp_path / "a")
    stacked = [s for s in signed if "ClrCredential" in s["type"]]
    assert stacked
    assert len(signed) == len(stacked) + awards + 2
    assert all(found.credentials), found.reasons

    rotated = quoin("credentials", "keys", "rotate", "--institution", INSTITUTION).output
    assert rotated.count("signs now") == 1
    uuid = signed[-1]["id"].rpartition("/")[2]
    act = (uuid, "--institution", INSTITUTION, "--reason", "by mistake")
    assert "within five minutes" in quoin("credentials", "revoke", *act).output
    assert "already" in quoin("credentials", "revoke", *act).output
    quoin("credentials", "export", str(tmp_path / "b"))
    found, signed = check(tmp_path / "b")
    invalid = [s["id"] for s, valid in zip(signed, found.credentials, strict=True) if not valid]
    assert invalid == [s["id"] for s in signed if holds(s, uuid)], found.reasons

    methods = {s["proof"][0]["verificationMethod"] for s in signed}
    assert len(methods) == 2


def test_transcripts_of_the_demo_institution_are_good_for_our_own_check(
    demo: Database, quoin: Quoin, tmp_path: Path
) -> None:
    quoin("credentials", "export", str(tmp_path))
    index = json.loads((tmp_path / "index.json").read_text("utf-8"))
    bodies = {entry["url"]: (tmp_path / path).read_bytes() for path, entry in index.items()}

    def fetch(url: str) -> Fetched:
        return Fetched(200, bodies[url]) if url in bodies else Fetched(404)

    made = [entry["url"] for entry in index.values() if entry["kind"] == "transcript"]
    assert made
    for url in made:
        verdict = own_check(bodies[url], fetch=fetch, now=datetime.now(UTC))
        assert verdict.outcome == Outcome.UNKNOWN_ISSUER, verdict
        assert verdict.members
        assert {member.outcome for member in verdict.members} == {Outcome.UNKNOWN_ISSUER}


def test_a_suspension_is_seen_until_it_is_lifted(
    demo: Database, quoin: Quoin, tmp_path: Path
) -> None:
    _, signed = _exported(quoin, tmp_path / "a")
    uuid = signed[-1]["id"].rpartition("/")[2]
    act = (uuid, "--institution", INSTITUTION, "--reason", "inquiry")
    quoin("credentials", "suspend", *act)
    found, signed = _exported(quoin, tmp_path / "b")
    assert found.credentials == [not holds(s, uuid) for s in signed]
    quoin("credentials", "reinstate", *act)
    found, _ = _exported(quoin, tmp_path / "c")
    assert all(found.credentials)
    missing = ("00000000-0000-0000-0000-000000000000", *act[1:])
    assert "no such credential" in quoin("credentials", "suspend", *missing, code=1).output


def test_what_is_missing_is_issued_when_an_operator_asks_for_it(
    demo: Database, quoin: Quoin
) -> None:
    with demo.writing() as session:
        session.execute(text("DELETE FROM credentials"))
        session.execute(text("DELETE FROM deliveries WHERE kind = 'credential'"))
    issue = ("credentials", "issue", "--institution", INSTITUTION, "--json")
    promised = json.loads(quoin(*issue).output)["promised"]
    assert promised
    assert json.loads(quoin(*issue).output)["promised"] == 0
    work()
    with demo.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM credentials")) == promised


def test_what_stands_in_the_way_is_listed_and_after_it_is_put_right_issued(
    demo: Database, quoin: Quoin
) -> None:
    def rename(name: str) -> str:
        key = "SELECT achievement_id FROM awards LIMIT 1"
        with demo.writing() as session:
            old = session.scalar(text(f"SELECT name FROM achievements WHERE id = ({key})"))
            statement = f"UPDATE achievements SET name = :name WHERE id = ({key})"
            session.execute(text(statement), {"name": name})
        return str(old)

    with demo.writing() as session:
        session.execute(text("DELETE FROM credentials"))
        session.execute(text("DELETE FROM deliveries WHERE kind = 'credential'"))
    old = rename("Bell \x07")
    issue = ("credentials", "issue", "--institution", INSTITUTION)
    quoin(*issue)
    assert "Not tried yet." in quoin("credentials", "waiting").output
    work()
    listed = json.loads(quoin("credentials", "waiting", "--json").output)
    assert listed
    assert all("control character" in row["answer"] for row in listed)
    rename(old)
    assert f"{len(listed)} will be issued" in quoin(*issue).output
    work()
    assert "0 not issued" in quoin("credentials", "waiting").output


def _exported(quoin: Quoin, folder: Path) -> tuple[Answer, list[dict[str, Any]]]:
    quoin("credentials", "export", str(folder))
    return check(folder)


def test_a_key_that_got_known_is_taken_out_by_a_command_and_all_is_valid_again(
    demo: Database, quoin: Quoin, tmp_path: Path
) -> None:
    _, before = _exported(quoin, tmp_path / "a")
    key_id = before[-1]["proof"][0]["verificationMethod"].rpartition("#")[2]
    act = ("credentials", "compromise", key_id, "--reason", "a backup was stolen")
    listed = ("credentials", "keys", "list", "--institution", INSTITUTION)
    assert f"{key_id}  Ed25519  signs" in quoin(*listed).output
    told = json.loads(quoin(*act, "--json").stdout)
    credentials = [s for s in before if "AchievementCredential" in s["type"]]
    assert set(told["credentials"]) == {s["id"].rpartition("/")[2] for s in credentials}
    assert told["replaced_by"] not in (None, key_id)
    found, _ = _exported(quoin, tmp_path / "b")
    lists = sum("BitstringStatusListCredential" in s["type"] for s in before)
    assert found.credentials == [True] * lists + [False] * (len(before) - lists)
    # Nothing is issued anew within the second in which it was issued.
    time.sleep(1.1)
    work()
    keys = {key["key_id"]: key for key in json.loads(quoin(*listed, "--json").output)["keys"]}
    assert (keys[key_id]["state"], keys[key_id]["credentials"]) == ("taken out", 0)
    assert keys[told["replaced_by"]]["credentials"] == len(credentials)
    again = quoin(*act).output
    assert "0 to be issued anew" in again
    assert "signs now" not in again
    found, after = _exported(quoin, tmp_path / "c")
    assert all(found.credentials), found.reasons
    assert {s["id"] for s in after} == {s["id"] for s in before}
    assert key_id not in json.dumps(after)
    assert "nobody" in quoin("credentials", "compromise", "nobody", *act[3:], code=1).output


def test_a_correction_and_reviews_by_commands(demo: Database, quoin: Quoin, tmp_path: Path) -> None:
    _, before = _exported(quoin, tmp_path / "a")
    clr = next(s for s in before if "ClrCredential" in s["type"])
    member, parent = (
        m["id"].rpartition("/")[2] for m in clr["credentialSubject"]["verifiableCredential"][-2:]
    )
    act = (member, "--institution", INSTITUTION, "--reason", "misspelt")
    time.sleep(1.1)
    assert "issued anew" in quoin("credentials", "correct", *act).output
    work()
    found, after = _exported(quoin, tmp_path / "b")
    assert all(found.credentials), found.reasons
    changed = [s["id"] for s in after if s not in before]
    assert set(changed) == {s["id"] for s in before if holds(s, member)}

    assert "reviews list" in quoin("credentials", "revoke", *act).output
    (review,) = json.loads(quoin("reviews", "list", "--json").output)
    assert review["award"] == parent
    assert "TAKEN BACK" in quoin("reviews", "list", "--institution", INSTITUTION).output
    decision = (review["uuid"], "--by", "Ingrid Solheim", "--reason", "looked at it")
    assert "is revoked" in quoin("reviews", "revoke", *decision).output
    assert "answered" in quoin("reviews", "keep", *decision, code=1).output
    assert "revoked by Ingrid Solheim" in quoin("reviews", "list", "--all").output
    found, signed = _exported(quoin, tmp_path / "c")
    gone = [holds(s, member) or holds(s, parent) for s in signed]
    assert found.credentials == [not lost for lost in gone], found.reasons
