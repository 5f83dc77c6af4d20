"""The front-end files are the pinned ones, and the lock file holds no address of a registry."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tools import assets

ROOT = Path(__file__).resolve().parent.parent
HTMX_4_0_1 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
NO_FILE = "lti_tool/web/static/vendor is not filled: 'make install' with a network fetches it"


def read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((ROOT / name).read_text("utf-8"))
    return data


@pytest.mark.parametrize("name", assets.pinned())
def test_the_vendored_file_has_the_pinned_hash(name: str) -> None:
    found = assets.sha256(assets.VENDOR / Path(name).name)

    assert found is not None, NO_FILE
    assert found == assets.pinned()[name]


def test_the_vendored_file_has_its_licence_beside_it() -> None:
    licences = [path.read_text("utf-8") for path in assets.VENDOR.glob("*.LICENSE.txt")]

    assert licences, NO_FILE
    assert all("BSD" in text or "MIT" in text for text in licences)


def test_htmx_is_pinned() -> None:
    assert assets.pinned() == {"htmx.org/dist/htmx.min.js": HTMX_4_0_1}


def test_every_package_is_wanted_in_one_exact_version() -> None:
    package = read("package.json")
    wanted = package["dependencies"] | package["devDependencies"]

    assert wanted
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values()), wanted


def test_every_locked_package_has_a_hash_and_no_address() -> None:
    packages = {
        name: entry for name, entry in read("package-lock.json")["packages"].items() if name
    }

    assert packages
    assert not [n for n, entry in packages.items() if not entry["integrity"].startswith("sha512-")]
    assert not [n for n, entry in packages.items() if "resolved" in entry]
    assert not [n for n, entry in packages.items() if entry.get("hasInstallScript")]


def test_the_lock_file_is_that_of_the_package_file() -> None:
    root, package = read("package-lock.json")["packages"][""], read("package.json")

    assert root["dependencies"] == package["dependencies"]
    assert root["devDependencies"] == package["devDependencies"]


@pytest.mark.parametrize("name", ["package-lock.json", "package.json", ".npmrc", "constraints.txt"])
def test_no_registry_is_named(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")

    assert "://" not in text
    assert "index-url" not in text
