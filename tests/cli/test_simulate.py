"""quoin simulate, as it is typed: over files and over the database."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lti_tool.persistence.base import Database
from lti_tool.services.import_oulad import import_oulad
from lti_tool.services.open_institution import open_institution
from lti_tool.sources.oulad import Fact, Reading
from tests.cli.conftest import Quoin

OLD = """quoin: 2
achievements:
  sql: {name: SQL}
  r: {name: R}
  ethics: {name: Ethics}
stacks:
- key: basics
  title: Basics
  requires: {all: [sql, r]}
- key: master
  title: Master
  requires: {all: [{award: basics}, ethics]}
"""
NEW = OLD.replace("{all: [sql, r]}", "{all: [sql, ethics]}")
DONE = {"ada": ("sql", "ethics"), "ben": ("sql", "r"), "cleo": ("r",), "=dora": ("sql",)}


@pytest.fixture
def files(quoin: Quoin) -> Quoin:
    """Both documents and a table of facts in the folder where commands are typed."""
    Path("old.yaml").write_text(OLD, "utf-8")
    Path("new.yaml").write_text(NEW, "utf-8")
    rows = sorted((learner, key) for learner, keys in DONE.items() for key in keys)
    table = pa.table(
        {
            "learner": [learner for learner, _ in rows],
            "achievement": [key for _, key in rows],
            "on": pa.array([date(2026, 1, 1)] * len(rows), pa.date32()),
        }
    )
    pq.write_table(table, "facts.parquet")
    return quoin


@pytest.fixture
def harbour(sqlite_database: Database, files: Quoin) -> Quoin:
    """The same learners at an institution that has published the old document."""
    now = datetime(2026, 6, 1, tzinfo=UTC)
    found = open_institution(sqlite_database, key="h", name="Harbour", now=now)
    files("stack", "publish", "old.yaml", "--institution", "h")
    reading = Reading(achievements={"sql": "SQL", "r": "R", "ethics": "Ethics"})
    for learner, keys in DONE.items():
        reading.facts[learner] = [
            Fact(learner, key, date(2026, 1, 1), f"{learner}-{key}") for key in keys
        ]
    import_oulad(sqlite_database, institution_id=found, reading=reading, now=now)
    return files


FACTS = ("--against", "old.yaml", "--facts", "facts.parquet", "--as-of", "2026-06-30")


def answer(output: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output.splitlines()[-1])["stacks"]
    return found


def test_lines_say_who_and_why(files: Quoin) -> None:
    said = files("simulate", "new.yaml", *FACTS).output
    assert "1 would meet it and have no award yet" in said
    assert "1 by /r\n          ada: /r r completed: is not met yet" in said
    assert "1 by /ethics\n          ben: /ethics ethics completed: is not met yet" in said
    assert "master: Master (same rule; an award below it changes)" in said


def test_json_counts_by_requirement(files: Quoin) -> None:
    found = answer(files("simulate", "new.yaml", *FACTS, "--json").output)
    assert found["basics"]["effects"] == {
        "unchanged": 1, "gains": 1, "keeps": 0, "misses": 1, "up": 0, "down": 1, "undecided": 0,
    }  # fmt: skip
    gains = found["basics"]["requirements"]["gains"]
    # What she lacks is not asked for any more.
    assert gains["/r"]["learners"] == 1
    assert gains["/r"]["examples"][0]["learner"] == "ada"
    assert gains["/r"]["examples"][0]["why"][0]["at"] == "/r"
    assert found["master"]["effects"]["gains"] == 1


def test_one_stack_alone_and_nobody_named(files: Quoin) -> None:
    words = (*FACTS, "--stack", "master", "--names", "0", "--json")
    found = answer(files("simulate", "new.yaml", *words).output)
    assert list(found) == ["master"]
    assert "ada" not in json.dumps(found)


def test_every_learner_with_a_change_is_in_the_file(files: Quoin) -> None:
    files("simulate", "new.yaml", *FACTS, "--out", "out.csv")
    with Path("out.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["learner"], row["stack"]): row for row in csv.DictReader(file)}
    assert rows["ada", "basics"]["effect"] == "gains"
    assert (rows["ben", "basics"]["before"], rows["ben", "basics"]["after"]) == ("met", "not-met")
    assert ("'=dora", "basics") not in rows
    files("simulate", "new.yaml", *FACTS, "--out", "out.parquet")
    table = pq.read_table("out.parquet")
    assert table.num_rows == len(rows)
    assert set(table.column("effect").to_pylist()) == {r["effect"] for r in rows.values()}


def test_nothing_that_counts_is_changed(files: Quoin) -> None:
    Path("new.yaml").write_text(OLD.replace("title: Basics", "title: Other"), "utf-8")
    assert "Nothing that counts" in files("simulate", "new.yaml", *FACTS).output
    files("simulate", "new.yaml", *FACTS, "--out", "none.csv")
    assert Path("none.csv").read_text("utf-8").startswith("learner,stack")


def test_the_database_is_held_against_what_is_published(harbour: Quoin) -> None:
    found = answer(harbour("simulate", "new.yaml", "--institution", "h", "--json").output)
    effects = found["basics"]["effects"]
    # Ben has the award: he keeps it.
    assert (effects["gains"], effects["keeps"], effects["misses"]) == (1, 1, 0)
    words = ("--institution", "h", "--against", "old.yaml", "--json")
    assert answer(harbour("simulate", "new.yaml", *words).output) == found
    harbour("simulate", "new.yaml", "--institution", "h", "--out", "out.csv")
    with Path("out.csv").open(encoding="utf-8", newline="") as file:
        learners = {row["learner"] for row in csv.DictReader(file)}
    assert all(len(learner) == 36 for learner in learners)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("new.yaml",), 2, "Say whose learners"),
        (("new.yaml", "--facts", "facts.parquet"), 2, "with --facts say --against FILE"),
        (("new.yaml", *FACTS, "--institution", "h"), 2, "Say whose learners"),
        (("new.yaml", "--institution", "h", "--as-of", "2026-01-01"), 2, "--as-of goes with"),
        (("new.yaml", "--institution", "h", "--against", "gone.yaml"), 2, "there is no file"),
        (("new.yaml", *FACTS, "--out", "out.txt"), 2, "ends in .parquet or .csv"),
        (("new.yaml", *FACTS, "--out", "no/out.csv"), 2, "there is no folder"),
        (("new.yaml", *FACTS, "--stack", "other"), 1, "There is no stack 'other'"),
        (("new.yaml", "--institution", "nowhere"), 1, "There is no institution"),
        (("bad.yaml", *FACTS), 1, "bad.yaml:"),
        (("bad.yaml", "--institution", "h"), 1, "bad.yaml:"),
        (("twice.yaml", *FACTS), 1, "in several versions"),
        (("circle.yaml", *FACTS), 1, "need each other"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    harbour: Quoin, words: tuple[str, ...], code: int, said: str
) -> None:
    Path("bad.yaml").write_text("quoin: 2\nstacks:\n- key: X\n", "utf-8")
    twice = OLD + OLD.split("stacks:\n")[1].replace("  title", "  version: 2\n  title")
    Path("twice.yaml").write_text(twice, "utf-8")
    circle = NEW.replace("all: [sql, ethics]", "all: [{award: master}, sql]")
    Path("circle.yaml").write_text(circle, "utf-8")
    assert said in harbour("simulate", *words, code=code).output


def test_a_table_out_of_order_is_refused(files: Quoin) -> None:
    table = pq.read_table("facts.parquet")
    pq.write_table(table.take(list(range(table.num_rows))[::-1]), "facts.parquet")
    assert "not ordered by learner" in files("simulate", "new.yaml", *FACTS, code=1).output
