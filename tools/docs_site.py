"""What the documentation site has beside ``docs/``: MkDocs calls these functions (``hooks``).

The pages of commands and settings are written from the tool itself, so they cannot be out of
date. Files that lie at the root for other reasons (the changelog, for one) become pages too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from lti_tool.cli import main
from lti_tool.config import SETTINGS
from tools.steps import ROOT

FROM_ELSEWHERE = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "xblock/README.md": "blocks.md",
}
"""File of the repository -> its page."""

_LINK = re.compile(r"\[([^\]]*)\]\(([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are no files of ``docs/``."""
    made = {"commands.md": commands_page(), "settings.md": settings_page()}
    for path, page in FROM_ELSEWHERE.items():
        made[page] = _moved((ROOT / path).read_text("utf-8"), path)
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Let links of ``docs/`` that lead out of it lead to the page of that file, or nowhere."""
    if not page.file.src_uri.startswith("decisions/"):
        return _moved(markdown, f"docs/{page.file.src_uri}")
    return markdown


def commands_page() -> str:
    """Return a page with every command: what it does, its arguments and options."""
    parts = ["# Commands", "Every command has `--help`. Exit codes: 0 done, 1 failed, 2 wrong use."]
    for path, command in commands(main):
        parts += [f"## `quoin {path}`", _help(command), *_parameters(command)]
    return "\n\n".join(parts) + "\n"


def settings_page() -> str:
    """Return a page with every setting."""
    rows = [
        f"| `{name}` | {_cell(default)} | {_cell(meaning)} |"
        for name, (default, meaning) in SETTINGS.items()
    ]
    head = ["# Settings", "Variables of the environment; `quoin config check` looks at them.", ""]
    return "\n".join([*head, "| name | default | is |", "|---|---|---|", *rows]) + "\n"


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command below a group with the words that are typed for it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        elif command is not None:
            yield " ".join((*path, name)), command


def _help(command: click.Command) -> str:
    said, _, example = (command.help or "").partition("Example: ")
    plain = said.replace("\b", "").strip().replace("<", "&lt;")
    return f"{plain}\n\n```sh\n{example.strip()}\n```" if example else plain


def _parameters(command: click.Command) -> list[str]:
    rows = []
    for one in command.params:
        if isinstance(one, click.Option) and not one.hidden:
            rows.append(f"| `{', '.join(one.opts)}` | {_cell(one.help or '')} |")
        elif isinstance(one, click.Argument):
            rows.append(f"| `{one.human_readable_name}` | argument |")
    return ["\n".join(["| | |", "|---|---|", *rows])] if rows else []


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _moved(text: str, path: str) -> str:
    """Return the text of the file at ``path`` as a page at the root of the site."""
    base = (ROOT / path).parent

    def lead(found: re.Match[str]) -> str:
        words, target, anchor = found[1], found[2], found[3] or ""
        if "://" in target or target.startswith("mailto:"):
            return found[0]
        there = (base / target).resolve()
        name = there.relative_to(ROOT).as_posix() if there.is_relative_to(ROOT) else ""
        if name in FROM_ELSEWHERE:
            return f"[{words}]({FROM_ELSEWHERE[name]}{anchor})"
        if name.startswith("docs/") and there.is_file():
            return f"[{words}]({name.removeprefix('docs/')}{anchor})"
        return words

    return _LINK.sub(lead, text)
