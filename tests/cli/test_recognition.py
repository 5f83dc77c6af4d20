"""quoin issuers, equivalency, credentials recheck: as an operator types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Quoin
from tests.web.world import STACKS

DID = "did:web:uni.example"
AT = ("--institution", "harbour")
WHY = ("--reason", "Agreement of March.")


@pytest.fixture
def harbour(quoin: Quoin) -> Quoin:
    """The terminal of an institution with a catalogue."""
    Path("stacks.yaml").write_text(STACKS, "utf-8")
    quoin("stack", "publish", "stacks.yaml", *AT, "--name", "Harbour University")
    return quoin


def test_trust_is_given_listed_and_ended(harbour: Quoin) -> None:
    harbour("issuers", "trust", DID, *AT, "--name", "Hill", "--until", "2030-01-01", *WHY)
    again = harbour("issuers", "trust", DID, *AT, *WHY, "--json").output
    assert json.loads(again) == {"added": 0, "known": 1}
    assert f"{DID}  Hill, issued before 2030-01-01" in harbour("issuers", "list", *AT).output
    harbour("issuers", "distrust", DID, *AT, "--reason", "Closed.")
    assert "does not trust" in harbour("issuers", "distrust", DID, *AT, *WHY, code=1).output
    assert json.loads(harbour("issuers", "list", *AT, "--json").output) == []
    (row,) = json.loads(harbour("issuers", "list", *AT, "--all", "--json").output)
    assert (row["reason"], row["end_reason"]) == ("Agreement of March.", "Closed.")


def test_a_list_is_taken_whole_or_not_at_all(harbour: Quoin) -> None:
    good = {"issuer": DID, "name": "Hill", "reason": "Partner", "since": "2020-01-01"}
    for wrong in ({"issuer": "Hill"}, {"issuer": DID}, {"isuer": DID}, {"issuer": DID, "types": 1}):
        Path("list.json").write_text(json.dumps([good, wrong]), "utf-8")
        assert "Error: " in harbour("issuers", "import", "list.json", *AT, code=1).output
    assert harbour("issuers", "list", *AT).output == "0 trusted\n"
    more = {"issuer": "academy.example", "reason": "Partner", "types": ["MicroCredential"]}
    Path("list.json").write_text(json.dumps([good, more]), "utf-8")
    assert "2 trusted now" in harbour("issuers", "import", "list.json", *AT).output


def test_an_equivalency_is_added_listed_and_ended(harbour: Quoin) -> None:
    what = (DID, "https://uni.example/sql", "sql")
    added = harbour("equivalency", "add", *what, *AT, *WHY, "--credits", "2,5", "--json")
    uuid = json.loads(added.output)["id"]
    (row,) = json.loads(harbour("equivalency", "list", *AT, "--json").output)
    assert (row["credits"], row["achievement"], row["automatic"]) == ("2.5", "sql", False)
    assert (row["from"], row["until"], row["direction"]) == (None, None, "in")
    harbour("equivalency", "end", uuid, *AT, *WHY)
    assert "has ended already" in harbour("equivalency", "end", uuid, *AT, *WHY, code=1).output
    assert harbour("equivalency", "list", *AT).output == "0 equivalencies\n"


@pytest.mark.parametrize(
    "more",
    [
        (DID, "https://uni.example/x", "nothing"),
        (DID, "https://uni.example/x", "sql", "--credits", "1e9"),
        (DID, "https://uni.example/x", "sql", "--credits", "NaN"),
        ("Hill", "x", "sql"),
        (DID, "https://uni.example/x", "sql", "--from", "2026-01-02", "--until", "2026-01-01"),
    ],
)
def test_what_nobody_means_is_refused(harbour: Quoin, more: tuple[str, ...]) -> None:
    assert "Error: " in harbour("equivalency", "add", *more, *AT, *WHY, code=1).output


def test_with_nothing_due_a_recheck_does_nothing(harbour: Quoin) -> None:
    told = json.loads(harbour("credentials", "recheck", "--json").output)
    assert told == {"holds": 0, "changed": 0, "no-answer": 0}
    assert "no institution" in harbour("credentials", "recheck", *AT[:1], "x", code=1).output
