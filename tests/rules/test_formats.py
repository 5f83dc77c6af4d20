"""Documents of an older format mean what they meant; what they call otherwise is found."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import parse_document
from stacking_rules.formats import CURRENT, DEEPEST, Rename, as_written, migrated, renames

PAIR = {"between": ["x", "y"]}
SHARED = {"all": [{"id": "x", "credits": 1}, {"id": "y", "credits": 1}]}


def old(word: str) -> dict[str, Any]:
    first = {"key": "a", "requires": {**SHARED, word: [PAIR]}}
    second = {"key": "b", "requires": {"all": [{"id": "p", **SHARED, word: [PAIR, PAIR]}, "q"]}}
    return {"stacks": [first, second]}


def test_what_an_older_format_calls_otherwise_is_found_in_document_order() -> None:
    assert renames(old("share"), 1) == (
        Rename("/stacks/0/requires/share", "share", "sharing"),
        Rename("/stacks/1/requires/all/0/share", "share", "sharing"),
    )
    assert migrated(old("share"), 1) == old("sharing")
    assert as_written("/stacks/0/requires/sharing/0", 1) == "/stacks/0/requires/share/0"


def test_a_current_document_has_nothing_to_be_called_otherwise() -> None:
    assert renames(old("share"), CURRENT) == ()
    assert migrated(old("share"), CURRENT) == old("share")
    assert as_written("/requires/sharing", CURRENT) == "/requires/sharing"


def test_names_in_an_address_are_escaped() -> None:
    data = {"a/b": {"~": {"share": [PAIR]}}}
    assert renames(data, 1) == (Rename("/a~1b/~0/share", "share", "sharing"),)


@pytest.mark.parametrize(
    "meant",
    ["1/2", ["big", "small"], ["between"], [PAIR, {"at_most": 1}], [PAIR, "between"], PAIR],
)
def test_the_same_word_with_another_meaning_stays(meant: object) -> None:
    data = {"share": meant, "other": [PAIR]}
    assert renames(data, 1) == ()
    assert migrated(data, 1) == data


@pytest.mark.parametrize("wrap", [lambda data: [data], lambda data: {"x": data}])
def test_what_is_nested_too_deep_is_left_for_the_reader_to_refuse(wrap: Any) -> None:
    inside: Any = {"share": [PAIR]}
    new: Any = {"sharing": [PAIR]}
    for _ in range(DEEPEST - 1):
        inside, new = wrap(inside), wrap(new)
    assert len(renames(inside, 1)) == 1
    assert migrated(inside, 1) == new
    assert renames(wrap(inside), 1) == ()
    assert migrated(wrap(inside), 1) == wrap(inside)


def test_both_formats_read_as_the_same_rule() -> None:
    found = parse_document({"quoin": 1, **old("share")})
    assert [stack.requires for stack in found.stacks] == [
        stack.requires for stack in parse_document({"quoin": 2, **old("sharing")}).stacks
    ]
