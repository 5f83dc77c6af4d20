"""What one text of a draft changes in another, rule by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lti_tool.building.checks import Known, check
from lti_tool.building.declaring import KINDS, DeclaredChange, changes_between
from lti_tool.building.text import read_draft
from stacking_rules import Stack
from stacking_rules.differences import Difference, differences
from stacking_rules.write_document import write_definitions


@dataclass(frozen=True, slots=True)
class StackChange:
    """One stack and what differs in it; ``version`` is that of the one before, 0 for none.

    ``declared`` is what differs in the scales, terms and so on that it is published with.
    """

    key: str
    title: str
    version: int
    differences: tuple[Difference, ...]
    declared: tuple[DeclaredChange, ...] = ()


def compare(before: Sequence[Stack], after: Sequence[Stack]) -> tuple[StackChange, ...]:
    """Hold each stack of ``after`` against the one with its key in ``before``."""
    known = {stack.key: stack for stack in before}
    return tuple(
        StackChange(
            stack.key,
            stack.title,
            known[stack.key].version if stack.key in known else 0,
            differences(known[stack.key], stack) if stack.key in known else (),
            declared_changes(known[stack.key], stack) if stack.key in known else (),
        )
        for stack in after
    )


def declared_changes(before: Stack, after: Stack) -> tuple[DeclaredChange, ...]:
    """Return what differs in the scales, terms and so on that two stacks stand on."""
    old, new = (
        {kind: value for kind, value in write_definitions(definitions).items() if kind in KINDS}
        for definitions in (before.definitions, after.definitions)
    )
    return changes_between(old, new)


def compare_texts(
    before: str, after: str, catalogue: Sequence[Known], declared: Mapping[str, Any]
) -> tuple[StackChange, ...] | None:
    """Return what one text of a draft changes in another; None where one is not whole."""
    documents = [
        check(read_draft(text), catalogue, declared=declared).document for text in (before, after)
    ]
    if documents[0] is None or documents[1] is None:
        return None
    return compare(documents[0].stacks, documents[1].stacks)
