"""The plugin's benchmark says what it measured, and nothing when the plugin recorded nothing."""

from __future__ import annotations

import json

import pytest

from benchmarks import xblock_plugin
from benchmarks.harness import InvalidRunError, Report

pytest.importorskip("openedx_events", reason="the packages of the LMS are not installed")


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("RUNS", "1"), ("EVENTS", "5")):
        monkeypatch.setenv(f"QUOIN_BENCH_{name}", value)
    monkeypatch.setattr(xblock_plugin, "ROUNDS", 1)
    monkeypatch.setattr(xblock_plugin, "PER_ROUND", 5)


def test_three_kinds_of_events_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    xblock_plugin.measure(Report("xblock"))

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["figure"] for line in lines] == list(xblock_plugin.FIGURES.values())


def test_a_run_in_which_nothing_was_recorded_is_invalid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xblock_plugin, "PER_ROUND", 6)

    with pytest.raises(InvalidRunError, match="6 events should be rows"):
        xblock_plugin.measure(Report("xblock"))
