"""Sentences, numbers, days and lists in the language that is spoken."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from lti_tool.rule_reading import amounts
from lti_tool.translating import (
    Words,
    _,
    choose,
    day,
    language,
    listed,
    ngettext,
    number,
    percent,
    plain,
    speaking,
)


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        (("de-AT",), "de"),
        (("ar_SA",), "ar"),
        (("fr", "es-MX"), "es"),
        ((None, "", "xx"), "en"),
        (("qps",), "en"),
        (("*",), "en"),
    ],
)
def test_the_first_language_that_is_spoken_is_chosen(wanted: tuple[str, ...], spoken: str) -> None:
    assert choose(*wanted) == spoken


def test_a_language_is_spoken_for_a_while_only() -> None:
    with speaking("de"):
        with speaking("es"):
            assert (language(), _("Next step")) == ("es", "Siguiente paso")
        assert (language(), _("Next step")) == ("de", "Nächster Schritt")
    assert (language(), _("Next step")) == ("en", "Next step")


def test_what_is_no_message_stays_as_it_is() -> None:
    with speaking("ar"):
        assert _("") == ""
        assert _("A title that somebody typed {x}") == "A title that somebody typed {x}"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ("12,345.5", "25%", "12 May 2026", "A, B and C", "A or B")),
        ("de", ("12.345,5", "25\xa0%", "12. Mai 2026", "A, B und C", "A oder B")),
        ("es", ("12.345,5", "25\xa0%", "12 de mayo de 2026", "A, B y C", "A o B")),
        ("ar", ("12,345.5", "25%", "12 مايو 2026", "A وB وC", "A أو B")),
    ],
)
def test_numbers_days_and_lists_are_those_of_the_cldr(code: str, said: tuple[str, ...]) -> None:
    with speaking(code):
        found = (
            number(Decimal("12345.50")),
            percent(Decimal("0.25")),
            day(date(2026, 5, 12)),
            listed(["A", "B", "C"], joint="and"),
            listed(["A", "B"]),
        )
    assert tuple(words.replace("\u200e", "") for words in found) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "0 رصيد"),
        ("1", "رصيد واحد"),
        ("2", "رصيدان"),
        ("3", "3 أرصدة"),
        ("11", "11 رصيدًا"),
        ("100", "100 رصيد"),
        ("7.5", "7.5 رصيد"),
    ],
)
def test_arabic_counts_in_six_forms(amount: str, said: str) -> None:
    with speaking("ar"):
        assert amounts.credit_words(Decimal(amount)) == said


def test_a_fraction_is_many_in_german() -> None:
    with speaking("de"):
        assert amounts.credit_words(Decimal("1")) == "1 Leistungspunkt"
        assert amounts.credit_words(Decimal("0.5")) == "0,5 Leistungspunkte"


def test_a_table_is_said_when_it_is_looked_up() -> None:
    table = Words({"a": "Counted", "b": ("Valid", "met")})
    with speaking("de"):
        assert table["a"] == "Angerechnet"
        assert table["b"] == ("Gültig", "met")
        assert table.get("c") is None
    assert table["a"] == "Counted"


def test_names_are_kept_apart_from_arabic_and_never_read_as_places() -> None:
    with speaking("ar"):
        said = _("You earned {subject}.", subject="Data {day} %s")
    assert "\u2066Data {day} %s\u2069" in said
    assert plain(said) == "لقد نلت Data {day} %s."


def test_plural_forms_take_their_number_by_position() -> None:
    said = ngettext("{n} step would be left.", "{n} steps would be left.", 1200)
    assert said == "1,200 steps would be left."
