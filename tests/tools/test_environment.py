"""make install does what is needed, says what it does, and nothing when all is up to date."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tools import assets, environment
from tools.steps import ROOT, InstallError

INSTALL = ROOT / "tools" / "install.py"


class Checkout:
    """A checkout with an environment in which everything seems installed."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.probed = [environment._python_version(), "True"]
        self.monkeypatch = monkeypatch
        (root / "xblock").mkdir(parents=True)
        for name in (*environment.METADATA, *environment.FILES):
            (root / name).write_bytes((ROOT / name).read_bytes())
        venv = root / ".venv"
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "pip").write_text(f"#!{venv}/bin/python\n")
        self.move(root)
        monkeypatch.setattr(environment, "_probe", lambda: self.probed)

    def move(self, root: Path) -> None:
        self.monkeypatch.setattr(environment, "ROOT", root)
        self.monkeypatch.setattr(environment, "VENV", root / ".venv")
        self.monkeypatch.setattr(environment, "STAMP", root / ".venv" / "stamp.json")

    def stamp(self, level: str) -> None:
        environment.STAMP.write_text(json.dumps(environment._wanted(level)))

    def append(self, name: str, text: str) -> None:
        with (self.root / name).open("a") as file:
            file.write(text)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    return Checkout(tmp_path / "quoin", monkeypatch)


def test_nothing_is_up_to_date_before_the_first_installation(checkout: Checkout) -> None:
    assert not environment.is_up_to_date("demo")


@pytest.mark.parametrize(
    ("installed", "wanted", "enough"),
    [("demo", "demo", True), ("dev", "dev", True), ("dev", "demo", True), ("demo", "dev", False)],
)
def test_dev_satisfies_demo_and_not_the_other_way_round(
    checkout: Checkout, installed: str, wanted: str, *, enough: bool
) -> None:
    checkout.stamp(installed)

    assert environment.is_up_to_date(wanted) is enough


@pytest.mark.parametrize("name", environment.FILES)
def test_a_changed_pin_is_installed(checkout: Checkout, name: str) -> None:
    checkout.stamp("demo")
    checkout.append(name, "\n")

    assert not environment.is_up_to_date("demo")


@pytest.mark.parametrize("name", environment.METADATA)
def test_a_changed_requirement_is_installed(checkout: Checkout, name: str) -> None:
    checkout.stamp("demo")
    checkout.append(name, "\n[options.extras_require.new]\nmore = flask\n")

    assert not environment.is_up_to_date("demo")


def test_a_new_import_contract_is_no_reason_to_install(checkout: Checkout) -> None:
    checkout.stamp("demo")
    checkout.append("setup.cfg", "\n[importlinter:contract:new]\nname = New\n")

    assert environment.is_up_to_date("demo")


@pytest.mark.parametrize("probed", [[], ["3.8", "True"], [environment._python_version(), "False"]])
def test_an_environment_that_does_not_work_is_not_up_to_date(
    checkout: Checkout, probed: list[str]
) -> None:
    checkout.stamp("demo")
    checkout.probed = probed

    assert not environment.is_up_to_date("demo")


def test_a_broken_stamp_counts_as_none(checkout: Checkout) -> None:
    environment.STAMP.write_text("{")

    assert not environment.is_up_to_date("demo")


def test_an_environment_without_a_stamp_is_filled_not_thrown_away(checkout: Checkout) -> None:
    assert environment._has_usable_venv()


def test_an_environment_of_a_moved_checkout_is_made_anew(checkout: Checkout) -> None:
    checkout.stamp("demo")
    moved = checkout.root.rename(checkout.root.with_name("moved"))
    checkout.move(moved)

    assert not environment.is_up_to_date("demo")
    assert not environment._has_usable_venv()


def test_an_environment_of_another_python_is_made_anew(checkout: Checkout) -> None:
    checkout.probed = ["3.8", "True"]

    assert not environment._has_usable_venv()


def test_a_link_in_place_of_the_environment_is_left_alone(
    checkout: Checkout, tmp_path: Path
) -> None:
    (checkout.root / ".venv").rename(tmp_path / "elsewhere")
    (checkout.root / ".venv").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(InstallError, match="move it away"):
        environment._make_venv()
    assert (tmp_path / "elsewhere" / "bin").exists()


def test_a_python_without_venv_names_the_package(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)

    with pytest.raises(InstallError, match="apt install python3-venv"):
        environment._make_venv()


@pytest.mark.parametrize("arguments", [[], ["everything"], ["demo", "dev"]])
def test_wrong_use_is_exit_code_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert environment.main(arguments) == 2
    assert "demo|dev" in capsys.readouterr().err


def test_a_demo_goes_on_without_htmx(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(level: str, **_: object) -> None:
        raise InstallError("no network")

    checkout.stamp("demo")
    monkeypatch.setattr(assets, "are_there", lambda _level: False)
    monkeypatch.setattr(assets, "fetch", fail)

    assert environment.main(["demo"]) == 0
    assert "the pages work without JavaScript.\nno network" in capsys.readouterr().out


def test_a_failed_installation_is_exit_code_one_and_leaves_no_stamp(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: str, line: object = None) -> None:
        raise InstallError("No matching distribution")

    checkout.stamp("demo")
    monkeypatch.setattr(environment, "pip", fail)

    assert environment.main(["dev"]) == 1
    assert "No matching distribution" in capsys.readouterr().err
    assert not environment.STAMP.exists()


def test_an_old_python_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))

    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer(.|\n)*PYTHON=python3\.12"):
        runpy.run_path(str(INSTALL), run_name="__main__")


def test_the_first_file_can_be_read_by_an_old_python() -> None:
    text = INSTALL.read_text("utf-8")

    assert "__future__" not in text
    assert "->" not in text
    assert 'f"' not in text


def test_the_installer_needs_no_package() -> None:
    command = [sys.executable, "-I", "-S", str(INSTALL)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (2, environment.USAGE)
