"""Stack documents (plain data) to stacks and back; every error names its address.

The format is described in ``docs/stack-format.md``. Text (YAML, JSON) is read elsewhere: this
module takes dicts, lists, strings and numbers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from stacking_rules.errors import DocumentError, LimitExceededError
from stacking_rules.facts import HUNDRED
from stacking_rules.read_test import read_test
from stacking_rules.reading import (
    amount_of,
    any_mapping,
    count_of,
    escape,
    grade_of,
    id_of,
    key_of,
    list_of,
    mapping_of,
    scale_of,
    text_of,
    whole_of,
)
from stacking_rules.requirements import (
    AllOf,
    Amount,
    AnyOf,
    AtLeast,
    Completed,
    Earned,
    NoneOf,
    Requirement,
)
from stacking_rules.selection import Test
from stacking_rules.stacks import Stack

FORMAT = 1
MAX_NODES = 10_000
MAX_DEPTH = 40
_OPERATORS = ("completed", "award", "all", "any", "at_least", "credits", "items", "none")


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
    top = mapping_of(data, "", ("quoin", "achievements", "stacks"))
    if top.get("quoin") != FORMAT or isinstance(top.get("quoin"), bool):
        raise DocumentError("/quoin", f"The document must say 'quoin: {FORMAT}' (its format).")
    achievements = tuple(
        _achievement(key, value, f"/achievements/{escape(key)}")
        for key, value in any_mapping(top.get("achievements", {}), "/achievements").items()
    )
    texts, stacks, worth = {}, [], {}
    for index, item in enumerate(list_of(top.get("stacks"), "/stacks")):
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
    item = mapping_of(data, address, fields)
    key = key_of(item.get("key"), f"{address}/key")
    title = text_of(item.get("title", key), f"{address}/title")
    description = text_of(item.get("description", ""), f"{address}/description")
    worth = amount_of(item.get("credits", 0), f"{address}/credits")
    if "requires" not in item:
        raise DocumentError(address, "A stack needs 'requires': what must be met.")
    requires = _Reader().read(item["requires"], f"{address}/requires", 1)
    text = json.loads(json.dumps(item, default=str))
    stack = Stack(key, title, requires, 1, description, content_hash(text))
    return stack, text, worth


def _achievement(key: object, data: object, address: str) -> AchievementText:
    item = mapping_of(data, address, ("name", "description", "credits", "scale"))
    scale = scale_of(item.get("scale", HUNDRED), f"{address}/scale")
    return AchievementText(
        key_of(key, address),
        text_of(item.get("name", key), f"{address}/name"),
        text_of(item.get("description", ""), f"{address}/description"),
        amount_of(item.get("credits", 0), f"{address}/credits"),
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
            return Completed(id=key_of(data, address), achievement=data)
        common = ("id", "title", "grade", "scale", "of", "where", "use")
        item = mapping_of(data, address, (*_OPERATORS, *common))
        found = [name for name in _OPERATORS if name in item]
        if len(found) != 1:
            raise DocumentError(address, _wrong_operators(found))
        return self._node(found[0], item, address, depth, position)

    def _node(
        self, kind: str, item: Mapping[str, object], address: str, depth: int, position: str
    ) -> Requirement:
        _refuse_stray(kind, item, address)
        title = text_of(item.get("title", ""), f"{address}/title")
        if kind in ("completed", "award"):
            key = key_of(item[kind], f"{address}/{kind}")
            name = id_of(item.get("id", key), address)
            if kind == "award":
                return Earned(id=name, title=title, achievement=key)
            grade, where = grade_of(item, address), _where(item, address)
            return Completed(id=name, title=title, achievement=key, grade=grade, where=where)
        name = id_of(item.get("id", position), address)
        if kind in ("credits", "items"):
            return self._amount(kind, item, address, name, title)
        if kind == "at_least":
            parts = self._parts(item.get("of"), f"{address}/of", depth)
            count = count_of(item["at_least"], f"{address}/at_least", len(parts))
            return AtLeast(id=name, title=title, count=count, parts=parts)
        parts = self._parts(item[kind], f"{address}/{kind}", depth)
        groups: dict[str, type[AllOf | AnyOf | NoneOf]]
        groups = {"all": AllOf, "any": AnyOf, "none": NoneOf}
        return groups[kind](id=name, title=title, parts=parts)

    def _amount(
        self, unit: str, item: Mapping[str, object], address: str, name: str, title: str
    ) -> Requirement:
        keys: tuple[str, ...] = ()
        if "of" in item:
            listed = list_of(item["of"], f"{address}/of")
            keys = tuple(key_of(key, f"{address}/of/{i}") for i, key in enumerate(listed))
            _refuse_repeats(keys, f"{address}/of")
        return Amount(
            id=name,
            title=title,
            need=_need(unit, item[unit], f"{address}/{unit}"),
            unit=unit,
            of=keys,
            grade=grade_of(item, address),
            where=_where(item, address),
            is_overlay=_use(item, address) == "overlay",
        )

    def _parts(self, data: object, address: str, depth: int) -> tuple[Requirement, ...]:
        parts = tuple(
            self.read(part, f"{address}/{index}", depth + 1, str(index + 1))
            for index, part in enumerate(list_of(data, address))
        )
        _refuse_repeats(tuple(part.id for part in parts), address)
        return parts


def _wrong_operators(found: list[str]) -> str:
    if found:
        return f"A requirement says one thing; this one says {' and '.join(found)}."
    return f"A requirement needs one of {', '.join(_OPERATORS)}."


def _refuse_stray(kind: str, item: Mapping[str, object], address: str) -> None:
    allowed = {"id", "title", kind}
    if kind in ("completed", "credits", "items"):
        allowed |= {"grade", "scale", "where"}
    if kind in ("at_least", "credits", "items"):
        allowed.add("of")
    if kind in ("credits", "items"):
        allowed.add("use")
    for name in item:
        if name not in allowed:
            raise DocumentError(f"{address}/{name}", f"'{name}' has no meaning beside '{kind}'.")


def _refuse_repeats(keys: tuple[str, ...], address: str) -> None:
    seen: set[str] = set()
    for index, key in enumerate(keys):
        if key in seen:
            raise DocumentError(f"{address}/{index}", f"'{key}' stands here twice.")
        seen.add(key)


def _need(unit: str, value: object, address: str) -> Decimal:
    if unit == "items":
        return Decimal(whole_of(value, address, MAX_NODES))
    return amount_of(value, address)


def _where(item: Mapping[str, object], address: str) -> Test | None:
    return read_test(item["where"], f"{address}/where") if "where" in item else None


def _use(item: Mapping[str, object], address: str) -> str:
    use = item.get("use", "consume")
    if use not in ("consume", "overlay"):
        raise DocumentError(f"{address}/use", "'use' is either consume or overlay.")
    return str(use)
