"""quoin platform import: many client ids of one LMS at once."""

from __future__ import annotations

import json
from collections import Counter

import click

from lti_tool.cli.common import friendly, read_text
from lti_tool.cli.opening import carry_out
from lti_tool.cli.platform_changes import FAMILIES
from lti_tool.lti.families import ProductFamily
from lti_tool.services.import_platforms import Judgement, PlatformsImported, import_platforms


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--institution", required=True, help="Key of the institution they belong to.")
@click.option("--family", type=FAMILIES, default="openedx", show_default=True)
@click.option("--dry-run", is_flag=True, help="Judge every line and write nothing.")
@click.option(
    "--allow-loopback",
    is_flag=True,
    help="The LMS is on this machine and may be reached over http (development, tests).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def import_(
    file: str,
    institution: str,
    family: str,
    dry_run: bool,  # noqa: FBT001
    allow_loopback: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Register each line of a CSV file: Open edX has a client id for every block or passport.

    Columns: issuer, client_id, auth_login_url, auth_token_url, jwks_url; if you like
    deployment_id, name, token_audience. All lines are written or, with a bad one, none. Exit
    code 1 when a line is refused.

    Example: quoin platform import edx.csv --institution harbour --dry-run
    """
    imported = carry_out(
        import_platforms,
        institution,
        read_text(file),
        family=ProductFamily(family),
        is_trial=dry_run,
        allows_loopback=allow_loopback,
    )
    if as_json:
        lines = [
            {
                "line": found.line,
                "client_id": found.client_id,
                "judgement": found.judgement,
                "detail": found.detail,
            }
            for found in imported.lines
        ]
        click.echo(json.dumps({"is_written": imported.is_written, "lines": lines}))
    else:
        _say(imported)
    if any(found.judgement is Judgement.REFUSED for found in imported.lines):
        click.get_current_context().exit(1)


def _say(imported: PlatformsImported) -> None:
    for found in imported.lines:
        detail = f": {found.detail}" if found.detail else ""
        click.echo(f"line {found.line}  {found.client_id}  {found.judgement}{detail}")
    counts = Counter(found.judgement for found in imported.lines)
    told = ", ".join(f"{counts[name]} {name}" for name in Judgement if counts[name])
    click.echo(f"{told or 'No lines'}; {'written' if imported.is_written else 'nothing written'}.")
