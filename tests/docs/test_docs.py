"""What the documentation names exists: commands, options, settings, pages, examples."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from lti_tool.checked_settings import OF_COMMANDS, OF_OTHERS
from lti_tool.config import SETTINGS
from lti_tool.errors import QuoinError
from lti_tool.stack_text import read_document, read_record
from tests.docs.reading import PAGES, ROOT, fences, name_of, typed, wrong_in

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SETTING = re.compile(r"\bQUOIN_[A-Z_]*[A-Z]\b")
EXAMPLES = [
    pytest.param(text, id=f"{name_of(page)}-{number}")
    for page in PAGES
    for number, (language, text) in enumerate(fences(page))
    if language == "yaml"
]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_and_option_of_a_page_exists(page: Path) -> None:
    wrong = {f"quoin {words}": what for words in typed(page) if (what := wrong_in(words))}
    assert not wrong


def test_the_reader_of_commands_would_notice() -> None:
    page = ROOT / "README.md"
    assert len(list(typed(page))) > 20
    assert wrong_in("serve --port 8000 --processes 2") == ""
    assert wrong_in("serve --prot 8000") == "--prot"
    assert wrong_in("platform frobnicate ID") == "frobnicate"
    assert wrong_in("nothing") == "nothing"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_setting_of_a_page_exists(page: Path) -> None:
    named = set(_SETTING.findall(page.read_text("utf-8")))
    unknown = {one for one in named if not one.startswith(OF_OTHERS)} - set(SETTINGS) - OF_COMMANDS
    # What a script of deploy/ reads is named beside it.
    assert unknown <= {"QUOIN_HOST", "QUOIN_UPSTREAM", "QUOIN_USER"}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_between_files_hold(page: Path) -> None:
    targets = [one for one in _LINK.findall(page.read_text("utf-8")) if "://" not in one]
    files = [one.partition("#")[0] for one in targets if not one.startswith(("#", "mailto:"))]
    assert not [one for one in files if one and not (page.parent / one).exists()]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 5


def read_example(text: str) -> object:
    """Read an example as what it is: a document, a record, one rule, or definitions."""
    if re.search(r"^quoin:", text, re.M):
        return read_document(text)
    if text.startswith("completions:"):
        return read_record(text)
    if text.startswith("requires:"):
        rule = textwrap.indent(text, "  ")
        return read_document(f"quoin: 2\nstacks:\n- key: example\n  title: Example\n{rule}")
    stack = "{key: example, title: Example, requires: {all: [sql]}}"
    return read_document(f"quoin: 2\nstacks: [{stack}]\n{text}")


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_of_rules_and_records_parses(text: str) -> None:
    assert read_example(text)


def test_a_wrong_example_would_be_noticed() -> None:
    for wrong in ("quoin: 2\nstack: []", "requires: {al: [a]}", "scales: 7", "completions: 7"):
        with pytest.raises(QuoinError):
            read_example(wrong)


def test_the_example_file_parses() -> None:
    assert read_document((ROOT / "docs" / "example.yaml").read_text("utf-8")).stacks


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_target_of_make_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    text = page.read_text("utf-8")
    code = [body for _, body in fences(page)] + re.findall(r"`(make [^`]+)`", text)
    named = {one for body in code for one in re.findall(r"(?:^|\s|;)make ([a-z0-9-]+)", body, re.M)}
    assert named <= targets
