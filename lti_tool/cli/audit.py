"""quoin audit: whether the audit trail is whole, and the trail itself."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import open_database
from lti_tool.services.export_audit import export_audit
from lti_tool.services.seal_audit import seal_audit
from lti_tool.services.verify_audit import verify_audit


@click.group()
def audit() -> None:
    """The audit trail: check it, give it out."""


@audit.command("verify")
@click.option("--head", default="", help="A hash that was kept: the chain has to pass through it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def verify(head: str, as_json: bool) -> None:  # noqa: FBT001
    """Check that no event was changed or taken out. Exit code 1 when the chain does not hold.

    Keep the head that is printed somewhere else: with --head it shows later that nothing before
    it was made anew.

    Example: quoin audit verify --head 9f2c…
    """
    found = verify_audit(open_database(), head=head.strip().lower(), now=datetime.now(UTC))
    if as_json:
        click.echo(json.dumps({"holds": found.holds, **asdict(found)}))
    else:
        for one in found.breaks:
            click.echo(f"position {one.position}, event {one.event}: {one.kind}")
        if not found.has_head:
            click.echo("The chain does not pass through the head that was named.")
        click.echo(f"{found.sealed} sealed, head {found.head or 'none yet'}")
        if found.unsealed:
            click.echo(
                f"{found.unsealed} older than ten minutes wait for their seal: does the worker run?"
            )
    if not found.holds:
        raise click.exceptions.Exit(1)


@audit.command("seal")
@click.option("--json", "as_json", is_flag=True, help='Print {"sealed": number}.')
@friendly
def seal(as_json: bool) -> None:  # noqa: FBT001
    """Seal what was written since the last time; the worker does it every minute.

    Example: quoin audit seal
    """
    database, count = open_database(), 0
    while done := seal_audit(database, now=datetime.now(UTC), is_thorough=True):
        count += done
    click.echo(json.dumps({"sealed": count}) if as_json else f"{count} sealed")


@audit.command("export")
@friendly
def export() -> None:
    """Print the sealed events as JSON lines: position, hash, event.

    A hash is SHA-256, hexadecimal, over the hash before it ("" before the first), a line feed,
    and the event as JSON with sorted names and without space.

    Example: quoin audit export > audit.jsonl
    """
    for line in export_audit(open_database()):
        click.echo(json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
