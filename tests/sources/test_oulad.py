"""The Open University data: the counts they are known by, and rows that cannot be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import pytest

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.base import Database
from lti_tool.services.import_oulad import import_oulad
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.sources.oulad import Reading, read_oulad, start_of

TABLES = {
    "courses": "code_module,code_presentation,module_presentation_length\nAAA,2013J,268\n",
    "assessments": (
        "code_module,code_presentation,id_assessment,assessment_type,date,weight\n"
        "AAA,2013J,1752,TMA,19,10\n"
    ),
    "studentInfo": (
        "code_module,code_presentation,id_student,final_result\n"
        "AAA,2013J,1,Pass\nAAA,2013J,2,Fail\nBBB,2013J,3,Pass\n"
    ),
    "studentAssessment": (
        "id_assessment,id_student,date_submitted,is_banked,score\n"
        "1752,1,18,0,78\n1752,2,18,0,\n1752,1,18,0,178\n1752,1,soon,0,50\n9,1,1,0,50\n"
        "1752,2,-1,1,60\n"
    ),
}


def written(folder: Path, **changed: str) -> Path:
    for table, text in (TABLES | changed).items():
        (folder / f"{table}.csv").write_text(text)
    return folder


def imported(database: Database, reading: Reading, now: datetime):  # type: ignore[no-untyped-def]
    institution = open_institution(database, key="oulad", name="OULAD", now=now)
    text = files("lti_tool.sources").joinpath("oulad.yaml").read_text("utf-8")
    publish_stacks(database, institution_key="oulad", text=text, actor="test", now=now)
    return import_oulad(database, institution_id=institution, reading=reading, now=now)


def test_bad_rows_are_named_by_table_line_and_column(tmp_path: Path) -> None:
    reading = read_oulad(written(tmp_path))
    assert [(r.table, r.line, r.column) for r in reading.rejects] == [
        ("studentInfo", 4, "code_presentation"),
        ("studentAssessment", 3, "score"),
        ("studentAssessment", 4, "score"),
        ("studentAssessment", 5, "date_submitted"),
        ("studentAssessment", 6, "id_assessment"),
    ]
    assert reading.without_score == 1
    assert sum(len(facts) for facts in reading.facts.values()) == 3


def test_dates_follow_the_presentation(tmp_path: Path) -> None:
    reading = read_oulad(written(tmp_path))
    passed, scored = reading.facts["1"]
    assert passed.on.isoformat() == "2014-06-26"
    assert scored.on.isoformat() == "2013-10-19"
    assert reading.facts["2"][0].is_recognised
    assert start_of("2014B").isoformat() == "2014-02-01"


def test_a_missing_table_or_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"courses\.csv\.gz is missing"):
        read_oulad(tmp_path)
    written(tmp_path, courses="code_module\nAAA\n")
    with pytest.raises(InvalidInputError, match="has no column"):
        read_oulad(tmp_path)


def test_a_second_import_adds_nothing(database: Database, tmp_path: Path, now: datetime) -> None:
    reading = read_oulad(written(tmp_path))
    first, second = imported(database, reading, now), imported(database, reading, now)
    assert (first.added, first.awards) == (3, 1)
    assert (second.added, second.repeated, second.awards) == (0, 3, 0)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_whole_dataset_gives_its_known_counts(tmp_path: Path, test_data: Path) -> None:
    # A process of its own, as people run it: beside the objects of thousands of other tests
    # every collection of garbage takes so long that the import lasts three times as long.
    def quoin(*words: str) -> str:
        command = [sys.executable, "-m", "lti_tool.cli", *words]
        environ = {**os.environ, "QUOIN_DATABASE_URL": f"sqlite:///{tmp_path / 'q.sqlite3'}"}
        environ["QUOIN_SECRET_KEY"] = "k" * 32
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    quoin("db", "upgrade")
    told = quoin(
        *("import", "oulad", str((test_data / "data" / "oulad").resolve())),
        *("--rejects", str(tmp_path / "rejects.csv")),
    )
    assert "studentAssessment: 173912 rows read" in told
    assert "173 rows without a score" in told
    assert "28785 learners, 189124 completions added, 0 known" in told
    counts = json.loads(quoin("report", "awards", "--json"))
    assert counts["one-module"] == 14_581
    assert counts["two-modules"] == 802
    assert counts["three-modules"] == 2
