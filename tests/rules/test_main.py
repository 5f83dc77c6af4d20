"""python -m stacking_rules: where a learner stands, from files alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stacking_rules.__main__ import USAGE, main

STACKS = {"quoin": 1, "stacks": [{"key": "s", "requires": {"all": ["x", "y"]}}]}
RECORD = {"completions": [{"achievement": "x", "on": "2026-06-30"}]}


def answer(folder: Path, day: str, stacks: object = STACKS) -> int:
    (folder / "stacks.json").write_text(json.dumps(stacks))
    (folder / "record.json").write_text(json.dumps(RECORD))
    return main([str(folder / "stacks.json"), str(folder / "record.json"), day])


def test_every_requirement_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(tmp_path, "2026-06-30") == 0
    assert capsys.readouterr().out == (
        "s: not-met\n  [ ] /  1 of 2 parts\n  [x] /x  1 of 1 items  x\n  [ ] /y  0 of 1 items\n"
    )
    assert answer(tmp_path, "2026-06-29") == 0
    assert "  [ ] /x  0 of 1 items\n" in capsys.readouterr().out


def test_wrong_use_is_answered_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stacks.json"]) == 2
    assert capsys.readouterr().err == f"{USAGE}\n"


def test_what_cannot_be_read_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(tmp_path, "today") == 1
    assert "today" in capsys.readouterr().err
    assert answer(tmp_path, "2026-06-30", {"quoin": 1}) == 1
    assert "/stacks" in capsys.readouterr().err
