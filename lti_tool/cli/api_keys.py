"""quoin api-key: the keys with which other systems sign requests to the JSON API."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.config import Config
from lti_tool.services.add_api_key import add_api_key
from lti_tool.services.list_api_keys import APIKeyView, list_api_keys
from lti_tool.services.retire_api_key import retire_api_key


@click.group("api-key")
def api_key() -> None:
    """Look after the keys of the JSON API."""


@api_key.command("add")
@click.option("--institution", required=True, help="Key of the institution it belongs to.")
@click.option("--issuer", "issuers", required=True, multiple=True, help="Whose people; repeatable.")
@click.option("--name", default="", help="What people call it; its issuer by default.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def api_key_add(
    institution: str,
    issuers: tuple[str, ...],
    name: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Make a key for the people of an issuer; its secret is shown this once.

    At most two are good for an issuer at one time: add the new one, enter it in the LMS, retire
    the old one.

    Example: quoin api-key add --institution harbour --issuer https://learn.example.edu
    """
    made = carry_out(
        add_api_key,
        Config.from_environ().secret_key,
        institution_key=institution,
        issuers=issuers,
        name=name,
    )
    if as_json:
        click.echo(json.dumps({"id": made.key_id, "secret": made.secret}))
    else:
        click.echo(f"id: {made.key_id}\nsecret: {made.secret}")
    for platform in made.apart:
        click.echo(
            f"Whoever launches from {platform} is another learner than the one this key speaks "
            "of; 'quoin platform set ID --shares-identities' makes them one.",
            err=True,
        )


@api_key.command("list")
@click.option("--institution", help="Of this institution alone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def api_key_list(institution: str | None, as_json: bool) -> None:  # noqa: FBT001
    """List the keys, without their secrets.

    Example: quoin api-key list --json
    """
    rows = list_api_keys(open_database(), institution_key=institution)
    if as_json:
        found = [asdict(row) for row in rows]
        found = [{"id": values.pop("key_id"), **values} for values in found]
        click.echo(json.dumps(found, default=datetime.isoformat))
        return
    for row in rows:
        click.echo(
            f"{row.key_id}  {row.institution}  {row.name}  {', '.join(row.issuers)}  {_state(row)}"
        )


@api_key.command("retire")
@click.argument("key_id", metavar="ID")
@friendly
def api_key_retire(key_id: str) -> None:
    """Refuse what a key signs from now on.

    Example: quoin api-key retire 3f0c9a1d5b7e2468
    """
    carry_out(retire_api_key, key_id)
    click.echo(f"{key_id} is retired.")


def _state(row: APIKeyView) -> str:
    if row.retired_at is not None:
        return f"retired {row.retired_at:%Y-%m-%d}"
    return "not used yet" if row.used_at is None else f"used {row.used_at:%Y-%m-%d %H:%M} UTC"
