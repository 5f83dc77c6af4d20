"""quoin rules examples: learners as text, as records that evaluate reads, and the score."""

from __future__ import annotations

import json
from pathlib import Path

from lti_tool.stack_text import load
from tests.cli.conftest import Quoin

STACKS = """\
quoin: 2
stacks:
- key: degree
  title: Degree
  requires:
    credits: 12
    caps: [{id: transfer, rule: R5, at_most: {credits: 4}, where: {transferred: true}}]
"""
ASKED = ("--as-of", "2026-06-30")


def write() -> None:
    Path("stacks.yaml").write_text(STACKS)


def test_examples_are_said_in_words(quoin: Quoin) -> None:
    write()
    said = quoin("rules", "examples", "stacks.yaml", *ASKED).output
    assert "Qualifies (asked on 2026-06-30)" in said
    assert "Misses at /: would qualify if at / 11.5 is needed instead of 12" in said
    assert "Misses at /transfer: would qualify if at /transfer 4.5 is the limit" in said


def test_records_are_those_that_evaluate_reads(quoin: Quoin) -> None:
    write()
    as_json = json.loads(quoin("rules", "examples", "stacks.yaml", "--json", *ASKED).output)
    as_yaml, _ = load(quoin("rules", "examples", "stacks.yaml", "--yaml", *ASKED).output)
    assert {miss["at"] for miss in as_json["near_misses"]} == {"/", "/transfer"}
    assert as_json["without"] == as_json["pairs"] == []
    assert json.loads(json.dumps(as_yaml, default=float)) == as_json


def test_each_file_evaluates_as_it_is_named(quoin: Quoin) -> None:
    write()
    quoin("rules", "examples", "stacks.yaml", "--out", "made", *ASKED)
    files = sorted(Path("made").iterdir())
    assert {file.name[:6] for file in files} == {"misses", "qualif"}
    for file in files:
        asked = quoin("rules", "evaluate", "stacks.yaml", str(file), "--json", *ASKED)
        expected = "met" if file.name.startswith("qualifies") else "not-met"
        assert json.loads(asked.output)["status"] == expected


def test_the_score_is_of_the_records_that_are_given(quoin: Quoin) -> None:
    write()
    said = quoin("rules", "examples", "stacks.yaml", "--score", *ASKED).output
    assert "small changes of the rule are noticed." in said
    Path("none.yaml").write_text("{}")
    said = quoin("rules", "examples", "stacks.yaml", "--with", "none.yaml", *ASKED).output
    assert "0 of 5 small changes of the rule are noticed." in said
    assert "unnoticed: at /transfer 4.5 is the limit instead of 4" in said
