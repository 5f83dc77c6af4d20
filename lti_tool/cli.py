"""The ``quoin`` command: what an operator types. Exit codes: 0 done, 1 failed, 2 wrong use."""

from __future__ import annotations

import csv
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from lti_tool import worker
from lti_tool.config import SETTINGS, Config
from lti_tool.errors import ConflictError, QuoinError, StackTextError
from lti_tool.persistence import schema
from lti_tool.persistence.base import Database
from lti_tool.services.import_oulad import Imported, import_oulad
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.report_awards import report_awards
from lti_tool.sources.oulad import Reading, read_oulad
from lti_tool.web.parts import Parts

ERRORS = Console(stderr=True)
THREADS = 8
"""Requests served at the same time by ``quoin serve``."""


def friendly(work: Callable[..., Any]) -> Callable[..., Any]:
    """Turn our own errors into one line on stderr and exit code 1."""

    @wraps(work)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return work(*args, **kwargs)
        except StackTextError as error:
            where = f"{kwargs.get('file', '')}:{error.line}:{error.column}"
            raise click.ClickException(
                f"{where}: {error.address or '/'}: {error.message}"
            ) from None
        except QuoinError as error:
            raise click.ClickException(f"{error.message} ({error.code})") from None

    return run


@click.group()
@click.version_option(package_name="quoin")
def main() -> None:
    """Stackable microcredentials inside the LMS."""


@main.group()
def db() -> None:
    """Look after the database that QUOIN_DATABASE_URL names."""


@db.command("upgrade")
@friendly
def db_upgrade() -> None:
    """Migrate the database to this release; does nothing when it is there.

    Example: quoin db upgrade
    """
    database = _open(check=False)
    schema.upgrade(database)
    click.echo(f"The database is at {schema.current(database)}.")


@db.command("check")
@friendly
def db_check() -> None:
    """Say whether the database has the shape that this release expects.

    Example: quoin db check
    """
    database = _open()
    click.echo(f"The database is at {schema.current(database)}.")


@main.group()
def config() -> None:
    """Look at the settings."""


@config.command("check")
@friendly
def config_check() -> None:
    """Check the settings and list them with their meaning; secrets are not shown.

    Example: quoin config check
    """
    Config.from_environ()
    for name, (default, meaning) in SETTINGS.items():
        click.echo(f"{name} (default: {default})\n    {meaning}")


@main.group()
def stack() -> None:
    """Publish stacks."""


@stack.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--institution", required=True, help="Key of the institution.")
@click.option("--name", help="Open the institution under this name if it is new.")
@friendly
def stack_publish(file: str, institution: str, name: str | None) -> None:
    """Publish the stacks of a document; unchanged ones keep their version.

    Example: quoin stack publish stacks.yaml --institution harbour --name "Harbour University"
    """
    database, now = _open(), datetime.now(UTC)
    text = _read_text(file)
    if name is not None:
        open_institution(database, key=institution, name=name, now=now)
    published = publish_stacks(
        database, institution_key=institution, text=text, actor="cli:stack publish", now=now
    )
    for item in published:
        mark = "published" if item.is_new else "unchanged"
        click.echo(f"{item.key}: version {item.version} {mark}")


@main.group("import")
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
    database, now = _open(), datetime.now(UTC)
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
    with _bar(len(reading.facts)) as advance:
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


@main.group()
def report() -> None:
    """Count what there is."""


@report.command("awards")
@click.option("--institution", help="Key of the institution; all of them without it.")
@click.option("--json", "as_json", is_flag=True, help="Print {stack: number of learners}.")
@friendly
def report_awards_command(institution: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Print how many learners hold the award of each stack.

    Example: quoin report awards --json
    """
    counts = report_awards(_open(), institution_key=institution)
    if as_json:
        click.echo(json.dumps(counts))
        return
    for key, learners in counts.items():
        click.echo(f"{key}: {learners} learners")


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@friendly
def serve(port: int) -> None:
    """Serve the pages on loopback, and send what is due, in one process.

    Example: quoin serve --port 8000
    """
    from waitress import create_server

    from lti_tool.app import create_app

    _open()
    app = create_app(Config.from_environ())
    try:
        server = create_server(app, host="127.0.0.1", port=port, threads=THREADS)
    except OSError as error:
        raise click.ClickException(
            f"Port {port} cannot be used ({error.strerror}); choose another one with --port."
        ) from None
    click.echo(f"Quoin listens at 127.0.0.1:{port} (Ctrl-C stops it)")
    with _worker(app.extensions["quoin"]):
        server.run()


@contextmanager
def _worker(parts: Parts) -> Iterator[None]:
    """Send due deliveries in a thread of this process while the block runs."""
    stop = threading.Event()
    thread = threading.Thread(
        target=worker.run,
        args=(
            parts.database,
            worker.build_handlers(parts.database, parts.platforms, parts.config),
        ),
        kwargs={
            "clock": parts.clock,
            "stop": stop,
            "poll_seconds": parts.config.poll_seconds,
        },
        name="worker",
        daemon=True,
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)


@main.command()
@click.argument("name")
@friendly
def bench(name: str) -> None:
    """Run a benchmark of this checkout; one JSON line per figure.

    Example: quoin bench import
    """
    root = Path(__file__).resolve().parent.parent
    if not (root / "benchmarks").is_dir():
        raise click.ClickException("Benchmarks are part of the source checkout, not of a release.")
    sys.path.insert(0, str(root))
    from benchmarks.harness import run

    sys.exit(run(name))


def _open(*, check: bool = True) -> Database:
    database = Database(Config.from_environ().database_url)
    if check and not schema.is_current(database):
        raise ConflictError("The database is not at this release: run 'quoin db upgrade' first.")
    return database


def _read_text(file: str) -> str:
    try:
        return Path(file).read_text("utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is not UTF-8 text.") from None


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on stderr; give the function that advances it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=ERRORS) as progress:
        task = progress.add_task("learners", total=total)
        yield lambda count: progress.advance(task, count)


if __name__ == "__main__":
    main()
