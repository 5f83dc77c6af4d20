"""The bill of materials: what pip cannot know of is added."""

from __future__ import annotations

from tools import assets
from tools.sbom import TOOL, front_end


def test_the_file_of_npm_stands_in_it_with_its_hash() -> None:
    (found,) = front_end()
    (digest,) = assets.pinned().values()
    assert found["purl"] == f"pkg:npm/htmx.org@{found['version']}"
    assert found["hashes"] == [{"alg": "SHA-256", "content": digest}]


def test_what_takes_it_is_pinned() -> None:
    assert "==" in TOOL
