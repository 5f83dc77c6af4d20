"""How findings are printed: a line each with what to do about it, or one JSON list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import click

from lti_tool.healthy import is_well
from lti_tool.lti.platform_checks import Finding, Verdict

MARKS = {Verdict.OK: "ok     ", Verdict.WARNING: "warning", Verdict.FAILURE: "FAILURE"}


def tell(findings: Sequence[Finding], *, as_json: bool) -> None:
    """Print findings, and end the command with exit code 1 where something does not work."""
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings]))
    else:
        for finding in findings:
            click.echo(f"{MARKS[finding.verdict]}  {finding.topic}: {finding.found}")
            if finding.advice:
                click.echo(f"         → {finding.advice}")
    if not is_well(findings):
        click.get_current_context().exit(1)
