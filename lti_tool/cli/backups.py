"""quoin backup: write, check and restore all that the database holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from lti_tool.backup_format import Held, Tell
from lti_tool.cli.common import friendly
from lti_tool.cli.opening import open_database
from lti_tool.persistence.backups import list_tables
from lti_tool.persistence.marks import BACKUP
from lti_tool.services.back_up import back_up
from lti_tool.services.note_mark import note_mark
from lti_tool.services.restore_backup import check_backup, restore_backup

FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
HERE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


@click.group()
def backup() -> None:
    """Write, check and restore all that the database holds.

    QUOIN_SECRET_KEY is not in a backup, and without it the keys in there cannot be opened: keep
    it, and keep it elsewhere.
    """


@backup.command("create")
@FILE
@AS_JSON
@friendly
def create(file: Path, as_json: bool) -> None:  # noqa: FBT001
    """Write everything into FILE, as of one moment; the service goes on meanwhile.

    Example: quoin backup create quoin-2026-11-30.backup.gz
    """
    database = open_database()
    with _progress(as_json) as tell:
        held = back_up(database, file, release=version("quoin"), now=datetime.now(UTC), tell=tell)
    note_mark(database, BACKUP, now=datetime.now(UTC))
    _say("written", held, as_json)


@backup.command("verify")
@HERE
@AS_JSON
@friendly
def verify(file: Path, as_json: bool) -> None:  # noqa: FBT001
    """Read FILE to its end and say whether it is whole and unchanged.

    Example: quoin backup verify quoin-2026-11-30.backup.gz
    """
    _say("whole", check_backup(file), as_json)


@backup.command("restore")
@HERE
@AS_JSON
@friendly
def restore(file: Path, as_json: bool) -> None:  # noqa: FBT001
    """Put FILE into the empty database that QUOIN_DATABASE_URL names, SQLite or PostgreSQL.

    Every row is read again afterwards; what would not be the same is not kept.

    Example: quoin backup restore quoin-2026-11-30.backup.gz
    """
    database = open_database(check=False)
    with _progress(as_json) as tell:
        held = restore_backup(database, file, tell=tell)
    _say("restored", held, as_json)


@contextmanager
def _progress(is_quiet: bool) -> Iterator[Tell]:  # noqa: FBT001
    with Progress(console=Console(stderr=True), disable=is_quiet) as progress:
        task = progress.add_task("Tables", total=len(list_tables()))
        yield lambda _name, _rows: progress.advance(task)


def _say(what: str, held: Held, as_json: bool) -> None:  # noqa: FBT001
    if as_json:
        made_at = held.head.made_at.isoformat()
        said = {"made_at": made_at, "revision": held.head.revision, "rows": held.rows}
        click.echo(json.dumps(said))
        return
    total = sum(held.rows.values())
    click.echo(f"{what}: {total} rows of {len(held.rows)} tables, as of {held.head.made_at}")
