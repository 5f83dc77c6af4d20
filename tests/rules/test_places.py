"""Every requirement and clause of every programme is found again in the text it was read from."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.stack_text import load, read_placed
from stacking_rules.findings import Finding
from stacking_rules.places import pointers
from tests.rules.test_programmes import FOLDER, names


@pytest.mark.parametrize("name", names())
def test_every_address_leads_to_what_is_written_there(name: str) -> None:
    data, positions = load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    placed = read_placed((FOLDER / f"{name}.yaml").read_text("utf-8"))
    for position, stack in enumerate(placed.document.stacks):
        found = pointers(stack, data["stacks"][position])
        wanted = {at for at, _ in stack.walk()} | {at for at, *_ in stack.clauses()}
        assert found.keys() >= wanted
        for pointer in found.values():
            assert f"/stacks/{position}{pointer}" in positions


def test_clauses_with_an_id_are_found_where_the_id_is_written() -> None:
    for name in names():
        data, _ = load((FOLDER / f"{name}.yaml").read_text("utf-8"))
        placed = read_placed((FOLDER / f"{name}.yaml").read_text("utf-8"))
        for position, stack in enumerate(placed.document.stacks):
            found = pointers(stack, data["stacks"][position])
            for at, _, clause in stack.clauses():
                text = value_at(data["stacks"][position], found[at])
                if isinstance(text, dict) and "id" in text:
                    assert text["id"] == clause.id


def value_at(data: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        data = data[int(step)] if isinstance(data, list) else data[step]
    return data


TEXT = """\
quoin: 2
accepted:
- {for: a, instead: b}
stacks:
- key: award
  award_levels: [{name: Gold, at: /, need: 9}]
  requires:
    credits: 9
    items: 3
    of: [a, b]
    of_which:
    - {credits: 4}
    - {distinct: area, at_least: 2}
  renewal:
    opens: {days: 90}
    requires: {any: [a, {id: more, all: [b, {if: a, then: c}]}], together: true}
"""


@pytest.mark.parametrize(
    ("address", "step", "place"),
    [
        ("/", "", (7, 3)),
        ("/", "/of/1", (10, 13)),
        ("/least", "", (12, 7)),
        ("/distinct", "", (13, 7)),
        ("/items", "", (9, 5)),
        ("/renewal", "", (16, 5)),
        ("/renewal/more/2/then", "", (16, 53)),
        ("/renewal/together", "", (16, 66)),
        ("/renewal/opens", "", (15, 5)),
        ("", "/award_levels/0/need", (6, 38)),
        ("", "", (5, 3)),
    ],
)
def test_line_and_column_of_a_finding(address: str, step: str, place: tuple[int, int]) -> None:
    finding = Finding("x", "error", "award", address, step=step)
    assert read_placed(TEXT).position_of(finding) == place


def test_a_finding_about_the_document_has_a_place_too() -> None:
    placed = read_placed(TEXT)
    assert placed.position_of(Finding("x", "error", "", "", step="/accepted/0")) == (3, 3)
    assert placed.position_of(Finding("x", "error", "award", "/gone")) == (5, 3)
