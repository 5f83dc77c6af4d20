"""Words as a search compares them."""

from __future__ import annotations

import pytest

from lti_tool.search_words import closeness, fold, rank, terms_of, weigh, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ask a Database!", ["ask", "a", "database"]),
        ("Änderungs-Größe", ["anderungs", "grosse"]),
        ("förvalta Smörgåsbord", ["forvalta", "smorgasbord"]),
        ("Gestión de año ÚTIL", ["gestion", "de", "ano", "util"]),
        ("Øre, Łódź, ŒUVRE, İstanbul, \u0131s\u0131", ["ore", "lodz", "oeuvre", "istanbul", "isi"]),
        ("ﬁle Ⅳ \uff12\uff10\uff12\uff16", ["file", "iv", "2026"]),
        ("数据库 SQL", ["数", "据", "库", "sql"]),
        ("हिन्दी भाषा", [fold("हिन्दी"), fold("भाषा")]),
        ("C++ / C#, R&D 6.RP.A.3a", ["c", "c", "r", "d", "6", "rp", "a", "3a"]),
        ("\u0000 ... --- \U0001f600", []),
        ("x" * 200, ["x" * 40]),
    ],
)
def test_words_are_folded(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_composed_and_decomposed_letters_are_the_same_words() -> None:
    assert words("Ma\u0308nner sa\u030adan") == words("M\u00e4nner s\u00e5dan")


def test_a_word_weighs_what_its_best_place_does() -> None:
    found = weigh("SQL.1", "Ask a database", ["Query a database"], "Ask with SQL, politely")
    assert found["sql"] > found["ask"] > found["query"] > found["politely"]
    assert found["ask"] == found["database"]


def test_only_the_last_word_may_be_half_typed_when_it_is_short() -> None:
    use, data = terms_of("use dat")
    assert use.low == "use"
    assert not use.low <= "used" < use.high
    assert data.low <= "database" < data.high
    [single] = terms_of("C")
    assert not single.low <= "ca" < single.high
    [plural] = terms_of("databases")
    assert plural.low <= "database" < plural.high
    assert not plural.word <= "database" < plural.end
    assert len(terms_of(" ".join(f"w{n}" for n in range(50)))) == 12
    assert terms_of("same SAME same")[0].word == "same"


def test_rare_words_and_all_words_count_more() -> None:
    scores = rank([{1: 10, 2: 10}, {1: 10, 3: 10, **dict.fromkeys(range(4, 90), 10)}], total=100)
    assert scores[1] > scores[2] > scores[3]
    assert rank([], total=10) == {}


def test_the_very_name_is_closest() -> None:
    query = words("manage databases")
    names = ["Manage databases", "manage databases well", "manage", "bake bread", ""]
    found = [closeness(query, words(name)) for name in names]
    assert found == sorted(found, reverse=True)
    assert found[0] == 1.0
    assert found[-1] == 0.0
