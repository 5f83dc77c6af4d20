"""quoin report: count what there is."""

from __future__ import annotations

import json

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import open_database
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
