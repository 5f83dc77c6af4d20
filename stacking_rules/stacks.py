"""A stack: one published version of a requirement tree that leads to an award."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacking_rules.requirements import Earned, Requirement, parts_of

ROOT = "/"


@dataclass(frozen=True, slots=True)
class Stack:
    """An immutable rule. ``key`` is also the key of the achievement that it awards."""

    key: str
    title: str
    requires: Requirement
    version: int = 1
    description: str = ""
    content_hash: str = ""

    def __hash__(self) -> int:
        """Hash by name and version alone: compiled stacks are looked up for every learner."""
        return hash((self.key, self.version))

    def walk(self) -> Iterator[tuple[str, Requirement]]:
        """Yield (address, requirement) of every node, parents first, in document order.

        An address is the path of ids from the root: "/" is the root, "/core/sql" the node sql
        below the node core. Progress, explanations and exceptions all refer to it.
        """
        yield from _walk(ROOT, self.requires)

    def needed_awards(self) -> tuple[str, ...]:
        """Return the keys of the awards this stack asks for, each once, in document order."""
        found = (node.achievement for _, node in self.walk() if isinstance(node, Earned))
        return tuple(dict.fromkeys(found))


def child_address(address: str, child: Requirement) -> str:
    """Return the address of ``child`` below the node at ``address``."""
    return f"{address.rstrip('/')}/{child.id}"


def _walk(address: str, node: Requirement) -> Iterator[tuple[str, Requirement]]:
    yield address, node
    for part in parts_of(node):
        yield from _walk(child_address(address, part), part)
