"""quoin institution sign-in: the provider with which an institution's people sign in."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.config import Config, read_secret_file
from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.sign_in_ways import SignInProvider, find_provider
from lti_tool.services.remove_sign_in_provider import remove_sign_in_provider
from lti_tool.services.set_sign_in_provider import set_sign_in_provider
from lti_tool.signing_in.provider import ProviderClient


@click.group("sign-in")
def sign_in() -> None:
    """Say with which OpenID Connect provider people sign in when they are in no course."""


@sign_in.command("set")
@click.argument("key")
@click.option("--issuer", required=True, help="The provider's issuer, exactly as it names itself.")
@click.option("--client-id", required=True, help="What the provider calls this tool.")
@click.option("--secret-file", help="A file that holds the client's secret; none: PKCE alone.")
@click.option("--name", help="What the button says; the institution's name by default.")
@click.option("--allow-loopback", is_flag=True, help="The provider is on this machine (http).")
@click.option("--no-check", is_flag=True, help="Do not ask the provider for its description.")
@friendly
def sign_in_set(
    key: str,
    issuer: str,
    client_id: str,
    secret_file: str | None,
    name: str | None,
    allow_loopback: bool,  # noqa: FBT001
    no_check: bool,  # noqa: FBT001
) -> None:
    """Keep the provider of an institution, its secret encrypted, and print the return address.

    The address is registered at the provider as the redirect URI of this tool.

    Example: quoin institution sign-in set harbour --issuer https://id.example.edu
    --client-id quoin --secret-file /run/secrets/oidc
    """
    from lti_tool.web.parts import build_providers

    config = Config.from_environ()
    secret = read_secret_file("--secret-file", secret_file).decode() if secret_file else ""
    client = ProviderClient(
        issuer=issuer,
        client_id=client_id,
        name=(name or _name(open_database(), key)).strip(),
        secret=secret,
        allows_loopback=allow_loopback,
    )
    providers = build_providers(config.private_hosts)
    carry_out(
        set_sign_in_provider,
        config.secret_key,
        client,
        institution_key=key,
        check=None if no_check else lambda one: providers.describe(one, datetime.now(UTC)),
    )
    click.echo(f"Redirect URI: {config.public_url}/sign-in/{key}/return")
    click.echo(f"People sign in at {config.public_url}/sign-in/{key}", err=True)


@sign_in.command("show")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def sign_in_show(key: str, as_json: bool) -> None:  # noqa: FBT001
    """Show the provider of an institution; its secret is never shown.

    Example: quoin institution sign-in show harbour
    """
    row = _provider(open_database(), key)
    found = {
        "name": row.name,
        "issuer": row.issuer,
        "client_id": row.client_id,
        "has_secret": row.sealed_secret is not None,
    }
    if as_json:
        click.echo(json.dumps(found))
        return
    for name, value in found.items():
        click.echo(f"{name}: {value}")


@sign_in.command("remove")
@click.argument("key")
@friendly
def sign_in_remove(key: str) -> None:
    """Let nobody sign in with the provider any more; passkeys and addresses stay.

    Example: quoin institution sign-in remove harbour
    """
    carry_out(remove_sign_in_provider, key)
    click.echo(f"{key}: no provider.")


def _name(database: Database, key: str) -> str:
    with database.reading() as session:
        return get_institution(session, key).name


def _provider(database: Database, key: str) -> SignInProvider:
    with database.reading() as session:
        found = find_provider(session, get_institution(session, key).id)
    if found is None:
        raise NotFoundError(f"'{key}' has no provider to sign in with.")
    return found
