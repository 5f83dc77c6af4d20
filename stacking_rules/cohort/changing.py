"""A change of rules: what there was and would be, and the stacks in which anybody may notice it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from stacking_rules.cohort.probes import Parts, take_apart
from stacking_rules.errors import StackError
from stacking_rules.requirements import Amount, Limit
from stacking_rules.rollup import in_award_order
from stacking_rules.stacks import Stack


class VersionsError(StackError):
    """A stack stands there in several versions, so that it is not said which one is meant."""


class NoSuchStackError(StackError):
    """There is no such stack in the changed rules."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Stacks, and what the award of each (by key) is worth in larger ones."""

    stacks: tuple[Stack, ...]
    credits_of: Mapping[str, Decimal]

    def with_published(self, other: Rules) -> Rules:
        """Return these rules after ``other`` was published over them: nothing is taken away.

        ``VersionsError`` for several versions of a stack.
        """
        _refuse_versions(other.stacks)
        stacks = {stack.key: stack for stack in (*self.stacks, *other.stacks)}
        return Rules(tuple(stacks.values()), {**self.credits_of, **other.credits_of})


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: all that is evaluated of it, and the top requirements by key of the stack."""

    stacks: tuple[Stack, ...]
    parts: Mapping[str, Parts]
    credits_of: Mapping[str, Decimal]
    known: Mapping[str, Stack]

    def below(self, key: str) -> tuple[Stack, ...]:
        """Return the stack ``key`` and all whose awards it asks for; none where it is not there."""
        wanted = _needed(self.known, [key])
        return tuple(stack for stack in self.stacks if stack.key in wanted)


class RuleChange:
    """What there is before and after a change; ``keys`` are the stacks whose answer may differ.

    ``only`` leaves it at one of them. Raises ``VersionsError``, ``NoSuchStackError``, and
    ``CircularStackError`` if awards need each other.
    """

    def __init__(self, before: Rules, after: Rules, only: str | None = None) -> None:
        for rules in (before, after):
            _refuse_versions(rules.stacks)
        old, new = ({s.key: s for s in rules.stacks} for rules in (before, after))
        if only is not None and only not in new:
            raise NoSuchStackError(f"There is no stack '{only}'.")
        differs = {
            key
            for key in old.keys() | new.keys()
            if _plain(old.get(key)) != _plain(new.get(key))
            or before.credits_of.get(key, 0) != after.credits_of.get(key, 0)
        }
        ordered = in_award_order(after.stacks)
        in_award_order(before.stacks)
        concerned = _concerned(differs, [*before.stacks, *after.stacks])
        self.keys = [s.key for s in ordered if s.key in concerned and only in (None, s.key)]
        self.differs = frozenset(differs)
        self.before, self.after = (_side(rules, self.keys) for rules in (before, after))

    def title(self, key: str) -> str:
        """Return what people call a stack."""
        return self.after.known[key].title

    def parts(self, key: str) -> dict[str, str]:
        """Return the top requirements of both sides: title ("" for none) by address."""
        found: dict[str, str] = {}
        for side in (self.after, self.before):
            for part in side.parts[key].parts if key in side.parts else ():
                found.setdefault(part.address, part.title)
        return found


def _refuse_versions(stacks: Sequence[Stack]) -> None:
    keys = [stack.key for stack in stacks]
    for key in dict.fromkeys(keys):
        if keys.count(key) > 1:
            raise VersionsError(
                f"'{key}' stands there in several versions: leave the one that is to count."
            )


def _plain(stack: Stack | None) -> Stack | None:
    """Return a stack without what does not decide anything: its number, its hash, its words."""
    if stack is None:
        return None
    return replace(stack, version=1, content_hash="", title="", description="")


def _concerned(differs: Iterable[str], stacks: Sequence[Stack]) -> set[str]:
    """Return the keys of what differs, and of all whose answer may follow from it."""
    found = set(differs)
    if found and any(stack.consume == "bank" for stack in stacks):
        return {stack.key for stack in stacks}  # What an award uses up, others miss.
    size = -1
    while len(found) != size:
        size = len(found)
        for stack in stacks:
            if not found.isdisjoint(stack.needed_awards()) or (found and _asks_any_award(stack)):
                found.add(stack.key)
    return found


def _asks_any_award(stack: Stack) -> bool:
    """Return whether any award may count in ``stack``, whatever its key."""
    if stack.definitions.equivalent or stack.definitions.accepted:
        return True
    return any(
        isinstance(node, Limit)
        or (isinstance(node, Amount) and "award" in node.among and not node.of)
        for _, node in stack.walk()
    )


def _side(rules: Rules, keys: Sequence[str]) -> Side:
    """Return what is to be evaluated, so that the answers for ``keys`` are those of all rules."""
    known = {stack.key: stack for stack in rules.stacks}
    is_open = any(s.consume == "bank" or _asks_any_award(s) for s in rules.stacks)
    wanted = set(known) if is_open and keys else _needed(known, keys)
    parts: dict[str, Parts] = {}
    stacks: list[Stack] = []
    for stack in in_award_order(rules.stacks):
        if stack.key in keys:
            parts[stack.key], alone = take_apart(stack, is_issued=not is_open)
            stacks += alone
        if stack.key in wanted:
            stacks.append(stack)
    return Side(tuple(stacks), parts, rules.credits_of, known)


def _needed(known: Mapping[str, Stack], keys: Iterable[str]) -> set[str]:
    """Return those of ``keys`` that are known, and all whose awards they ask for."""
    found: set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key in known and key not in found:
            found.add(key)
            waiting += known[key].needed_awards()
    return found
