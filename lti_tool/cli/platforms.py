"""quoin platform: the LMSs that may launch the tool."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.lazy import LazyGroup
from lti_tool.cli.opening import open_database
from lti_tool.cli.platform_changes import FAMILIES
from lti_tool.lti.families import ProductFamily
from lti_tool.services.list_platforms import PlatformRow, list_platforms
from lti_tool.services.open_institution import open_institution
from lti_tool.services.register_platform import PlatformDetails, register_platform

COMMANDS = {
    "invite": "lti_tool.cli.platform_invitations:invite",
    "canvas-config": "lti_tool.cli.platform_invitations:canvas_config",
    "import": "lti_tool.cli.platform_imports:import_",
    "show": "lti_tool.cli.platform_views:show",
    "check": "lti_tool.cli.platform_views:check",
    "approve": "lti_tool.cli.platform_changes:approve",
    "revoke": "lti_tool.cli.platform_changes:revoke",
    "enable": "lti_tool.cli.platform_changes:enable",
    "disable": "lti_tool.cli.platform_changes:disable",
    "set": "lti_tool.cli.platform_changes:set_",
    "remove": "lti_tool.cli.platform_changes:remove",
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def platform() -> None:
    """Say which LMSs may launch the tool."""


@platform.command("add")
@click.option("--issuer", required=True, help="Issuer, exactly as the LMS writes it.")
@click.option("--client-id", required=True, help="Client id that the LMS gave the tool.")
@click.option("--auth-login-url", required=True, help="Authorization (OIDC login) endpoint.")
@click.option("--auth-token-url", required=True, help="Access token endpoint.")
@click.option("--jwks-url", required=True, help="Public keyset of the LMS.")
@click.option("--token-audience", help="Audience of token requests, where it is not their address.")
@click.option("--deployment", "deployments", multiple=True, help="Deployment id; repeatable.")
@click.option("--institution", default="main", show_default=True, help="Key of the institution.")
@click.option("--name", help="What people call this LMS; its issuer by default.")
@click.option("--family", type=FAMILIES, help="Which product it is.")
@click.option(
    "--allow-loopback",
    is_flag=True,
    help="The LMS is on this machine and may be reached over http (development, tests).",
)
@friendly
def platform_add(
    issuer: str,
    client_id: str,
    auth_login_url: str,
    auth_token_url: str,
    jwks_url: str,
    token_audience: str | None,
    deployments: tuple[str, ...],
    institution: str,
    name: str | None,
    family: str | None,
    allow_loopback: bool,  # noqa: FBT001
) -> None:
    """Register an LMS, or enter its new addresses, and approve its deployments.

    An institution that does not exist is opened under the name of the LMS. Prints {"id": ...}.

    \b
    Example: quoin platform add --issuer https://moodle.example.edu --client-id AbC123xyz \\
        --auth-login-url https://moodle.example.edu/mod/lti/auth.php \\
        --auth-token-url https://moodle.example.edu/mod/lti/token.php \\
        --jwks-url https://moodle.example.edu/mod/lti/certs.php --deployment 3
    """
    database, now = open_database(), datetime.now(UTC)
    details = PlatformDetails(
        issuer=issuer,
        client_id=client_id,
        name=name or issuer,
        authorization_url=auth_login_url,
        token_url=auth_token_url,
        jwks_url=jwks_url,
        token_audience=token_audience,
        allows_loopback=allow_loopback,
        family=ProductFamily(family) if family else None,
    )
    open_institution(database, key=institution, name=details.name, now=now)
    registered = register_platform(
        database,
        institution,
        details,
        deployments,
        actor="cli:platform add",
        now=now,
    )
    click.echo(json.dumps({"id": str(registered.uuid)}))


@platform.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def platform_list(as_json: bool) -> None:  # noqa: FBT001
    """List the LMSs that are registered, with their deployments.

    Example: quoin platform list --json
    """
    rows = list_platforms(open_database())
    if as_json:
        click.echo(json.dumps([_as_json(row) for row in rows]))
        return
    for row in rows:
        mark = "" if row.is_enabled else "  switched off"
        click.echo(f"{row.uuid}  {row.name}  {row.issuer}  client {row.client_id}{mark}")
        for deployment in row.deployments:
            owner = deployment.institution or "no institution"
            click.echo(f"    deployment {deployment.deployment_id}: {deployment.state}, {owner}")


def _as_json(row: PlatformRow) -> dict[str, object]:
    return {
        "id": str(row.uuid),
        "name": row.name,
        "issuer": row.issuer,
        "client_id": row.client_id,
        "family": row.family,
        "is_enabled": row.is_enabled,
        "deployments": [
            {"id": d.deployment_id, "state": d.state, "institution": d.institution}
            for d in row.deployments
        ],
    }
