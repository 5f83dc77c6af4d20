"""Stack documents (plain data) to stacks and back; every error names its address.

The format is described in ``docs/stack-format.md``. Text (YAML, JSON) is read elsewhere: this
module takes dicts, lists, strings and numbers.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from stacking_rules.errors import DocumentError, LimitExceededError
from stacking_rules.facts import HUNDRED, Grade
from stacking_rules.requirements import (
    AllOf,
    AnyOf,
    AtLeast,
    Completed,
    Credits,
    Earned,
    Requirement,
)
from stacking_rules.stacks import Stack

FORMAT = 1
MAX_NODES = 10_000
MAX_DEPTH = 40
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_SCALE = re.compile(r"-?\d+(\.\d+)?-\d+(\.\d+)?")
_OPERATORS = ("completed", "award", "all", "any", "at_least", "credits")


@dataclass(frozen=True, slots=True)
class AchievementText:
    """What a document says of an achievement that is completed. ``credits`` are exact."""

    key: str
    name: str
    description: str = ""
    credits: Decimal = Decimal(0)
    scale: str = HUNDRED


@dataclass(frozen=True, slots=True)
class Document:
    """A read document. ``texts`` holds each stack's own data, by key, as it was written;
    ``award_credits`` what its award is worth in larger stacks."""

    achievements: tuple[AchievementText, ...]
    stacks: tuple[Stack, ...]
    texts: Mapping[str, dict[str, object]]
    award_credits: Mapping[str, Decimal]


def parse_document(data: object) -> Document:
    """Read a whole document: ``quoin: 1``, ``achievements``, ``stacks``.

    ``DocumentError`` names the first thing that is wrong by its JSON pointer;
    ``LimitExceededError`` if there are more than 10,000 nodes or 40 levels.
    """
    top = _mapping(data, "", ("quoin", "achievements", "stacks"))
    if top.get("quoin") != FORMAT or isinstance(top.get("quoin"), bool):
        raise DocumentError("/quoin", f"The document must say 'quoin: {FORMAT}' (its format).")
    achievements = tuple(
        _achievement(key, value, f"/achievements/{_escape(key)}")
        for key, value in _any_mapping(top.get("achievements", {}), "/achievements").items()
    )
    texts, stacks, worth = {}, [], {}
    for index, item in enumerate(_list(top.get("stacks"), "/stacks")):
        stack, text, award_credits = _stack(item, f"/stacks/{index}")
        if stack.key in texts:
            raise DocumentError(f"/stacks/{index}/key", f"'{stack.key}' is defined twice.")
        stacks.append(stack)
        texts[stack.key] = text
        worth[stack.key] = award_credits
    return Document(achievements, tuple(stacks), texts, worth)


def parse_stack(data: object, *, version: int = 1, address: str = "") -> Stack:
    """Read one stack; ``DocumentError`` as in ``parse_document``."""
    stack, text, _ = _stack(data, address)
    return Stack(
        stack.key,
        stack.title,
        stack.requires,
        version,
        stack.description,
        content_hash(text),
    )


def content_hash(text: Mapping[str, object]) -> str:
    """Return the SHA-256 of a stack's canonical JSON: equal rules have equal hashes."""
    canonical = json.dumps(text, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _stack(data: object, address: str) -> tuple[Stack, dict[str, object], Decimal]:
    fields = ("key", "title", "description", "credits", "requires")
    item = _mapping(data, address, fields)
    key = _key(item.get("key"), f"{address}/key")
    title = _text(item.get("title", key), f"{address}/title")
    description = _text(item.get("description", ""), f"{address}/description")
    worth = _amount(item.get("credits", 0), f"{address}/credits")
    if "requires" not in item:
        raise DocumentError(address, "A stack needs 'requires': what must be met.")
    requires = _Reader().read(item["requires"], f"{address}/requires", 1)
    text = json.loads(json.dumps(item, default=str))
    stack = Stack(key, title, requires, 1, description, content_hash(text))
    return stack, text, worth


def _achievement(key: object, data: object, address: str) -> AchievementText:
    item = _mapping(data, address, ("name", "description", "credits", "scale"))
    scale = _scale(item.get("scale", HUNDRED), f"{address}/scale")
    return AchievementText(
        _key(key, address),
        _text(item.get("name", key), f"{address}/name"),
        _text(item.get("description", ""), f"{address}/description"),
        _amount(item.get("credits", 0), f"{address}/credits"),
        scale,
    )


class _Reader:
    """Reads one requirement tree and counts its nodes."""

    def __init__(self) -> None:
        self.nodes = 0

    def read(self, data: object, address: str, depth: int, position: str = "") -> Requirement:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise LimitExceededError("nodes", MAX_NODES)
        if depth > MAX_DEPTH:
            raise LimitExceededError("levels", MAX_DEPTH)
        if isinstance(data, str):
            return Completed(id=_key(data, address), achievement=data)
        common = ("id", "title", "grade", "scale", "of")
        item = _mapping(data, address, (*_OPERATORS, *common))
        found = [name for name in _OPERATORS if name in item]
        if len(found) != 1:
            raise DocumentError(address, _wrong_operators(found))
        return self._node(found[0], item, address, depth, position)

    def _node(
        self, kind: str, item: Mapping[str, object], address: str, depth: int, position: str
    ) -> Requirement:
        _refuse_stray(kind, item, address)
        title = _text(item.get("title", ""), f"{address}/title")
        if kind in ("completed", "award"):
            key = _key(item[kind], f"{address}/{kind}")
            name = _id(item.get("id", key), address)
            if kind == "award":
                return Earned(id=name, title=title, achievement=key)
            return Completed(id=name, title=title, achievement=key, grade=_grade(item, address))
        name = _id(item.get("id", position), address)
        if kind == "credits":
            return self._credits(item, address, name, title)
        if kind == "at_least":
            parts = self._parts(item.get("of"), f"{address}/of", depth)
            count = _count(item["at_least"], f"{address}/at_least", len(parts))
            return AtLeast(id=name, title=title, count=count, parts=parts)
        parts = self._parts(item[kind], f"{address}/{kind}", depth)
        group = AllOf if kind == "all" else AnyOf
        return group(id=name, title=title, parts=parts)

    def _credits(
        self, item: Mapping[str, object], address: str, name: str, title: str
    ) -> Requirement:
        keys = tuple(
            _key(key, f"{address}/of/{index}")
            for index, key in enumerate(_list(item.get("of"), f"{address}/of"))
        )
        _refuse_repeats(keys, f"{address}/of")
        amount = _amount(item["credits"], f"{address}/credits")
        grade = _grade(item, address)
        return Credits(id=name, title=title, credits=amount, of=keys, grade=grade)

    def _parts(self, data: object, address: str, depth: int) -> tuple[Requirement, ...]:
        parts = tuple(
            self.read(part, f"{address}/{index}", depth + 1, str(index + 1))
            for index, part in enumerate(_list(data, address))
        )
        _refuse_repeats(tuple(part.id for part in parts), address)
        return parts


def _wrong_operators(found: list[str]) -> str:
    if found:
        return f"A requirement says one thing; this one says {' and '.join(found)}."
    return f"A requirement needs one of {', '.join(_OPERATORS)}."


def _refuse_stray(kind: str, item: Mapping[str, object], address: str) -> None:
    allowed = {"id", "title", kind}
    if kind in ("completed", "credits"):
        allowed |= {"grade", "scale"}
    if kind in ("at_least", "credits"):
        allowed.add("of")
    for name in item:
        if name not in allowed:
            raise DocumentError(f"{address}/{name}", f"'{name}' has no meaning beside '{kind}'.")


def _refuse_repeats(keys: tuple[str, ...], address: str) -> None:
    seen: set[str] = set()
    for index, key in enumerate(keys):
        if key in seen:
            raise DocumentError(f"{address}/{index}", f"'{key}' stands here twice.")
        seen.add(key)


def _grade(item: Mapping[str, object], address: str) -> Grade | None:
    if "grade" not in item:
        if "scale" in item:
            raise DocumentError(f"{address}/scale", "'scale' has no meaning without 'grade'.")
        return None
    scale = _scale(item.get("scale", HUNDRED), f"{address}/scale")
    value = _amount(item["grade"], f"{address}/grade")
    low, high = scale_bounds(scale)
    if not low <= value <= high:
        raise DocumentError(f"{address}/grade", f"The grade must be between {low} and {high}.")
    return Grade(value, scale)


def scale_bounds(scale: str) -> tuple[Decimal, Decimal]:
    """Return the lowest and highest grade of a scale written "low-high"."""
    low, _, high = scale[1:].partition("-")
    return Decimal(scale[0] + low), Decimal(high)


def _scale(value: object, address: str) -> str:
    if not isinstance(value, str) or not _SCALE.fullmatch(value):
        raise DocumentError(address, "A scale is written low-high, for example 0-100.")
    low, high = scale_bounds(value)
    if low >= high:
        raise DocumentError(address, "A scale goes from a lower to a higher number.")
    return value


def _mapping(data: object, address: str, fields: tuple[str, ...]) -> dict[str, object]:
    item = _any_mapping(data, address)
    for name in item:
        if name not in fields:
            near = get_close_matches(name, fields, 1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise DocumentError(f"{address}/{_escape(name)}", f"'{name}' is not known here.{hint}")
    return item


def _any_mapping(data: object, address: str) -> dict[str, object]:
    if not isinstance(data, Mapping):
        raise DocumentError(address, f"Here a mapping is needed, not {_kind(data)}.")
    for name in data:
        if not isinstance(name, str):
            raise DocumentError(address, f"'{name}' is not text; put it in quotation marks.")
    return dict(data)


def _list(data: object, address: str) -> list[object]:
    if not isinstance(data, list) or not data:
        raise DocumentError(address, f"Here a list with entries is needed, not {_kind(data)}.")
    return data


def _key(value: object, address: str) -> str:
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise DocumentError(
            address,
            "A key has 1 to 100 lower-case letters, digits, dots, hyphens or underscores, "
            f"not {_kind(value)}.",
        )
    return value


def _id(value: object, address: str) -> str:
    return "" if value == "" else _key(value, f"{address}/id")


def _text(value: object, address: str) -> str:
    if not isinstance(value, str):
        raise DocumentError(address, f"Here text is needed, not {_kind(value)}.")
    return value


def _amount(value: object, address: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise DocumentError(address, f"Here a number is needed, not {_kind(value)}.")
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise DocumentError(address, f"'{value}' is not a number.") from None
    if not amount.is_finite() or not 0 <= amount <= 1_000_000:
        raise DocumentError(address, "The number must be between 0 and 1000000.")
    return amount


def _count(value: object, address: str, parts: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise DocumentError(address, f"Here a whole number is needed, not {_kind(value)}.")
    if not 0 <= value <= parts:
        raise DocumentError(address, f"{value} of {parts} can never be met.")
    return value


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"'{value[:40]}'"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return f"{value!r}"[:40]


def _escape(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")
