"""quoin stack: publish stacks."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from lti_tool.cli.common import friendly, read_text
from lti_tool.cli.opening import open_database
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks


@click.group()
def stack() -> None:
    """Publish stacks."""


@stack.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--institution", required=True, help="Key of the institution.")
@click.option("--name", help="Open the institution under this name if it is new.")
@click.option("--despite", default="", help="Why European elements may be missing; it is kept.")
@friendly
def stack_publish(file: str, institution: str, name: str | None, despite: str) -> None:
    """Publish the stacks of a document; unchanged ones keep their version.

    Example: quoin stack publish stacks.yaml --institution harbour --name "Harbour University"
    """
    database, now = open_database(), datetime.now(UTC)
    text = read_text(file)
    if name is not None:
        open_institution(database, key=institution, name=name, now=now)
    published = publish_stacks(
        database,
        institution_key=institution,
        text=text,
        actor="cli:stack publish",
        now=now,
        despite=despite,
    )
    for item in published:
        mark = "published" if item.is_new else "unchanged"
        click.echo(f"{item.key}: version {item.version} {mark}")
