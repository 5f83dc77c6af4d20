"""quoin doctor: everything that can be looked at from here, in one run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.checked_machine import check_clocks, check_disk
from lti_tool.checked_settings import check_settings
from lti_tool.cli.common import friendly
from lti_tool.cli.findings import tell
from lti_tool.cli.opening import open_database
from lti_tool.config import Config
from lti_tool.healthy import is_well
from lti_tool.lti.platform_checks import Finding, Verdict
from lti_tool.persistence import schema
from lti_tool.persistence.base import Database, read_url
from lti_tool.release import release
from lti_tool.services.check_platform import check_platform
from lti_tool.services.check_secret import check_secret
from lti_tool.services.list_platforms import list_platforms
from lti_tool.services.read_clock import read_clock
from lti_tool.services.show_health import show_health


@click.command()
@click.option("--offline", is_flag=True, help="Call no LMS.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def doctor(offline: bool, as_json: bool) -> None:  # noqa: FBT001
    """Look at everything: settings, database, keys, clocks, disk, worker, backups, every LMS.

    What 'quoin config check', 'quoin health' and 'quoin platform check' find, and more, as far as
    one thing that is wrong lets the next be looked at. Exit code 1 where something does not work.

    Example: quoin doctor --json
    """
    findings = list(check_settings(os.environ))
    if is_well(findings):
        findings += _look(Config.from_environ(), offline=offline)
    tell(findings, as_json=as_json)


def _look(config: Config, *, offline: bool) -> Iterator[Finding]:
    """Yield what is found behind good settings."""
    yield check_disk(_folder(config.database_url))
    database = open_database(check=False)
    try:
        migration = schema.current(database)
        clocks = check_clocks(read_clock(database), datetime.now(UTC))
    except SQLAlchemyError as error:
        # Its message holds the address, and perhaps more.
        words = f"The database does not answer ({type(error).__name__})."
        advice = "Look whether it runs, and at QUOIN_DATABASE_URL."
        yield Finding("database", Verdict.FAILURE, words, advice)
        return
    yield clocks
    if migration != schema.head():
        words = f"It is at {migration or 'no migration'}, and should be at {schema.head()}."
        yield Finding("database", Verdict.FAILURE, words, "Run 'quoin db upgrade'.")
        return
    yield from _inside(config, database)
    if not offline:
        yield from _outside(config, database)


def _inside(config: Config, database: Database) -> Iterator[Finding]:
    yield check_secret(database, config.secret_key)
    has_mail = bool(config.smtp_url)
    yield from show_health(database, version=release(), has_mail=has_mail, now=datetime.now(UTC))


def _outside(config: Config, database: Database) -> Iterator[Finding]:
    """Yield what a call to every LMS that may launch says."""
    from lti_tool.web.parts import build_parts

    parts = build_parts(config, database=database)
    for platform in list_platforms(database):
        if not platform.is_enabled:
            continue
        for finding in check_platform(
            database, parts.http, parts.keyring, platform.uuid, clock=lambda: datetime.now(UTC)
        ):
            yield replace(finding, topic=f"{platform.name}, {finding.topic}")


def _folder(database_url: str) -> Path:
    """Return where files are written: beside the file of SQLite, else where the tool runs."""
    kind, name, _ = read_url(database_url)
    is_file = kind == "sqlite" and name not in (None, "", ":memory:")
    folder = Path(name or ".").resolve().parent if is_file else Path.cwd()
    return folder if folder.is_dir() else Path.cwd()
