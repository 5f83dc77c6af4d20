"""quoin serve and bench: refusals, and the help of every command."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from lti_tool.cli import main
from tests.cli.conftest import Quoin


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name), command


@pytest.mark.parametrize(
    ("path", "command"), list(commands(main)), ids=[" ".join(p) for p, _ in commands(main)]
)
def test_every_command_shows_an_example(path: tuple[str, ...], command: click.Command) -> None:
    assert command.help
    assert f"Example: quoin {' '.join(path)}" in command.help


def test_a_taken_port_is_named(quoin: Quoin) -> None:
    quoin("db", "check")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        words = [sys.executable, "-m", "lti_tool.cli", "serve", "--port", port]
        refused = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert f"Port {port} cannot be used" in refused.stderr
    assert "--port" in refused.stderr


def test_an_unknown_benchmark_is_refused_with_the_known_ones(quoin: Quoin) -> None:
    said = quoin("bench", "nothing", code=2).output
    assert "there are: cohort, cohort-parquet, credentials" in said
