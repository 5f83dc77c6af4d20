"""quoin rules: documents checked and learners evaluated from files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Quoin

STACKS = """\
quoin: 2
stacks:
- {key: basics, title: Basics, credits: 4, requires: {all: [sql, {completed: ethics, grade: 60}]}}
- key: practice
  requires: {all: [{award: basics}, {id: more, credits: 5, of: [r, go]}]}
"""
RECORD = """\
completions:
- {id: c1, achievement: sql, on: 2026-03-01, credits: 2}
- {id: c2, achievement: ethics, on: 2026-05-01, grade: 75}
- {id: c3, achievement: r, on: 2026-05-02, credits: "2.5", recorded_at: 2026-06-02T08:00:00Z}
- {id: c4, achievement: go, on: 2026-09-01, credits: 3}
"""


def evaluate(quoin: Quoin, *words: str, record: str = RECORD) -> dict[str, Any]:
    Path("stacks.yaml").write_text(STACKS)
    Path("ada.yaml").write_text(record)
    printed = quoin("rules", "evaluate", "stacks.yaml", "ada.yaml", "--json", *words).output
    answer: dict[str, Any] = json.loads(printed)
    return answer


def test_the_answer_names_what_counts_and_what_is_missing(quoin: Quoin) -> None:
    answer = evaluate(quoin, "--as-of", "2026-06-30", "--known-on", "2026-12-31")
    assert (answer["stack"], answer["status"]) == ("practice", "not-met")
    assert answer["requirements"]["/basics"]["status"] == "met"
    pool = answer["requirements"]["/more"]
    assert (pool["have"], pool["need"], pool["counted"]) == ("2.5", "5", ["c3"])
    assert answer["missing"] == [
        {
            "address": "/more",
            "kind": "credits",
            "options": ["go"],
            "count": 1,
            "credits": "2.5",
            "grade": None,
            "scale": None,
        }
    ]
    assert answer["next_change"] == {"on": "2026-09-01", "status": "met"}


def test_both_dates_decide_what_is_seen(quoin: Quoin) -> None:
    known = evaluate(quoin, "--as-of", "2026-06-30", "--known-on", "2026-06-01")
    assert known["requirements"]["/more"]["have"] == "0"
    assert known["next_change"] is None
    later = evaluate(quoin, "--as-of", "2026-09-01", "--known-on", "2026-12-31")
    assert (later["status"], later["missing"], later["next_change"]) == ("met", [], None)


def test_one_stack_is_picked_by_its_key(quoin: Quoin) -> None:
    answer = evaluate(quoin, "--stack", "basics", "--as-of", "2026-04-01")
    assert (answer["stack"], answer["status"]) == ("basics", "not-met")
    Path("ada.yaml").write_text(RECORD)
    words = ("rules", "evaluate", "stacks.yaml", "ada.yaml", "--stack", "nothing")
    assert "basics, practice" in quoin(*words, code=1).output


def test_without_json_it_is_readable(quoin: Quoin) -> None:
    evaluate(quoin)
    words = ("rules", "evaluate", "stacks.yaml", "ada.yaml", "--as-of", "2026-12-01")
    lines = quoin(*words, "--known-on", "2026-12-01").output.splitlines()
    assert lines[0] == "practice: met"
    assert "  /basics  met  1 of 1 items  new:basics" in lines


@pytest.mark.parametrize(
    ("wrong", "instead", "where"),
    [
        ("on: 2026-03-01", "on: yesterday", "ada.yaml:2:30: /completions/0/on: Here a date"),
        ("id: c2", "id: c1", "ada.yaml:3:4: /completions/1/id: 'c1' stands here twice."),
        ("grade: 75", "grade: 175", "/completions/1/grade: The grade must be between 0 and 100."),
        ("08:00:00Z", "08:00:00", "/completions/2/recorded_at: Here an instant"),
        ("achievement: go", "achievment: go", "Did you mean 'achievement'?"),
    ],
)
def test_a_wrong_record_is_refused_with_its_place(
    quoin: Quoin, wrong: str, instead: str, where: str
) -> None:
    Path("stacks.yaml").write_text(STACKS)
    Path("ada.yaml").write_text(RECORD.replace(wrong, instead))
    assert where in quoin("rules", "evaluate", "stacks.yaml", "ada.yaml", code=1).output


def test_check_prints_one_line_per_document_that_is_wrong(quoin: Quoin) -> None:
    Path("good.yaml").write_text(STACKS)
    Path("syntax.yaml").write_text("quoin: [1")
    Path("invalid.yaml").write_text(STACKS.replace("all: [sql", "al: [sql"))
    Path("circle.yaml").write_text(STACKS.replace("all: [sql", "all: [{award: practice}"))
    assert quoin("rules", "check", "good.yaml").output == ""
    files = ("good.yaml", "syntax.yaml", "invalid.yaml", "circle.yaml")
    lines = quoin("rules", "check", *files, code=1).output.splitlines()
    assert [line.split(": ")[1] for line in lines] == ["syntax", "invalid", "circular"]
    assert lines[1].startswith("invalid.yaml:3:")
    assert "basics -> practice -> basics" in lines[2]
