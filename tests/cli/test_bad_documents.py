"""Hostile and broken documents are refused at their place, with a reason."""

from __future__ import annotations

import pytest

from lti_tool.errors import StackTextError
from lti_tool.stack_text import read_document, read_record

HEAD = "quoin: 2\nstacks:\n- key: a\n  requires: "
MANY = ",".join(f"a{number}" for number in range(10_000))


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (HEAD + "x" * 10_000_000, (1, 1), "larger than 1 MB"),
        (HEAD + "{all: [" + MANY + "]}", (1, 1), "more than 10000 nodes"),
        (HEAD + "{all: [" * 1000 + "x" + "]}" * 1000, (4, 216), "More than 60 levels"),
        ('{"quoin": ' + "[" * 1000 + "]" * 1000 + "}", (1, 71), "More than 60 levels"),
        (HEAD + "{all: [&x a, *x]}", (4, 20), "Anchors and aliases"),
        (HEAD + "!!python/object:os.system a", (4, 13), "The tag"),
        (HEAD + "{all: [a], all: [b]}", (4, 24), "'all' stands here twice"),
        (HEAD + "{credits: 1e400}", (4, 23), "out of range"),
        (HEAD + "{credits: .nan}", (4, 14), "not a number"),
        (HEAD + "{credits: -.inf}", (4, 14), "not a number"),
        (HEAD + "{credits: 1e-7}", (4, 14), "6 decimal places"),
        (HEAD + "{al: [a]}", (4, 14), "Did you mean 'all'?"),
        (HEAD + "{credits: 3, caps: [{at_mots: {credits: 1}}]}", (4, 34), "'at_most'?"),
        (HEAD + "{all: [a], after: elsewhere}", (4, 3), "no such requirement"),
    ],
)
def test_it_is_refused_at_its_place(text: str, place: tuple[int, int], reason: str) -> None:
    with pytest.raises(StackTextError) as caught:
        read_document(text)
    assert reason in caught.value.message
    assert (caught.value.line, caught.value.column) == place


def test_an_instant_needs_its_zone() -> None:
    text = "completions:\n- {achievement: a, on: 2026-01-01, recorded_at: 2026-01-01T10:00:00}"
    with pytest.raises(StackTextError, match="an instant such as") as caught:
        read_record(text)
    assert caught.value.address == "/completions/0/recorded_at"


def test_a_zone_must_exist() -> None:
    with pytest.raises(StackTextError, match="no such time zone"):
        read_document("zone: Europe/Atlantis\n" + HEAD + "sql")
