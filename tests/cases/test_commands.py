"""quoin exceptions, quoin admin invite --role: what an operator types."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from lti_tool.persistence.base import Database
from tests.cases.world import REASON, CasesWorld
from tests.cli.conftest import Quoin, quoin  # noqa: F401


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> CasesWorld:
    """The database of the terminal."""
    return CasesWorld(sqlite_database, now)


def test_an_exception_is_previewed_granted_listed_and_ended(
    world: CasesWorld,
    quoin: Quoin,  # noqa: F811
) -> None:
    world.complete(world.learner.learner_id, ["sql"])
    words = ["exceptions", "grant", "--institution", "harbour", "--kind", "waive"]
    words += ["--learner", str(world.learner.learner_uuid), "--stack", "data-basics"]
    words += ["--reason-code", "equivalent", "--reason", REASON, "--by", "Ingrid Solheim"]
    seen = json.loads(quoin(*words, "--at", "/charts", "--preview", "--json").output)
    assert seen == {
        "before": "not-met",
        "after": "met",
        "met": ["/", "/charts"],
        "unmet": [],
        "awards": ["data-basics"],
    }
    assert json.loads(quoin("exceptions", "list", "--json").output) == []
    assert "invalid-input" in quoin(*words, "--at", "/nowhere", code=1).output
    assert "Name who decides" in quoin(*words[:-1], "x" * 101, "--at", "/charts", code=1).output
    made = json.loads(quoin(*words, "--at", "/charts", "--json").output)
    assert made["awards"] == ["Data basics"]
    (row,) = json.loads(quoin("exceptions", "list", "--institution", "harbour", "--json").output)
    assert (row["uuid"], row["author"], row["state"]) == (made["id"], "Ingrid Solheim", "in-force")
    assert "learner_name" not in row
    assert "0 listed" in quoin("exceptions", "list", "--institution", "hill").output
    over = ("exceptions", "end", made["id"], "--reason", "not genuine", "--by", "Tom")
    assert json.loads(quoin(*over, "--json").output) == {"id": made["id"], "reviews": 1}
    assert "ended already" in quoin(*over, code=1).output
    assert "0 listed" in quoin("exceptions", "list").output
    assert "ended" in quoin("exceptions", "list", "--all").output


def test_wrong_use_is_told_with_exit_code_2(world: CasesWorld, quoin: Quoin) -> None:  # noqa: F811
    assert "Example" in quoin("exceptions", "grant", "--help").output
    quoin("exceptions", "grant", "--institution", "harbour", code=2)
    quoin("exceptions", "end", "no-uuid", "--reason", "x", "--by", "y", code=2)
    quoin("exceptions", "list", "--institution", "nowhere", code=1)


def test_a_registrar_is_of_one_institution(
    world: CasesWorld,
    quoin: Quoin,  # noqa: F811
) -> None:
    del world
    invite = ["admin", "invite", "--name", "Rita", "--role", "registrar"]
    assert "one institution" in quoin(*invite, code=1).output
    quoin(*invite, "--institution", "harbour")
    quoin("admin", "invite", "--name", "Rita", "--institution", "harbour")
    (row,) = json.loads(quoin("admin", "list", "--json").output)
    assert row["roles"] == ["registrar"], "a newer link leaves the roles as they are"
    quoin(*invite, "--role", "administrator", "--institution", "harbour")
    (row,) = json.loads(quoin("admin", "list", "--json").output)
    assert row["roles"] == ["administrator", "registrar"]
