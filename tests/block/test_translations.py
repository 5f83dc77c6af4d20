"""Every text of the blocks has its translation, compiled, with the same places to fill in."""

from __future__ import annotations

import ast
import gettext
import string
from pathlib import Path

import pytest

import quoin_xblock

PACKAGE = Path(quoin_xblock.__file__).parent
LANGUAGES = sorted(path.name for path in (PACKAGE / "translations").iterdir())
CALLS = ("_", "gettext", "ngettext")


def texts() -> set[str]:
    """Give every text that a module hands to gettext, in all its forms."""
    found = set()
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in CALLS:
                found |= {
                    a.value
                    for a in node.args[:2]
                    if isinstance(a, ast.Constant) and isinstance(a.value, str)
                }
    return found


def compiled(language: str) -> dict[object, str]:
    with (PACKAGE / "translations" / language / "LC_MESSAGES" / "text.mo").open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_there_is_a_language_that_is_written_from_right_to_left() -> None:
    assert "ar" in LANGUAGES
    assert len(texts()) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_compiled(language: str) -> None:
    found = compiled(language)
    known = {key[0] if isinstance(key, tuple) else key for key in found}
    plurals = {text for text in texts() if text not in known}

    # Of a text with two forms the catalogue has the first one as its key.
    assert plurals <= {
        "{have} of {need} parts",
        "{number} learners attested so far",
        "You hold {held} of {number} awards.",
    }
    assert all(text for text in found.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_in_nothing_that_the_text_has_not(language: str) -> None:
    for key, text in compiled(language).items():
        source = key[0] if isinstance(key, tuple) else key
        if not source:
            continue
        assert places(text) <= places(str(source)), text
        # A plural may say "one" or "two" in a word; everything else fills in all.
        assert isinstance(key, tuple) or places(text) == places(str(source)), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    written = (PACKAGE / "translations" / language / "LC_MESSAGES" / "text.po").read_text("utf-8")
    for text in compiled(language).values():
        for line in text.strip().splitlines():
            assert line.replace('"', '\\"') in written
