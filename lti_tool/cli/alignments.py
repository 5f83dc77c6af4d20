"""quoin achievement align, unalign, alignments: what achievements are about."""

from __future__ import annotations

import json
from dataclasses import asdict
from uuid import UUID

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.services.align_achievement import Address, align_achievement
from lti_tool.services.list_alignments import list_alignments
from lti_tool.services.unalign_achievement import unalign_achievement

institution_option = click.option("--institution", required=True, help="Key of the institution.")
json_option = click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")


@click.command("align")
@click.argument("key")
@click.argument("item", required=False)
@institution_option
@click.option("--url", help="Instead of ITEM: an address that is in no framework here.")
@click.option("--name", default="", help="With --url: what stands there.")
@click.option("--code", default="", help="With --url: its code.")
@click.option("--framework", default="", help="With --url: the framework it belongs to.")
@click.option("--description", default="", help="With --url: what it says.")
@click.option("--type", "target_type", default="", help="CFItem, ceasn:Competency, ext:NAME …")
@json_option
@friendly
def align(
    key: str,
    item: str | None,
    institution: str,
    url: str | None,
    target_type: str,
    as_json: bool,  # noqa: FBT001
    **typed: str,
) -> None:
    """Align the achievement KEY with an ITEM: its address, or its code.

    Credentials issued from now on say it.

    Example: quoin achievement align sql http://data.europa.eu/esco/skill/… --institution harbour

    \b
    Of what is in no framework here:
      quoin achievement align sql --institution harbour --url https://credentialfinder.org/… \\
        --name "Database administrator" --type ceterms:Credential
    """
    if (item is None) == (url is None):
        raise click.UsageError("Name an ITEM, or an address with --url and --name.")
    if url is None and any(typed.values()):
        raise click.UsageError("--name, --code, --framework and --description go with --url.")
    made = carry_out(
        align_achievement,
        institution_key=institution,
        achievement_key=key,
        target=item if url is None else Address(url, **typed),
        target_type=target_type,
    )
    told = f"{key} is aligned with {made.target_name} ({made.target_type}, {made.target_url})"
    click.echo(json.dumps(asdict(made), ensure_ascii=False) if as_json else told)


@click.command("unalign")
@click.argument("key")
@click.argument("item")
@institution_option
@friendly
def unalign(key: str, item: str, institution: str) -> None:
    """Take the alignment of KEY with ITEM (its address or code) away.

    Credentials that are issued keep it.

    Example: quoin achievement unalign sql http://data.europa.eu/esco/skill/… --institution harbour
    """
    carry_out(
        unalign_achievement, institution_key=institution, achievement_key=key, target=_target(item)
    )
    click.echo(f"{key} is aligned with it no more.")


@click.command("alignments")
@institution_option
@json_option
@friendly
def alignments(institution: str, as_json: bool) -> None:  # noqa: FBT001
    """List the achievements of the catalogue with what they are aligned with.

    Example: quoin achievement alignments --institution harbour --json
    """
    rows = list_alignments(open_database(), institution_key=institution)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], default=str, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row.key}  {row.name}")
        for one in row.alignments:
            mark = "  withdrawn" if one.is_withdrawn else ""
            click.echo(f"    {one.target.target_name}{mark}")
            click.echo(f"    {one.target.target_url}  {one.target.target_type}")


def _target(item: str) -> str | UUID:
    """Return a uuid for what looks like one: that is how pages name an alignment."""
    try:
        return UUID(item)
    except ValueError:
        return item
