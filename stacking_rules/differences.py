"""What differs between two versions of a stack, by address."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal

from stacking_rules.clauses import Clause
from stacking_rules.requirements import Choice, Group, NoneOf, Requirement
from stacking_rules.stacks import Stack

Stated = Requirement | Clause
_TERMS = (
    "title",
    "repeats",
    "valid",
    "lasts",
    "issue",
    "consume",
    "supersedes",
    "since",
    "until",
    "binding",
    "levels",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One change at an address ("" for the stack as a whole).

    ``kind`` is "added", "removed", "raised" or "lowered" (an amount, from ``before`` to
    ``after``), "options" (what may count: ``before`` are gone, ``after`` are new), "changed" (the
    field ``name``).
    """

    address: str
    kind: str
    name: str
    before: str = ""
    after: str = ""


def differences(old: Stack, new: Stack) -> tuple[Difference, ...]:
    """Return what differs from ``old`` to ``new``, in document order; nothing for equal rules."""
    found = [
        Difference("", "changed", name, str(getattr(old, name)), str(getattr(new, name)))
        for name in _TERMS
        if getattr(old, name) != getattr(new, name)
    ]
    before, after = _stated(old), _stated(new)
    for address, stated in before.items():
        if address not in after:
            found.append(Difference(address, "removed", _name(stated)))
        elif stated != after[address]:
            found += _changes(address, stated, after[address])
    found += [
        Difference(address, "added", _name(stated))
        for address, stated in after.items()
        if address not in before
    ]
    return tuple(found)


def _stated(stack: Stack) -> dict[str, Stated]:
    """Return requirements and clauses by address, each without what stands below it."""
    found: dict[str, Stated] = {at: _bare(node) for at, node in stack.walk()}
    found |= {at: clause for at, _, clause in stack.clauses()}
    return found


def _bare(node: Requirement) -> Requirement:
    node = replace(node, clauses=())
    if isinstance(node, Group | NoneOf):
        return replace(node, parts=())
    if isinstance(node, Choice):
        return replace(node, condition=Requirement(), then=Requirement(), otherwise=None)
    return node


def _name(stated: Stated) -> str:
    return type(stated).__name__.lower()


def _is_amount(value: object) -> bool:
    return isinstance(value, Decimal | int) and not isinstance(value, bool)


def _changes(address: str, old: Stated, new: Stated) -> list[Difference]:
    if type(old) is not type(new):
        return [Difference(address, "changed", "kind", _name(old), _name(new))]
    found = []
    for field in fields(old):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before == after:
            continue
        if _is_amount(before) and _is_amount(after):
            kind = "raised" if after > before else "lowered"
            found.append(Difference(address, kind, field.name, str(before), str(after)))
        elif field.name == "of" and isinstance(before, tuple) and isinstance(after, tuple):
            gone, fresh = (
                ", ".join(key for key in some if key not in others)
                for some, others in ((before, after), (after, before))
            )
            found.append(Difference(address, "options", field.name, gone, fresh))
        else:
            found.append(Difference(address, "changed", field.name, str(before), str(after)))
    return found
