"""quoin platform show and check."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import UTC, datetime
from uuid import UUID

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.findings import tell
from lti_tool.cli.opening import open_database
from lti_tool.cli.platform_changes import platform_id
from lti_tool.config import Config
from lti_tool.services.check_platform import check_platform
from lti_tool.services.show_platform import PlatformView, show_platform


@click.command("show")
@platform_id
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def show(platform: UUID, as_json: bool) -> None:  # noqa: FBT001
    """Show all that is kept of an LMS.

    Example: quoin platform show ID --json
    """
    view = show_platform(open_database(), platform)
    if as_json:
        values = asdict(view)
        del values["is_changeable"]
        click.echo(json.dumps({"id": values.pop("uuid"), **values}, default=_text))
        return
    for field in fields(view):
        value = getattr(view, field.name)
        if field.name not in ("deployments", "is_changeable"):
            click.echo(f"{field.name}: {_line(value)}")
    _show_deployments(view)


@click.command("check")
@platform_id
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def check(platform: UUID, as_json: bool) -> None:  # noqa: FBT001
    """Look from here whether an LMS works with this tool, and say what to do.

    Reads its keyset, compares the clocks, asks for an access token. Exit code 1 on a failure.

    Example: quoin platform check ID
    """
    from lti_tool.web.parts import build_parts

    parts = build_parts(Config.from_environ(), database=open_database())
    findings = check_platform(
        parts.database, parts.http, parts.keyring, platform, clock=lambda: datetime.now(UTC)
    )
    tell(findings, as_json=as_json)


def _show_deployments(view: PlatformView) -> None:
    for found in view.deployments:
        owner = found.institution or "no institution"
        click.echo(f"deployment {found.deployment_id}: {found.state}, {owner}")
        if found.platform_name or found.platform_guid:
            click.echo(f"    seen: {found.platform_name or '?'} ({found.platform_guid or '?'})")
        if found.last_launch_at is not None:
            click.echo(f"    last launch: {_line(found.last_launch_at)}")
        if found.last_error_at is not None:
            at = _line(found.last_error_at)
            click.echo(f"    last refusal: {found.last_error_code}, {at}")


def _line(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value) or "-"
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
