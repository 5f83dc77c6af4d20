"""quoin platform invite and canvas-config: what an administrator of an LMS gets from us."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out
from lti_tool.cli.platform_changes import FAMILIES
from lti_tool.config import Config
from lti_tool.lti.canvas import canvas_configuration
from lti_tool.lti.families import ProductFamily
from lti_tool.services.invite_platform import InvitationTerms, invite_platform
from lti_tool.services.invite_update import invite_update

UPDATE_HELP = "Update the registration of this platform (Moodle), instead of a new one."


@click.command("invite")
@click.option("--institution", help="Key of the institution it is for.")
@click.option("--update", "updated", metavar="ID", type=click.UUID, help=UPDATE_HELP)
@click.option("--family", type=FAMILIES, help="Which product it is; by default the LMS says it.")
@click.option("--auto-approve", is_flag=True, help="Approve every installation in it at once.")
@click.option("--allow-loopback", is_flag=True, help="For an LMS on this machine, over http.")
@click.option("--hours", type=click.FloatRange(min=0, min_open=True), default=24, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a line.")
@friendly
def invite(
    institution: str | None,
    updated: UUID | None,
    family: str | None,
    auto_approve: bool,  # noqa: FBT001
    allow_loopback: bool,  # noqa: FBT001
    hours: float,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Print an address by which one LMS registers itself, once.

    Its administrator pastes it where the LMS adds a tool by dynamic registration. Whoever has
    the address can use it: send it as you would send a password. With --update it changes the
    registration of one platform that is here already, and can do nothing else.

    \b
    Example: quoin platform invite --institution harbour --family moodle
             quoin platform invite --update ID
    """
    if (institution is None) == (updated is None):
        raise click.UsageError("Name an institution, or with --update a platform.")
    if updated is not None and (family or auto_approve or allow_loopback):
        raise click.UsageError("With --update what is registered stays; name hours at most.")
    life = timedelta(hours=hours)
    terms = InvitationTerms(
        life=life,
        family=ProductFamily(family) if family else None,
        approves_deployments=auto_approve,
        allows_loopback=allow_loopback,
    )
    if updated is None:
        made = carry_out(invite_platform, institution, terms)
    else:
        made = carry_out(invite_update, updated, life)
    address = f"{Config.from_environ().public_url}/lti/register/{made.code}"
    if as_json:
        click.echo(json.dumps({"address": address, "expires_at": made.expires_at.isoformat()}))
        return
    click.echo(address)
    click.echo(f"Good once, until {made.expires_at:%Y-%m-%d %H:%M} UTC.", err=True)


@click.command("canvas-config")
@click.option("--json", "as_json", is_flag=True, help="The JSON alone, without the hint.")
@friendly
def canvas_config(as_json: bool) -> None:  # noqa: FBT001
    """Print the JSON of a Canvas LTI developer key for this tool.

    Example: quoin platform canvas-config --json
    """
    config = Config.from_environ()
    if not as_json:
        click.echo(
            "Paste this into Admin → Developer Keys → + LTI Key → Method: Paste JSON, or choose "
            f"Enter URL and give {config.public_url}/lti/canvas.json",
            err=True,
        )
    click.echo(json.dumps(canvas_configuration(config.public_url), indent=2))
