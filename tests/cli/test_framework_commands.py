"""quoin framework, achievement and endorsement, as an operator types them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lti_tool.cli import endorsements
from lti_tool.credentials.recognition.documents import Fetch
from tests.cli.conftest import Quoin
from tests.credentials.outside import OB, V2, Issuer, Web
from tests.sources.framework_examples import HOST, SKILL, as_files, package, skills
from tests.web.world import STACKS

FETCH = endorsements._fetch


@pytest.fixture
def site(quoin: Quoin, tmp_path: Path) -> Quoin:
    """An institution with a catalogue, and files of frameworks."""
    (tmp_path / "stacks.yaml").write_text(STACKS, "utf-8")
    quoin("stack", "publish", "stacks.yaml", "--institution", "harbour", "--name", "Harbour")
    for name, content in {**as_files(package()), **skills("en", "sv")}.items():
        (tmp_path / name).write_bytes(content)
    return quoin


def test_a_framework_from_file_to_credential(site: Quoin, tmp_path: Path) -> None:
    harbour = ("--institution", "harbour")
    done = json.loads(site("framework", "import", "package.json", *harbour, "--json").output)
    assert (done["added"], done["links"]) == (3, 4)
    assert "unchanged" in site("framework", "import", "package.json", *harbour).output
    site("framework", "import", "skills_en.csv", "skills_sv.csv", "--shared", "--version", "1.2.0")
    listed = site("framework", "list", *harbour).output
    assert "Data skills 1\n" in listed
    assert "ESCO skills 1.2.0, shared" in listed
    shown = site("framework", "show", done["uuid"], *harbour).output
    assert "    D.2 Ask a database\n" in shown
    [found] = json.loads(
        site("framework", "search", "baka", *harbour, "--language", "sv", "--json").output
    )
    assert (found["name"], found["uri"]) == ("baka bröd", f"{SKILL}/2")
    assert "This service uses the ESCO" in site("framework", "search", "bread", *harbour).output
    assert "Nothing fits." in site("framework", "search", "zzz", *harbour).output
    assert "Ask a database" in site("achievement", "align", "sql", "D.2", *harbour).output
    refused = site("framework", "remove", done["uuid"], *harbour, code=1).output
    assert "Take them away first" in refused
    [row] = [
        one
        for one in json.loads(site("achievement", "alignments", *harbour, "--json").output)
        if one["alignments"]
    ]
    assert row["alignments"][0]["target"]["target_url"] == f"{HOST}/items/2"
    site("achievement", "unalign", "sql", f"{HOST}/items/2", *harbour)
    assert "is removed" in site("framework", "remove", done["uuid"], *harbour).output


def test_an_address_is_aligned_by_hand(site: Quoin) -> None:
    words = ("achievement", "align", "sql", "--institution", "harbour")
    url = ("--url", "https://registry.example/ce-1")
    made = site(*words, *url, "--name", "Data work", "--type", "CTDL", "--json").output
    assert json.loads(made)["target_type"] == "CTDL"
    assert "its name" in site(*words, "--url", "https://a.example/", code=1).output
    site(*words, code=2)
    site(*words, "D.2", *url, code=2)
    site(*words, "D.2", "--name", "x", code=2)


def test_a_folder_is_taken_in_and_wrong_use_is_refused(site: Quoin, tmp_path: Path) -> None:
    folder = tmp_path / "esco"
    folder.mkdir()
    for name, content in skills("en", "sv").items():
        (folder / name).write_bytes(content)
    out = site("framework", "import", "esco", "--shared", "--as", "esco").output
    assert "3 items added" in out
    for words in ((), ("--shared", "--institution", "harbour")):
        site("framework", "import", "package.json", *words, code=2)
    site("framework", "remove", "8f0e0b0e-0000-4000-8000-000000000000", code=2)
    twice = site(
        "framework", "import", "skills_en.csv", "esco/skills_en.csv", "--shared", code=1
    ).output
    assert "given twice" in twice
    (tmp_path / "bad.json").write_text('{"CFDocument": {}}', "utf-8")
    bad = site("framework", "import", "bad.json", "--institution", "harbour", code=1).output
    assert "CFDocument.uri: it is missing (framework-file)" in bad


def test_an_endorsement_is_signed_and_another_one_taken_in(
    site: Quoin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOIN_PUBLIC_URL", "https://quoin.example.edu")
    monkeypatch.setenv("QUOIN_SECRET_KEY", "k" * 32)
    harbour = ("--institution", "harbour")
    texts = ("--name", "Recognised", "--comment", "We count it.")
    told = site(
        *("endorsement", "issue", "https://elsewhere.example/1", *harbour, *texts),
        *("--output", "ours.json", "--json"),
    ).output
    ours = json.loads((tmp_path / "ours.json").read_text("utf-8"))
    assert ours["id"] == json.loads(told)["url"]
    uuid = json.loads(told)["id"]

    web = Web()
    body = Issuer(web, "did:web:quality.example")
    monkeypatch.setattr(endorsements, "_fetch", lambda now: _of(web, now))
    catalogue = json.loads(site("achievement", "alignments", *harbour, "--json").output)
    achievement = next(row for row in catalogue if row["key"] == "sql")
    (tmp_path / "theirs.json").write_text(json.dumps(_signed(body, achievement)), "utf-8")
    out = site("endorsement", "add", "theirs.json", *harbour).output
    assert "about SQL foundations" in out
    assert "unknown issuer: look at this address" in out
    assert "is here already" in site("endorsement", "add", "theirs.json", *harbour).output
    assert "1 checked, 0 left out" in site("endorsement", "check", *harbour).output
    listed = json.loads(site("endorsement", "list", *harbour, "--json").output)
    assert listed["issued"][0]["uuid"] == uuid
    [given] = listed["given"]
    assert (given["achievement"], given["issuer"]) == ("sql", "did:web:quality.example")
    assert "about sql" in site("endorsement", "list", *harbour).output
    site("endorsement", "remove", given["uuid"], *harbour)
    refused = site("endorsement", "add", "ours.json", *harbour, code=1).output
    assert "endorsement-own" in refused
    words = ("endorsement", "revoke", uuid, *harbour, "--reason")
    assert "within five minutes" in site(*words, "over").output
    assert "so already" in site(*words, "over").output
    assert "Say why" in site(*words, " ", code=1).output


def _of(web: Web, now: datetime) -> Fetch:
    """Bring what others serve from the test's web, and what the tool serves from the tool."""
    real = FETCH(now)

    def fetch(url: str) -> Any:
        return real(url) if url.startswith("https://quoin.example.edu/") else web.fetch(url)

    return fetch


def _signed(body: Issuer, achievement: dict[str, Any]) -> dict[str, Any]:
    return body.sign(
        {
            "@context": [V2, OB],
            "id": f"{body.base}/endorsements/1",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": "Quality label",
            "issuer": {"id": body.did, "type": ["Profile"]},
            "validFrom": datetime(2026, 1, 1, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "credentialSubject": {
                "id": f"urn:uuid:{achievement['uuid']}",
                "type": ["EndorsementSubject"],
            },
        }
    )
