"""quoin issuers: whose credentials an institution trusts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import click

from lti_tool.cli.common import friendly, read_text
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.trusted_issuers import TrustedIssuerRow
from lti_tool.services.distrust_issuer import distrust_issuer
from lti_tool.services.list_trusted_issuers import list_trusted_issuers
from lti_tool.services.trust_issuers import NewTrust, Trusted, trust_issuers

DAY = click.DateTime(["%Y-%m-%d"])
MEMBERS = ("issuer", "name", "reason", "since", "until", "types")
institution_option = click.option("--institution", required=True, help="Key of the institution.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


@click.group()
def issuers() -> None:
    """Say whose credentials an institution trusts."""


@issuers.command("trust")
@click.argument("issuer", metavar="DID_OR_URL")
@institution_option
@click.option("--name", default="", help="What people call it.")
@click.option("--reason", required=True, help="Why; it is kept.")
@click.option("--since", type=DAY, help="Only what was issued from this day on.")
@click.option("--until", type=DAY, help="Only what was issued before this day.")
@click.option("--type", "types", multiple=True, help="Only this achievementType; repeatable.")
@json_option
@friendly
def trust(
    issuer: str,
    institution: str,
    name: str,
    reason: str,
    since: datetime | None,
    until: datetime | None,
    types: tuple[str, ...],
    as_json: bool,  # noqa: FBT001
) -> None:
    """Trust an issuer, by its DID or https id, or all issuers of a domain.

    Example: quoin issuers trust did:web:uni.example --institution harbour --name "Hill University"
    --reason "Agreement of 2026-03-01"
    """
    new = NewTrust(issuer, name, reason, _day(since), _day(until), types)
    _tell(carry_out(trust_issuers, institution_key=institution, issuers=[new]), as_json)


@issuers.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@institution_option
@json_option
@friendly
def import_(file: str, institution: str, as_json: bool) -> None:  # noqa: FBT001
    """Trust all issuers of a FILE (JSON): all of them, or none if one is wrong.

    A list of objects with issuer, name, reason, and perhaps since, until (days) and types.

    Example: quoin issuers import partners.json --institution harbour
    """
    new = _read(read_text(file))
    _tell(carry_out(trust_issuers, institution_key=institution, issuers=new), as_json)


@issuers.command("distrust")
@click.argument("issuer", metavar="DID_OR_URL")
@institution_option
@click.option("--reason", required=True, help="Why; it is kept.")
@friendly
def distrust(issuer: str, institution: str, reason: str) -> None:
    """Trust an issuer no longer; what was recognised stays.

    Example: quoin issuers distrust did:web:uni.example --institution harbour --reason "Closed"
    """
    carry_out(distrust_issuer, institution_key=institution, name=issuer, reason=reason)
    click.echo(f"{issuer} is not trusted now.")


@issuers.command("list")
@institution_option
@click.option("--all", "with_ended", is_flag=True, help="Also those that are trusted no longer.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def list_(institution: str, with_ended: bool, as_json: bool) -> None:  # noqa: FBT001
    """List the issuers that an institution trusts.

    Example: quoin issuers list --institution harbour --json
    """
    rows = list_trusted_issuers(open_database(), institution, with_ended=with_ended)
    if as_json:
        click.echo(json.dumps([_plain(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        until = f", issued before {row.until:%Y-%m-%d}" if row.until else ""
        ended = f"; not any more since {row.ended_at:%Y-%m-%d}" if row.ended_at else ""
        click.echo(f"{row.name}  {row.title}{until}{ended}")
        click.echo(f"    {row.reason}")
    click.echo(f"{len(rows)} trusted")


def _read(text: str) -> list[NewTrust]:
    try:
        found = json.loads(text)
    except ValueError:
        raise InvalidInputError("The file is not JSON.") from None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InvalidInputError("The file must hold a list of objects.")
    return [_entry(number, one) for number, one in enumerate(found, 1)]


def _entry(number: int, one: dict[str, Any]) -> NewTrust:
    unknown = sorted(set(one) - set(MEMBERS))
    types = one.get("types", [])
    texts = [one.get(name, "") for name in MEMBERS[:5]]
    is_good = isinstance(types, list) and all(isinstance(t, str) for t in [*texts, *types])
    if unknown or not is_good:
        wrong = f"'{unknown[0]}' has no meaning" if unknown else "a member is of a wrong kind"
        raise InvalidInputError(f"Entry {number} of the file: {wrong}.")
    issuer, name, reason, since, until = texts
    try:
        days = [
            datetime.fromisoformat(d).replace(tzinfo=UTC) if d else None for d in (since, until)
        ]
    except ValueError:
        raise InvalidInputError(f"Entry {number} of the file: write days as 2026-05-12.") from None
    return NewTrust(issuer, name, reason, days[0], days[1], tuple(types))


def _tell(done: Trusted, as_json: bool) -> None:  # noqa: FBT001
    if as_json:
        click.echo(json.dumps({"added": done.added, "known": done.known}))
        return
    click.echo(f"{done.added} trusted now, {done.known} trusted already")


def _day(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=UTC)


def _plain(row: TrustedIssuerRow) -> dict[str, Any]:
    return {
        "issuer": row.name,
        "name": row.title,
        "since": row.since and row.since.date().isoformat(),
        "until": row.until and row.until.date().isoformat(),
        "types": row.achievement_types,
        "reason": row.reason,
        "added_by": row.added_by,
        "added_at": row.added_at.isoformat(),
        "ended_at": row.ended_at and row.ended_at.isoformat(),
        "end_reason": row.end_reason,
    }
