"""quoin retention: how long what is kept, what would go, and letting it go."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.retaining import KINDS
from lti_tool.services.enforce_retention import enforce_retention
from lti_tool.services.preview_retention import preview_retention
from lti_tool.services.set_retention import set_retention

INSTITUTION = click.option("--institution", help="Key of one institution; all without it.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")


@click.group()
def retention() -> None:
    """See and say how long what is kept, and let go what is past its time."""


@retention.command("preview")
@INSTITUTION
@JSON
@friendly
def retention_preview(institution: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Count what would go now; nothing does.

    Example: quoin retention preview --institution harbour
    """
    views = preview_retention(open_database(), now=datetime.now(UTC), key=institution)
    if as_json:
        found = {
            view.key: {
                kind: {"days": days, "would_go": view.counts.get(kind, 0)}
                for kind, days in view.days.items()
            }
            for view in views
        }
        click.echo(json.dumps(found))
        return
    for view in views:
        click.echo(f"{view.key}  {view.name}")
        for kind, days in view.days.items():
            kept = f"kept {days} days after {KINDS[kind].after}" if days else "kept for good"
            click.echo(f"    {kind}: {kept}; {view.counts.get(kind, 0)} would go")


@retention.command("run")
@INSTITUTION
@JSON
@friendly
def retention_run(institution: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Let go, for good, what is past its time. The worker does the same by itself.

    Example: quoin retention run --institution harbour
    """
    gone = carry_out(enforce_retention, key=institution, most_batches=None)
    if as_json:
        click.echo(json.dumps(gone))
        return
    for key, counts in gone.items():
        words = ", ".join(f"{count} {kind}" for kind, count in counts.items())
        click.echo(f"{key}: {words or 'nothing'} went")


@retention.command("set")
@click.argument("institution")
@click.argument("kinds", nargs=-1, metavar="KIND=DAYS...")
@friendly
def retention_set(institution: str, kinds: tuple[str, ...]) -> None:
    """Keep each KIND for so many days, 0 for good; kinds that are not named are as usual.

    Example: quoin retention set harbour news=180 inactive-learners=0
    """
    days = {}
    for one in kinds:
        kind, _, number = one.partition("=")
        if not (number.isascii() and number.isdigit() and len(number) <= 6):
            raise click.UsageError(f"'{one}' is not KIND=DAYS, as in news=180.")
        days[kind] = int(number)
    carry_out(set_retention, institution, days)
    click.echo(f"{institution}: set. 'quoin retention preview' counts what would go.")
