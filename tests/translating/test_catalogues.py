"""The catalogues say everything, in all plural forms, and are what the running tool reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import GNUTranslations
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tools.messages import TRANSLATED, collect, mo_bytes, po_bytes, po_path, updated

PLACE = re.compile(r"\{\w*\}|%\(\w+\)s|%(?!\()")
TAG = re.compile(r"<[^>]+>")
FORMS = {"de": 2, "es": 3, "ar": 6}


def read(code: str) -> Catalog:
    with po_path(code).open("rb") as file:
        return read_po(file, locale=code)


def messages(code: str) -> Iterator[tuple[Any, list[str], list[str]]]:
    """Yield each message with its source and its words, as lists of forms."""
    for message in read(code):
        if message.id:
            source = list(message.id) if isinstance(message.id, tuple | list) else [message.id]
            words = message.string
            yield message, source, list(words) if isinstance(words, tuple | list) else [words]


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_holds_what_the_source_says_and_nothing_else(code: str) -> None:
    fresh = updated(code, collect())
    assert po_path(code).read_bytes() == po_bytes(fresh), "run make messages"


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_is_read_is_what_was_written(code: str) -> None:
    compiled = po_path(code).with_suffix(".mo")
    assert compiled.read_bytes() == mo_bytes(read(code)), "run make messages"
    with compiled.open("rb") as file:
        spoken = GNUTranslations(file)
    for message, source, words in messages(code):
        if len(source) == 1 and not message.context:
            assert spoken.gettext(source[0]) == words[0]


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_message_is_missing_or_a_guess(code: str) -> None:
    assert [m.id for m, _, words in messages(code) if not all(words) or m.fuzzy] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_plural_has_all_the_forms_of_its_language(code: str) -> None:
    wrong = [
        m.id
        for m, source, words in messages(code)
        if len(source) == 2 and len(words) != FORMS[code]
    ]
    assert wrong == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_words_have_the_places_and_the_markup_of_their_source(code: str) -> None:
    for message, source, words in messages(code):
        for form in words:
            if len(source) == 1:
                assert sorted(PLACE.findall(form)) == sorted(PLACE.findall(source[0])), message.id
            else:
                # A form for one or two may leave the number out; no other place may come in.
                known = {*PLACE.findall(source[0]), *PLACE.findall(source[1]), "{n}", "%(n)s"}
                assert set(PLACE.findall(form)) <= known, message.id
                needed = set(PLACE.findall(source[0])) - {"{n}", "%(n)s", "{number}"}
                assert needed <= set(PLACE.findall(form)), message.id
            assert sorted(TAG.findall(form)) == sorted(TAG.findall(source[-1])), message.id


def test_words_of_templates_are_never_looked_up_by_what_people_typed() -> None:
    """``_`` in a template gives markup, so only a text that stands there may be given to it."""
    for path in (po_path("de").parents[3] / "web" / "templates").glob("*.html"):
        assert re.findall(r"\b_\((?![\"'])", path.read_text("utf-8")) == [], path.name
