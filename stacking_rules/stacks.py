"""A stack: one published version of a requirement tree that leads to an award."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from stacking_rules.clauses import Clause
from stacking_rules.definitions import Definitions
from stacking_rules.requirements import Amount, Earned, Requirement, parts_of
from stacking_rules.selection import Anchor

ROOT = "/"


@dataclass(frozen=True, slots=True)
class Binding:
    """Which version counts for a learner: ``policy`` is "bound", "latest" or "best".

    "bound": the version in force on the day of ``event``; "best": whichever serves the learner.
    """

    policy: str = "latest"
    event: str = ""


@dataclass(frozen=True, slots=True)
class Renewal:
    """How an award that is held is kept: by another rule."""

    requires: Requirement


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the award: reached with ``need`` at the address ``at`` instead of its need."""

    name: str
    at: str
    need: Decimal


@dataclass(frozen=True, slots=True)
class Stack:
    """An immutable rule. ``key`` is also the key of the achievement that it awards.

    ``repeats`` says which attempt counts ("best", "latest", "first"; "none": nothing that was
    repeated), ``valid`` whether the award lapses with its parts ("throughout") or not
    ("at-award"), ``lasts`` how long it is valid, ``issue`` how it is issued ("automatic",
    "on-application", "opt-out"), ``consume`` what becomes of the items ("within-award", "never",
    "bank"). ``supersedes`` are awards that it replaces: it may use their items again. The version
    counts from ``since`` on and before ``until``.
    """

    key: str
    title: str
    requires: Requirement
    version: int = 1
    description: str = ""
    content_hash: str = ""
    definitions: Definitions = field(default_factory=Definitions)
    repeats: str = "best"
    valid: str = "at-award"
    lasts: Anchor | None = None
    issue: str = "automatic"
    consume: str = "within-award"
    ledger_rule: tuple[str, ...] = ()
    issue_rule: tuple[str, ...] = ()
    credit_kind: str = ""
    award_type: str = ""
    supersedes: tuple[str, ...] = ()
    since: date = date.min
    until: date = date.max
    binding: Binding = field(default_factory=Binding)
    renewal: Renewal | None = None
    levels: tuple[Level, ...] = ()

    def __hash__(self) -> int:
        """Hash by name and version alone: compiled stacks are looked up for every learner."""
        return hash((self.key, self.version))

    def walk(self) -> Iterator[tuple[str, Requirement]]:
        """Yield (address, requirement) of every node, parents first, in document order.

        An address is the path of ids from the root: "/" is the root, "/core/sql" the node sql
        below the node core. Progress, explanations and exceptions all refer to it. The renewal
        path stands below "/renewal".
        """
        yield from walk(ROOT, self.requires)
        if self.renewal is not None:
            yield from walk(RENEWAL, self.renewal.requires)

    def clauses(self) -> Iterator[tuple[str, str, Clause]]:
        """Yield (address, address of its requirement, clause) of every clause."""
        for address, node in self.walk():
            for clause in node.clauses:
                yield clause_address(address, clause), address, clause

    def needed_awards(self) -> tuple[str, ...]:
        """Return the keys of the awards this stack asks for, each once, in document order."""
        found: list[str] = []
        for _, node in self.walk():
            if isinstance(node, Earned):
                found.append(node.achievement)
            elif isinstance(node, Amount) and "award" in node.among:
                found += node.of
        return tuple(dict.fromkeys(found))


RENEWAL = "/renewal"


def child_address(address: str, child: Requirement) -> str:
    """Return the address of ``child`` below the node at ``address``."""
    return f"{address.rstrip('/')}/{child.id}"


def clause_address(address: str, clause: Clause) -> str:
    """Return the address of ``clause`` at the node at ``address``."""
    return f"{address.rstrip('/')}/{clause.id}"


def walk(address: str, node: Requirement) -> Iterator[tuple[str, Requirement]]:
    """Yield (address, requirement) of ``node`` and all below it, parents first."""
    yield address, node
    for part in parts_of(node):
        yield from walk(child_address(address, part), part)
