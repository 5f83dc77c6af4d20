"""Requirement trees from plain data; every error names its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from stacking_rules.clauses import Clause, Least
from stacking_rules.errors import DocumentError, LimitExceededError
from stacking_rules.facts import HUNDRED
from stacking_rules.read_clauses import ANYWHERE, AT_AMOUNTS, read_clauses
from stacking_rules.read_test import read_test
from stacking_rules.reading import (
    Scales,
    amount_of,
    any_mapping,
    count_of,
    escape,
    grade_of,
    key_of,
    keys_of,
    kind_of,
    list_of,
    mapping_of,
    one_of,
    refuse_repeats,
    rules_of,
    scale_of,
    text_of,
    whole_of,
)
from stacking_rules.requirements import (
    AllOf,
    Amount,
    AnyOf,
    AtLeast,
    Attested,
    Choice,
    Completed,
    Earned,
    LearnerIs,
    Limit,
    NoneOf,
    Requirement,
)
from stacking_rules.selection import AllTests, AnyTest, NotTest, OneOf, Test
from stacking_rules.stacks import ROOT, child_address, clause_address

MAX_NODES = 10_000
MAX_DEPTH = 40
UNITS = ("credits", "points", "items")
SINGLES = ("completed", "award", "attested")
OPERATORS = (
    "completed",
    "award",
    "attested",
    "all",
    "any",
    "at_least",
    "none",
    "credits",
    "points",
    "items",
    "at_most",
    "learner",
    "if",
)
_EVERYWHERE = ("id", "title", "rule")
_CHOOSING = ("of", "except", "including", "among", "where", "grade", "scale", "use")
_FIELDS: dict[str, tuple[str, ...]] = {
    "completed": ("grade", "scale", "where", *ANYWHERE),
    "award": ("where", *ANYWHERE),
    "attested": ("where", *ANYWHERE),
    "all": ANYWHERE,
    "any": ANYWHERE,
    "at_least": ("of", *ANYWHERE),
    "none": (),
    "credits": (*UNITS, *_CHOOSING, *ANYWHERE, *AT_AMOUNTS),
    "points": (*UNITS, *_CHOOSING, "factors", *ANYWHERE, *AT_AMOUNTS),
    "items": (*UNITS, *_CHOOSING, *ANYWHERE, *AT_AMOUNTS),
    "at_most": ("of", "where"),
    "learner": ("open",),
    "if": ("then", "else"),
}
_ALL_FIELDS = tuple(dict.fromkeys(name for fields in _FIELDS.values() for name in fields))
KINDS = ("completion", "award", "attestation")
AMONG = {
    "completions": ("completion",),
    "awards": ("award",),
    "attestations": ("attestation",),
    "all": ("completion", "award"),
}


class Reader:
    """Reads one requirement tree and counts its nodes."""

    def __init__(self, scales: Scales) -> None:
        self.nodes = 0
        self.scales = scales

    def read(
        self, data: object, address: str, depth: int, node: str, position: str = ""
    ) -> Requirement:
        """Read the requirement written at ``address``; ``node`` is the address of its parent."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise LimitExceededError("nodes", MAX_NODES)
        if depth > MAX_DEPTH:
            raise LimitExceededError("levels", MAX_DEPTH)
        if isinstance(data, str):
            return Completed(id=key_of(data, address), achievement=data)
        item = mapping_of(data, address, (*OPERATORS, *_ALL_FIELDS, *_EVERYWHERE))
        kind = _operator(item, address)
        _refuse_stray(kind, item, address)
        name = _id(kind, item, position, address)
        here = child_address(node, Requirement(id=name)) if depth > 1 else node or ROOT
        found = self._node(kind, item, address, depth, here)
        need = found.need if isinstance(found, Amount) else None
        read = replace(
            found,
            id=name,
            title=text_of(item.get("title", ""), f"{address}/title"),
            rule=rules_of(item["rule"], f"{address}/rule") if "rule" in item else (),
            clauses=(*read_clauses(item, address, here, need, self.scales), *found.clauses),
        )
        _refuse_same_addresses(read, here, address)
        return read

    def _node(
        self, kind: str, item: Mapping[str, object], address: str, depth: int, here: str
    ) -> Requirement:
        if kind in SINGLES:
            return self._single(kind, item, address)
        if kind in UNITS:
            return self._amount(kind, item, address)
        if kind == "at_most":
            return self._limit(item, address)
        if kind == "learner":
            return LearnerIs(where=read_test(item[kind], f"{address}/learner", self.scales))
        if kind == "if":
            return self._choice(item, address, depth, here)
        name = "of" if kind == "at_least" else kind
        parts = self._parts(item.get(name), f"{address}/{name}", depth, here)
        if kind == "at_least":
            count = count_of(item["at_least"], f"{address}/at_least", len(parts))
            return AtLeast(count=count, parts=parts)
        groups: dict[str, type[AllOf | AnyOf | NoneOf]]
        groups = {"all": AllOf, "any": AnyOf, "none": NoneOf}
        return groups[kind](parts=parts)

    def _single(self, kind: str, item: Mapping[str, object], address: str) -> Requirement:
        key = key_of(item[kind], f"{address}/{kind}")
        where = self._where(item, address)
        if kind == "award":
            return Earned(achievement=key, where=where)
        if kind == "attested":
            return Attested(achievement=key, where=where)
        grade = grade_of(item, address, self.scales)
        return Completed(achievement=key, grade=grade, where=where)

    def _choice(
        self, item: Mapping[str, object], address: str, depth: int, here: str
    ) -> Requirement:
        if "then" not in item:
            raise DocumentError(address, "'if' needs 'then'.")
        parts = {
            name: replace(
                self.read(item[name], f"{address}/{name}", depth + 1, here, name), id=name
            )
            for name in ("if", "then", "else")
            if name in item
        }
        return Choice(condition=parts["if"], then=parts["then"], otherwise=parts.get("else"))

    def _amount(self, kind: str, item: Mapping[str, object], address: str) -> Requirement:
        keys, among = _of(item, address)
        units = [unit for unit in UNITS if unit in item]
        more: list[Clause] = [
            Least(id=unit, need=_need(unit, item[unit], f"{address}/{unit}"), unit=unit)
            for unit in units
            if unit != kind
        ]
        scale = HUNDRED
        is_graded = "grade" in item
        if kind == "points" and "scale" in item:
            scale = scale_of(item["scale"], f"{address}/scale", self.scales)
        graded = item if is_graded or kind != "points" else {}
        return Amount(
            need=_need(kind, item[kind], f"{address}/{kind}"),
            unit=kind,
            of=keys,
            among=among,
            grade=grade_of(graded, address, self.scales),
            where=self._selected(item, address),
            is_overlay=_use(item, address) == "overlay",
            factors=_factors(item, address),
            scale=scale,
            clauses=tuple(more),
        )

    def _limit(self, item: Mapping[str, object], address: str) -> Requirement:
        limits = mapping_of(item["at_most"], f"{address}/at_most", UNITS)
        if len(limits) != 1:
            raise DocumentError(f"{address}/at_most", "A limit has credits, points or items.")
        ((unit, value),) = limits.items()
        return Limit(
            most=amount_of(value, f"{address}/at_most/{unit}"),
            unit=unit,
            of=keys_of(item["of"], f"{address}/of") if "of" in item else (),
            where=self._where(item, address),
        )

    def _selected(self, item: Mapping[str, object], address: str) -> Test | None:
        """Return ``where`` with the named exceptions taken out and the named others let in."""
        test = self._where(item, address)
        if "including" in item:
            named = OneOf("achievement", keys_of(item["including"], f"{address}/including"))
            test = named if test is None else AnyTest((test, named))
        if "except" in item:
            named = OneOf("achievement", keys_of(item["except"], f"{address}/except"))
            test = NotTest(named) if test is None else AllTests((test, NotTest(named)))
        return test

    def _where(self, item: Mapping[str, object], address: str) -> Test | None:
        if "where" not in item:
            return None
        return read_test(item["where"], f"{address}/where", self.scales)

    def _parts(self, data: object, address: str, depth: int, here: str) -> tuple[Requirement, ...]:
        parts = tuple(
            self.read(part, f"{address}/{index}", depth + 1, here, str(index + 1))
            for index, part in enumerate(list_of(data, address))
        )
        refuse_repeats((part.id for part in parts), address)
        return parts


def _operator(item: Mapping[str, object], address: str) -> str:
    found = [name for name in OPERATORS if name in item]
    if found and all(name in UNITS for name in found):
        return found[0]
    if len(found) != 1:
        raise DocumentError(address, _wrong_operators(found))
    return found[0]


def _wrong_operators(found: list[str]) -> str:
    if found:
        return f"A requirement says one thing; this one says {' and '.join(found)}."
    return f"A requirement needs one of {', '.join(OPERATORS)}."


def _refuse_stray(kind: str, item: Mapping[str, object], address: str) -> None:
    allowed = {kind, *_EVERYWHERE, *_FIELDS[kind]}
    for name in item:
        if name not in allowed:
            raise DocumentError(f"{address}/{name}", f"'{name}' has no meaning beside '{kind}'.")


def _id(kind: str, item: Mapping[str, object], position: str, address: str) -> str:
    """Return the step in the address: the id, the key of a single achievement, the position."""
    if "id" in item:
        return key_of(item["id"], f"{address}/id")
    if kind in SINGLES:
        return key_of(item[kind], f"{address}/{kind}")
    return position


def _refuse_same_addresses(node: Requirement, here: str, address: str) -> None:
    names = [child_address(here, part) for part in getattr(node, "parts", ())]
    names += [clause_address(here, clause) for clause in node.clauses]
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DocumentError(address, f"Two things here have the address {name}.")
        seen.add(name)


def _of(item: Mapping[str, object], address: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys that are listed and the kinds of facts that may count."""
    if "among" in item and "of" in item:
        raise DocumentError(f"{address}/among", "'among' has no meaning beside 'of'.")
    if "of" not in item:
        name = one_of(item.get("among", "completions"), tuple(AMONG), f"{address}/among")
        return (), AMONG[name]
    keys, kinds = [], set()
    for index, entry in enumerate(list_of(item["of"], f"{address}/of")):
        here = f"{address}/of/{index}"
        if isinstance(entry, dict):
            named = mapping_of(entry, here, ("award", "attested"))
            if len(named) != 1:
                raise DocumentError(here, "What may count is {award: key} or {attested: key}.")
            ((kind, key),) = named.items()
            keys.append(key_of(key, here))
            kinds.add("award" if kind == "award" else "attestation")
        else:
            keys.append(key_of(entry, here))
            kinds.add("completion")
    refuse_repeats(keys, f"{address}/of")
    return tuple(keys), tuple(kind for kind in KINDS if kind in kinds)


def _need(unit: str, value: object, address: str) -> Decimal:
    if unit == "items":
        return Decimal(whole_of(value, address, MAX_NODES))
    return amount_of(value, address)


def _factors(item: Mapping[str, object], address: str) -> tuple[tuple[str, Decimal], ...]:
    if "factors" not in item:
        return ()
    here = f"{address}/factors"
    return tuple(
        (key_of(key, f"{here}/{escape(key)}"), amount_of(value, f"{here}/{escape(key)}"))
        for key, value in any_mapping(item["factors"], here).items()
    )


def _use(item: Mapping[str, object], address: str) -> str:
    use = item.get("use", "consume")
    if use not in ("consume", "overlay"):
        raise DocumentError(
            f"{address}/use", f"'use' is either consume or overlay, not {kind_of(use)}."
        )
    return str(use)
