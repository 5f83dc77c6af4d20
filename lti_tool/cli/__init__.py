"""The ``quoin`` command: what an operator types. Exit codes: 0 done, 1 failed, 2 wrong use."""

from __future__ import annotations

import click

from lti_tool.cli.lazy import LazyGroup

COMMANDS = {
    "achievement": "lti_tool.cli.achievements:achievement",
    "admin": "lti_tool.cli.administrators:admin",
    "audit": "lti_tool.cli.audit:audit",
    "backup": "lti_tool.cli.backups:backup",
    "db": "lti_tool.cli.database:db",
    "config": "lti_tool.cli.settings:config",
    "credentials": "lti_tool.cli.credentials:credentials",
    "doctor": "lti_tool.cli.doctor:doctor",
    "endorsement": "lti_tool.cli.endorsements:endorsement",
    "framework": "lti_tool.cli.frameworks:framework",
    "equivalency": "lti_tool.cli.equivalencies:equivalency",
    "issuers": "lti_tool.cli.issuers:issuers",
    "health": "lti_tool.cli.health:health",
    "institution": "lti_tool.cli.institutions:institution",
    "keys": "lti_tool.cli.keys:keys",
    "platform": "lti_tool.cli.platforms:platform",
    "api-key": "lti_tool.cli.api_keys:api_key",
    "match": "lti_tool.cli.matching:match",
    "stack": "lti_tool.cli.stacks:stack",
    "reviews": "lti_tool.cli.reviews:reviews",
    "retention": "lti_tool.cli.retention:retention",
    "rules": "lti_tool.cli.rules:rules",
    "exceptions": "lti_tool.cli.exceptions:exceptions",
    "import": "lti_tool.cli.imports:import_",
    "source": "lti_tool.cli.sources:source",
    "sweep": "lti_tool.cli.sweeping:sweep",
    "forecast": "lti_tool.cli.sweeping:forecast",
    "report": "lti_tool.cli.reports:report",
    "work": "lti_tool.cli.work:work",
    "serve": "lti_tool.cli.serving:serve",
    "cohort": "lti_tool.cli.cohort:cohort",
    "simulate": "lti_tool.cli.simulate:simulate",
    "bench": "lti_tool.cli.benchmarks:bench",
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
@click.version_option(package_name="quoin")
def main() -> None:
    """Stackable microcredentials inside the LMS."""
