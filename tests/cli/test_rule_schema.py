"""quoin rules schema: the schemas are printed as they are published."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Quoin


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ((), "Quoin stack document"),
        (("stacks",), "Quoin stack document"),
        (("record",), "Quoin record"),
    ],
)
def test_the_schema_is_printed(quoin: Quoin, words: tuple[str, ...], title: str) -> None:
    assert json.loads(quoin("rules", "schema", *words).output)["title"] == title
