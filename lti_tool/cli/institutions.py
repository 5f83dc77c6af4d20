"""quoin institution: the tenants of the tool."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import open_database
from lti_tool.services.list_institutions import list_institutions
from lti_tool.services.switch_institution import switch_institution


@click.group()
def institution() -> None:
    """Look after the institutions."""


@institution.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def institution_list(as_json: bool) -> None:  # noqa: FBT001
    """List the institutions.

    Example: quoin institution list --json
    """
    rows = list_institutions(open_database())
    if as_json:
        found = [
            {
                "id": str(row.uuid),
                "key": row.key,
                "name": row.name,
                "suspended_at": row.suspended_at and row.suspended_at.isoformat(),
            }
            for row in rows
        ]
        click.echo(json.dumps(found))
        return
    for row in rows:
        mark = "" if row.suspended_at is None else f"  suspended since {row.suspended_at:%Y-%m-%d}"
        click.echo(f"{row.key}  {row.name}{mark}")


@institution.command("suspend")
@click.argument("key")
@friendly
def institution_suspend(key: str) -> None:
    """Stop launches and services of an institution; sessions end, nothing is lost.

    Example: quoin institution suspend harbour
    """
    _switch(key, is_suspended=True)


@institution.command("resume")
@click.argument("key")
@friendly
def institution_resume(key: str) -> None:
    """Let a suspended institution go on; scores that waited are sent.

    Example: quoin institution resume harbour
    """
    _switch(key, is_suspended=False)


def _switch(key: str, *, is_suspended: bool) -> None:
    actor = f"cli:institution {'suspend' if is_suspended else 'resume'}"
    changed = switch_institution(
        open_database(), key, is_suspended=is_suspended, actor=actor, now=datetime.now(UTC)
    )
    state = "suspended" if is_suspended else "at work"
    click.echo(f"{key} is {state}{' now' if changed else ' already'}.")
