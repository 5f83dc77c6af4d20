"""Findings of the static analysis: what is wrong or surprising, and where in which stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stacking_rules.clauses import Clause
from stacking_rules.documents import Document
from stacking_rules.requirements import Choice, Group, NoneOf, Requirement, parts_of
from stacking_rules.stacks import RENEWAL, ROOT, Stack, child_address, clause_address

ERROR, WARNING, INFO, FACT = "error", "warning", "info", "fact"
SEVERITIES = (ERROR, WARNING, INFO, FACT)
"""From the gravest on. An info is a remark: the rule is as good as any other. A fact tells the
author what a stack comes to."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at: ``code``, how grave, in which stack and at which address.

    Without an ``address`` it is about the stack itself, without a ``stack`` about the document;
    ``position`` is the place of the stack in its document (from 0). ``step`` leads from there to
    the very place in the text, as a JSON pointer. ``why`` names one of several sentences that a
    code has, ``values`` are filled into it.
    """

    code: str
    severity: str
    stack: str
    address: str
    values: Mapping[str, object] = field(default_factory=dict)
    why: str = ""
    step: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """One requirement under analysis, with all that stands ``above`` it (the root first)."""

    document: Document
    stack: Stack
    address: str
    node: Requirement
    above: tuple[Spot, ...] = ()

    @property
    def line(self) -> tuple[Spot, ...]:
        """The requirements from the root down to this one."""
        return (*self.above, self)

    @property
    def scope(self) -> tuple[Spot, ...]:
        """The requirements that bind what counts here, from the outermost down to this one.

        A part of a "none of" and a condition are looked at alone: what is above does not bind it.
        """
        line = self.line
        for index in range(len(line) - 1, 0, -1):
            parent, node = line[index - 1].node, line[index].node
            if isinstance(parent, NoneOf) or (
                isinstance(parent, Choice) and node is parent.condition
            ):
                return line[index:]
        return line

    @property
    def is_needed(self) -> bool:
        """Whether the stack cannot be met without this requirement."""
        return all(
            isinstance(at.node, Group) and at.node.needed == len(at.node.parts) for at in self.above
        )

    def finding(
        self,
        severity: str,
        code: str,
        why: str = "",
        *,
        clause: Clause | None = None,
        step: str = "",
        **values: object,
    ) -> Finding:
        """Return a finding about this requirement, or about a ``clause`` of it."""
        at = self.address if clause is None else clause_address(self.address, clause)
        return Finding(code, severity, self.stack.key, at, values, why, step)


def spots(document: Document, stack: Stack) -> Iterator[Spot]:
    """Yield every requirement of ``stack``, parents first, in document order."""
    yield from _below(Spot(document, stack, ROOT, stack.requires))
    if stack.renewal is not None:
        yield from _below(Spot(document, stack, RENEWAL, stack.renewal.requires))


def _below(spot: Spot) -> Iterator[Spot]:
    yield spot
    for part in parts_of(spot.node):
        at = child_address(spot.address, part)
        yield from _below(Spot(spot.document, spot.stack, at, part, spot.line))
