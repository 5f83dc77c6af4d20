"""What a document declares beside its stacks, and what that means for grades, levels and items."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import (
    AchievementText,
    Definitions,
    DocumentError,
    Grade,
    parse_document,
    parse_record,
)
from stacking_rules.definitions import Equivalence, Rate, Scale, Substitution, Table, Term

D = Decimal
STACKS = [{"key": "s", "requires": "x"}]
LETTER = {"F": 0, "D": 1, "C": 2, "B": "3.5", "A": 4}


def declared(**said: Any) -> Definitions:
    return parse_document({"quoin": 1, "stacks": STACKS, **said}).definitions


def test_everything_that_is_declared_is_read() -> None:
    since, until = date(2024, 1, 1), date(2027, 1, 1)
    days = {"since": "2024-01-01", "until": "2027-01-01"}
    found = declared(
        zone="Europe/Madrid",
        scales={"letter": LETTER, "core": ["E", "D", "C"]},
        tables=[{"from": "letter", "to": "0-100", "rows": {"D": 40, "B": 65}, **days}],
        levels=[{"from": "scqf", "to": "eqf", "rows": {"7": 5, "9": 6}}],
        equivalent=[{"same": ["a", "b"], **days}, {"same": ["c", "d"]}],
        accepted=[{"for": "a", "instead": "z", **days}, {"for": "b", "instead": "y"}],
        terms=[{"name": "spring", "from": "2026-01-15", "to": "2026-01-15"}],
        rates=[
            {"from": "ou", "to": "ects", "rate": "30/60", "quantum": "0.5"},
            {"from": "us", "to": "ects", "rate": 2},
        ],
    )
    assert found == Definitions(
        scales={
            "letter": Scale(("F", "D", "C", "B", "A"), (D(0), D(1), D(2), D("3.5"), D(4))),
            "core": Scale(("E", "D", "C")),
        },
        tables=(Table("letter", "0-100", ((D(1), D(40)), (D("3.5"), D(65))), since, until),),
        levels=(Table("scqf", "eqf", ((D(7), D(5)), (D(9), D(6)))),),
        equivalent=(Equivalence(("a", "b"), since, until), Equivalence(("c", "d"))),
        accepted=(Substitution("z", "a", since, until), Substitution("y", "b")),
        terms=(Term("spring", date(2026, 1, 15), date(2026, 1, 15)),),
        rates=(Rate("ou", "ects", 30, 60, D("0.5")), Rate("us", "ects", 2, 1)),
        zone="Europe/Madrid",
    )


def test_an_achievement_says_what_holds_for_its_completions() -> None:
    said = {
        "name": "Old", "description": "Gone", "credits": 4, "scale": "1-5", "status": "retired",
        "replaced_by": "new", "attributes": {"level": 6}, "repeatable": 3, "splittable": "0.5",
    }  # fmt: skip
    found = declared(achievements={"old": said, "new": {"repeatable": 0}})
    assert found.achievements == {
        "old": AchievementText(
            "old", "Old", "Gone", D(4), "1-5", "retired", "new", (("level", (D(6),)),), 3, D("0.5")
        ),
        "new": AchievementText("new", "new"),
    }
    assert found.zone == "UTC"


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ({"zone": 5}, "/zone"),
        ({"zone": "Here & there"}, "/zone"),
        ({"scales": []}, "/scales"),
        ({"scales": {"A B": ["x"]}}, "/scales/A B"),
        ({"scales": {"s": []}}, "/scales/s"),
        ({"scales": {"s": {}}}, "/scales/s"),
        ({"scales": {"s": ["a", 5]}}, "/scales/s/1"),
        ({"scales": {"s": ["a", "a"]}}, "/scales/s/1"),
        ({"scales": {"s": {"A": 4, "F": 0}}}, "/scales/s"),
        ({"scales": {"s": {"a/b": "x"}}}, "/scales/s/a~1b"),
        ({"achievements": {"a": []}}, "/achievements/a"),
        ({"achievements": {"A": {}}}, "/achievements/A"),
        ({"achievements": {"a": {"cost": 5}}}, "/achievements/a/cost"),
        ({"achievements": {"a": {"name": 5}}}, "/achievements/a/name"),
        ({"achievements": {"a": {"description": 5}}}, "/achievements/a/description"),
        ({"achievements": {"a": {"credits": -1}}}, "/achievements/a/credits"),
        ({"achievements": {"a": {"scale": "letter"}}}, "/achievements/a/scale"),
        ({"achievements": {"a": {"scale": "5-5"}}}, "/achievements/a/scale"),
        ({"achievements": {"a": {"status": "gone"}}}, "/achievements/a/status"),
        ({"achievements": {"a": {"replaced_by": "B"}}}, "/achievements/a/replaced_by"),
        ({"achievements": {"a": {"attributes": []}}}, "/achievements/a/attributes"),
        ({"achievements": {"a": {"repeatable": 101}}}, "/achievements/a/repeatable"),
        ({"achievements": {"a": {"splittable": 0}}}, "/achievements/a/splittable"),
        ({"tables": {}}, "/tables"),
        ({"tables": [{"from": 5}]}, "/tables/0/from"),
        ({"tables": [{"from": "1-5"}]}, "/tables/0/to"),
        ({"tables": [{"from": "1-5", "to": "0-100"}]}, "/tables/0/rows"),
        ({"tables": [{"from": "1-5", "to": "0-9", "rows": {"x": 5}}]}, "/tables/0/rows/x"),
        ({"tables": [{"from": "1-5", "to": "0-9", "rows": {"2": 5, "1": 6}}]}, "/tables/0/rows"),
        ({"tables": [{"from": "1-5", "to": "0-9", "rows": {"1": 5, "2": 4}}]}, "/tables/0/rows"),
        (
            {"tables": [{"from": "1-5", "to": "0-9", "rows": {"1": 5}, "since": 5}]},
            "/tables/0/since",
        ),
        (
            {"tables": [{"from": "1-5", "to": "0-9", "rows": {"1": 5}, "until": 5}]},
            "/tables/0/until",
        ),
        (
            {"scales": {"s": ["a"]}, "tables": [{"from": "s", "to": "0-9", "rows": {"b": 5}}]},
            "/tables/0/rows/b",
        ),
        ({"levels": [{"from": "scqf", "to": "eqf", "rows": {"7": "x"}}]}, "/levels/0/rows/7"),
        ({"equivalent": [{}]}, "/equivalent/0/same"),
        ({"equivalent": [{"same": ["a", "a"]}]}, "/equivalent/0/same/1"),
        ({"equivalent": [{"same": ["a", "b"], "since": 5}]}, "/equivalent/0/since"),
        ({"equivalent": [{"same": ["a", "b"], "until": 5}]}, "/equivalent/0/until"),
        ({"accepted": [{"for": "a"}]}, "/accepted/0/instead"),
        ({"accepted": [{"instead": "a"}]}, "/accepted/0/for"),
        ({"accepted": [{"for": "a", "instead": "b", "since": 5}]}, "/accepted/0/since"),
        ({"accepted": [{"for": "a", "instead": "b", "until": 5}]}, "/accepted/0/until"),
        ({"terms": [{"name": "t", "to": "2026-01-01"}]}, "/terms/0/from"),
        ({"terms": [{"name": "t", "from": "2026-01-01"}]}, "/terms/0/to"),
        ({"terms": [{"name": "t", "from": "2026-01-02", "to": "2026-01-01"}]}, "/terms/0/to"),
        ({"terms": [{"from": "2026-01-01", "to": "2026-01-02"}]}, "/terms/0/name"),
        (
            {
                "terms": [
                    {"name": "t", "from": "2026-01-01", "to": "2026-02-01"},
                    {"name": "u", "from": "2026-02-01", "to": "2026-03-01"},
                ]
            },
            "/terms/1",
        ),
        ({"rates": [{"to": "ects", "rate": 1}]}, "/rates/0/from"),
        ({"rates": [{"from": "ou", "rate": 1}]}, "/rates/0/to"),
        ({"rates": [{"from": "ou", "to": "ects"}]}, "/rates/0/rate"),
        ({"rates": [{"from": "ou", "to": "ects", "rate": "1/0"}]}, "/rates/0/rate"),
        ({"rates": [{"from": "ou", "to": "ects", "rate": "a/2"}]}, "/rates/0/rate"),
        ({"rates": [{"from": "ou", "to": "ects", "rate": 1, "quantum": 0}]}, "/rates/0/quantum"),
    ],
)
def test_what_is_declared_wrongly_is_named_by_its_place(said: dict[str, Any], address: str) -> None:
    with pytest.raises(DocumentError) as caught:
        declared(**said)
    assert caught.value.address == address


@pytest.mark.parametrize(
    ("grade", "scale", "day", "value"),
    [
        (Grade(D(3), "1-5"), "1-5", "2026-01-01", 3),
        (Grade(D(3), "1-5"), "0-100", "2026-01-01", 50),
        (Grade(D("4.9"), "1-5"), "0-100", "2026-01-01", 50),
        (Grade(D(5), "1-5"), "0-100", "2026-01-01", 90),
        (Grade(D("0.5"), "1-5"), "0-100", "2026-01-01", None),
        (Grade(D(3), "1-5"), "0-100", "2025-12-31", None),
        (Grade(D(3), "1-5"), "0-100", "2026-06-29", 50),
        (Grade(D(3), "1-5"), "0-100", "2026-06-30", None),
        (Grade(D(50), "0-100"), "1-5", "2026-01-01", None),
    ],
)
def test_a_grade_becomes_that_of_the_row_it_reaches_while_the_table_counts(
    grade: Grade, scale: str, day: str, value: int | None
) -> None:
    table = {"from": "1-5", "to": "0-100", "rows": {"1": 0, "3": 50, "5": 90}}
    found = declared(tables=[table | {"since": "2026-01-01", "until": "2026-06-30"}])
    assert found.value_on(grade, scale, date.fromisoformat(day)) == value


def test_of_what_nothing_is_said_one_item_without_credits_counts() -> None:
    text = AchievementText("x", "X")
    assert (text.credits, text.scale, text.repeatable, text.quantum) == (0, "0-100", 1, None)
    assert (text.description, text.status, text.replaced_by) == ("", "active", "")
    assert Definitions().zone == "UTC"


def test_what_makes_several_items_of_one_or_one_of_several_is_noted() -> None:
    plain, split = AchievementText("p", "P"), AchievementText("s", "S", quantum=D(1))
    twice = AchievementText("t", "T", repeatable=2)
    none = Definitions({"p": plain})
    assert (none.splits, none.orders_facts, none.several) == (False, False, frozenset())
    assert Definitions({"p": plain, "s": split}).splits
    assert Definitions({"p": plain, "t": twice}).orders_facts
    assert Definitions({"p": plain, "t": twice}).several == {"t"}
    same = Definitions(equivalent=(Equivalence(("a", "b")),))
    assert (same.orders_facts, same.several) == (True, {"a", "b"})
    other = Definitions(accepted=(Substitution("z", "a"),))
    assert (other.orders_facts, other.several) == (True, {"a"})


def test_what_is_the_same_is_so_from_its_first_day_and_before_its_last() -> None:
    days = {"since": "2026-01-02", "until": "2026-02-01"}
    found = declared(equivalent=[{"same": ["x", "y"], **days}])
    keys = {
        day: found.names_of(
            parse_record({"completions": [{"achievement": "x", "on": day}]}).completions[0]
        )[1]
        for day in ("2026-01-01", "2026-01-02", "2026-01-31", "2026-02-01")
    }
    assert list(keys.values()) == [{"x"}, {"x", "y"}, {"x", "y"}, {"x"}]


def test_a_level_is_of_a_framework_and_a_number() -> None:
    found = declared(levels=[{"from": "scqf", "to": "eqf", "rows": {"7": 5, "9": 6}}])
    day = date(2026, 1, 1)
    assert found.level_on(D(8), "scqf", "eqf", day) == 5
    assert found.level_on(D(8), "scqf", "scqf", day) == 8
    assert found.level_on(D(8), "eqf", "scqf", day) is None
    assert found.level_on(D(8), None, "eqf", day) is None
    assert found.level_on("8", "eqf", "eqf", day) is None


def test_names_of_an_item_are_its_class_and_one_step_of_what_it_is_accepted_for() -> None:
    found = declared(
        equivalent=[
            {"same": ["c", "d"]},
            {"same": ["b", "c"]},
            {"same": ["d", "e"], "until": "2026-03-01"},
        ],
        accepted=[
            {"for": "w", "instead": "b", "since": "2026-03-01"},
            {"for": "v", "instead": "w"},
            {"for": "u", "instead": "d", "until": "2026-03-01"},
        ],
    )

    def names(on: str) -> tuple[str, set[str]]:
        (fact,) = parse_record({"completions": [{"achievement": "d", "on": on}]}).completions
        key, every = found.names_of(fact)
        return key, set(every)

    assert names("2026-02-28") == ("b", {"b", "c", "d", "e", "u"})
    assert names("2026-03-01") == ("b", {"b", "c", "d", "w"})


def test_credits_are_converted_by_their_rate_and_rounded_down_once() -> None:
    found = declared(
        rates=[
            {"from": "us", "to": "uk", "rate": 4},
            {"from": "ou", "to": "ects", "rate": "30/60", "quantum": "0.5"},
        ]
    )

    def worth(credits: str, source: str, kind: str) -> Decimal | None:
        said = {"achievement": "a", "on": "2026-01-01", "credits": credits, "credit_kind": source}
        return found.credits_of(parse_record({"completions": [said]}).completions[0], kind)

    assert worth("7", "ou", "ects") == D("3.5")
    assert worth("7.9", "ou", "ects") == D("3.5")
    assert worth("8", "ou", "ects") == D(4)
    assert worth("7", "us", "uk") == D(28)
    assert worth("7.9", "ou", "ou") == D("7.9")
    assert worth("7.9", "", "ects") == D("7.9")
    assert worth("7", "us", "ects") is None
    assert worth("7", "ou", "uk") is None


def test_a_day_between_terms_belongs_to_the_next_one() -> None:
    found = declared(
        terms=[
            {"name": "t1", "from": "2026-01-10", "to": "2026-03-31"},
            {"name": "t2", "from": "2026-04-10", "to": "2026-06-30"},
        ]
    )
    days = ("2026-01-01", "2026-03-31", "2026-04-01", "2026-06-30", "2026-07-01")
    assert [found.term_of(date.fromisoformat(day)) for day in days] == [0, 0, 1, 1, None]


def test_a_scale_gives_points_or_places() -> None:
    letter = Scale(("F", "C", "A"), (D(0), D(2), D(4)))
    assert letter.grade("C", "letter") == Grade(D(2), "letter", "C")
    assert letter.grade("E", "letter") is None
    assert letter.worth(D(4), "letter") == Grade(D(4), "letter", "A")
    assert letter.worth(D(3), "letter") is None
    assert Scale(("F", "P")).grade("P", "pf") == Grade(D(1), "pf", "P", is_rank=True)


@pytest.mark.parametrize(
    ("said", "orders"),
    [
        ({}, False),
        ({"achievements": {"a": {}}}, False),
        ({"achievements": {"a": {"repeatable": 2}}}, True),
        ({"equivalent": [{"same": ["a", "b"]}]}, True),
        ({"accepted": [{"for": "a", "instead": "b"}]}, True),
    ],
)
def test_what_makes_facts_other_items_is_known(said: dict[str, Any], orders: bool) -> None:
    assert declared(**said).orders_facts is orders


def test_a_table_may_carry_a_note_of_its_version() -> None:
    table = {"from": "1-5", "to": "0-100", "rows": {"1": 0}}
    assert declared(tables=[table | {"version": "2026/1"}]) == declared(tables=[table])
    with pytest.raises(DocumentError) as caught:
        declared(tables=[table | {"version": {}}])
    assert caught.value.address.endswith("/tables/0/version")
