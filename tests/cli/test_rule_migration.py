"""quoin rules migrate: older formats are read for good, and can be brought up to date."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lti_tool.errors import StackTextError
from lti_tool.stack_migration import migrate_text
from lti_tool.stack_text import read_document
from tests.cli.conftest import Quoin

OLD = """\
# The board agreed on 3 May.
quoin: 1   # the format
stacks:
- key: both
  requires:
    all:
    - {id: a, credits: 4, of: [x, y], where: {share: [big, small]}}
    - {id: b, items: 1, of: [x], of_which: [{share: 1/2, where: {level: 6}}]}
    share:   # one item at most
    - {between: [a, b], at_most: {items: 1}}
- {key: json, requires: {"all": [{"id": "a", "items": 1, "of": ["x"]}, {"id": "b", "items": 1,
    "of": ["x"]}], "share": [{"between": ["a", "b"]}]}}
"""


def test_comments_and_layout_stay_and_only_the_old_word_goes(quoin: Quoin) -> None:
    Path("old.yaml").write_text(OLD)
    quoin("rules", "migrate", "old.yaml", "--write")
    wanted = OLD.replace("    share:   #", "    sharing:   #").replace('"share"', '"sharing"')
    assert Path("old.yaml").read_text() == wanted.replace("quoin: 1 ", "quoin: 2 ")


def test_an_old_document_means_what_its_migrated_text_means() -> None:
    new, renamed = migrate_text(OLD)
    assert [rename.address for rename in renamed] == [
        "/stacks/0/requires/share",
        "/stacks/1/requires/share",
    ]
    assert read_document(OLD).stacks == read_document(new).stacks
    assert read_document(OLD).texts == read_document(new).texts


def test_a_current_document_is_left_alone(quoin: Quoin) -> None:
    new, _ = migrate_text(OLD)
    Path("new.yaml").write_text(new)
    printed = quoin("rules", "migrate", "new.yaml")
    assert printed.stdout == new
    assert "nothing to change" in printed.stderr


def test_check_says_that_a_document_is_in_an_older_format(quoin: Quoin) -> None:
    Path("old.yaml").write_text(OLD)
    first = quoin("rules", "check", "old.yaml").output.splitlines()[0]
    assert first.startswith("old.yaml:2:1: warning-old-format: The document is in format 1,")
    quoin("rules", "migrate", "old.yaml", "--write")
    assert "old-format" not in quoin("rules", "check", "old.yaml").output


def test_json_is_migrated_as_json() -> None:
    stack = {"key": "s", "requires": {"all": ["x", {"id": "b", "items": 1, "of": ["x"]}]}}
    stack["requires"]["share"] = [{"between": ["x", "b"]}]  # type: ignore[index]
    new, _ = migrate_text(json.dumps({"quoin": 1, "stacks": [stack]}))
    assert json.loads(new)["stacks"][0]["requires"]["sharing"] == [{"between": ["x", "b"]}]


def test_an_error_in_an_old_document_names_the_place_as_it_is_written() -> None:
    with pytest.raises(StackTextError) as refused:
        migrate_text(OLD.replace("{items: 1}}\n", "{items: -1}}\n"))
    assert refused.value.address == "/stacks/0/requires/share/0/at_most/items"
    assert (refused.value.line, refused.value.column) == (10, 35)


def test_a_name_written_in_an_unusual_way_is_refused_rather_than_broken() -> None:
    with pytest.raises(StackTextError, match="cannot be migrated"):
        migrate_text(OLD.replace('"share"', '"sh\\u0061re"'))
