"""quoin reviews: awards whose ground has changed, and what a person decides about them."""

from __future__ import annotations

import json
from dataclasses import asdict
from uuid import UUID

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.services.decide_review import Answer, decide_review
from lti_tool.services.list_reviews import ReviewView, list_reviews


@click.group()
def reviews() -> None:
    """Decide about awards that counted something that was taken back."""


@reviews.command("list")
@click.option("--institution", help="Key of the institution; all without it.")
@click.option("--all", "with_answered", is_flag=True, help="Answered ones and notes, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def reviews_list(institution: str | None, with_answered: bool, as_json: bool) -> None:  # noqa: FBT001
    """List the awards that wait for an answer, with the facts that they counted.

    Example: quoin reviews list --institution harbour
    """
    found = list_reviews(open_database(), institution_key=institution, is_open=not with_answered)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in found], default=str))
        return
    for row in found:
        _show(row)
    click.echo(f"{len(found)} listed")


@reviews.command("keep")
@click.argument("review", type=click.UUID)
@click.option("--reason", required=True, help="Why it stands; it is kept.")
@click.option("--by", required=True, help="Name of the person who decides; it is kept.")
@friendly
def keep(review: UUID, reason: str, by: str) -> None:
    """Let the award of a REVIEW stand.

    Example: quoin reviews keep 5c1d… --by "Ingrid Solheim" --reason "the exam was retaken"
    """
    carry_out(decide_review, review, Answer.KEEP, reason=reason, by=by)
    click.echo("The award stands.")


@reviews.command("revoke")
@click.argument("review", type=click.UUID)
@click.option("--reason", required=True, help="Why it is taken back; it is kept.")
@click.option("--by", required=True, help="Name of the person who decides; it is kept.")
@friendly
def revoke(review: UUID, reason: str, by: str) -> None:
    """Revoke the award of a REVIEW, for good; awards above it are looked at next.

    Example: quoin reviews revoke 5c1d… --by "Ingrid Solheim" --reason "the course was not passed"
    """
    done = carry_out(decide_review, review, Answer.REVOKE, reason=reason, by=by)
    click.echo("The award is revoked; verifiers see it within five minutes.")
    if done.reviews:
        click.echo(f"Awards that counted it and wait for an answer: {done.reviews}.")


def _show(row: ReviewView) -> None:
    click.echo(f"{row.uuid}  {row.state}  {row.institution}, {row.achievement}")
    click.echo(f"    learner {row.learner}, award {row.award} of {row.awarded_on}")
    click.echo(f"    since {row.opened_at:%Y-%m-%d %H:%M} UTC: {row.reason}")
    for fact in row.facts:
        gone = "  TAKEN BACK" if fact.is_gone else ""
        click.echo(f"    - {fact.name}, {fact.on}, at {fact.address}{gone}")
    if row.decided_at is not None:
        click.echo(f"    {row.state} by {row.decided_by}: {row.decision_note}")
