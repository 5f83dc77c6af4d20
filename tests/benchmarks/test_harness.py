"""The harness prints one JSON line per figure and refuses a run that proves nothing."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import harness
from benchmarks.harness import InvalidRunError, Report

ROOT = Path(__file__).resolve().parents[2]


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_figure_is_one_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    Report("import").figure("import_s", 12.5, "s", better="lower")

    expected = {"bench": "import", "figure": "import_s", "value": 12.5, "unit": "s"}
    assert printed(capsys) == [expected | {"better": "lower"}]


@pytest.mark.parametrize(("better", "ratio"), [("lower", 4.0), ("higher", 0.25)])
def test_the_ratio_is_above_one_where_ours_is_ahead(
    capsys: pytest.CaptureFixture[str], better: Any, ratio: float
) -> None:
    Report("b").figure("f", 2, "x", better=better, peer="other", peer_value=8)

    (line,) = printed(capsys)
    assert (line["peer"], line["peer_value"], line["ratio"]) == ("other", 8, ratio)


def test_a_small_ratio_keeps_its_digits(capsys: pytest.CaptureFixture[str]) -> None:
    Report("b").figure("f", 3, "x", better="higher", peer="other", peer_value=70_000)

    assert printed(capsys)[0]["ratio"] == 4.286e-05


def test_a_figure_has_only_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report("b")
    report.figure("f", 1, "s")

    with pytest.raises(InvalidRunError, match="printed already"):
        report.figure("f", 2, "s")
    assert len(printed(capsys)) == 1


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0])
def test_what_nobody_can_have_measured_is_refused(
    capsys: pytest.CaptureFixture[str], value: float
) -> None:
    with pytest.raises(InvalidRunError, match="not a measured value"):
        Report("b").figure("f", value, "s")
    with pytest.raises(InvalidRunError, match="not a measured value"):
        Report("b").figure("f", 1, "s", peer="other", peer_value=value)
    assert not printed(capsys)


@pytest.mark.parametrize("half", [{"peer": "other"}, {"peer_value": 1.0}])
def test_half_a_peer_is_refused(capsys: pytest.CaptureFixture[str], half: dict[str, Any]) -> None:
    with pytest.raises(InvalidRunError, match="has a peer without"):
        Report("b").figure("f", 1, "s", **half)
    assert not printed(capsys)


def test_a_ratio_over_nothing_is_refused() -> None:
    with pytest.raises(InvalidRunError, match="cannot be compared"):
        Report("b").figure("f", 0, "s", better="lower", peer="other", peer_value=1)


def test_remarks_stay_out_of_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    Report("b").remark("reading")

    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "reading\n")


def test_an_invalid_run_ends_with_exit_code_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def differ(report: Report) -> None:
        raise InvalidRunError("the answers differ")

    monkeypatch.setitem(harness.MODULES, "wrong", "benchmarks.wrong")
    monkeypatch.setitem(sys.modules, "benchmarks.wrong", SimpleNamespace(run=differ))  # type: ignore[arg-type]

    assert harness.run("wrong") == 1
    assert capsys.readouterr().err == "invalid run: the answers differ\n"


def test_an_unknown_benchmark_is_named_with_those_there_are() -> None:
    command = [sys.executable, "-m", "benchmarks", "nonsense"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "no benchmark 'nonsense'" in done.stderr
    assert "import" in done.stderr
    assert not done.stdout


def test_every_benchmark_of_the_list_can_be_run() -> None:
    for module in harness.MODULES.values():
        file = ROOT.joinpath(*module.split(".")).with_suffix(".py")
        assert "\ndef run(report: Report) -> None:" in file.read_text("utf-8")
