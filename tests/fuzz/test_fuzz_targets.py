"""Each fuzz target runs for some seconds without a find, and what was found once stays mended."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from random import Random

import pytest

from tests.fuzz import run, seeds
from tests.fuzz.checks import CHECKS, plain
from tests.fuzz.mutator import Donors, changed

FOLDER = Path(__file__).parent / "regressions"
FOUND = sorted(path for path in FOLDER.rglob("*") if path.is_file() and path.name != "README.md")
SECONDS = 5
NEEDS_ATHERIS = pytest.mark.skipif(
    find_spec("atheris") is None, reason="atheris has no wheel for this Python or platform"
)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_stays_mended(path: Path) -> None:
    CHECKS[path.parent.name](path.read_bytes())


def test_every_target_has_inputs_to_begin_with() -> None:
    for name, check in CHECKS.items():
        inputs = list(seeds.inputs(name))
        assert len(inputs) > 20
        for data in inputs[::25]:
            check(data)


@pytest.mark.parametrize("name", ["case", "receipt"])
def test_half_of_the_changed_inputs_are_still_of_their_form(name: str) -> None:
    inputs = [plain(data) for data in seeds.inputs(name)]
    some, donors = Random(1), Donors(inputs)
    data = [changed(some.choice(inputs), some, donors) for _ in range(100)]
    fields = inputs[0].keys()
    assert sum(isinstance(found, dict) and found.keys() >= fields for found in data) >= 50
    assert sum(found not in inputs for found in data) >= 70


@NEEDS_ATHERIS
@pytest.mark.parametrize("name", CHECKS)
def test_the_target_finds_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = "8" if name == "case" else "1"
    code = run.main([name, "--seconds", str(SECONDS), "--every", few, "--folder", str(tmp_path)])
    said = capsys.readouterr().out
    assert code == 0, said
    assert int(said.split()[1]) > 10, said


@NEEDS_ATHERIS
def test_a_find_is_told_with_its_reproducer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run.main(
        ["text", "--seconds", "5", "--folder", str(tmp_path), "--module", "tests.fuzz.broken"]
    )
    said = capsys.readouterr().out
    assert code == 1
    assert "this target always fails" in said
    assert f"text: reproducer {tmp_path / 'text' / 'crash-'}" in said


@NEEDS_ATHERIS
def test_an_unknown_target_is_refused() -> None:
    command = [sys.executable, "-m", "tests.fuzz.run", "nothing"]
    done = subprocess.run(command, cwd=run.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "invalid choice" in done.stderr
