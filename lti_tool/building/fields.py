"""The fields of the tree form, put into the things that stood at their places.

What is typed is kept, whatever it is: the checks say at the field what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from lti_tool.building.text import Plain, declared
from lti_tool.building.tree import KINDS, UNITS, Node, is_in_years, kind_of, listed


def set_requirement(node: Node, place: str, values: Mapping[str, str]) -> None:
    """Set kind, amount, grade and title of the requirement that stood at ``place``."""
    kind = values.get(f"{place}|kind", "")
    if kind in KINDS and kind != kind_of(node.data) and kind_of(node.data) in KINDS:
        _change_kind(node, kind)
    if f"{place}|n" in values:
        now = kind_of(node.data)
        if now in ("at_least", *UNITS):
            node.data[now] = number(values[f"{place}|n"])
    for name in ("grade", "title"):
        _set(node.data, name, values.get(f"{place}|{name}"))
    _set_scale(node.data, values.get(f"{place}|scale"))


def _set_scale(data: Plain, scale: str | None) -> None:
    """Say on which scale a grade stands; a scale without a grade says nothing."""
    if scale is None:
        return
    if scale and "grade" in data:
        data["scale"] = scale
    else:
        data.pop("scale", None)


def _change_kind(node: Node, kind: str) -> None:
    """Write a group as one of another kind; its parts and everything else stay."""
    parts = listed(node.data)
    amount = next((node.data[k] for k in ("at_least", *UNITS) if k in node.data), 1)
    if kind in UNITS:
        options = [_option(part) for part in parts]
        if any(option is None for option in options):
            return
        parts = options
    rest = {k: v for k, v in node.data.items() if k not in (*KINDS, "of")}
    node.data.clear()
    if kind in ("at_least", *UNITS):
        node.data.update({kind: amount, "of": parts})
    else:
        node.data[kind] = parts
    node.data.update(rest)


def _option(part: Any) -> Any:
    """Return a bare achievement or award as an entry of an amount; None for anything more."""
    if isinstance(part, str):
        return part
    if isinstance(part, dict) and part.keys() == {"completed"}:
        return part["completed"]
    return part if isinstance(part, dict) and part.keys() == {"award"} else None


def _set(data: Plain, name: str, value: str | None) -> None:
    """Put what was typed into a field; what is no number stays as it was typed."""
    if value is None:
        return
    if not value.strip():
        data.pop(name, None)
    elif str(data.get(name, "")) != value:
        data[name] = value.strip() if name in ("title", "description") else number(value)


def set_stack(stack: Plain, place: str, values: Mapping[str, str]) -> None:
    """Set what a stack says of itself; its end only where a number of years says all of it."""
    for name in ("title", "credits", "description"):
        _set(stack, name, values.get(f"{place}|{name}"))
    years = values.get(f"{place}|years")
    if years is None or not is_in_years(stack):
        return
    if years.strip():
        stack["lasts"] = {"years": number(years)}
    else:
        stack.pop("lasts", None)


def set_achievements(data: Plain, values: Mapping[str, str]) -> None:
    """Set names and credits of the achievements that the draft declares."""
    for key, said in declared(data).items():
        for name in ("name", "credits"):
            value = values.get(f"/achievements/{key}|{name}")
            if value is None or value.strip() == str(said.get(name, "")):
                continue
            if value.strip():
                said[name] = value.strip() if name == "name" else number(value)
            elif name == "credits":
                said.pop(name, None)
            data["achievements"][key] = said


def number(text: str) -> Any:
    """Return an exact number, or the text itself where it is none: the checks then say so."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    try:
        found = Decimal(text)
    except InvalidOperation:
        return text
    return found if found.is_finite() and len(text) <= 20 else text
