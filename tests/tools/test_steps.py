"""A step is one line; a command shows its output only when it fails, and then only the end."""

from __future__ import annotations

import re
import sys

import pytest

from tools.steps import TAIL, InstallError, Line, run, step


def test_a_step_says_its_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    with step("making a thing") as line:
        line.show("some detail")

    assert re.fullmatch(r"  making a thing \.\.\. \d+\.\d s\n", capsys.readouterr().out)


def test_a_failed_step_ends_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InstallError), step("making a thing"):
        raise InstallError("no")

    assert capsys.readouterr().out == "  making a thing ...\n"


def test_on_a_terminal_the_line_shows_the_detail(capsys: pytest.CaptureFixture[str]) -> None:
    line = Line("making")
    line.is_live = True
    line.show("x" * 200)

    shown = capsys.readouterr().out
    assert shown.startswith("\r\033[K  making ... xxx")
    assert len(shown) < 90


def test_the_list_of_packages_becomes_a_number() -> None:
    details: list[str] = []

    class Remembered(Line):
        def show(self, detail: str) -> None:
            details.append(detail)

    run([sys.executable, "-c", "print('Installing collected packages: a, b, c')"], Remembered("x"))
    assert details == ["Installing 3 packages"]


def test_output_is_hidden_when_all_goes_well(capfd: pytest.CaptureFixture[str]) -> None:
    run([sys.executable, "-c", "print('hidden')"])

    assert capfd.readouterr() == ("", "")


def test_a_failed_command_shows_the_end_of_its_output() -> None:
    code = "import sys; print(*range(1000), sep='\\n'); sys.exit('the reason')"

    with pytest.raises(InstallError) as caught:
        run([sys.executable, "-c", code])
    told = str(caught.value).splitlines()
    assert told[-1] == "the reason"
    assert "999" in told
    assert "900" not in told
    assert len(told) <= TAIL + 5


def test_a_command_that_is_not_there_is_named() -> None:
    with pytest.raises(InstallError, match="no-such-command cannot be started"):
        run(["no-such-command"])
