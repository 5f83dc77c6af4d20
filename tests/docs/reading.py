"""The pages of the documentation, and the commands that stand in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from lti_tool.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
        ROOT / "xblock" / "README.md",
    ]
)
_FENCE = re.compile(r"^[ ]*```(\w*)\n(.*?)^[ ]*```", re.S | re.M)
_INLINE = re.compile(r"`([^`]+)`")
_QUOIN = re.compile(r"(?:^|[\s/'(])quoin ((?:[a-z]|--)[^\n;`]*)")
_WORD = re.compile(r"[a-z][a-z0-9-]*")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def fences(path: Path) -> Iterator[tuple[str, str]]:
    """Yield language and text of every block of code."""
    for found in _FENCE.finditer(path.read_text("utf-8")):
        yield found[1], found[2]


def typed(path: Path) -> Iterator[str]:
    """Yield what follows ``quoin`` wherever a page says what to type."""
    text = path.read_text("utf-8")
    blocks = [body.replace("\\\n", " ") for language, body in fences(path) if language != "text"]
    inline = [re.sub(r"\s+", " ", one) for one in _INLINE.findall(_FENCE.sub("", text))]
    for one in (*blocks, *inline):
        for found in _QUOIN.finditer(one):
            yield re.split(r" [#|>&…]|  +#|\)|'$", found[1])[0].strip()


def wrong_in(words: str) -> str:
    """Return what of a typed command does not exist, "" when all of it does."""
    try:
        parts = shlex.split(words)
    except ValueError:
        parts = words.split()
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group) and parts and _WORD.fullmatch(parts[0]):
        found = command.get_command(context, parts[0])
        if found is None:
            return parts[0]
        command, parts = found, parts[1:]
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    known |= {"--help"} | ({"--version"} if command is main else set())
    options = [part.partition("=")[0] for part in parts if part.startswith("--")]
    return next((one for one in options if one not in known), "")
