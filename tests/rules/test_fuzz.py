"""No document and no record makes the engine raise anything but its documented errors."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.errors import StackTextError
from lti_tool.stack_text import read_document, read_record
from stacking_rules import (
    DocumentError,
    StackError,
    Status,
    explain,
    next_change,
    next_steps,
    parse_document,
    parse_record,
    roll_up,
)
from tests.rules.helpers import NOW, TODAY

WORDS = """quoin stacks key title requires completed award all any at_least credits items of grade
scale where use id not last years on level at_most completions awards achievement attributes sql
none"""
NAMES = st.sampled_from(WORDS.split())
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 10**7)
    | st.sampled_from(["sql", "r", "0-100", "5-1", "1e-999999", "1e400", "NaN", "2026-02-30", ""])
    | st.text(max_size=5)
)
JUNK = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=25,
)


def one(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


KEYS = st.sampled_from(["sql", "r", "go", "ethics", "law"])
TESTS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    one(level=st.sampled_from([5, 6, "six", {"at_least": 6}, {"not": 5}]))
    | one(on=one(last=one(years=st.integers(0, 9)))),
    lambda inner: one(any=st.lists(inner, min_size=1, max_size=2)) | one(**{"not": inner}),
    max_leaves=3,
)
LEAVES = (
    KEYS
    | one(completed=KEYS, grade=st.integers(0, 100), where=TESTS)
    | one(credits=st.integers(0, 12), where=TESTS, use=st.sampled_from(["consume", "overlay"]))
    | one(credits=st.integers(0, 12), of=st.lists(KEYS, min_size=1, unique=True))
    | one(items=st.integers(0, 3), where=TESTS)
    | one(award=st.just("small"))
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        one(all=st.lists(inner, min_size=1, max_size=3))
        | one(any=st.lists(inner, min_size=1, max_size=3))
        | one(none=st.lists(inner, min_size=1, max_size=2))
        | one(at_least=st.integers(0, 3), of=st.lists(inner, min_size=1, max_size=3))
    ),
    max_leaves=8,
)
COMPLETIONS = st.lists(
    st.fixed_dictionaries(
        {"achievement": KEYS, "on": st.dates().map(str), "credits": st.integers(0, 6)},
        optional={
            "grade": st.integers(0, 100),
            "valid_until": st.dates().map(str),
            "attributes": one(level=st.sampled_from([5, 6, [5, 6], "six", None])),
        },
    ),
    max_size=8,
)


@settings(max_examples=200, deadline=None)
@given(JUNK)
def test_junk_is_read_or_refused(junk: object) -> None:
    for parse in (parse_document, parse_record):
        with suppress(StackError):
            parse(junk)
    for read in (read_document, read_record):
        with suppress(StackTextError):
            read(json.dumps(junk))


@settings(max_examples=300, deadline=None)
@given(TREES, COMPLETIONS)
def test_whatever_can_be_read_can_be_evaluated(tree: object, completions: list[Any]) -> None:
    stacks = [
        {"key": "small", "requires": "sql"},
        {"key": "large", "requires": tree},
    ]
    try:
        document = parse_document({"quoin": 2, "stacks": stacks})
    except DocumentError:
        return  # an id that stands twice, or more parts asked for than there are
    record = parse_record({"completions": completions})
    found = roll_up(document.stacks, record, as_of=TODAY, known_on=NOW)
    again = roll_up(document.stacks[::-1], record, as_of=TODAY, known_on=NOW)
    progress = found.progress["large"]
    assert again.progress == found.progress
    assert explain(progress).keys() == {node.address for node in progress.walk()}
    assert bool(next_steps(progress)) == (progress.status is not Status.MET)
    next_change(document.stacks, "large", record, as_of=TODAY, known_on=NOW)


@pytest.mark.parametrize("amount", ["1e400", "NaN", "-1", "1e-999999", "0.0000001", "Infinity"])
def test_numbers_that_are_too_large_or_too_fine_are_refused(amount: str) -> None:
    with pytest.raises(DocumentError, match="/completions/0/credits"):
        parse_record({"completions": [{"achievement": "a", "on": "2026-01-01", "credits": amount}]})
