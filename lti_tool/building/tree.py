"""Requirements of a draft as the tree form shows them: plain data, each at its place.

A place is a JSON pointer into the data as the page showed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lti_tool.building.text import Plain

GROUPS = ("all", "any", "at_least", "none")
UNITS = ("credits", "items")
KINDS = (*GROUPS, *UNITS)
MOST_SHOWN = 300
"""Requirements and options of a draft that stand in one form; larger ones are written as text."""


@dataclass(frozen=True, slots=True)
class Node:
    """A requirement, where it stands in the list or mapping that holds it."""

    place: str
    holder: Any
    slot: Any
    data: Plain


def kind_of(node: Plain) -> str:
    """Return what the tree form edits a requirement as; "" for what only the YAML can."""
    found = [name for name in (*GROUPS, *UNITS, "completed", "award") if name in node]
    if len(found) != 1:
        return ""
    kind = found[0]
    return kind if kind in ("completed", "award") or isinstance(listed(node), list) else ""


def listed(node: Plain) -> Any:
    """Return the list of a group or amount: what is asked for, or what may count."""
    for name in ("all", "any", "none", "of"):
        if name in node:
            return node[name]
    return None


def nodes_of(data: Plain) -> Iterator[Node]:
    """Yield every requirement that the tree form shows, written out where it was a bare key."""
    for index, stack in enumerate(data["stacks"]):
        if "requires" in stack:
            yield from _nodes(stack, "requires", f"/stacks/{index}/requires")


def _nodes(holder: Any, slot: Any, place: str) -> Iterator[Node]:
    if isinstance(holder[slot], str):
        holder[slot] = {"completed": holder[slot]}
    data = holder[slot]
    if not isinstance(data, dict):
        return
    yield Node(place, holder, slot, data)
    if kind_of(data) in GROUPS:
        name = next(name for name in ("all", "any", "none", "of") if name in data)
        for index in range(len(data[name])):
            yield from _nodes(data[name], index, f"{place}/{name}/{index}")


def is_large(data: Plain) -> bool:
    """Return whether a draft has more than the form shows (``MOST_SHOWN``)."""
    shown = 0
    for node in nodes_of(data):
        shown += 1 + (len(listed(node.data)) if kind_of(node.data) in UNITS else 0)
    shorten(data)
    return shown > MOST_SHOWN


def shorten(data: Plain) -> None:
    """Write bare achievements as their keys again."""
    for node in list(nodes_of(data)):
        if node.data.keys() == {"completed"} and isinstance(node.data["completed"], str):
            node.holder[node.slot] = node.data["completed"]


def is_in_years(stack: Plain) -> bool:
    """Return whether the field "valid for ... years" says all that a stack says of its end."""
    lasts = stack.get("lasts")
    return lasts is None or (isinstance(lasts, dict) and lasts.keys() == {"years"})
