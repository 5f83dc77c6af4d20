"""quoin health: how the installation is, and what to do about it."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.findings import tell
from lti_tool.cli.opening import open_database
from lti_tool.config import Config
from lti_tool.persistence.marks import BACKUP
from lti_tool.release import release
from lti_tool.services.note_mark import note_mark
from lti_tool.services.show_health import show_health


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@click.option("--backup-made", is_flag=True, help="Note first that a backup was made just now.")
@friendly
def health(as_json: bool, backup_made: bool) -> None:  # noqa: FBT001
    """Say how the installation is, and what to do. Exit code 1 where something does not work.

    Example: quoin health --json
    """
    database, now = open_database(), datetime.now(UTC)
    if backup_made:
        note_mark(database, BACKUP, now=now)
    has_mail = bool(Config.from_environ().smtp_url)
    findings = show_health(database, version=release(), has_mail=has_mail, now=now)
    tell(findings, as_json=as_json)
