"""quoin source: services of learning platforms that tell grades, completion and competencies."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import open_database
from lti_tool.config import Config, read_secret_file
from lti_tool.errors import InvalidInputError
from lti_tool.gathering.opening import KINDS, MOODLE, SourceDoor
from lti_tool.lti.http_client import HTTPClient
from lti_tool.services.add_evidence_source import NewSource, add_evidence_source
from lti_tool.services.ask_for_reading import ask_for_reading
from lti_tool.services.change_evidence_source import SourceAct, change_evidence_source
from lti_tool.services.check_evidence_source import check_evidence_source
from lti_tool.services.list_evidence_sources import SourceRow, list_evidence_sources
from lti_tool.services.read_evidence import read_evidence
from lti_tool.sources.source_problems import WHAT

TOKEN = "QUOIN_SOURCE_TOKEN"  # noqa: S105
PAUSE = 1.0


@click.group()
def source() -> None:
    """Let grades, completion and competencies of a learning platform flow in by themselves."""


@source.command("add")
@click.argument("institution")
@click.option("--url", required=True, help="The address of the platform's front page.")
@click.option("--name", required=True, help="What teachers see: the name of the platform.")
@click.option("--kind", type=click.Choice(sorted(KINDS)), default=MOODLE, show_default=True)
@click.option("--deployment", type=click.UUID, help="The installation, where there are several.")
@click.option("--token-file", help=f"A file that holds the token; none: {TOKEN} holds it.")
@friendly
def source_add(
    institution: str,
    url: str,
    name: str,
    kind: str,
    deployment: UUID | None,
    token_file: str | None,
) -> None:
    """Keep a source of an INSTITUTION (its key), its token encrypted; print its uuid.

    Example: quoin source add harbour --url https://moodle.example.edu --name Moodle
    --token-file /run/secrets/moodle
    """
    new = NewSource(kind, name, url, _token(token_file), deployment)
    with _door() as door:
        made = add_evidence_source(
            open_database(),
            door,
            institution_key=institution,
            new=new,
            actor="cli:source add",
            now=datetime.now(UTC),
        )
    click.echo(str(made))
    click.echo(f"Now: quoin source check {made}", err=True)


@source.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def source_list(as_json: bool) -> None:  # noqa: FBT001
    """List the sources and how their courses stand; tokens are never shown.

    Example: quoin source list --json
    """
    rows = list_evidence_sources(open_database())
    if as_json:
        click.echo(json.dumps([_as_json(row) for row in rows]))
        return
    for row in rows:
        state = "on" if row.is_enabled else "off"
        click.echo(f"{row.uuid}  {row.institution_key}  {row.kind}  {row.name}  {state}")
        click.echo(f"    {row.base_url}, {row.courses} courses, {row.failing} with a problem")
        if row.problem:
            click.echo(f"    {WHAT.get(row.problem, row.problem)} ({row.problem})")
    click.echo(f"{len(rows)} sources")


@source.command("check")
@click.argument("uuid", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def source_check(uuid: UUID, as_json: bool) -> None:  # noqa: FBT001
    """Try the source UUID: token, functions, rights in a course, clock. Exit 1 if one fails.

    Example: quoin source check 5f0c0d5e-3f6a-4f0e-9f0e-8f4b8d3c2a10
    """
    with _door() as door:
        checked = check_evidence_source(open_database(), door, uuid, now=datetime.now(UTC))
    if as_json:
        findings = [
            {"name": one.name, "ok": one.is_good, "code": one.code, "words": one.words}
            for one in checked.findings
        ]
        click.echo(json.dumps({"ok": checked.is_good, "findings": findings}))
    else:
        for one in checked.findings:
            click.echo(f"{'ok  ' if one.is_good else 'FAIL'}  {one.name}: {one.words}")
        if not checked.course:
            click.echo("No course is known yet: rights in a course were not tried.")
    if not checked.is_good:
        click.get_current_context().exit(1)


@source.command("read")
@click.argument("uuid", type=click.UUID)
@friendly
def source_read(uuid: UUID) -> None:
    """Read all courses of the source UUID now, to their end.

    A running tool reads by itself, every QUOIN_SOURCE_SECONDS.

    Example: quoin source read 5f0c0d5e-3f6a-4f0e-9f0e-8f4b8d3c2a10
    """
    database, every = open_database(), timedelta(seconds=Config.from_environ().source_seconds)
    count = ask_for_reading(database, source_uuid=uuid, now=datetime.now(UTC))
    problems = 0
    with _door() as door:
        for _ in range(count * 1000):
            done = read_evidence(
                database, door, every=every, now=datetime.now(UTC), source_uuid=uuid
            )
            if done is None:
                break
            if done.problem:
                problems += 1
                click.echo(f"{done.source}: {WHAT.get(done.problem, done.problem)}", err=True)
            if not done.is_finished and not done.problem:
                time.sleep(PAUSE)
    click.echo(f"{count} courses read, {problems} problems")
    if problems:
        click.get_current_context().exit(1)


@source.command("token")
@click.argument("uuid", type=click.UUID)
@click.option("--token-file", help=f"A file that holds the token; none: {TOKEN} holds it.")
@friendly
def source_token(uuid: UUID, token_file: str | None) -> None:
    """Give the source UUID a new token; its courses are read at once.

    Example: quoin source token 5f0c0d5e-3f6a-4f0e-9f0e-8f4b8d3c2a10 --token-file new-token
    """
    _change(uuid, SourceAct.TOKEN, _token(token_file))
    click.echo("The token is kept, encrypted.")


@source.command("remove")
@click.argument("uuid", type=click.UUID)
@friendly
def source_remove(uuid: UUID) -> None:
    """Forget the token of the source UUID and end its rules; what it recorded stays.

    Example: quoin source remove 5f0c0d5e-3f6a-4f0e-9f0e-8f4b8d3c2a10
    """
    _change(uuid, SourceAct.REMOVE)
    click.echo("The source is removed. What it recorded stays.")


def _change(uuid: UUID, act: SourceAct, token: str = "") -> None:
    with _door() as door:
        change_evidence_source(
            open_database(),
            door,
            uuid,
            act,
            token=token,
            actor=f"cli:source {act.value}",
            now=datetime.now(UTC),
        )


@contextmanager
def _door() -> Iterator[SourceDoor]:
    config = Config.from_environ()
    http = HTTPClient(config.private_hosts)
    try:
        yield SourceDoor(http, config.secret_key, lambda: datetime.now(UTC))
    finally:
        http.close()


def _token(token_file: str | None) -> str:
    """Return the token out of a file or the environment: a command line is seen by others."""
    if token_file:
        return read_secret_file("--token-file", token_file).decode().strip()
    if not os.environ.get(TOKEN):
        raise InvalidInputError(f"Name a file with --token-file, or put the token into {TOKEN}.")
    return os.environ[TOKEN].strip()


def _as_json(row: SourceRow) -> dict[str, object]:
    return {
        "id": str(row.uuid),
        "institution": row.institution_key,
        "kind": row.kind,
        "name": row.name,
        "url": row.base_url,
        "enabled": row.is_enabled,
        "problem": row.problem,
        "courses": row.courses,
        "failing": row.failing,
        "last_read_at": row.last_read_at and row.last_read_at.isoformat(),
    }
