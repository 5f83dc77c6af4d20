"""The ``quoin`` command: what an operator types. Exit codes: 0 done, 1 failed, 2 wrong use."""

from __future__ import annotations

import click

from lti_tool.cli import rule_answers, rule_schema, rule_views  # noqa: F401  -- add commands to "rules"
from lti_tool.cli.benchmarks import bench
from lti_tool.cli.database import db
from lti_tool.cli.imports import import_
from lti_tool.cli.platforms import platform
from lti_tool.cli.reports import report
from lti_tool.cli.rules import rules
from lti_tool.cli.serving import serve
from lti_tool.cli.settings import config
from lti_tool.cli.stacks import stack


@click.group()
@click.version_option(package_name="quoin")
def main() -> None:
    """Stackable microcredentials inside the LMS."""


for command in (db, config, platform, stack, rules, import_, report, serve, bench):
    main.add_command(command)
