"""quoin cohort, as it is typed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from lti_tool.cli import main

STACKS = """quoin: 2
achievements:
  sql: {name: SQL, credits: 2}
  r: {name: R, credits: 3}
stacks:
- key: basics
  title: Basics
  requires: {all: [sql, r]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "stacks.yaml").write_text(STACKS, "utf-8")
    rows = [("ada", "sql"), ("ada", "r"), ("ben", "sql")]
    table = pa.table(
        {
            "learner": [learner for learner, _ in rows],
            "achievement": [key for _, key in rows],
            "on": pa.array([date(2026, 1, 1)] * 3, pa.date32()),
        }
    )
    pq.write_table(table, tmp_path / "facts.parquet")
    return tmp_path


def typed(folder: Path, *more: str, facts: str = "facts.parquet") -> tuple[int, str]:
    words = ["cohort", str(folder / "stacks.yaml"), str(folder / facts), "--out"]
    known = ["--as-of", "2026-06-30", "--known-on", "2026-06-30"]
    done = CliRunner().invoke(main, [*words, str(folder / "out"), *known, *more])
    return done.exit_code, done.output


def test_standings_are_written_and_counted(folder: Path) -> None:
    code, said = typed(folder)
    assert code == 0
    assert "basics: 1 not-met, 1 met" in said
    found = pq.read_table(folder / "out" / "part-00000.parquet").to_pylist()
    assert found == [{"learner": "ada", "basics": "met"}, {"learner": "ben", "basics": "not-met"}]


def test_a_folder_of_files_and_json(folder: Path) -> None:
    code, said = typed(folder, "--json", "--learners", "1", facts="")
    assert code == 0
    assert json.loads(said.splitlines()[-1])["basics"]["met"] == 1
    assert len(list((folder / "out").glob("part-*.parquet"))) == 2


def test_two_processes_say_the_same(folder: Path) -> None:
    code, said = typed(folder, "--learners", "1", "--executor", "processes", "--processes", "2")
    assert code == 0
    assert "basics: 1 not-met, 1 met" in said


def test_what_is_wrong_is_one_sentence(folder: Path) -> None:
    typed(folder)
    code, said = typed(folder, "--learners", "1")
    assert code == 1
    assert "parts of another run" in said
    pq.write_table(pa.table({"learner": ["b", "a"]}), folder / "facts.parquet")
    assert "is not ordered by learner" in typed(folder)[1]
    (folder / "empty").mkdir()
    assert "no Parquet files" in typed(folder, facts="empty")[1]
