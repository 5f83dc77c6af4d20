"""quoin stack, db and config: what they print and how they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lti_tool.config import SETTINGS
from tests.cli.conftest import Quoin

DOCUMENT = """\
quoin: 2
achievements:
  sql: {name: SQL}
  ethics: {name: Ethics}
stacks:
- {key: basics, title: Basics, requires: {all: [sql, ethics]}}
"""


def publish(quoin: Quoin, text: str, code: int = 0) -> str:
    Path("stacks.yaml").write_text(text, "utf-8")
    words = ("stack", "publish", "stacks.yaml", "--institution", "h", "--name", "Harbour")
    return quoin(*words, code=code).output


def test_a_document_is_published_once(quoin: Quoin) -> None:
    assert publish(quoin, DOCUMENT) == "basics: version 1 published\n"
    assert publish(quoin, DOCUMENT) == "basics: version 1 unchanged\n"


@pytest.mark.parametrize(
    ("wrong", "instead", "where"),
    [
        ("all: [sql, ethics]", "at_least: 3, of: [sql, ethics]", "stacks.yaml:6:"),
        ("all: [sql", "al: [sql", "stacks.yaml:6:43: /stacks/0/requires/al: "),
        ("all: [sql", "all: [sql: [", "stacks.yaml:"),
        ("quoin: 2", "quoin: 3", "stacks.yaml:1:"),
    ],
)
def test_a_malformed_document_is_refused_with_line_and_address(
    quoin: Quoin, wrong: str, instead: str, where: str
) -> None:
    assert where in publish(quoin, DOCUMENT.replace(wrong, instead), code=1)
    assert quoin("report", "awards").output == ""


def test_a_document_that_is_not_utf_8_is_refused(quoin: Quoin) -> None:
    Path("latin.yaml").write_bytes("title: café".encode("latin-1"))
    refused = quoin("stack", "publish", "latin.yaml", "--institution", "h", code=1)
    assert "latin.yaml is not UTF-8 text." in refused.output


def test_an_unknown_institution_is_named(quoin: Quoin) -> None:
    Path("stacks.yaml").write_text(DOCUMENT)
    refused = quoin("stack", "publish", "stacks.yaml", "--institution", "nowhere", code=1)
    assert "nowhere" in refused.output


def test_a_database_of_another_release_is_refused_until_it_is_migrated(
    quoin: Quoin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOIN_DATABASE_URL", "sqlite:///new.sqlite3")
    assert "quoin db upgrade" in quoin("db", "check", code=1).output
    upgraded = quoin("db", "upgrade").output
    assert quoin("db", "check").output == upgraded


def test_the_settings_are_listed_without_their_values(
    quoin: Quoin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOIN_SECRET_KEY", "do-not-show-this-" + "x" * 32)
    listed = quoin("config", "check").output
    assert all(name in listed for name in SETTINGS)
    assert "do-not-show-this" not in listed


def test_a_wrong_setting_is_named(quoin: Quoin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOIN_PUBLIC_URL", "http://tool.example.edu")
    assert "QUOIN_PUBLIC_URL" in quoin("config", "check", code=1).output


def test_a_document_with_several_versions_of_a_stack_is_not_published(quoin: Quoin) -> None:
    again = "- {key: basics, version: 2, requires: sql}\n"
    refused = publish(quoin, DOCUMENT + again, code=1)
    assert "'basics' stands there in 2 versions" in refused
    assert quoin("report", "awards").output == ""


def test_what_an_institution_sets_is_shown_checked_and_set_from_a_file(quoin: Quoin) -> None:
    publish(quoin, DOCUMENT)
    command = ("institution", "definitions")
    assert quoin(*command, "show", "h").output == "# nothing is set\n"
    Path("set.yaml").write_text("zone: Europe/Oslo\nscales: {letter: {F: 0, A: 4}}\n")
    dry = quoin(*command, "set", "h", "set.yaml", "--dry-run").output
    assert dry.endswith("h: this would be version 1; nothing is written\n")
    assert quoin(*command, "show", "h").output == "# nothing is set\n"
    assert "Say why" in quoin(*command, "set", "h", "set.yaml", code=1).output
    done = quoin(*command, "set", "h", "set.yaml", "--reason", "The senate").output
    assert done == (
        "New: Days are days in Europe/Oslo.\n"
        "New: The scale letter goes from worst to best, with points: F (0), A (4).\n"
        "h: version 1 holds\n"
    )
    shown = quoin(*command, "show", "h").output
    Path("set.yaml").write_text(shown)
    assert quoin(*command, "set", "h", "set.yaml").output == "h: version 1 holds\n"
    found = json.loads(quoin(*command, "show", "h", "--json").output)
    assert found["definitions"] == {"zone": "Europe/Oslo", "scales": {"letter": {"F": 0, "A": 4}}}
    assert found["versions"][0]["author"] == "cli:definitions set"
    Path("set.yaml").write_text("zone: Europe/Oslo\nscales: {letter: {F: 3, A: 1}}\n")
    refused = quoin(*command, "set", "h", "set.yaml", "--reason", "x", code=1).output
    assert "set.yaml:2:10: /scales/letter: A scale goes from the worst" in refused
    Path("set.yaml").write_text("stacks: []\n")
    assert "set.yaml:1:1: /stacks" in quoin(*command, "set", "h", "set.yaml", code=1).output


def test_what_is_kept_for_how_long_is_shown_set_and_let_go(quoin: Quoin) -> None:
    publish(quoin, DOCUMENT)
    shown = quoin("retention", "preview", "--institution", "h").output
    assert "    news: kept 365 days after the day it was new; 0 would go\n" in shown
    quoin("retention", "set", "h", "news=180", "inactive-learners=0")
    found = json.loads(quoin("retention", "preview", "--json").output)["h"]
    assert found["news"] == {"days": 180, "would_go": 0}
    assert "inactive-learners: kept for good" in quoin("retention", "preview").output
    assert quoin("retention", "run").output == "h: nothing went\n"
    assert json.loads(quoin("retention", "run", "--json").output) == {"h": {}}
    assert "30 to 36,500" in quoin("retention", "set", "h", "news=1", code=1).output
    assert "is none of" in quoin("retention", "set", "h", "awards=90", code=1).output
    quoin("retention", "set", "h", "news=soon", code=2)
