"""constraints.txt holds one exact version for each package and Python."""

from __future__ import annotations

from configparser import ConfigParser

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.pin import TARGET, merge
from tools.steps import ROOT

P11, P12, P13 = (3, 11), (3, 12), (3, 13)


def test_a_version_that_all_share_needs_no_marker() -> None:
    assert merge({P11: {"a": "1"}, P12: {"a": "1"}, P13: {"a": "1"}}) == ["a==1"]


def test_pythons_that_differ_get_markers_without_gap_or_overlap() -> None:
    assert merge({P11: {"a": "1"}, P12: {"a": "2"}, P13: {"a": "2"}}) == [
        "a==1 ; python_version < '3.12'",
        "a==2 ; python_version >= '3.12'",
    ]
    assert merge({P11: {"a": "1"}, P12: {"a": "2"}, P13: {"a": "3"}}) == [
        "a==1 ; python_version < '3.12'",
        "a==2 ; python_version >= '3.12' and python_version < '3.13'",
        "a==3 ; python_version >= '3.13'",
    ]


def test_a_package_that_one_python_needs_is_pinned_for_all() -> None:
    assert merge({P11: {}, P12: {}, P13: {"a": "1"}}) == ["a==1"]


def test_two_spellings_are_one_package_and_lines_are_sorted() -> None:
    assert merge({P11: {"b": "1", "A_x": "2"}, P12: {"b": "1", "a-x": "2"}}) == ["A_x==2", "b==1"]


def test_every_requirement_of_ours_is_pinned_within_its_range() -> None:
    versions = pinned()
    missing = [
        str(requirement)
        for requirement in wanted()
        if not (found := versions.get(canonicalize_name(requirement.name)))
        or not all(requirement.specifier.contains(version) for version in found)
    ]

    assert not missing


def test_every_requirement_of_ours_stands_in_the_docs_with_its_version() -> None:
    rows = (ROOT / "docs" / "dependencies.md").read_text("utf-8").splitlines()
    versions = pinned()
    missing = [
        requirement.name
        for requirement in wanted()
        for version in versions[canonicalize_name(requirement.name)]
        if not any(requirement.name in row and version in row for row in rows)
    ]

    assert not missing


def pinned() -> dict[str, list[str]]:
    """Give the versions that constraints.txt holds for each package."""
    versions: dict[str, list[str]] = {}
    for line in TARGET.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            pin = Requirement(line)
            version = str(pin.specifier).removeprefix("==")
            versions.setdefault(canonicalize_name(pin.name), []).append(version)
    return versions


def wanted() -> list[Requirement]:
    """Give every requirement that the two setup.cfg files name, with those of all extras."""
    lines: list[str] = []
    for name in ("setup.cfg", "xblock/setup.cfg"):
        parser = ConfigParser(inline_comment_prefixes=None)
        parser.read(ROOT / name, "utf-8")
        lines += parser["options"]["install_requires"].splitlines()
        if "options.extras_require" in parser:
            for extra in parser["options.extras_require"].values():
                lines += extra.splitlines()
    return [Requirement(line) for line in lines if line]
