"""A rule with one small thing changed, by the address of what is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from stacking_rules.clauses import Clause
from stacking_rules.requirements import Choice, Group, NoneOf, Requirement
from stacking_rules.stacks import RENEWAL, ROOT, Stack, child_address

Edit = Callable[[Requirement], Requirement | None]
"""What becomes of a requirement; None: it is left out, where it is a part of something."""


def edited(stack: Stack, address: str, edit: Edit) -> Stack:
    """Return ``stack`` with the requirement at ``address`` changed by ``edit``."""
    renewal = stack.renewal
    if renewal is not None and f"{address}/".startswith(f"{RENEWAL}/"):
        changed = edited_below(RENEWAL, renewal.requires, address, edit)
        return replace(stack, renewal=replace(renewal, requires=changed or renewal.requires))
    changed = edited_below(ROOT, stack.requires, address, edit)
    return replace(stack, requires=changed or stack.requires)


def edited_below(here: str, node: Requirement, address: str, edit: Edit) -> Requirement | None:
    """Return ``node``, which stands at ``here``, with what stands at ``address`` changed."""
    if here == address:
        return edit(node)
    if not f"{address}/".startswith(f"{here.rstrip('/')}/"):
        return node

    def inside(part: Requirement) -> Requirement | None:
        return edited_below(child_address(here, part), part, address, edit)

    if isinstance(node, Group | NoneOf):
        return replace(node, parts=tuple(p for part in node.parts if (p := inside(part))))
    if isinstance(node, Choice):
        return replace(
            node,
            condition=inside(node.condition) or node.condition,
            then=inside(node.then) or node.then,
            otherwise=None if node.otherwise is None else inside(node.otherwise),
        )
    return node


def with_clause(clause: Clause, *others: Clause) -> Edit:
    """Return the edit that puts ``others`` in the place of ``clause``."""

    def edit(node: Requirement) -> Requirement:
        kept = tuple(c for c in node.clauses if c is not clause)
        return replace(node, clauses=(*kept, *others))

    return edit


def with_clauses_instead(without: set[type[Clause]], others: tuple[Clause, ...]) -> Edit:
    """Return the edit that puts ``others`` in the place of all clauses of some kinds."""

    def edit(node: Requirement) -> Requirement:
        kept = tuple(clause for clause in node.clauses if type(clause) not in without)
        return replace(node, clauses=(*kept, *others))

    return edit
