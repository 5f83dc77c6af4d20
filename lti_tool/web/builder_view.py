"""A draft as the fieldsets of the tree form, every remark at the field where it arises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lti_tool.building.checks import Remark
from lti_tool.building.text import Plain, declared, names_of
from lti_tool.building.tree import GROUPS, KINDS, UNITS, is_in_years, is_large, kind_of, listed
from lti_tool.services.show_draft import DraftView
from lti_tool.web.builder_words import clauses_sentence, part_sentence

NUMBERS = ("at_least", *UNITS)
_STACK_FIELDS = {"title": "title", "credits": "credits", "lasts": "years", "description": ""}
_EDITED = {
    "completed": {"completed", "grade", "scale", "title", "id", "rule"},
    "award": {"award", "title", "id", "rule"},
    **{kind: {kind, "of", "title", "id", "rule", "grade", "scale"} for kind in KINDS},
}


def id_of(place: str, name: str = "") -> str:
    """Return the id in the page of a place in the text, or of one of its fields."""
    return "at" + re.sub(r"[^a-zA-Z0-9]+", "-", place) + (f"-{name}" if name else "")


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field: its name in the form, its id, what stands in it, and what is wrong with it."""

    name: str
    id: str
    value: str
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeView:
    """One requirement. ``said`` is what the form cannot edit of it, in words."""

    place: str
    id: str
    kind: str
    name: str
    said: str
    fields: Mapping[str, FieldView]
    remarks: tuple[Remark, ...]
    options: tuple[tuple[str, str], ...]
    parts: tuple[NodeView, ...]
    position: int
    count: int

    @property
    def is_group(self) -> bool:
        """Whether other requirements or options can be added here."""
        return self.kind in KINDS


@dataclass(frozen=True, slots=True)
class StackForm:
    """One stack of the draft with its rule."""

    place: str
    id: str
    key: str
    title: str
    fields: Mapping[str, FieldView]
    remarks: tuple[Remark, ...]
    rule: NodeView | None
    is_removable: bool


@dataclass(frozen=True, slots=True)
class AchievementForm:
    """An achievement that the draft declares."""

    key: str
    fields: Mapping[str, FieldView]


@dataclass(frozen=True, slots=True)
class Builder:
    """The whole form, and for the summary every remark, its id on the page, and its award.

    A draft that ``is_large`` shows its stacks without their rules: those are written as text.
    """

    stacks: tuple[StackForm, ...]
    achievements: tuple[AchievementForm, ...]
    summary: tuple[tuple[Remark, str, str], ...]
    names: Mapping[str, str]
    is_large: bool


def build_form(view: DraftView, sent: Mapping[str, str] | None = None) -> Builder:
    """Return the form of a draft; ``sent`` is what was typed where the page was refused."""
    return _Forms(view, sent or {}).build()


@dataclass(slots=True)
class _Forms:
    view: DraftView
    sent: Mapping[str, str]
    at: dict[str, list[Remark]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    is_large: bool = False

    def build(self) -> Builder:
        data = self.view.data
        self.names = names_of(data, self.view.catalogue.names)
        self.is_large = is_large(data)
        known = _ids(data, with_rules=not self.is_large)
        summary = []
        for remark in self.view.checked.remarks:
            found = _nearest(known, remark.place)
            self.at.setdefault(found, []).append(remark)
            summary.append((remark, found, self._award(remark.place)))
        stacks = tuple(
            self._stack(stack, f"/stacks/{index}") for index, stack in enumerate(data["stacks"])
        )
        achievements = tuple(
            AchievementForm(
                key,
                self._fields(f"/achievements/{key}", {n: said.get(n) for n in ("name", "credits")}),
            )
            for key, said in (() if self.is_large else declared(data).items())
        )
        return Builder(stacks, achievements, tuple(summary), self.names, self.is_large)

    def _award(self, place: str) -> str:
        """Return the title of the award that a place belongs to, where there are several."""
        stacks = self.view.data["stacks"]
        index = place.removeprefix("/stacks/").partition("/")[0]
        if len(stacks) < 2 or not (index.isdigit() and int(index) < len(stacks)):
            return ""
        stack = stacks[int(index)]
        return str(stack.get("title") or stack.get("key", ""))

    def _fields(self, place: str, values: Mapping[str, Any]) -> dict[str, FieldView]:
        made = {}
        for name, value in values.items():
            key = f"{place}|{name}"
            text = self.sent.get(key, "" if value is None else str(value))
            here = id_of(place, name)
            made[name] = FieldView(key, here, text, tuple(self.at.get(here, ())))
        return made

    def _stack(self, stack: Plain, place: str) -> StackForm:
        values: Plain = {name: stack.get(name) for name in ("title", "credits", "description")}
        if is_in_years(stack):
            values["years"] = (stack.get("lasts") or {}).get("years")
        rule = stack.get("requires")
        return StackForm(
            place,
            id_of(place),
            str(stack.get("key", "")),
            str(stack.get("title") or stack.get("key", "")),
            self._fields(place, values),
            tuple(self.at.get(id_of(place), ())),
            None if rule is None or self.is_large else self._node(rule, f"{place}/requires", 0, 1),
            len(self.view.data["stacks"]) > 1,
        )

    def _node(self, node: Any, place: str, position: int, count: int) -> NodeView:
        data: Any = {"completed": node} if isinstance(node, str) else node
        kind = kind_of(data) if isinstance(data, dict) else ""
        more = {**dict.fromkeys(("pick", "new", "award", "group"), "")} if kind in KINDS else {}
        fields: Plain = {"kind": kind, **more}
        if kind in NUMBERS:
            fields["n"] = data.get(kind)
        if kind in ("completed", *UNITS):
            fields["grade"] = data.get("grade")
            fields["scale"] = data.get("scale")
        entries = listed(data) if kind in KINDS else []
        inside = f"{place}/{_list_of(data)}"
        is_amount = kind in UNITS
        return NodeView(
            place,
            id_of(place),
            kind,
            self._name(data, kind),
            self._said(data, kind),
            self._fields(place, fields),
            tuple(self.at.get(id_of(place), ())),
            tuple((f"{inside}/{i}", self._option(e)) for i, e in enumerate(entries))
            if is_amount
            else (),
            tuple(self._node(e, f"{inside}/{i}", i, len(entries)) for i, e in enumerate(entries))
            if kind in GROUPS
            else (),
            position,
            count,
        )

    def _name(self, data: Any, kind: str) -> str:
        if kind not in ("completed", "award"):
            return str(data.get("title", "")) if isinstance(data, dict) else ""
        key = str(data[kind])
        return self.names.get(key, key)

    def _option(self, entry: Any) -> str:
        key = next(iter(entry.values()), "") if isinstance(entry, dict) else entry
        return self.names.get(str(key), str(key))

    def _said(self, data: Any, kind: str) -> str:
        if not kind:
            return part_sentence(data, self.names)
        if set(data) <= _EDITED[kind]:
            return ""
        tell = clauses_sentence if kind in KINDS else part_sentence
        return tell(data, self.names) or part_sentence(data, self.names)


def _list_of(node: Any) -> str:
    """Return the field in which the parts of a group stand."""
    names = ("all", "any", "none", "of")
    return next((n for n in names if isinstance(node, dict) and n in node), "")


def _ids(data: Plain, *, with_rules: bool) -> dict[str, str]:
    """Return the id in the page by the place in the text, for all that the form shows."""
    found: dict[str, str] = {}
    for key in declared(data) if with_rules else ():
        place = f"/achievements/{key}"
        found |= {f"{place}/{name}": id_of(place, name) for name in ("name", "credits")}
    for index, stack in enumerate(data["stacks"]):
        place = f"/stacks/{index}"
        found[place] = id_of(place)
        for name, shown in _STACK_FIELDS.items():
            if shown and (shown != "years" or is_in_years(stack)):
                found[f"{place}/{name}"] = id_of(place, shown)
        if with_rules:
            found |= _node_ids(stack.get("requires"), f"{place}/requires")
    return found


def _node_ids(node: Any, place: str) -> dict[str, str]:
    found = {place: id_of(place)}
    kind = kind_of(node) if isinstance(node, dict) else ""
    shown = {**dict.fromkeys(set(NUMBERS) & {kind}, "n")}
    if kind in ("completed", *UNITS):
        shown |= {"grade": "grade", "scale": "scale"}
    found |= {f"{place}/{name}": id_of(place, field) for name, field in shown.items()}
    if kind in GROUPS:
        name = _list_of(node)
        for index, part in enumerate(node[name]):
            found |= _node_ids(part, f"{place}/{name}/{index}")
    return found


def _nearest(known: Mapping[str, str], place: str) -> str:
    while place and place not in known:
        place = place.rpartition("/")[0]
    return known.get(place, "main")
