"""quoin credentials: what is issued anew, after a key got known or a text was put right."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out, open_database, progress_bar
from lti_tool.config import Config
from lti_tool.issuing.signing import build_signing
from lti_tool.persistence.base import Database
from lti_tool.services.compromise_key import compromise_key
from lti_tool.services.correct_credential import correct_credential
from lti_tool.services.reissue_signed import reissue_signed


@click.command("compromise")
@click.argument("key_id")
@click.option("--reason", required=True, help="Why; it is kept in the audit log.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@friendly
def compromise(key_id: str, reason: str, as_json: bool) -> None:  # noqa: FBT001
    """Take out the key KEY_ID, which others may have, and issue anew what it signed.

    It is published no longer from this moment on, so that nothing it signed is valid; the worker
    issues the credentials anew with another key. Broken off, it goes on where it was when the
    same is typed again.

    Example: quoin credentials compromise 4be1… --reason "a backup was stolen"
    """
    config = Config.from_environ()
    signing = build_signing(config.public_url, config.secret_key)
    done = carry_out(compromise_key, signing, key_id, reason=reason)
    found = _reissue(open_database(), key_id, done.credentials)
    if as_json:
        told = {"key": key_id, "replaced_by": done.replaced_by, "credentials": found}
        click.echo(json.dumps(told))
        return
    click.echo(f"{key_id} is published no longer.")
    if done.replaced_by is not None:
        click.echo(f"{done.replaced_by} signs now.")
    for uuid in found:
        click.echo(uuid)
    click.echo(f"{len(found)} to be issued anew; 'quoin credentials waiting' shows what is left.")


@click.command("correct")
@click.argument("credential", type=click.UUID)
@click.option("--institution", required=True, help="Key of the institution.")
@click.option("--reason", required=True, help="Why; it is kept in the audit log.")
@friendly
def correct(credential: UUID, institution: str, reason: str) -> None:
    """Issue a CREDENTIAL anew from what is true today, under the same address.

    Example: quoin credentials correct 8f0e… --institution harbour --reason "name was misspelt"
    """
    carry_out(correct_credential, institution_key=institution, award_uuid=credential, reason=reason)
    click.echo("It will be issued anew.")


def _reissue(database: Database, key_id: str, total: int) -> list[str]:
    found: list[str] = []
    after: int | None = 0
    with progress_bar("Promising again", total) as advance:
        while after is not None:
            part = reissue_signed(database, key_id, after=after, now=datetime.now(UTC))
            found += [str(uuid) for uuid in part.credentials]
            advance(len(part.credentials))
            after = part.after
    return found
