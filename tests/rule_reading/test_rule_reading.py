"""Rules as people read them: every form has whole sentences, in every language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lti_tool.rule_reading import (
    Reader,
    clause_lines,
    declared_sentences,
    requirement_lines,
    stack_lines,
)
from lti_tool.stack_text import document_of, read_document
from lti_tool.translating import PSEUDO, own_names, speaking
from stacking_rules import Document, Requirement

RULES = Path("tests/rules")
EVERYTHING = RULES / "everything.yaml"
FILES = [EVERYTHING, Path("docs/example.yaml"), *sorted(RULES.glob("programmes/*.yaml"))]
NAMES = {"sql": "SQL", "r": "R", "basics": "Data basics", "ethics": "Data ethics"}


def read(node: Any) -> Requirement:
    """Read one requirement."""
    document = document_of({"quoin": 2, "stacks": [{"key": "part", "requires": node}]})
    return document.stacks[0].requires


def said(node: Any) -> list[str]:
    """Return the lines of a requirement."""
    return list(requirement_lines(read(node), Reader(NAMES)))


def whole(document: Document) -> list[str]:
    """Return all that is said of a document."""
    lines = list(declared_sentences(document.definitions, Reader()))
    for stack in document.stacks:
        lines += stack_lines(stack, {}, award_credits=document.award_credits.get(stack.key))
    return lines


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_rule_has_words_in_every_language(file: Path) -> None:
    document = read_document(file.read_text())
    english = whole(document)
    for code, _name in own_names():
        with speaking(code):
            lines = whole(document)
        assert len(lines) == len(english)
        assert not any("{" in line for line in lines)


def test_nothing_in_a_rule_was_left_unmarked() -> None:
    document = read_document(EVERYTHING.read_text())
    descriptions = {stack.description for stack in document.stacks}
    with speaking(PSEUDO):
        lines = [line.strip().removeprefix("- ") for line in whole(document)]
    bare = [line for line in lines if not line.startswith("⟦") and line not in descriptions]
    assert bare == []


def test_different_rules_are_said_differently() -> None:
    document = read_document(EVERYTHING.read_text())
    for code, _name in own_names():
        with speaking(code):
            root = document.stacks[0].requires
            clauses = [
                line
                for _, node in document.stacks[0].walk()
                for line in clause_lines(node, Reader())
                if node is not root
            ]
        # One sentence stands at three parts of the file, and another at two.
        assert len(set(clauses)) >= len(clauses) - 5, code


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("en", "- earn at least 7.5 credits from SQL or R with 60 of 100 or better"),
        (
            "de",
            "- mindestens 7,5 Leistungspunkte aus SQL oder R mit 60 von 100 oder besser erwerben",
        ),
        ("es", "- obtener al menos 7,5 créditos de SQL o R con 60 de 100 o mejor"),
    ],
)
def test_an_amount_is_one_sentence(code: str, line: str) -> None:
    with speaking(code):
        assert said({"credits": 7.5, "of": ["sql", "r"], "grade": 60}) == [line]


def test_what_belongs_to_a_part_stands_below_it_further_in() -> None:
    node = {
        "all": [
            {"award": "basics"},
            {"title": "Ethics", "completed": "ethics", "rule": ["R4"], "grace": {"days": 1}},
        ],
        "once": 1,
    }
    assert said(node) == [
        "- meet all of the following:",
        "  - hold the award Data basics",
        "  - Ethics: complete Data ethics [R4]",
        "    What has ended still counts for 1 day.",
        "  Nothing counts twice.",
    ]
    with speaking("de"):
        assert said(node) == [
            "- alles Folgende erfüllen:",
            "  - den Abschluss Data basics innehaben",
            "  - Ethics: Data ethics abschließen [R4]",
            "    Was abgelaufen ist, zählt noch 1 Tag.",
            "  Nichts zählt doppelt.",
        ]


def test_a_clause_names_other_parts_as_people_do() -> None:
    document = document_of(
        {
            "quoin": 2,
            "stacks": [
                {
                    "key": "part",
                    "requires": {
                        "all": [
                            {"title": "Basics first", "any": ["sql", "r"], "id": "first"},
                            {"completed": "ethics", "after": "first"},
                        ]
                    },
                }
            ],
        }
    )
    lines = "\n".join(stack_lines(document.stacks[0], NAMES))
    assert "It starts on or after the day on which Basics first is finished." in lines


def test_names_keep_their_direction_in_arabic() -> None:
    with speaking("ar"):
        (line,) = said({"award": "basics"})
    assert line == "- حيازة الشهادة \u2066Data basics\u2069"


def test_a_grade_of_a_declared_scale_has_its_name() -> None:
    document = read_document(EVERYTHING.read_text())
    lines = "\n".join(whole(document))
    assert "the grade is C on the letter scale or better" in lines
    assert "the finish day is on or after 1 January 2024" in lines
