"""quoin institution definitions: what an institution sets for all its rules."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from lti_tool.building.declaring import in_words, read_declared
from lti_tool.cli.common import friendly, read_text
from lti_tool.cli.opening import open_database
from lti_tool.services.set_definitions import NewDefinitions, set_definitions
from lti_tool.services.show_definitions import show_definitions
from lti_tool.stack_text import read_plain
from lti_tool.stack_yaml import dump


@click.group()
def definitions() -> None:
    """Show and set scales, conversion tables, terms, time zone, levels and credit rates."""


@definitions.command("show")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with all versions.")
@friendly
def definitions_show(key: str, as_json: bool) -> None:  # noqa: FBT001
    """Print what an institution has set, as YAML that `set` reads.

    Example: quoin institution definitions show harbour > definitions.yaml
    """
    view = show_definitions(open_database(), key=key)
    if not as_json:
        click.echo(f"# version {view.number}" if view.number else "# nothing is set")
        click.echo(dump(view.declared) if view.declared else "", nl=False)
        return
    versions = [
        {
            "version": one.number,
            "recorded_at": one.recorded_at.isoformat(),
            "author": one.author,
            "reason": one.reason,
            "changes": [in_words(change) for change in one.changes],
        }
        for one in view.versions
    ]
    found = {"version": view.number, "definitions": view.declared, "versions": versions}
    click.echo(json.dumps(found, ensure_ascii=False))


@definitions.command("set")
@click.argument("key")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--reason", default="", help="Why it is changed; it is kept.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@friendly
def definitions_set(key: str, file: str, reason: str, dry_run: bool) -> None:  # noqa: FBT001
    """Set all of it from a YAML or JSON file; what is not in the file is taken away.

    The file has `zone`, `scales`, `tables`, `terms`, `levels` and `rates` as a stack document has
    them. Published stacks keep what they were published with.

    Example: quoin institution definitions set harbour definitions.yaml --reason "Senate, May"
    """
    data = read_plain(read_text(file), read_declared)
    done = set_definitions(
        open_database(),
        NewDefinitions(data, reason=reason),
        key=key,
        actor="cli:definitions set",
        now=datetime.now(UTC),
        is_dry=dry_run,
    )
    for change in done.changes:
        click.echo(in_words(change))
    if dry_run and done.changes:
        click.echo(f"{key}: this would be version {done.number + 1}; nothing is written")
    else:
        click.echo(f"{key}: version {done.number} holds")
