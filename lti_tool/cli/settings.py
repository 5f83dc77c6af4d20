"""quoin config: look at the settings."""

from __future__ import annotations

import click

from lti_tool.cli.common import friendly
from lti_tool.config import SETTINGS, Config


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command("check")
@friendly
def config_check() -> None:
    """Check the settings and list them with their meaning; secrets are not shown.

    Example: quoin config check
    """
    Config.from_environ()
    for name, (default, meaning) in SETTINGS.items():
        click.echo(f"{name} (default: {default})\n    {meaning}")
