"""The benchmark of the API records what it says, and prints its figures."""

from __future__ import annotations

import json

import pytest

from benchmarks import xblock_api
from benchmarks.harness import InvalidRunError, Report


def test_a_small_run_prints_its_figures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"BATCH": 100, "BATCHES": 3, "LEARNERS": 10}.items():
        monkeypatch.setattr(xblock_api, name, value)
    xblock_api.measure(Report("xblock"))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["figure"] for line in lines] == [
        "api_completions_per_s",
        "api_cpu_ms_per_completion",
    ]
    assert all(line["value"] > 0 for line in lines)


def test_a_run_without_awards_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xblock_api, "BATCHES", 1)
    monkeypatch.setattr(xblock_api, "BATCH", 2)
    with pytest.raises(InvalidRunError, match="awards"):
        xblock_api.measure(Report("xblock"))
