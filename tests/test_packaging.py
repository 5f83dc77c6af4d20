"""Each wheel holds exactly its side of the tree, data files included, and nothing of the other."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist")
COPIED = (
    "lti_tool",
    "stacking_rules",
    "migrations",
    "xblock",
    "demo_lms",
    "demo_workbench",
    "benchmarks",
    "tools",
)
FILES = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")

pytestmark = pytest.mark.xdist_group("wheels")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources: building in the checkout would leave folders behind."""
    tree = tmp_path_factory.mktemp("tree")
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=LEFT_OUT)
    for name in FILES:
        shutil.copy(ROOT / name, tree / name)
    return tree


def build(folder: Path, target: Path) -> set[str]:
    """Build the wheel of ``folder`` and give the names in it, without its metadata."""
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(target)]
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", *options, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = target.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def tool_wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return build(tree, tmp_path_factory.mktemp("tool"))


@pytest.fixture(scope="module")
def block_wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return build(tree / "xblock", tmp_path_factory.mktemp("block"))


def without_metadata(names: set[str]) -> set[str]:
    return {name for name in names if ".dist-info/" not in name}


def files_below(folder: Path, called: str) -> Iterator[str]:
    """Give the wheel's name of every file below ``folder``, which it calls ``called``."""
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"{called}/{path.relative_to(folder).as_posix()}"


def test_the_tools_wheel_is_its_side_of_the_tree(tool_wheel: set[str]) -> None:
    expected = {
        *files_below(ROOT / "lti_tool", "lti_tool"),
        *files_below(ROOT / "stacking_rules", "stacking_rules"),
        *files_below(ROOT / "migrations", "lti_tool/migrations"),
    }

    assert without_metadata(tool_wheel) == expected


def test_the_blocks_wheel_is_its_side_of_the_tree(block_wheel: set[str]) -> None:
    expected = set(files_below(ROOT / "xblock" / "quoin_xblock", "quoin_xblock"))

    assert without_metadata(block_wheel) == expected


@pytest.mark.parametrize(
    "name",
    [
        "quoin_xblock/static/quoin.js",
        "quoin_xblock/templates/competency.html",
        "quoin_xblock/translations/ar/LC_MESSAGES/text.mo",
    ],
)
def test_what_a_block_shows_travels(block_wheel: set[str], name: str) -> None:
    assert name in block_wheel


def test_the_block_asks_an_lms_for_nothing_but_the_core_library() -> None:
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / "xblock" / "setup.cfg", "utf-8")

    assert parser["options"]["install_requires"].split() == ["XBlock>=5.2"]
    assert "options.extras_require" not in parser


def test_the_blocks_are_found_by_their_names() -> None:
    found = {entry.name: entry for entry in entry_points(group="xblock.v1")}

    assert found["quoin_competency"].value == "quoin_xblock.competency_block:CompetencyBlock"
    assert found["quoin_progress"].value == "quoin_xblock.progress_block:ProgressBlock"


def test_no_wheel_writes_into_the_library_xblock(
    tool_wheel: set[str], block_wheel: set[str]
) -> None:
    assert not [name for name in tool_wheel | block_wheel if name.startswith("xblock/")]


@pytest.mark.parametrize(
    "name",
    [
        "stacking_rules/py.typed",
        "lti_tool/migrations/script.py.mako",
        "lti_tool/migrations/versions/0001_create_ledger.py",
        "lti_tool/sources/oulad.yaml",
    ],
)
def test_data_files_travel(tool_wheel: set[str], name: str) -> None:
    assert name in tool_wheel


@pytest.mark.parametrize("folder", ["templates", "static"])
def test_pages_travel(tool_wheel: set[str], folder: str) -> None:
    assert [name for name in tool_wheel if name.startswith(f"lti_tool/web/{folder}/")]


def test_the_licence_travels(tool_wheel: set[str]) -> None:
    assert [name for name in tool_wheel if name.endswith(".dist-info/licenses/LICENSE")]


def test_every_package_of_the_tree_is_listed() -> None:
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg", "utf-8")
    listed = set(parser["options"]["packages"].split())
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for name in ("lti_tool", "stacking_rules", "migrations")
        for path in (ROOT / name).rglob("__init__.py")
    }

    assert listed == {name.replace("migrations", "lti_tool.migrations") for name in found}
