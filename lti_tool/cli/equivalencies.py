"""quoin equivalency: what an achievement of an issuer elsewhere counts for here."""

from __future__ import annotations

import json
from datetime import date, datetime
from uuid import UUID

import click

from lti_tool.awarding import read_grade
from lti_tool.cli.common import friendly
from lti_tool.cli.issuers import DAY, institution_option
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.equivalencies import Direction, Equivalency
from lti_tool.services.agree_equivalency import NewEquivalency, agree_equivalency
from lti_tool.services.end_equivalency import end_equivalency
from lti_tool.services.show_equivalencies import show_equivalencies


@click.group()
def equivalency() -> None:
    """Say what achievements of issuers elsewhere count for."""


@equivalency.command("add")
@click.argument("issuer")
@click.argument("outside", metavar="ACHIEVEMENT_ID")
@click.argument("achievement", metavar="KEY")
@institution_option
@click.option("--credits", "credit_text", default="", help="Those of the achievement by default.")
@click.option("--level", "level_text", default="", help="What rules see as the level.")
@click.option("--from", "since", type=DAY, help="Issued from this day on; any day by default.")
@click.option("--until", type=DAY, help="Issued before this day.")
@click.option(
    "--direction",
    type=click.Choice([*Direction]),
    default=Direction.IN,
    help="both: it was agreed that ours counts there, too.",
)
@click.option("--automatic", is_flag=True, help="It decides by itself where the issuer is trusted.")
@click.option("--reason", required=True, help="Why; learners and registrars read it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@friendly
def add(
    issuer: str,
    outside: str,
    achievement: str,
    institution: str,
    credit_text: str,
    level_text: str,
    since: datetime | None,
    until: datetime | None,
    direction: str,
    automatic: bool,  # noqa: FBT001
    reason: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Let ACHIEVEMENT_ID of ISSUER, as credentials name them, count as our achievement KEY.

    The next credential of the kind is filled in like this for the registrar; with --automatic it
    counts without one, if its issuer is trusted and it is the learner's own.

    Example: quoin equivalency add did:web:uni.example https://uni.example/sql sql
    --institution harbour --credits 5 --reason "Syllabus compared"
    """
    new = NewEquivalency(
        issuer=issuer,
        outside=outside,
        achievement_key=achievement,
        reason=reason,
        since=since.date() if since else date.min,
        until=until and until.date(),
        credits=read_grade(credit_text),
        level=read_grade(level_text),
        direction=Direction(direction),
        is_automatic=automatic,
    )
    uuid = carry_out(agree_equivalency, new, institution_key=institution)
    click.echo(json.dumps({"id": str(uuid)}) if as_json else f"{uuid} holds now")


@equivalency.command("end")
@click.argument("uuid", metavar="ID", type=click.UUID)
@institution_option
@click.option("--reason", required=True, help="Why; it is kept.")
@friendly
def end(uuid: UUID, institution: str, reason: str) -> None:
    """Let an equivalency count for nothing that is handed in from now on.

    Example: quoin equivalency end 8f0e… --institution harbour --reason "The course has changed"
    """
    carry_out(end_equivalency, uuid, institution_key=institution, reason=reason)
    click.echo("It has ended. What it decided stays.")


@equivalency.command("list")
@institution_option
@click.option("--all", "with_ended", is_flag=True, help="Also those that have ended.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def list_(institution: str, with_ended: bool, as_json: bool) -> None:  # noqa: FBT001
    """List what counts as what.

    Example: quoin equivalency list --institution harbour --json
    """
    rows = show_equivalencies(open_database(), institution, with_ended=with_ended)
    if as_json:
        click.echo(json.dumps([_plain(*row) for row in rows], ensure_ascii=False))
        return
    for row, achievement in rows:
        decides = ", decides by itself" if row.is_automatic else ""
        ended = f"; ended on {row.ended_at:%Y-%m-%d}" if row.ended_at else ""
        click.echo(f"{row.uuid}  {row.outside_achievement} -> {achievement.key}{decides}{ended}")
        since = f", issued from {row.since}" if row.since > date.min else ""
        until = f", issued before {row.until}" if row.until else ""
        click.echo(f"    {row.issuer}{since}{until}: {row.credits} credits")
    click.echo(f"{len(rows)} equivalencies")


def _plain(row: Equivalency, achievement: Achievement) -> dict[str, object]:
    return {
        "id": str(row.uuid),
        "issuer": row.issuer,
        "outside_achievement": row.outside_achievement,
        "outside_name": row.outside_name,
        "achievement": achievement.key,
        "credits": str(row.credits),
        "level": None if row.level is None else str(row.level),
        "direction": row.direction,
        "automatic": row.is_automatic,
        "from": row.since.isoformat() if row.since > date.min else None,
        "until": row.until and row.until.isoformat(),
        "reason": row.reason,
        "added_by": row.added_by,
        "ended_at": row.ended_at and row.ended_at.isoformat(),
    }
