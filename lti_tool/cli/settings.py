"""quoin config: look at the settings."""

from __future__ import annotations

import json
import os

import click

from lti_tool.checked_settings import check_settings
from lti_tool.cli.common import friendly
from lti_tool.cli.findings import tell
from lti_tool.config import SETTINGS


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command("check")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def config_check(as_json: bool) -> None:  # noqa: FBT001
    """Check every setting, and say what is wrong and what to do; secrets are not shown.

    Opens and makes nothing. Exit code 1 where a setting is wrong or missing.

    Example: quoin config check --json
    """
    tell(check_settings(os.environ), as_json=as_json)


@config.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
def config_list(as_json: bool) -> None:  # noqa: FBT001
    """List every setting with its default and meaning.

    Example: quoin config list
    """
    if as_json:
        rows = [
            {"name": name, "default": default, "meaning": meaning}
            for name, (default, meaning) in SETTINGS.items()
        ]
        click.echo(json.dumps(rows))
        return
    for name, (default, meaning) in SETTINGS.items():
        click.echo(f"{name} (default: {default})\n    {meaning}")
