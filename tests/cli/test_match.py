"""quoin match: a goal in words, or in a file, and what leads there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Quoin

STACKS = """
quoin: 2
achievements:
  sql: {name: Queries in SQL, credits: 2, description: Ask a database exact questions.}
  charts: {name: Honest charts, credits: 2}
  sew: {name: Sewing leather, credits: 2}
stacks:
- {key: basics, title: Data basics, requires: {all: [sql, charts]}}
- key: larger
  title: Data practice
  requires: {all: [{award: basics}, {at_least: 1, of: [sew, charts]}]}
"""


@pytest.fixture
def harbour(quoin: Quoin, tmp_path: Path) -> Quoin:
    """An institution with two stacks."""
    (tmp_path / "stacks.yaml").write_text(STACKS, "utf-8")
    quoin("stack", "publish", "stacks.yaml", "--institution", "harbour", "--name", "Harbour")
    return quoin


def test_a_goal_in_words(harbour: Quoin) -> None:
    told = harbour("match", "I want to write SQL queries", "--institution", "harbour").output
    assert told.startswith("close  sql  Queries in SQL  (SQL queries)\n")
    assert "stack basics" in told


def test_a_goal_in_a_file_as_json(harbour: Quoin, tmp_path: Path) -> None:
    (tmp_path / "job.txt").write_text("Wanted: honest charts.\nAlso: sewing.", "utf-8")
    told = json.loads(harbour("match", "job.txt", "--institution", "harbour", "--json").output)
    assert [one["key"] for one in told["competencies"]] == ["charts", "sew"]
    assert told["competencies"][0]["phrases"] == ["honest charts"]
    larger = next(one for one in told["stacks"] if one["key"] == "larger")
    assert larger["path"] == {
        "take": ["charts", "sql"],
        "credits": "4",
        "workload_hours": None,
        "least": "cost",
        "is_proved": False,
    }


@pytest.mark.parametrize("goal", ["統計学", "", "x" * 300, "a\x00b"])
def test_nothing_is_said_honestly(harbour: Quoin, goal: str) -> None:
    told = harbour("match", goal, "--institution", "harbour").output
    assert told == "Nothing in the catalogue fits these words.\n"


def test_an_institution_that_is_not_there(quoin: Quoin) -> None:
    assert (
        "no institution 'nobody'" in quoin("match", "x", "--institution", "nobody", code=1).output
    )


def test_a_model_that_is_not_there_is_named(
    harbour: Quoin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOIN_MATCH_MODEL", str(tmp_path / "nowhere"))
    told = harbour("match", "SQL", "--institution", "harbour", code=1).output
    assert "model.safetensors (No such file or directory)" in told


def test_a_file_that_is_no_text(harbour: Quoin, tmp_path: Path) -> None:
    (tmp_path / "job.pdf").write_bytes(b"%PDF\xff\xfe")
    assert "not UTF-8" in harbour("match", "job.pdf", "--institution", "harbour", code=1).output
