"""quoin import: bring in completions from elsewhere."""

from __future__ import annotations

import csv
import time
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import ERRORS, open_database, progress_bar
from lti_tool.services.import_oulad import Imported, import_oulad
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.report_awards import report_awards
from lti_tool.sources.oulad import Reading, read_oulad


@click.group("import")
def import_() -> None:
    """Bring in completions from elsewhere."""


@import_.command("oulad")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--institution", default="oulad", show_default=True, help="Key of the institution.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Where rejected rows are listed.")
@friendly
def import_oulad_command(folder: Path, institution: str, rejects: Path | None) -> None:
    """Import the Open University dataset and award what follows; resumable, idempotent.

    Example: quoin import oulad shared/data/oulad
    """
    database, now = open_database(), datetime.now(UTC)
    started = time.perf_counter()
    institution_id = open_institution(
        database, key=institution, name="Open University (OULAD)", now=now
    )
    text = files("lti_tool.sources").joinpath("oulad.yaml").read_text("utf-8")
    publish_stacks(
        database, institution_key=institution, text=text, actor="cli:import oulad", now=now
    )
    with ERRORS.status("Reading the tables ..."):
        reading = read_oulad(folder)
    read_seconds = time.perf_counter() - started
    with progress_bar("learners", len(reading.facts)) as advance:
        done = import_oulad(
            database, institution_id=institution_id, reading=reading, now=now, progress=advance
        )
    _tell_reading(reading, rejects or Path("var") / "oulad-rejects.csv")
    _tell_import(done, read_seconds)
    for key, learners in report_awards(database, institution_key=institution).items():
        click.echo(f"{key}: {learners} learners")


def _tell_reading(reading: Reading, rejects: Path) -> None:
    for table, rows in reading.rows.items():
        click.echo(f"{table}: {rows} rows read")
    click.echo(f"{reading.without_score} rows without a score")
    if reading.rejects:
        rejects.parent.mkdir(parents=True, exist_ok=True)
        with rejects.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("table", "line", "column", "reason"))
            writer.writerows((r.table, r.line, r.column, r.reason) for r in reading.rejects)
        click.echo(f"{len(reading.rejects)} rows rejected, listed in {rejects}")


def _tell_import(done: Imported, read_seconds: float) -> None:
    seconds = done.seconds + read_seconds
    rows = done.added + done.repeated
    click.echo(f"{done.learners} learners, {done.added} completions added, {done.repeated} known")
    click.echo(f"{done.awards} awards made")
    click.echo(
        f"{seconds:.1f} s in all: {rows / seconds:,.0f} rows/s, "
        f"{done.evaluations / done.seconds:,.0f} evaluations/s"
    )
