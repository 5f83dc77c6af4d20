"""Matching: words, endings, spellings, bands, phrases; what is kept, and for how long."""

from __future__ import annotations

import random
from collections.abc import Sequence
from threading import Event
from typing import Any

import pytest

from lti_tool.matching import Band, Entry, KeptMatchers, Matcher, spoken_in
from lti_tool.matching.kept import MOST_KEPT
from lti_tool.matching.matcher import MOST_MATCHES

ENTRIES = (
    Entry(
        "sql", "Query databases with SQL", ("SQL",), "Asks a relational database exact questions."
    ),
    Entry("net", "Network security", ("Netzwerksicherheit", "أمن الشبكات", "seguridad de redes")),
    Entry("viz", "Data visualisation", (), "Draws charts that tell the truth."),
    Entry("cpp", "C++", (), "Programs in C++."),
    Entry("c", "C", (), "Programs in C."),
    Entry("plan", "Project management", (), "Plans time, people and money."),
    Entry("sew", "Sewing leather", (), "Joins pieces of leather."),
)


def keys(text: str, language: str = "en") -> list[str]:
    return [match.key for match in Matcher(ENTRIES, language).match(text).matches]


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("I want to query a database", "en", "sql"),
        ("draw charts and visualise data", "en", "viz"),
        ("managing projects", "en", "plan"),
        ("Sicherheit in Netzwerken lernen", "de", "net"),
        ("Netzwerksicherheiten", "de", "net"),
        ("quiero aprender seguridad de la red", "es", "net"),
        ("أريد تعلم أمن الشبكات", "ar", "net"),
        ("C++ developer", "en", "cpp"),
        ("datavisualisation", "en", "viz"),
    ],
)
def test_what_is_meant_comes_first(text: str, language: str, first: str) -> None:
    assert keys(text, language)[0] == first


@pytest.mark.parametrize("text", ["", "   ", "and of the", "🙂🙂", "统计学", "xyzzy", "…", "+#+"])
def test_what_nothing_fits_finds_nothing(text: str) -> None:
    assert keys(text) == []


def test_the_words_that_matched_are_those_of_the_text() -> None:
    text = "We look for someone who knows Project  MANAGEMENT, and SQL."
    found = {match.key: match for match in Matcher(ENTRIES, "en").match(text).matches}
    assert found["plan"].phrases == ("Project MANAGEMENT",)
    assert found["plan"].name == (("Project", True), (" ", False), ("management", True))
    assert found["plan"].band is Band.CLOSE
    assert found["sql"].phrases == ("SQL",)


def test_the_words_of_a_name_have_to_stand_together() -> None:
    apart = "project " + "filler " * 40 + "management"
    found = {match.key: match for match in Matcher(ENTRIES, "en").match(apart).matches}
    assert found["plan"].band is Band.FAR


def test_a_name_with_markup_keeps_its_characters() -> None:
    match = Matcher([Entry("x", "<b>Charts</b> & tables")], "en").match("charts").matches[0]
    assert "".join(piece for piece, _ in match.name) == "<b>Charts</b> & tables"


def test_a_long_text_is_read_at_its_beginning_and_says_so() -> None:
    matcher = Matcher(ENTRIES, "en")
    assert matcher.match("SQL " * 1000).is_all_read
    assert not matcher.match("x" * 100_001).is_all_read
    many = " ".join(f"w{n}" for n in range(4_000))
    assert not matcher.match(many).is_all_read


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ich möchte mit Daten arbeiten", "de"),
        ("Quiero trabajar con los datos", "es"),
        ("I want to work with data", "en"),
        ("أريد أن أعمل في هذا", "ar"),
        ("SQL Python", "xx"),
        ("", "xx"),
    ],
)
def test_a_text_shows_its_language(text: str, language: str) -> None:
    assert spoken_in(text, "xx") == language


@pytest.mark.parametrize(
    "letters", ["abcdefghij", "ابتثجحخدذر", "あいうえおかきくけこ", "äöüßéñ-/.,"]
)
def test_of_a_hundred_kilobytes_a_few_matches_are_made(letters: str) -> None:
    draw = random.Random(3)
    catalogue = [
        Entry(
            str(n), " ".join("".join(draw.choices(letters, k=7)) for _ in range(4)), (), "x " * 50
        )
        for n in range(1_000)
    ]
    matcher = Matcher(catalogue, "de" if letters.isascii() else "ar")
    text = " ".join("".join(draw.choices(letters, k=6)) for _ in range(15_000))[:100_000]
    assert len(matcher.match(text).matches) <= MOST_MATCHES


def test_a_matcher_is_kept_until_the_catalogue_changes() -> None:
    kept = KeptMatchers()
    first = kept.of(1, "en", ENTRIES)
    assert kept.of(1, "en", ENTRIES) is first
    assert kept.of(2, "en", ENTRIES) is not first
    assert kept.of(1, "de", ENTRIES) is not first
    assert kept.of(1, "en", ENTRIES[:3]) is not first
    assert kept.of(1, "en", ENTRIES[:3]).match("sewing leather").matches == ()


def test_the_matchers_that_are_kept_are_bounded() -> None:
    kept = KeptMatchers()
    first = kept.of(0, "en", ENTRIES)
    for number in range(1, MOST_KEPT + 1):
        kept.of(number, "en", ENTRIES)
    assert kept.of(0, "en", ENTRIES) is not first


class Slow:
    """A model that waits; all texts are alike to it."""

    def __init__(self) -> None:
        self.may_go = Event()

    def vectors(self, texts: Sequence[str]) -> Any:
        numpy = pytest.importorskip("numpy")
        assert self.may_go.wait(30)
        return numpy.ones((len(texts), 1), dtype="float32")


def test_words_decide_until_a_model_has_read_the_catalogue() -> None:
    model = Slow()
    kept = KeptMatchers(lambda: model)
    assert kept.of(1, "en", ENTRIES).match("pay the rent").matches == ()
    model.may_go.set()
    kept.of(2, "en", ENTRIES, waits=True)
    assert len(kept.of(2, "en", ENTRIES).match("pay the rent").matches) == len(ENTRIES)
    assert kept.of(2, "de", ENTRIES, waits=True).match("pay the rent").matches == ()
    assert kept.of(2, "en", ENTRIES).match("统计学").matches == ()


def test_without_its_files_the_model_is_left_out(tmp_path: Any) -> None:
    kept = KeptMatchers.read(str(tmp_path / "nowhere"))
    found = kept.of(1, "en", ENTRIES, waits=True).match("SQL")
    assert found.matches[0].key == "sql"
