"""The harness prints figures that can be trusted."""

from __future__ import annotations

import json

import pytest

from benchmarks.harness import InvalidRunError, Report, run


def test_a_ratio_above_one_means_that_we_are_ahead(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report("b")
    report.figure("t", 2.0, "s", better="lower", peer="other", peer_value=6.0)
    report.figure("r", 2.0, "1/s", better="higher", peer="other", peer_value=6.0)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["ratio"] for line in lines] == [3.0, 0.333]


def test_a_figure_stands_once_and_is_a_number() -> None:
    report = Report("b")
    report.figure("t", 1.0, "s", better="lower")
    with pytest.raises(InvalidRunError):
        report.figure("t", 1.0, "s", better="lower")
    with pytest.raises(InvalidRunError):
        report.figure("n", float("nan"), "s", better="lower")


def test_an_unknown_benchmark_is_wrong_use() -> None:
    assert run("nothing") == 2
