"""quoin work: the worker by itself; scores that did not arrive, and sending them again."""

from __future__ import annotations

import json
import threading
from uuid import UUID

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.cli.processes import stop_on_sigterm
from lti_tool.scoring.rows import ScoreRow
from lti_tool.services.resend_score import Choice, resend_score
from lti_tool.services.show_scores import show_scores


@click.group()
def work() -> None:
    """Do what is due; see what has not reached a platform, and send it again."""


@work.command("run")
@friendly
def work_run() -> None:
    """Do what 'quoin serve' does beside its pages, beside a 'quoin serve --no-worker'.

    Several may run: nothing is sent twice. SIGTERM ends it after what it is doing.

    Example: quoin work run
    """
    from lti_tool.cli.serving import build_app, working

    stop_on_sigterm()
    open_database()
    with working(build_app()):
        click.echo("Quoin works (Ctrl-C stops it)")
        threading.Event().wait()


@work.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def work_list(as_json: bool) -> None:  # noqa: FBT001
    """List every score that is not in the gradebook, with the platform's answer.

    People are named by their uuid alone.

    Example: quoin work list --json
    """
    rows = show_scores(open_database()).rows
    if as_json:
        click.echo(json.dumps([_as_json(row) for row in rows]))
        return
    for row in rows:
        click.echo(f"{row.uuid}  {row.state}  {row.platform}, {row.course_title}")
        click.echo(f"    {row.achievement_name}, learner {row.learner_uuid}, {_tries(row)}")
        click.echo(f"    {row.answer or 'Not tried yet.'}")
    click.echo(f"{len(rows)} undelivered")


@work.command("resend")
@click.argument("score", type=click.UUID, required=False)
@click.option("--failed", is_flag=True, help="All that have failed or are held.")
@click.option("--json", "as_json", is_flag=True, help='Print {"resent": number}.')
@friendly
def work_resend(score: UUID | None, failed: bool, as_json: bool) -> None:  # noqa: FBT001
    """Send one SCORE (its uuid) again, or all that have failed. The worker does the sending.

    A score over which another grade stands is a teacher's choice and is left alone.

    Example: quoin work resend --failed
    """
    if (score is None) == (not failed):
        raise click.UsageError("Name one score, or say --failed for all of them.")
    count = carry_out(resend_score, choice=Choice.AGAIN, delivery_uuid=score)
    click.echo(json.dumps({"resent": count}) if as_json else f"{count} will be sent again")


def _tries(row: ScoreRow) -> str:
    tries = f"{row.attempts} {'try' if row.attempts == 1 else 'tries'}"
    return tries if row.next_try is None else f"{tries}, next {row.next_try.isoformat()}"


def _as_json(row: ScoreRow) -> dict[str, object]:
    return {
        "id": str(row.uuid),
        "state": row.state,
        "reason": row.reason,
        "answer": row.answer,
        "platform": row.platform,
        "course": row.course_title,
        "achievement": row.achievement_name,
        "learner": str(row.learner_uuid),
        "score_given": format(row.given, "f"),
        "score_maximum": format(row.maximum, "f"),
        "attempts": row.attempts,
        "promised_at": row.promised_at.isoformat(),
        "tried_at": row.tried_at and row.tried_at.isoformat(),
        "next_try": row.next_try and row.next_try.isoformat(),
    }
