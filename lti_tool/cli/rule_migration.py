"""quoin rules migrate: a document of an older format, in the current one."""

from __future__ import annotations

from pathlib import Path

import click

from lti_tool.cli.common import friendly, read_text
from lti_tool.cli.rules import rules
from lti_tool.stack_migration import migrate_text


@rules.command("migrate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--write", is_flag=True, help="Change the file instead of printing the result.")
@friendly
def rules_migrate(file: str, *, write: bool) -> None:
    """Print a stack document in the current format; comments and layout stay as they are.

    What changed is said on stderr, one line each. Older formats can be read for good: this is for
    whoever goes on editing the document.

    Example: quoin rules migrate stacks.yaml --write
    """
    text = read_text(file)
    new, renamed = migrate_text(text)
    for rename in renamed:
        click.echo(f"{file}: {rename.address}: '{rename.old}' is now '{rename.new}'", err=True)
    if new == text:
        click.echo(f"{file}: nothing to change", err=True)
    if not write:
        click.echo(new, nl=False)
    elif new != text:
        Path(file).write_text(new, "utf-8")
