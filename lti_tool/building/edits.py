"""Edits of the tree form: plain data in, the same data changed; nothing else is touched.

All fields of a page are applied to the things that stood at their places, before anything is
added or moved.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool.building.fields import number, set_achievements, set_requirement, set_stack
from lti_tool.building.text import Plain, key_for, names_of
from lti_tool.building.tree import GROUPS, KINDS, UNITS, Node, kind_of, listed, nodes_of, shorten
from lti_tool.errors import InvalidInputError
from lti_tool.translating import _

MOST_NEW = 100
LONGEST_NAME = 255
_WORTH = re.compile(r"^(?P<name>.*\S)\s*\((?P<credits>\d+(?:\.\d+)?) credits?\)$")


@dataclass(frozen=True, slots=True)
class Edits:
    """What a page of the tree form sent: fields by "place|name", and the button, "act|place"."""

    values: Mapping[str, str]
    act: str = "save"


def apply(
    data: Plain,
    edits: Edits,
    catalogue: Mapping[str, str],
    awards: Collection[str] = frozenset(),
) -> str:
    """Change ``data`` as ``edits`` say; return the place to look at next, as it is now.

    ``catalogue`` holds the names of the institution's achievements by key, ``awards`` those keys
    that stacks award. ``InvalidInputError`` for more than 100 new achievements at once.
    """
    nodes = {node.place: node for node in nodes_of(data)}
    stacks = list(data["stacks"])
    look: Any = None
    for place, node in nodes.items():
        set_requirement(node, place, edits.values)
    for index, stack in enumerate(stacks):
        set_stack(stack, f"/stacks/{index}", edits.values)
    set_achievements(data, edits.values)
    awards = {*awards, *(str(stack.get("key")) for stack in stacks)}
    for node in nodes.values():
        look = _add(data, node, edits.values, catalogue, awards) or look
    act, _, place = edits.act.partition("|")
    if place in nodes:
        look = _move(act, nodes[place]) or look
    elif act == "remove-stack":
        _remove_stack(data, stacks, place)
    elif act == "remove-option":
        look = _remove_option(nodes, place) or look
    return _finish(data, look)


def _finish(data: Plain, look: Any) -> str:
    found = next((node.place for node in nodes_of(data) if node.data is look), "")
    _forget_unused(data)
    shorten(data)
    return found


# -- adding ---------------------------------------------------------------------------------


def _add(
    data: Plain,
    node: Node,
    values: Mapping[str, str],
    catalogue: Mapping[str, str],
    awards: Collection[str],
) -> Any:
    """Append what was chosen and typed below a group; return what was added last."""
    place = node.place
    kind = kind_of(node.data)
    if kind not in KINDS:
        return None
    keys = _picked(values.get(f"{place}|pick", ""), catalogue)
    made = _made(data, values.get(f"{place}|new", ""), catalogue)
    keys += [{"award": key} if key in awards else key for key in made]
    awarded = values.get(f"{place}|award", "").strip()
    if awarded:
        keys.append({"award": _stack_for(data, awarded, catalogue)})
    entries = listed(node.data)
    added: Any = None
    for key in keys:
        entry = {"completed": key} if isinstance(key, str) and kind in GROUPS else key
        if entry not in entries and key not in entries:
            entries.append(entry)
            added = node.data
    group = values.get(f"{place}|group", "")
    if group in KINDS and kind in GROUPS:
        added = {group: 1, "of": []} if group in ("at_least", *UNITS) else {group: []}
        entries.append(added)
    return added


def _picked(value: str, catalogue: Mapping[str, str]) -> list[Any]:
    """Return what was chosen from the catalogue: "award:key" or "achievement:key"."""
    kind, _, key = value.partition(":")
    if key not in catalogue:
        return []
    return [{"award": key}] if kind == "award" else [key]


def _made(data: Plain, typed: str, catalogue: Mapping[str, str]) -> list[str]:
    """Return the keys of titles, one per line; what no list knows is declared in the draft."""
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if len(lines) > MOST_NEW:
        raise InvalidInputError(_("Add at most {most} titles at once.", most=MOST_NEW))
    return [_key_of(data, line, catalogue) for line in lines]


def _key_of(data: Plain, line: str, catalogue: Mapping[str, str]) -> str:
    worth = _WORTH.match(line)
    name = (worth["name"] if worth else line)[:LONGEST_NAME]
    names = names_of(data, catalogue)
    for key, known in names.items():
        if known.casefold() == name.casefold():
            return key
    key = key_for(name, names)
    said: Plain = {"name": name}
    if worth:
        said["credits"] = number(worth["credits"])
    data.setdefault("achievements", {})[key] = said
    return key


def _stack_for(data: Plain, title: str, catalogue: Mapping[str, str]) -> str:
    """Return the key of the stack of the draft with this title, begun now if it is new."""
    for stack in data["stacks"]:
        if str(stack.get("title", "")).casefold() == title.casefold():
            return str(stack.get("key"))
    key = key_for(title, names_of(data, catalogue))
    data["stacks"].append({"key": key, "title": title, "requires": {"all": []}})
    return key


# -- moving and removing --------------------------------------------------------------------


def _move(act: str, node: Node) -> Any:
    if act == "wrap":
        node.holder[node.slot] = {"all": [node.data]}
        return node.holder[node.slot]
    if not isinstance(node.holder, list):
        return None
    here = next(i for i, one in enumerate(node.holder) if one is node.data)
    if act == "remove":
        node.holder.pop(here)
        return node.holder[min(here, len(node.holder) - 1)] if node.holder else None
    there = here + {"up": -1, "down": 1}.get(act, 0)
    if 0 <= there < len(node.holder):
        node.holder[here], node.holder[there] = node.holder[there], node.holder[here]
    return node.data


def _remove_stack(data: Plain, stacks: list[Any], place: str) -> None:
    """Take a stack out of the draft, never the last; what asks for its award stays."""
    index = place.removeprefix("/stacks/")
    if index.isdigit() and int(index) < len(stacks) and len(data["stacks"]) > 1:
        gone = stacks[int(index)]
        data["stacks"] = [stack for stack in data["stacks"] if stack is not gone]


def _remove_option(nodes: Mapping[str, Node], place: str) -> Any:
    above, _, index = place.rpartition("/of/")
    if above not in nodes or not index.isdigit():
        return None
    entries = listed(nodes[above].data)
    if int(index) < len(entries):
        entries.pop(int(index))
    return nodes[above].data


def _forget_unused(data: Plain) -> None:
    """Drop what was declared and is named nowhere any more, when it says name and credits only."""
    if "achievements" not in data:
        return
    named = repr(data["stacks"])
    for key, said in list(data["achievements"].items()):
        is_bare = isinstance(said, dict) and said.keys() <= {"name", "credits"}
        if is_bare and f"'{key}'" not in named:
            del data["achievements"][key]
    if not data["achievements"]:
        del data["achievements"]
