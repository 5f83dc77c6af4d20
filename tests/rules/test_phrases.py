"""Words of a line: what stands for itself, what is put in quotation marks, and how far it goes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lti_tool.rule_texts import phrases
from stacking_rules import say as speaking
from stacking_rules.errors import LimitExceededError, PhraseError
from stacking_rules.phrases import (
    MAX_LINE,
    MAX_SIZE,
    compiled,
    is_bare,
    is_number,
    quoted,
    split,
    unquoted,
)
from stacking_rules.say import say
from stacking_rules.understand import LOOKED_AT, MAX_LEVELS, Said, lines_of, outline, understand

NOTHING: frozenset[str] = frozenset()
HEAD = "Rules of awards, format 2.\nAward a\n"
ASKED = f"{HEAD}  To receive it:\n"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        ("- complete sql", ["-", "complete", "sql"]),
        ("It ends.", ["It", "ends", "."]),
        ("It ends ...", ["It", "ends", "..", "."]),
        (".", ["."]),
        ("version 1.5.", ["version", "1.5", "."]),
        ('About it: "A. B."', ["About", "it", ":", '"A. B."']),
        ('"x".', ['"x"', "."]),
        ("a,b; c: (d) [e]#", ["a", ",", "b", ";", "c", ":", "(", "d", ")", "[", "e", "]", "#"]),
        ("x>=3 <b !c", ["x", ">=", "3", "<", "b", "!", "c"]),
        (r'"a \" b" c', [r'"a \" b"', "c"]),
        ('a "never closed b', ["a", '"']),
    ],
)
def test_a_line_is_split_into_words_and_marks(text: str, tokens: list[str]) -> None:
    assert split(text) == tokens


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", '""'),
        ("a b", '"a b"'),
        ('say "no"', r'"say \"no\""'),
        ("back\\slash", r'"back\\slash"'),
        ("two\nlines\tand", r'"two\nlines\tand"'),
        ("\x00\x7f", r'"\u0000\u007f"'),
        ("\ufffe\U000e0001", r'"\ufffe\U000e0001"'),
        ("\u200c\u200d\u200b", '"\u200c\u200d\\u200b"'),
        ("ü 漢 👩", '"ü 漢 👩"'),
    ],
)
def test_any_text_may_stand_in_quotation_marks(text: str, written: str) -> None:
    assert quoted(text) == written
    assert unquoted(written) == text


@pytest.mark.parametrize(
    "token",
    ["", "a", '"', r'"\q"', r'"\u12"', r'"\U00110000"', r'"\ud800"', r'"a\udfffb"', r'"\\\x"'],
)
def test_what_is_not_written_as_quoted_text_is_none(token: str) -> None:
    assert unquoted(token) is None


def test_characters_beside_the_surrogates_are_read() -> None:
    assert unquoted(r'"\ud7ff\ue000"') == "\ud7ff\ue000"


@pytest.mark.parametrize(
    ("token", "is_one"),
    [("0", True), ("-1", True), ("2.50", True), ("9" * 30, True), ("9" * 31, False),
     ("1.", False), (".5", False), ("+1", False), ("1e5", False), ("1,5", False), ("x1", False)],
)  # fmt: skip
def test_numbers_are_decimal_and_of_bounded_length(token: str, is_one: bool) -> None:
    assert is_number(token) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("sql", True), ("for-credit", True), ("a.b", True), ("2026-01-01", True), ("or", False),
     ("", False), (".", False), ("a.", False), (".a", True), ("a b", False), ("a,b", False),
     ('"a"', False),
     ('"', False), ("a\n", False), ("\x00", False), ("12", False), ("x", True)],
)  # fmt: skip
def test_a_value_stands_bare_where_it_is_read_as_itself(text: str, is_one: bool) -> None:
    assert is_bare(text, frozenset({"or"}), is_value=True) is is_one


def test_a_name_may_look_like_a_number() -> None:
    assert is_bare("12", NOTHING, is_value=False)
    assert is_bare("or", NOTHING, is_value=False)


def test_words_of_the_phrases_are_reserved_and_numbers_are_not() -> None:
    reserved = phrases("sentence").reserved
    assert {"complete", "of", "yes", "no", "or", "credit", "(", ",", "."} <= reserved
    assert not {"1", "sql"} & reserved


def test_a_phrase_knows_its_place_and_the_fields_that_it_says() -> None:
    known = phrases("sentence")
    assert {phrase.place for phrase in known.places["clause"]} == {"clause"}
    assert {"completed", "grade", "scale", "where", "title", "id", "rule"} <= known.fields[
        "requirement"
    ]
    assert known.fields["award-rule"] == {"stacks"}
    assert known.fields["span"] == {"years", "months", "days"}
    assert known.fields["work"] == {"where"}
    assert known.fields["title"] == {"title"}


# -- reading ---------------------------------------------------------------------------------------


def rule(line: str) -> Any:
    read: Any = understand(f"{ASKED}    - {line}", phrases("sentence"))
    return read["stacks"][0]["requires"]


def test_what_is_read_is_a_number_a_text_or_yes_and_no() -> None:
    where = rule('complete x where a is 1 and b is 1.50 and c is "1" and d is yes and e is "no"')
    assert where["where"] == {"a": 1, "b": Decimal("1.50"), "c": "1", "d": True, "e": "no"}
    assert isinstance(where["where"]["b"], Decimal)
    assert isinstance(where["where"]["a"], int)
    assert rule("complete 12") == "12"
    assert rule("complete a (id: or) [of, 2]") == {
        "completed": "a",
        "id": "or",
        "rule": ["of", "2"],
    }
    assert rule("earn at least 1.5 credits") == {"credits": Decimal("1.5")}


@pytest.mark.parametrize(
    "line",
    ["complete", "complete or", "complete x y", "complete all of a and", "earn at least x credits",
     'earn at least "1" credits', "x: complete a", "complete (",
     r'complete "\q"', r'earn at least 1 credit where x is "\q"',
     "complete x where a is 1 and a is 2", "complete x where (a is 1)",
     "earn at least 1 credit and 2 credits"],
)  # fmt: skip
def test_a_line_that_says_something_else_is_not_understood(line: str) -> None:
    with pytest.raises(PhraseError, match="not-understood"):
        rule(line)


def nested(levels: int, inside: str = "a is 1") -> str:
    return f"complete x where {'not (' * levels}{inside}{')' * levels}"


def test_a_line_nests_as_deep_as_it_may_and_no_deeper() -> None:
    # 50 levels: one for "where", three for each test (itself, its entries, the entry), one for the
    # name in the last; a pair in brackets adds two (its entries, the entry).
    test = rule(nested(15))["where"]
    for _ in range(15):
        test = test["not"]
    assert test == {"a": 1}
    assert not is_read(nested(16))
    pairs = "((a is 1, and b is 1), and c is 1)"
    assert is_read(nested(13, pairs))
    assert not is_read(nested(14, pairs))


def test_what_stands_beside_does_not_count_as_deeper() -> None:
    beside = " and ".join(f"n{number} is 1" for number in range(60))
    assert len(rule(f"complete x where {beside}")["where"]) == 60
    assert not is_read(nested(16).replace("where ", f"where {beside} and "))
    assert is_read(nested(15).replace("where ", f"where {beside} and "))


def is_read(line: str) -> bool:
    try:
        rule(line)
    except PhraseError:
        return False
    return True


def test_lines_are_known_for_everything_that_is_said() -> None:
    text = f"{HEAD}  It is worth 2 credits.\n\n  To receive it:\n    - complete all of a and b\n"
    read = understand(text, phrases("sentence"))
    assert isinstance(read, Said)
    places = dict(lines_of(read))
    assert places[""] == 1
    assert places["/stacks"] == 1
    assert places["/stacks/0"] == places["/stacks/0/key"] == places["/stacks/0/credits"] == 2
    assert places["/stacks/0/requires"] == places["/stacks/0/requires/all/1"] == 6
    assert list(lines_of([])) == [("", 1)]
    assert dict(lines_of({"a/b": [{"~": 1}]}, line=3)) == {
        "": 3, "/a~1b": 3, "/a~1b/0": 3, "/a~1b/0/~0": 3,
    }  # fmt: skip


def test_lines_stand_below_the_line_that_they_are_further_right_of() -> None:
    found = outline("a\n  b\n    c\n\n  d\n   \ne")
    assert [(line.number, line.indent, line.text) for line in found] == [(1, 0, "a"), (7, 0, "e")]
    assert [(line.number, line.text) for line in found[0].below] == [(2, "b"), (5, "d")]
    assert [line.text for line in found[0].below[0].below] == ["c"]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a\n    b\n  c", "indent", 3, 3),
        ("  a\nb", "indent", 2, 1),
        ("\ta", "indent", 1, 1),
        ("a\n  \tb", "indent", 2, 3),
        ("a\n" + "x" * (MAX_LINE + 1), "line-too-long", 2, 1),
        ("x" * (MAX_SIZE + 1), "too-large", 1, 1),
        ("\n".join(" " * n + "x" for n in range(MAX_LEVELS)), "too-deep", MAX_LEVELS, 1),
    ],
)
def test_an_outline_that_cannot_be_is_refused_at_its_place(
    text: str, code: str, line: int, column: int
) -> None:
    with pytest.raises(PhraseError) as error:
        outline(text)
    assert (error.value.code, error.value.line, error.value.column) == (code, line, column)


def test_an_outline_may_be_as_large_as_it_may() -> None:
    assert outline("x" * MAX_LINE)[0].text == "x" * MAX_LINE
    rows = [" " * n + "x" for n in range(MAX_LEVELS - 1)]
    assert len(outline("\n".join(rows))) == 1
    full = ("x" * 9_999 + "\n") * 100
    assert len(outline(full)) == 100
    assert outline("") == []


def problem(text: str) -> tuple[str, int, int, str]:
    with pytest.raises(PhraseError) as error:
        understand(text, phrases("sentence"))
    return error.value.code, error.value.line, error.value.column, str(error.value.about)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{ASKED}    - compleet sql", ("not-understood", 4, 5, "- complete ...")),
        (f"{HEAD}  It is wort 3 credits.", ("not-understood", 3, 3, "It is worth 1 credit.")),
        (f"{HEAD}  Nothing counts twice.", ("not-understood", 3, 3, None)),
        (f'{HEAD}  About it: "x', ("open-quote", 3, 3, "")),
        (f"{ASKED}    - complete a\n      - complete b", ("not-understood", 5, 7, None)),
        (f"{HEAD}  It is worth 1 credit.\n  It is worth 2 credits.",
         ("said-twice", 4, 3, "credits")),
        (f"{HEAD}  This is version 2.\n    This is version 3.", ("nothing-below", 4, 1, "")),
        (ASKED, ("one-below", 3, 1, "")),
        (f"{ASKED}    - meet all of the following:", ("some-below", 4, 1, "")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(text: str, found: tuple[Any, ...]) -> None:
    code, line, column, about = problem(text)
    assert (code, line, column) == found[:3]
    assert found[3] in (None, about)


def test_the_nearest_phrase_is_looked_for_by_the_beginning_of_a_line() -> None:
    start = f"{HEAD}  It is worth 3 creditz"
    assert problem(start)[3] == problem(f"{start}{' ' * LOOKED_AT}This is version 2.")[3]


def test_a_mapping_that_says_its_fields_twice_is_refused() -> None:
    scale = "The scale s goes from worst to best, without points: E, D."
    assert problem(f"{scale}\n{scale}")[:2] == ("said-twice", 2)
    assert problem(f"No scales are declared here.\n{scale}")[:2] == ("said-twice", 2)


def test_a_line_with_two_meanings_is_refused_at_its_place() -> None:
    table = phrases("sentence").language
    doubled = {**table.phrases, "stack.repeats-first": table.phrases["stack.repeats-latest"]}
    with pytest.raises(PhraseError) as error:
        understand(
            f"{HEAD}  Of several attempts the latest counts.",
            compiled(replace(table, phrases=doubled)),
        )
    found = error.value
    assert (found.code, found.line, found.column) == ("two-meanings", 3, 3)


# -- saying ----------------------------------------------------------------------------------------


def said(requires: object) -> list[str]:
    data = {"quoin": 2, "stacks": [{"key": "k", "requires": requires}]}
    return say(data, phrases("sentence")).splitlines()


def test_short_lines_stand_together_and_long_things_apart() -> None:
    data = {
        "quoin": 2,
        "zone": "Europe/Madrid",
        "achievements": {"x": {}, "y": {"status": "retired"}, "z": {}},
        "stacks": [{"key": "k", "requires": "a"}, {"key": "l", "requires": "b"}],
    }
    assert say(data, phrases("sentence")) == (
        "Rules of awards, format 2.\nDays are days in Europe/Madrid.\nAchievement x\n\n"
        "Achievement y\n  It is retired.\n\n"
        "Achievement z\n\n"
        "Award k\n  To receive it:\n    - complete a\n\n"
        "Award l\n  To receive it:\n    - complete b\n"
    )


@pytest.mark.parametrize(
    "requires",
    [
        {"completed": "a", "colour": "red"},
        {"completed": 5},
        {"completed": None},
        {"all": "a"},
        {"all": [["a"]]},
        {"credits": True},
        {"credits": "many"},
        {"credits": 5, "of": []},
        {"credits": 5, "where": {}},
        {"completed": "a", "where": "x"},
        {"completed": "a", "where": {"x": {"at_least": None}}},
        {"completed": "a", "title": 3},
        {"completed": "a", "id": 3},
        {"completed": "a", "rule": "R1"},
        {"all": ["a", "b"], "once": {"times": "x"}},
        {"credits": 5, "window": {"within": {"weeks": 2}}},
        {"credits": 5, "best": [2]},
    ],
)
def test_there_are_no_words_for_what_is_no_rule(requires: object) -> None:
    with pytest.raises(ValueError, match="there are no words for"):
        said(requires)


def test_names_that_look_like_words_are_put_in_quotation_marks() -> None:
    assert said("or")[-1] == '    - complete "or"'
    assert said({"completed": "12", "id": "12"})[-1] == "    - complete 12 (id: 12)"
    assert said({"completed": "a", "id": "or", "title": 'A "b"', "rule": ["R (1)"]})[-1] == (
        r'    - "A \"b\"": complete a (id: or) ["R (1)"]'
    )
    where = {"x": [Decimal("1.50"), "1.50", True, "yes"]}
    assert said({"completed": "a", "where": where})[-1] == (
        '    - complete a where x is 1.50, "1.50", yes or "yes"'
    )


def test_no_more_is_said_than_can_be_read() -> None:
    words = phrases("sentence")
    longest = MAX_LINE - len('  About it: ""')
    data: dict[str, Any] = {"quoin": 2, "stacks": [{"key": "k", "description": "x" * longest}]}
    assert max(map(len, say(data, words).splitlines())) == MAX_LINE
    data["stacks"][0]["description"] += "x"
    with pytest.raises(LimitExceededError, match=f"{MAX_LINE} characters in one line"):
        say(data, words)


def test_a_text_may_be_as_long_as_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"quoin": 2, "stacks": [{"key": "k", "requires": "a"}]}
    size = len(say(data, phrases("sentence")))
    monkeypatch.setattr(speaking, "MAX_SIZE", size)
    assert len(say(data, phrases("sentence"))) == size
    monkeypatch.setattr(speaking, "MAX_SIZE", size - 1)
    with pytest.raises(LimitExceededError, match=rf"{size - 1} characters\.$"):
        say(data, phrases("sentence"))


def test_a_field_that_no_phrase_says_is_named() -> None:
    with pytest.raises(ValueError, match="there are no words for colour, size"):
        say({"quoin": 2, "stacks": [], "size": 1, "colour": 2}, phrases("sentence"))


def test_a_phrase_must_have_the_slots_of_its_form() -> None:
    table = phrases("sentence").language
    for key, pattern in (("span.span", "so long"), ("title.title", "{title} {title}: ")):
        with pytest.raises(ValueError, match=f"the phrase {key} must have the slots"):
            compiled(replace(table, phrases={**table.phrases, key: pattern}))
