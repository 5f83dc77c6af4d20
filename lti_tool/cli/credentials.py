"""quoin credentials: the signed documents of awards, ours and those of others."""

from __future__ import annotations

import click

from lti_tool.cli.lazy import LazyGroup

ISSUING = "lti_tool.cli.credential_issuing"
COMMANDS = {
    name: f"{ISSUING}:{name}"
    for name in ("waiting", "issue", "export", "revoke", "suspend", "reinstate", "keys")
} | {
    "compromise": "lti_tool.cli.credential_renewing:compromise",
    "correct": "lti_tool.cli.credential_renewing:correct",
    "verify": "lti_tool.cli.credential_checks:verify",
    "recheck": "lti_tool.cli.credential_rechecks:recheck",
    "export-elm": "lti_tool.cli.credential_elm:export_elm_command",
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def credentials() -> None:
    """Look after the signed documents of awards, and check those of others."""
