"""quoin report: count what there is."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import open_database, progress_bar
from lti_tool.services.report_awards import report_awards


@click.group()
def report() -> None:
    """Count what there is."""


@report.command("awards")
@click.option("--institution", help="Key of the institution; all of them without it.")
@click.option("--json", "as_json", is_flag=True, help="Print {stack: number of learners}.")
@friendly
def report_awards_command(institution: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Print how many learners hold the award of each stack.

    Example: quoin report awards --json
    """
    counts = report_awards(open_database(), institution_key=institution)
    if as_json:
        click.echo(json.dumps(counts))
        return
    for key, learners in counts.items():
        click.echo(f"{key}: {learners} learners")


@report.command("standings")
@click.argument("institution")
@click.option("--json", "as_json", is_flag=True, help="Print {stack: {status: learners}}.")
@friendly
def report_standings_command(institution: str, as_json: bool) -> None:  # noqa: FBT001
    """Print how many learners of an institution meet each of its stacks, as of now.

    Everybody is evaluated who has completed anything; nothing is awarded.

    Example: quoin report standings my-university --json
    """
    try:
        from lti_tool.services.count_standings import count_standings
    except ImportError:
        raise click.ClickException("This needs NumPy: pip install 'quoin[cohort]'") from None
    database = open_database()
    with progress_bar("learners", None) as advance:
        counts = count_standings(
            database, institution_key=institution, now=datetime.now(UTC), advance=advance
        )
    if as_json:
        click.echo(json.dumps(counts))
        return
    for key, each in counts.items():
        said = ", ".join(f"{number} {status}" for status, number in each.items() if number)
        click.echo(f"{key}: {said or 'no learners'}")
