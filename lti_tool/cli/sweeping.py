"""quoin sweep, quoin forecast: what time alone brings, now and in the next days."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.progress import Progress

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import open_database
from lti_tool.services.forecast_ends import Ending, forecast_ends
from lti_tool.services.sweep_time import Swept, sweep_institution


@click.command()
@click.option("--institution", required=True, help="Key of the institution.")
@click.option("--again", is_flag=True, help="From the first learner on, also if today's is done.")
@click.option("--json", "as_json", is_flag=True, help='Print {"learners": n, "awards": n}.')
@friendly
def sweep(institution: str, again: bool, as_json: bool) -> None:  # noqa: FBT001
    """Award what follows without anything new: an end or an opening that has come, a new stack.

    The worker does this once a day (UTC). What is broken off goes on where it was.

    Example: quoin sweep --institution harbour
    """
    database, now = open_database(), datetime.now(UTC)
    with Progress(console=Console(stderr=True), disable=as_json) as progress:
        task = progress.add_task("Learners", total=None)
        found = sweep_institution(database, institution_key=institution, now=now, anew=again)
        while not found.is_finished:
            progress.update(task, completed=found.learners, total=found.total)
            found = sweep_institution(database, institution_key=institution, now=now)
        progress.update(task, completed=found.learners, total=max(found.learners, 1))
    click.echo(_as_json(found) if as_json else f"{found.learners} learners, {found.awards} awards")


def _as_json(found: Swept) -> str:
    return json.dumps({"learners": found.learners, "awards": found.awards})


@click.command()
@click.option("--institution", required=True, help="Key of the institution.")
@click.option("--days", type=click.IntRange(1, 3660), default=90, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def forecast(institution: str, days: int, as_json: bool) -> None:  # noqa: FBT001
    """Say how many learners lose which award on which of the next days, unless they renew it.

    Example: quoin forecast --institution harbour --days 90 --json
    """
    database, now = open_database(), datetime.now(UTC)
    with Progress(console=Console(stderr=True), disable=as_json) as progress:
        task = progress.add_task("Learners", total=None)
        found = forecast_ends(
            database,
            institution_key=institution,
            days=days,
            now=now,
            tell=lambda done, total: progress.update(task, completed=done, total=total),
        )
    if as_json:
        click.echo(json.dumps([_ending(one) for one in found]))
        return
    for one in found:
        how = "its rule says how to renew it" if one.can_renew else "to be earned anew"
        click.echo(f"{one.on}  {one.stack}: {one.learners} learners; {how}")
    click.echo(f"{sum(one.learners for one in found)} awards end within {days} days")


def _ending(one: Ending) -> dict[str, object]:
    return {
        "on": one.on.isoformat(),
        "stack": one.stack,
        "learners": one.learners,
        "can_renew": one.can_renew,
    }
