"""quoin rules render: three views of the same stacks, each read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from stacking_rules.formats import CURRENT as FORMAT
from tests.cli.conftest import Quoin
from tests.cli.test_rule_answers import write

HEAD = f"Rules of awards, format {FORMAT}.\nAward a\n  To receive it:\n"
EXAMPLE = Path(__file__).parents[2] / "docs" / "example.yaml"


def test_a_stack_is_rendered_as_sentences_and_read_again_as_the_same_rule(quoin: Quoin) -> None:
    write()
    said = quoin("rules", "render", "stacks.yaml", "--as", "sentence").output
    assert "    - earn at least 12 credits\n" in said
    assert "(more is dropped) are credited from work where transferred is yes" in said
    assert "(id: transfer) [R5].\n" in said
    Path("s.txt").write_text(said)
    text = quoin("rules", "render", "--from", "sentence", "--as", "yaml", "s.txt").output
    Path("again.yaml").write_text(text)
    assert quoin("rules", "diff", "stacks.yaml", "again.yaml").output == ""
    assert quoin("rules", "check", "again.yaml").output == ""


@pytest.mark.parametrize("view", ["sentence", "tree", "yaml"])
def test_all_stacks_of_a_document_pass_through_every_view(quoin: Quoin, view: str) -> None:
    first = quoin("rules", "render", str(EXAMPLE), "--all").output
    Path("view").write_text(quoin("rules", "render", str(EXAMPLE), "--all", "--as", view).output)
    assert quoin("rules", "render", "view", "--all", "--from", view).output == first
    assert first.count("- key: ") == 2


def test_one_stack_is_named(quoin: Quoin) -> None:
    text = quoin("rules", "render", str(EXAMPLE), "--stack", "data-basics").output
    assert "key: data-basics" in text
    assert "key: data-practice" not in text
    refused = quoin("rules", "render", str(EXAMPLE), "--stack", "data", code=1).output
    assert "Name one stack with --stack: data-basics, data-practice." in refused


def test_a_wrong_sentence_is_refused_with_its_line_and_the_nearest_phrase(quoin: Quoin) -> None:
    Path("s.txt").write_text(f"{HEAD}    - compleet sql\n")
    said = quoin("rules", "render", "--from", "sentence", "s.txt", code=1).output
    assert "s.txt:4:5: /: This line is not understood. Did you mean '- complete ...'?" in said


def test_what_is_understood_and_still_wrong_is_refused_at_its_line(quoin: Quoin) -> None:
    Path("s.txt").write_text(f"{HEAD}    - complete sql with grade 101 or better\n")
    said = quoin("rules", "render", "--from", "sentence", "s.txt", code=1).output
    assert "s.txt:4:1: /stacks/0/requires/grade: The grade must be between 0 and 100." in said
