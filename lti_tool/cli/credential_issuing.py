"""quoin credentials: issue what is missing, revoke, export, renew the keys that sign."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.config import Config
from lti_tool.issuing.signing import Signing, build_signing
from lti_tool.services.change_status import StatusAct, change_status
from lti_tool.services.export_credentials import export_credentials
from lti_tool.services.list_issuer_keys import list_issuer_keys
from lti_tool.services.list_unissued import list_unissued
from lti_tool.services.promise_credentials import promise_credentials
from lti_tool.services.rotate_issuer_keys import rotate_issuer_keys

institution_option = click.option("--institution", required=True, help="Key of the institution.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


@click.command("issue")
@institution_option
@json_option
@friendly
def issue(institution: str, as_json: bool) -> None:  # noqa: FBT001
    """Promise the credentials that awards do not have yet; the worker issues them.

    For awards older than credentials, and for those that failed and were put right.

    Example: quoin credentials issue --institution harbour
    """
    count = carry_out(promise_credentials, institution_key=institution)
    click.echo(json.dumps({"promised": count}) if as_json else f"{count} will be issued")


@click.command("waiting")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def waiting(as_json: bool) -> None:  # noqa: FBT001
    """List what is promised and not issued, and what stands in the way.

    Example: quoin credentials waiting --json
    """
    found = list_unissued(open_database())
    if as_json:
        rows = [{**asdict(row), "promised_at": row.promised_at.isoformat()} for row in found]
        click.echo(json.dumps(rows))
        return
    for row in found:
        about = f"{row.kind}, {row.institution}, {row.achievement}"
        click.echo(f"{row.award}  {row.state}  {about}")
        click.echo(f"    {row.answer or 'Not tried yet.'}")
    click.echo(f"{len(found)} not issued")


@click.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@json_option
@friendly
def export(folder: Path, as_json: bool) -> None:  # noqa: FBT001
    """Write every credential into DIR, with status lists, keys, rules and pictures.

    index.json says at which address the tool serves each file.

    Example: quoin credentials export backup
    """
    index: dict[str, dict[str, str]] = {}
    for file in export_credentials(open_database(), _signing(), now=datetime.now(UTC)):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.octets)
        index[file.path] = {"url": file.url, "kind": file.kind}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.json").write_text(json.dumps(index, indent=2), "utf-8")
    kinds = [entry["kind"] for entry in index.values()]
    count, transcripts = kinds.count("credential"), kinds.count("transcript")
    told = {"credentials": count, "transcripts": transcripts, "files": len(index)}
    said = f"{count} credentials and {transcripts} transcripts in {folder}"
    click.echo(json.dumps(told) if as_json else said)


@click.command("revoke")
@click.argument("credential", type=click.UUID)
@institution_option
@click.option("--reason", required=True, help="Why; it is kept in the audit log.")
@friendly
def revoke(credential: UUID, institution: str, reason: str) -> None:
    """Revoke a CREDENTIAL (the uuid at the end of its address), for good.

    Example: quoin credentials revoke 8f0e… --institution harbour --reason "issued by mistake"
    """
    _change(credential, institution, reason, StatusAct.REVOKE)


@click.command("suspend")
@click.argument("credential", type=click.UUID)
@institution_option
@click.option("--reason", required=True, help="Why; it is kept in the audit log.")
@friendly
def suspend(credential: UUID, institution: str, reason: str) -> None:
    """Suspend a CREDENTIAL until it is reinstated.

    Some verifiers look at revocations alone.

    Example: quoin credentials suspend 8f0e… --institution harbour --reason "under inquiry"
    """
    _change(credential, institution, reason, StatusAct.SUSPEND)


@click.command("reinstate")
@click.argument("credential", type=click.UUID)
@institution_option
@click.option("--reason", required=True, help="Why; it is kept in the audit log.")
@friendly
def reinstate(credential: UUID, institution: str, reason: str) -> None:
    """Reinstate a suspended CREDENTIAL.

    Example: quoin credentials reinstate 8f0e… --institution harbour --reason "cleared"
    """
    _change(credential, institution, reason, StatusAct.REINSTATE)


@click.group("keys")
def keys() -> None:
    """Look after the keys with which credentials are signed."""


@keys.command("list")
@institution_option
@json_option
@friendly
def keys_list(institution: str, as_json: bool) -> None:  # noqa: FBT001
    """List the keys of an institution, and how many credentials stand under each.

    Example: quoin credentials keys list --institution harbour
    """
    found = list_issuer_keys(open_database(), institution)
    if as_json:
        click.echo(json.dumps({"keys": [asdict(key) for key in found]}, default=str))
        return
    for key in found:
        told = f"{key.key_id}  {key.algorithm}  {key.state}, since {key.created_at:%Y-%m-%d}"
        click.echo(f"{told}, {key.credentials} credentials")


@keys.command("rotate")
@institution_option
@json_option
@friendly
def rotate(institution: str, as_json: bool) -> None:  # noqa: FBT001
    """Sign with new keys from now on; what the old ones signed stays valid.

    Example: quoin credentials keys rotate --institution harbour
    """
    made = carry_out(rotate_issuer_keys, _signing(), institution_key=institution)
    if as_json:
        click.echo(json.dumps({"keys": list(made)}))
        return
    for key_id in made:
        click.echo(f"{key_id} signs now")
    if not made:
        click.echo("There is no key yet; the first one is made with the first credential.")


def _signing() -> Signing:
    config = Config.from_environ()
    return build_signing(config.public_url, config.secret_key)


def _change(credential: UUID, institution: str, reason: str, act: StatusAct) -> None:
    done = carry_out(
        change_status, institution_key=institution, award_uuid=credential, act=act, reason=reason
    )
    click.echo(
        "Done; verifiers see it within five minutes." if done.has_changed else "It is so already."
    )
    if done.reviews:
        click.echo(f"Awards that counted it and wait for an answer: {done.reviews} (reviews list).")
