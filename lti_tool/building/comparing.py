"""What one text of a draft changes in another, rule by rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.building.checks import Known, check
from lti_tool.building.text import read_draft
from stacking_rules import Stack
from stacking_rules.differences import Difference, differences


@dataclass(frozen=True, slots=True)
class StackChange:
    """One stack and what differs in it; ``version`` is that of the one before, 0 for none."""

    key: str
    title: str
    version: int
    differences: tuple[Difference, ...]


def compare(before: Sequence[Stack], after: Sequence[Stack]) -> tuple[StackChange, ...]:
    """Hold each stack of ``after`` against the one with its key in ``before``."""
    known = {stack.key: stack for stack in before}
    return tuple(
        StackChange(
            stack.key,
            stack.title,
            known[stack.key].version if stack.key in known else 0,
            differences(known[stack.key], stack) if stack.key in known else (),
        )
        for stack in after
    )


def compare_texts(
    before: str, after: str, catalogue: Sequence[Known]
) -> tuple[StackChange, ...] | None:
    """Return what one text of a draft changes in another; None where one is not whole."""
    documents = [check(read_draft(text), catalogue).document for text in (before, after)]
    if documents[0] is None or documents[1] is None:
        return None
    return compare(documents[0].stacks, documents[1].stacks)
