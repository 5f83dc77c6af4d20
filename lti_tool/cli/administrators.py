"""quoin admin: who may look after the tool on its pages."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.config import Config
from lti_tool.persistence.administrators import ADMINISTRATOR, ROLES
from lti_tool.services.invite_administrator import invite_administrator
from lti_tool.services.list_administrators import list_administrators
from lti_tool.services.remove_administrator import remove_administrator


@click.group()
def admin() -> None:
    """Say who may look after the tool on its pages."""


@admin.command("invite")
@click.option("--name", required=True, help="Whom it is for; the same name is the same person.")
@click.option("--institution", help="Key of the only institution to look after; all by default.")
@click.option(
    "--minutes", type=click.FloatRange(min=0, min_open=True), default=15, show_default=True
)
@click.option(
    "--role",
    "roles",
    type=click.Choice(ROLES),
    multiple=True,
    help="What they may do, once for each; a registrar decides cases of one institution.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a line.")
@friendly
def invite(
    name: str,
    institution: str | None,
    minutes: float,
    roles: tuple[str, ...],
    as_json: bool,  # noqa: FBT001
) -> None:
    """Print a link that signs an administrator in, once.

    Who has the link can use it: send it as you would send a password. It opens a session of
    twelve hours; for the next one, make another link.

    Example: quoin admin invite --institution harbour --name "Ingrid Solheim" --role registrar
    """
    config = Config.from_environ()
    made = carry_out(
        invite_administrator, name, institution, life=timedelta(minutes=minutes), roles=roles
    )
    # Behind "#" the code stays in the browser: no server, proxy or link preview ever sees it.
    address = f"{config.public_url}/admin/sign-in#{made.code}"
    if as_json:
        ends = made.expires_at.isoformat()
        click.echo(json.dumps({"id": str(made.uuid), "address": address, "expires_at": ends}))
        return
    click.echo(address)
    click.echo(f"Good once, until {made.expires_at:%Y-%m-%d %H:%M} UTC.", err=True)


@admin.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def admin_list(as_json: bool) -> None:  # noqa: FBT001
    """List the administrators.

    Example: quoin admin list --json
    """
    rows = list_administrators(open_database())
    if as_json:
        found = [
            {
                "id": str(row.uuid),
                "name": row.name,
                "institution": row.institution,
                "created_at": row.created_at.isoformat(),
                "roles": list(row.roles),
            }
            for row in rows
        ]
        click.echo(json.dumps(found))
        return
    for row in rows:
        also = "" if row.roles == (ADMINISTRATOR,) else f"  ({', '.join(row.roles)})"
        click.echo(f"{row.uuid}  {row.name}  {row.institution or 'the whole tool'}{also}")


@admin.command("remove")
@click.argument("administrator", metavar="ID", type=click.UUID)
@friendly
def remove(administrator: UUID) -> None:
    """Let an administrator in no longer; open sessions end at once.

    Example: quoin admin remove ID
    """
    carry_out(remove_administrator, administrator)
    click.echo("Removed.")
