"""quoin platform invite and canvas-config: what an administrator of an LMS gets from us."""

from __future__ import annotations

import json
from datetime import timedelta

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out
from lti_tool.cli.platform_changes import FAMILIES
from lti_tool.config import Config
from lti_tool.lti.canvas import canvas_configuration
from lti_tool.lti.families import ProductFamily
from lti_tool.services.invite_platform import InvitationTerms, invite_platform


@click.command("invite")
@click.option("--institution", required=True, help="Key of the institution it is for.")
@click.option("--family", type=FAMILIES, help="Which product it is; by default the LMS says it.")
@click.option("--auto-approve", is_flag=True, help="Approve every installation in it at once.")
@click.option("--allow-loopback", is_flag=True, help="For an LMS on this machine, over http.")
@click.option("--hours", type=click.FloatRange(min=0, min_open=True), default=24, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a line.")
@friendly
def invite(
    institution: str,
    family: str | None,
    auto_approve: bool,  # noqa: FBT001
    allow_loopback: bool,  # noqa: FBT001
    hours: float,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Print an address by which one LMS registers itself, once.

    Its administrator pastes it where the LMS adds a tool by dynamic registration. Whoever has
    the address can use it: send it as you would send a password.

    Example: quoin platform invite --institution harbour --family moodle
    """
    terms = InvitationTerms(
        life=timedelta(hours=hours),
        family=ProductFamily(family) if family else None,
        approves_deployments=auto_approve,
        allows_loopback=allow_loopback,
    )
    made = carry_out(invite_platform, institution, terms)
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
