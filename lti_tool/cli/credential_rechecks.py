"""quoin credentials recheck: ask other issuers again whether they vouch for what counts here."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import open_database
from lti_tool.config import Config
from lti_tool.recognising.watching import Found
from lti_tool.services.recheck_credentials import recheck_credentials

MOST = 10_000


@click.command()
@click.option("--institution", help="Key of an institution; all by default.")
@click.option("--limit", type=click.IntRange(1, MOST), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a line.")
@friendly
def recheck(institution: str | None, limit: int, as_json: bool) -> None:  # noqa: FBT001
    """Check credentials of other issuers that are due: each once a day, and soon after it counted.

    The worker does this by itself. What its issuer no longer vouches for is marked for a person;
    nothing that counts is taken away.

    Example: quoin credentials recheck --institution harbour
    """
    from lti_tool.app import create_app
    from lti_tool.web.fetching import fetch_outside_requests

    open_database()
    app = create_app(Config.from_environ())
    parts = app.extensions["quoin"]
    try:
        found = recheck_credentials(
            parts.database,
            parts.checking,
            fetch_outside_requests(app),
            home=parts.config.public_url,
            now=datetime.now(UTC),
            institution_key=institution,
            limit=limit,
        )
    finally:
        parts.checking.close()
    counts = {str(kind): found.get(kind, 0) for kind in Found}
    if as_json:
        click.echo(json.dumps(counts))
        return
    click.echo(", ".join(f"{count} {kind}" for kind, count in counts.items()))
