"""quoin rules render and diff: a stack as text or tree, and what differs between two."""

from __future__ import annotations

import json
from typing import Any

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.rules import pick, read, rules
from lti_tool.stack_text import read_document, write_yaml
from stacking_rules import Stack
from stacking_rules.differences import differences
from stacking_rules.requirements import Requirement
from stacking_rules.write import write_requirement

FILE = click.Path(exists=True, dir_okay=False)


@rules.command("render")
@click.argument("file", type=FILE)
@click.option("--stack", "key", help="Key of the stack.")
@click.option(
    "--as", "view", type=click.Choice(["yaml", "tree"]), default="yaml", show_default=True
)
@friendly
def rules_render(file: str, key: str | None, view: str) -> None:
    """Write the rule of a stack: as the shortest text that means the same, or as a tree.

    Example: quoin rules render stacks.yaml --stack data-basics --as tree
    """
    stack = pick(read(file, read_document), key)
    if view == "yaml":
        data: Any = {"key": stack.key, "requires": write_requirement(stack.requires)}
        click.echo(write_yaml(data), nl=False)
        return
    clauses = [(address, clause) for address, _, clause in stack.clauses()]
    for address, node in stack.walk():
        click.echo(f"{'  ' * _depth(address)}{address}  {_say(node)}")
        for at, clause in clauses:
            if (at.rpartition("/")[0] or "/") == address:
                labels = f"  [{', '.join(clause.rule)}]" if clause.rule else ""
                click.echo(f"{'  ' * _depth(at)}{at}  {type(clause).__name__.lower()}{labels}")


def _depth(address: str) -> int:
    return 0 if address == "/" else address.count("/")


def _say(node: Requirement) -> str:
    name = node.title or getattr(node, "achievement", "") or type(node).__name__.lower()
    need = getattr(node, "need", None)
    amount = f"  {need} {getattr(node, 'unit', '')}" if need is not None else ""
    labels = f"  [{', '.join(node.rule)}]" if node.rule else ""
    return f"{name}{amount}{labels}"


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
