"""Everything that a rule can hold: it has words, and an exception there is computed or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from lti_tool.errors import InvalidInputError
from lti_tool.excepting import draft, effect_of, places
from lti_tool.persistence.snapshots import Rules
from lti_tool.stack_text import read_document
from lti_tool.web import case_words
from stacking_rules import LearnerRecord, Stack
from tests.cases.world import waiver
from tests.conftest import NOW

EVERYTHING = Path(__file__).resolve().parent.parent / "rules" / "everything.yaml"
EVERY = read_document(EVERYTHING.read_text("utf-8"))


@pytest.mark.parametrize("stack", EVERY.stacks, ids=lambda stack: stack.key)
def test_every_place_has_words_of_its_own(stack: Stack) -> None:
    options = case_words.place_options(stack, {})
    assert options[0] == ("/", case_words.WHOLE)
    assert len({at for at, _ in options}) == len(options)
    for at, words in options:
        assert words.strip(), at
        assert "does not have" not in words, at


def test_a_place_that_is_gone_is_told() -> None:
    assert "does not have" in case_words.place(EVERY.stacks[0], "/gone/away", {})


@pytest.mark.parametrize("stack", EVERY.stacks, ids=lambda stack: stack.key)
def test_an_exception_anywhere_is_computed_or_refused(stack: Stack) -> None:
    rules = Rules((stack,), {})
    computed, fields = 0, set()
    for at, _ in places(stack):
        for entry in _entries(stack.key, at):
            try:
                asked = draft(entry, rules, LearnerRecord(), uuid4(), "admin:x", NOW)
            except InvalidInputError as error:
                fields.add(error.field)
                continue
            effect_of(rules, LearnerRecord(), asked, NOW)
            computed += 1
    assert computed > 0
    assert fields <= {"address", "value", "fact"}


def _entries(key: str, at: str) -> list[Any]:
    values = {"change-limit": ("1", "0.5")}
    return [
        waiver(stack_key=key, address=at, kind=kind, value=value)
        for kind in ("waive", "change-limit", "exclude")
        for value in values.get(kind, ("",))
    ]
