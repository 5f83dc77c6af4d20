"""Where requirements and clauses stand in the text of a document: addresses to JSON pointers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from stacking_rules.findings import Finding
from stacking_rules.read_clauses import ANYWHERE, AT_AMOUNTS
from stacking_rules.read_requirements import UNITS
from stacking_rules.requirements import Choice, Requirement, parts_of
from stacking_rules.stacks import RENEWAL, ROOT, Stack, child_address, clause_address

_LISTS = ("all", "any", "none", "of")


def pointer_to(finding: Finding, stack: Stack | None, data: object) -> str:
    """Return the JSON pointer of what ``finding`` is about.

    ``stack`` is the one it names, ``data`` the plain data that the document was read from. What
    is not written there by itself is looked for by the caller at the next place above it.
    """
    if stack is None or not isinstance(data, Mapping):
        return finding.step
    top = f"/stacks/{finding.position}"
    if not finding.address:
        return f"{top}{finding.step}"
    found = pointers(stack, data["stacks"][finding.position])
    return f"{top}{found.get(finding.address, '')}{finding.step}"


def pointers(stack: Stack, data: Mapping[str, object]) -> dict[str, str]:
    """Return by address where each requirement and clause stands in ``data``, the stack's text."""
    found = dict(_node(stack.requires, data["requires"], ROOT, "/requires"))
    renewal = data.get("renewal")
    if stack.renewal is not None and isinstance(renewal, Mapping):
        text = renewal["requires"]
        found |= _node(stack.renewal.requires, text, RENEWAL, "/renewal/requires")
        # Not written among the clauses: the reader makes it one.
        found.setdefault(f"{RENEWAL}/opens", "/renewal/opens")
    return found


def _node(node: Requirement, data: object, address: str, pointer: str) -> Iterator[tuple[str, str]]:
    yield address, pointer
    if not isinstance(data, Mapping):
        return
    for clause, at in zip(node.clauses, _clauses(data, pointer), strict=False):
        yield clause_address(address, clause), at
    for part, (text, at) in zip(parts_of(node), _parts(node, data, pointer), strict=True):
        yield from _node(part, text, child_address(address, part), at)


def _clauses(data: Mapping[str, object], pointer: str) -> Iterator[str]:
    """Yield where the clauses stand, in the order in which they are read."""
    for name in chain(ANYWHERE, AT_AMOUNTS):
        entries = data.get(name)
        if isinstance(entries, list):
            yield from (f"{pointer}/{name}/{index}" for index in range(len(entries)))
        elif name in data:
            yield f"{pointer}/{name}"
    measures = [unit for unit in UNITS if unit in data]
    yield from (f"{pointer}/{unit}" for unit in measures[1:])


def _parts(
    node: Requirement, data: Mapping[str, object], pointer: str
) -> Iterator[tuple[object, str]]:
    if isinstance(node, Choice):
        for part in parts_of(node):
            yield data[part.id], f"{pointer}/{part.id}"
        return
    for name in _LISTS:
        entries = data.get(name)
        if isinstance(entries, list) and parts_of(node):
            yield from ((entry, f"{pointer}/{name}/{i}") for i, entry in enumerate(entries))
