"""quoin bench import: the whole Open University dataset into a fresh SQLite file."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from benchmarks.harness import InvalidRunError, Report
from lti_tool.persistence import schema
from lti_tool.persistence.base import Database
from lti_tool.services.import_oulad import import_oulad
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.report_awards import report_awards
from lti_tool.sources.oulad import read_oulad

EXPECTED = {"one-module": 14_581, "two-modules": 802, "three-modules": 2}


def run(report: Report) -> None:
    """Import everything twice; the second run must add nothing."""
    folder = Path(os.environ.get("QUOIN_TEST_DATA", "../shared")) / "data" / "oulad"
    if not folder.is_dir():
        raise InvalidRunError(f"the data are not at {folder}; set QUOIN_TEST_DATA")
    with tempfile.TemporaryDirectory() as var:
        database = Database(f"sqlite:///{var}/bench.sqlite3")
        schema.upgrade(database)
        now = datetime.now(UTC)
        institution = open_institution(database, key="oulad", name="OULAD", now=now)
        text = files("lti_tool.sources").joinpath("oulad.yaml").read_text("utf-8")
        publish_stacks(database, institution_key="oulad", text=text, actor="bench", now=now)
        started = time.perf_counter()
        reading = read_oulad(folder)
        done = import_oulad(database, institution_id=institution, reading=reading, now=now)
        seconds = time.perf_counter() - started
        counts = report_awards(database)
        if any(counts[key] != learners for key, learners in EXPECTED.items()):
            raise InvalidRunError(f"awards differ from the data's own counts: {counts}")
        report.figure("import_s", round(seconds, 1), "s", better="lower")
        report.figure("rows_per_s", round(done.added / seconds), "rows/s", better="higher")
        rate = done.evaluations / done.seconds
        report.figure("evaluations_per_s", round(rate), "1/s", better="higher")
        _repeat(report, database, institution, folder)
        database.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report.figure("peak_memory_mib", round(peak), "MiB", better="lower")


def _repeat(report: Report, database: Database, institution: int, folder: Path) -> None:
    started = time.perf_counter()
    again = import_oulad(
        database,
        institution_id=institution,
        reading=read_oulad(folder),
        now=datetime.now(UTC),
    )
    if again.added or again.awards:
        raise InvalidRunError(f"a second run added {again.added} completions")
    seconds = time.perf_counter() - started
    report.figure("second_run_s", round(seconds, 1), "s", better="lower")
