"""quoin rules render and diff: stacks in three views, and what differs between two."""

from __future__ import annotations

import json

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.rules import pick, read, rules
from lti_tool.rule_texts import VIEWS, read_view, write_view
from lti_tool.stack_text import read_document
from stacking_rules import LimitExceededError, Stack
from stacking_rules.differences import differences

FILE = click.Path(exists=True, dir_okay=False)


@rules.command("render")
@click.argument("file", type=FILE)
@click.option("--stack", "key", help="Key of the stack.")
@click.option("--all", "is_all", is_flag=True, help="All stacks of the document.")
@click.option("--from", "source", type=click.Choice(VIEWS), default="yaml", show_default=True)
@click.option("--as", "view", type=click.Choice(VIEWS), default="yaml", show_default=True)
@friendly
def rules_render(file: str, key: str | None, source: str, view: str, *, is_all: bool) -> None:
    """Write stacks, and what their document declares, as sentences, as a tree or as YAML.

    Each of the three can be read again with --from, and means the same.

    Example: quoin rules render stacks.yaml --stack data-basics --as sentence
    """
    document = read(file, lambda text: read_view(text, source))
    known = {stack.key for stack in document.stacks}
    chosen = key if key in known or is_all else pick(document, key).key
    stacks = tuple(stack for stack in document.stacks if is_all or stack.key == chosen)
    try:
        click.echo(write_view(document, view, stacks), nl=False)
    except LimitExceededError as error:
        raise click.ClickException(f"{file}: {error}") from None


@rules.command("diff")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--stack", "key", help="Key of the stack.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def rules_diff(old: str, new: str, key: str | None, *, as_json: bool) -> None:
    """Say what differs between two versions of a stack; exit code 1 if anything does.

    Example: quoin rules diff stacks-2025.yaml stacks-2026.yaml --stack data-basics
    """
    before, after = _stack(old, key), _stack(new, key)
    found = differences(before, after)
    if as_json:
        names = ("address", "kind", "name", "before", "after")
        listed = [{name: getattr(change, name) for name in names} for change in found]
        click.echo(json.dumps(listed, ensure_ascii=False))
    for change in () if as_json else found:
        click.echo(_WORDS[change.kind].format(**{n: getattr(change, n) for n in change.__slots__}))
    if found:
        raise SystemExit(1)


_WORDS = {
    "added": "{address} ({name}) is new.",
    "removed": "{address} ({name}) is gone.",
    "raised": "{address}: {name} is raised from {before} to {after}.",
    "lowered": "{address}: {name} is lowered from {before} to {after}.",
    "options": "{address}: no longer counts: {before}; counts now: {after}.",
    "changed": "{address} {name} was {before} and is {after}.",
}


def _stack(file: str, key: str | None) -> Stack:
    return pick(read(file, read_document), key)
