"""quoin import and report: figures printed, rejected rows in a report file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.cli.conftest import Quoin
from tests.sources.test_oulad import written


def test_rejected_rows_go_to_a_report_and_the_import_continues(
    quoin: Quoin, tmp_path: Path
) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    printed = quoin("import", "oulad", str(written(folder)), "--rejects", "bad.csv").output
    with Path("bad.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert "1 rows without a score" in printed
    assert f"{len(rows)} rows rejected, listed in bad.csv" in printed
    assert {"table": "studentAssessment", "line": "5", "column": "date_submitted"} in [
        {name: row[name] for name in ("table", "line", "column")} for row in rows
    ]
    assert all(row["reason"] for row in rows)
    counted = json.loads(quoin("report", "awards", "--json").output)
    assert counted["one-module"] == 1


def test_a_second_import_says_that_it_added_nothing(quoin: Quoin, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    words = ("import", "oulad", str(written(folder)))
    quoin(*words)
    assert " 0 completions added" in quoin(*words).output


def test_a_folder_without_the_tables_is_refused(quoin: Quoin, tmp_path: Path) -> None:
    assert "is missing" in quoin("import", "oulad", str(tmp_path), code=1).output
    assert quoin("import", "oulad", "nowhere", code=2).output
