"""Each form of the rule language has its words: it is said in them, and they are read as it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import pytest
import yaml

from lti_tool.rule_texts import phrases
from stacking_rules import parse_document
from stacking_rules.say import say
from stacking_rules.understand import understand
from stacking_rules.write_document import write_document

LETTER = {"letter": {"F": 0, "C": 2, "A": 4}}


Rows = Sequence[tuple[Any, str]]
"""What is said, and the lines (parted by line ends) that say it."""
SCALE = "The scale letter goes from worst to best, with points: F (0), C (2), A (4)."


def agree(data: dict[str, Any], lines: list[str]) -> None:
    """Check that ``data`` is the shortest document, is said in ``lines`` and read from them."""
    data = {"quoin": 2, **data}
    lines = ["Rules of awards, format 2.", *lines]
    assert write_document(parse_document(data)) == data
    assert [line for line in say(data, phrases("sentence")).splitlines() if line] == lines
    assert understand("\n".join(lines), phrases("sentence")) == data


def awards_agree(rows: Rows, declared: str = "") -> None:
    """Check as ``agree`` that each row says an award (all but its key)."""
    stacks = [{"key": f"k{index}", **data} for index, (data, _) in enumerate(rows)]
    lines = [declared] if declared else []
    for index, (_, said) in enumerate(rows):
        lines += [f"Award k{index}", *(f"  {line}" for line in said.split("\n"))]
    agree({**({"scales": LETTER} if declared else {}), "stacks": stacks}, lines)


def rules_agree(rows: Rows, declared: str = "") -> None:
    """Check as ``agree`` that each row says what an award requires."""
    told = [(rule, "\n  ".join(["To receive it:", *said.split("\n")])) for rule, said in rows]
    awards_agree([({"requires": rule}, said) for rule, said in told], declared)


TERMS: Rows = [
    ({"description": "A bit."}, 'About it: "A bit."'),
    ({"credits": 1}, "It is worth 1 credit."),
    ({"credits": 12}, "It is worth 12 credits."),
    ({"type": "minor"}, "It belongs to the awards called minor."),
    ({"version": 2}, "This is version 2."),
    ({"from": "2024-01-01", "until": "2025-01-01"},
     "This version is in force from 2024-01-01 on before 2025-01-01."),
    ({"from": "2024-01-01"}, "This version is in force from 2024-01-01 on."),
    ({"until": "2025-01-01"}, "This version is in force before 2025-01-01."),
    ({"binding": {"policy": "bound", "event": "enrolled"}},
     "The version in force on the day of enrolled applies."),
    ({"binding": {"policy": "best", "event": "enrolled"}},
     "The version in force on the day of enrolled applies, or by consent the newest."),
    ({"repeats": "latest"}, "Of several attempts the latest counts."),
    ({"repeats": "first"}, "Of several attempts the first counts."),
    ({"repeats": "none"}, "Nothing that was attempted twice counts."),
    ({"valid": "throughout"}, "It ends as soon as something that it was awarded for ends."),
    ({"lasts": {"end_of": "year"}}, "It is valid to the end of the year."),
    ({"lasts": {"years": 1}}, "It is valid for 1 year."),
    ({"lasts": {"days": 0}}, "It is valid for 0 days."),
    ({"lasts": {"years": 2, "months": 1, "days": 1, "end_of": "year"}},
     "It is valid for 2 years, 1 month and 1 day and on to the end of that year."),
    ({"lasts": {"months": 5, "days": 4}}, "It is valid for 5 months and 4 days."),
    ({"issue": "on-application"}, "It is issued on application."),
    ({"issue": "opt-out", "issue_rule": ["R1"]},
     "It is issued unless the learner has declined [R1]."),
    ({"issue_rule": ["R1", "R2"]}, "It is issued as soon as it is earned [R1, R2]."),
    ({"consume": "never", "ledger_rule": ["R1"]},
     "What counts for it stays free for other awards [R1]."),
    ({"consume": "bank"}, "What counts for it is debited for good."),
    ({"ledger_rule": ["R1"]}, "What counts for it is used up within it [R1]."),
    ({"credit_kind": "ects"}, "Its credits are credits of ects."),
    ({"supersedes": ["old", "older"]},
     "It replaces old and older and gives back what counted there."),
]  # fmt: skip


def test_the_terms_of_an_award_have_their_words() -> None:
    after = "\nTo receive it:\n  - complete a"
    awards_agree([({**data, "requires": "a"}, line + after) for data, line in TERMS])


AFTER_THE_RULE: Rows = [
    ({"renewal": {"requires": "b"}}, "To renew it:\n  - complete b"),
    ({"renewal": {"opens": {"days": 90}, "rule": ["R2"], "requires": "b"}},
     "To renew it, in the last 90 days before it ends [R2]:\n  - complete b"),
    ({"award_levels": [{"name": "Gold", "at": "/x", "need": 3}, {"name": "Tin", "need": 1}]},
     'With 3 at /x it is awarded as "Gold".\nWith 1 it is awarded as "Tin".'),
]  # fmt: skip


def test_what_stands_after_the_rule_of_an_award_has_its_words() -> None:
    rule = {"all": [{"id": "x", "items": 5}]}
    before = "To receive it:\n  - meet all of the following:\n    - earn at least 5 items (id: x)\n"
    awards_agree([({"requires": rule, **data}, before + line) for data, line in AFTER_THE_RULE])


def test_an_award_has_a_title() -> None:
    agree(
        {"stacks": [{"key": "k", "title": "The K", "requires": "a"}]},
        ['Award k: "The K"', "  To receive it:", "    - complete a"],
    )


REQUIREMENTS: Rows = [
    ("a", "- complete a"),
    ({"completed": "a", "grade": 60}, "- complete a with grade 60 or better"),
    ({"completed": "a", "id": "x", "rule": ["R1"], "title": "First"},
     '- "First": complete a (id: x) [R1]'),
    ({"completed": "a", "where": {"mode": "online"}}, "- complete a where mode is online"),
    ({"award": "b"}, "- hold the award b"),
    ({"award": "b", "where": {"issuer": {"not": "us"}}},
     "- hold the award b where issuer is not us"),
    ({"attested": "s", "id": "x"}, "- have the statement s signed (id: x)"),
    ({"attested": "s", "where": {"role": ["x", "y", "z"]}},
     "- have the statement s signed where role is x, y or z"),
    ({"all": ["a", "b", "c"]}, "- complete all of a, b and c"),
    ({"any": ["a", "b", "c"]}, "- complete at least one of a, b or c"),
    ({"none": ["a", "b"]}, "- have completed none of a or b"),
    ({"at_least": 2, "of": ["a", "b", "c"]}, "- complete at least 2 of a, b and c"),
    ({"credits": 1}, "- earn at least 1 credit"),
    ({"credits": 30, "items": 2}, "- earn at least 30 credits and 2 items"),
    ({"points": 1, "items": 1}, "- earn at least 1 point and 1 item"),
    ({"points": 50}, "- earn at least 50 points"),
    ({"items": 2, "of": ["a", "b"]}, "- earn at least 2 items from a and b"),
    ({"items": 2, "of": [{"award": "a"}, {"award": "b"}]},
     "- earn at least 2 items from the awards a and b"),
    ({"items": 2, "of": [{"attested": "a"}, {"attested": "b"}]},
     "- earn at least 2 items from the statements a and b"),
    ({"items": 2, "of": ["a", {"award": "b"}, {"attested": "c"}]},
     "- earn at least 2 items from a, the award b and the statement c"),
    ({"items": 2, "among": "awards"}, "- earn at least 2 items from any awards"),
    ({"items": 2, "among": "attestations"}, "- earn at least 2 items from any statements"),
    ({"items": 2, "among": "all"},
     "- earn at least 2 items from anything completed or awarded"),
    ({"items": 2, "grade": 50}, "- earn at least 2 items with grade 50 or better"),
    ({"items": 2, "use": "overlay"},
     "- earn at least 2 items, which may count elsewhere as well"),
    ({"points": 50, "of": ["a", "b"], "factors": {"a": 2, "b": 3}},
     "- earn at least 50 points from a and b (weighted 2 for a and 3 for b)"),
    ({"at_most": {"items": 0}}, "- hold nothing"),
    ({"at_most": {"items": 0}, "of": ["a"], "where": {"x": 1}},
     "- hold nothing from a where x is 1"),
    ({"at_most": {"credits": 4}, "of": ["a", "b"]},
     "- hold no more than 4 credits from a and b"),
    ({"learner": {"trade": "nurse"}}, "- be someone for whom trade is nurse"),
]  # fmt: skip


def test_requirements_have_their_words() -> None:
    rules_agree(REQUIREMENTS)


GRADED: Rows = [
    ({"completed": "a", "grade": "C", "scale": "letter"},
     "- complete a with grade C or better on the letter scale"),
    ({"points": 9, "scale": "letter"},
     "- earn at least 9 points as graded on the letter scale"),
    ({"completed": "a", "where": {"grade": {"at_least": "A", "scale": "letter"}}},
     "- complete a where the grade is A or better on the letter scale"),
    ({"completed": "a", "where": {"grade": {"below": "A", "scale": "letter"}}},
     "- complete a where the grade is below A on the letter scale"),
]  # fmt: skip


def test_a_grade_is_said_with_its_scale() -> None:
    rules_agree(GRADED, SCALE)


HOLDING: Rows = [
    ({"all": ["a", {"award": "b"}]},
     "- meet all of the following:\n  - complete a\n  - hold the award b"),
    ({"any": ["a", {"award": "b"}]},
     "- meet at least one of the following:\n  - complete a\n  - hold the award b"),
    ({"none": ["a", {"award": "b"}]},
     "- meet none of the following:\n  - complete a\n  - hold the award b"),
    ({"at_least": 1, "of": ["a", {"award": "b"}]},
     "- meet at least 1 of the following:\n  - complete a\n  - hold the award b"),
    ({"if": "a", "then": "b", "else": {"award": "c"}},
     ("- meet what the case asks for:\n  If this is met:\n    - complete a\n  Then:\n"
     "    - complete b\n  Otherwise:\n    - hold the award c")),
    ({"id": "x", "title": "Case", "if": "a", "then": "b"},
     ('- "Case": meet what the case asks for (id: x):\n  If this is met:\n    - complete a\n'
     "  Then:\n    - complete b")),
]  # fmt: skip


def test_what_holds_requirements_has_its_words() -> None:
    rules_agree(HOLDING)


CLAUSES: Rows = [
    ({"filters": [{"where": {"x": 1}}]}, "Work counts only where x is 1."),
    ({"filters": [{"id": "f", "rule": ["R1"], "where": {"x": 1}}]},
     "Work counts only where x is 1 (id: f) [R1]."),
    ({"open": {"from": "2024-01-01"}}, "This can be met on days from 2024-01-01 on."),
    ({"open": {"until": "2024-01-01"}}, "This can be met on days before 2024-01-01."),
    ({"open": {}}, "This can be met on days."),
    ({"window": {"within": {"years": 1}}},
     "All of it is finished within 1 year of the earliest finish."),
    ({"window": {"within": {"years": 1}, "from": "started"}},
     "All of it is finished within 1 year of the earliest start."),
    ({"window": {"terms": 2}}, "All of it is finished within 2 terms of the earliest finish."),
    ({"window": {"terms": 2, "from": "started"}},
     "All of it is finished within 2 terms of the earliest start."),
    ({"together": True}, "All of it is valid on one and the same day."),
    ({"together": {"id": "t"}}, "All of it is valid on one and the same day (id: t)."),
    ({"grace": {"end_of": "year"}}, "What has ended still counts to the end of that year."),
    ({"grace": {"months": 3}}, "What has ended still counts for 3 months."),
    ({"of_which": [{"credits": 4, "where": {"x": 1}}]},
     "At least 4 credits must be earned from work where x is 1."),
    ({"of_which": [{"at_most": {"items": 1}}]},
     "At most 1 item (more is left out) may count."),
    ({"of_which": [{"share": "1/2", "unit": "credits", "base": "needed"}]},
     "At least 1/2 of the credits asked for must be earned."),
    ({"of_which": [{"share": "1/2", "unit": "items", "base": "needed", "round": "up",
                    "printed": 4}]},
     "At least 1/2 of the items asked for (rounded up) (printed as 4) must be earned."),
    ({"of_which": [{"share": "1/3", "unit": "points", "base": "needed", "round": "down"}]},
     "At least 1/3 of the points asked for (rounded down) must be earned."),
    ({"of_which": [{"share": "1/2", "unit": "credits"}]},
     "At least 1/2 of the credits that count must be earned."),
    ({"of_which": [{"share_at_most": "1/2", "unit": "credits"}]},
     "At most 1/2 of the credits that count may be earned."),
    ({"of_which": [{"distinct": "area", "at_least": 2}]},
     "It must cover at least 2 different values of area."),
    ({"of_which": [{"same": "area"}]}, "One and the same area is asked for."),
    ({"of_which": [{"mean": 60}]}, "The mean grade must be 60 or better."),
    ({"of_which": [{"mean": 6, "scale": "1-10", "weight": "items"}]},
     "The mean grade, every item alike, must be 6 or better on the 1-10 scale."),
    ({"of_which": [{"mean": 6, "over": "attempted"}]},
     "The mean grade must be 6 or better, over everything attempted."),
    ({"once": 1}, "Nothing counts twice."),
    ({"once": 2}, "Nothing counts more than 2 times."),
    ({"bundles": [{"of": ["a", "b"]}]}, "Together or not at all count a and b."),
    ({"caps": [{"at_most": {"credits": 2}, "where": {"x": 1}}]},
     "At most 2 credits (more is dropped) are credited from work where x is 1."),
    ({"best": 2}, "No more than the best 2 count."),
    ({"best": {"id": "top", "count": 2}}, "No more than the best 2 count (id: top)."),
    ({"rollover": {"at_most": {"credits": 3}}},
     "Up to 3 credits of surplus enter the next cycle."),
]  # fmt: skip


def test_clauses_have_their_words() -> None:
    before = "- earn at least 9 credits from a and b\n  "
    amount = {"credits": 9, "of": ["a", "b"]}
    rules_agree([({**amount, **clause}, before + line) for clause, line in CLAUSES])


ORDERS: Rows = [
    ("x", "It starts on or after the day on which x is finished."),
    ({"id": "o", "of": "x"}, "It starts on or after the day on which x is finished (id: o)."),
    ({"of": "x", "strict": True}, "It starts after the day on which x is finished."),
    ({"of": "x", "by": "on"}, "It is finished on or after the day on which x is finished."),
    ({"of": "x", "by": "on", "strict": True},
     "It is finished after the day on which x is finished."),
]  # fmt: skip


def test_orders_have_their_words() -> None:
    before = "- meet all of the following:\n  - complete x\n  - complete a\n    "
    rules_agree(
        [
            ({"all": ["x", {"completed": "a", "after": after}]}, before + line)
            for after, line in ORDERS
        ]
    )


SHARING: Rows = [
    ({}, "Work may count both for x and y."),
    ({"at_most": {"items": 1, "credits": 4}},
     "Work may count both for x and y, up to 1 item and 4 credits."),
    ({"unique": 9},
     "Work may count both for x and y, while 9 credits of each are not shared."),
]  # fmt: skip


def test_sharing_has_its_words() -> None:
    pools = [{"id": "x", "credits": 9}, {"id": "y", "credits": 8}]
    before = "\n  ".join(
        [
            "- meet all of the following:",
            "- earn at least 9 credits (id: x)",
            "- earn at least 8 credits (id: y)",
            "",
        ]
    )
    rules_agree(
        [
            ({"all": pools, "sharing": [{"between": ["x", "y"], **sharing}]}, before + line)
            for sharing, line in SHARING
        ]
    )


TESTS: Rows = [
    ({"x": "y"}, "x is y"),
    ({"x": True}, "x is yes"),
    ({"x": False}, "x is no"),
    ({"x": "yes"}, 'x is "yes"'),
    ({"x": "1"}, 'x is "1"'),
    ({"x": ["y", 2]}, "x is y or 2"),
    ({"x": {"not": ["y", "z"]}}, "x is not y or z"),
    ({"x": {"known": True}}, "x is known"),
    ({"x": {"known": False}}, "x is not known"),
    ({"a b": "or"}, '"a b" is "or"'),
    ({"x": {"at_least": 1, "below": 5}}, "x is at least 1 and below 5"),
    ({"x": {"at_most": 1}}, "x is at most 1"),
    ({"x": {"at_least": 1}, "y": {"at_most": 2}}, "x is at least 1 and y is at most 2"),
    ({"all": [{"x": {"at_most": 1}}, {"x": {"at_least": 2}}]},
     "(x is at most 1, and x is at least 2)"),
    ({"level": {"at_least": 6, "below": 8, "framework": "eqf"}},
     "level is at least 6 and below 8 in eqf"),
    ({"x": {"above": 1, "below": 5}}, "x is above 1 and below 5"),
    ({"x": {"above": 1}}, "x is above 1"),
    ({"level": {"at_least": 6, "framework": "eqf"}}, "level is at least 6 in eqf"),
    ({"grade": {"at_least": 55}}, "the grade is 55 or better"),
    ({"used_in": ["m", "n"]}, "it has counted for m or n"),
    ({"used_in": {"not": "m"}}, "it has not counted for m"),
    ({"used_in": {"known": True}}, "any other award using it is known"),
    ({"uses": 0}, "the count of other awards using it is 0"),
    ({"achievement": "b"}, "the achievement is b"),
    ({"credits": {"at_least": 3}}, "the amount of credits is at least 3"),
    ({"x": 1, "y": 2}, "x is 1 and y is 2"),
    ({"any": [{"x": 1}, {"y": 2}]}, "x is 1, or y is 2"),
    ({"any": [{"x": 1}]}, "any of (x is 1)"),
    ({"all": [{"x": 1}, {"x": 2}]}, "(x is 1, and x is 2)"),
    ({"not": {"x": {"above": 2}}}, "not (x is above 2)"),
    ({"z": 1, "any": [{"x": 1}, {"y": 2}]}, "z is 1 and (x is 1, or y is 2)"),
    ({"on": {"last": {"years": 5}}}, "finished in the last 5 years"),
    ({"started": {"last": {"days": 1}, "at": {"event": "applied"}}},
     "started in the last 1 day before the event applied"),
    ({"on": {"at_least": "2024-01-01"}}, "finished on or after 2024-01-01"),
    ({"recorded": {"at_most": "2024-01-01"}}, "recorded on or before 2024-01-01"),
    ({"on": {"above": {"asked": True}}}, "finished after the day asked for"),
    ({"on": {"below": {"award": "w", "plus": {"days": 2}}}},
     "finished before 2 days after the award of w"),
    ({"on": {"below": {"expiry": "w", "minus": {"months": 1}}}},
     "finished before 1 month before the end of w"),
    ({"on": {"below": {"completed": "w", "end_of": "year"}}},
     "finished before the last day of the year of the completion of w"),
    ({"on": "2024-01-01"}, "the finish day is 2024-01-01"),
    ({"started": {"known": True}}, "the start day is known"),
    ({"recorded": {"known": False}}, "the day of record is not known"),
    ({"grade": {"at_most": 40}}, "the grade is at most 40"),
]  # fmt: skip


def test_tests_have_their_words() -> None:
    rules_agree(
        [
            ({"completed": "a", "where": where}, f"- complete a where {words}")
            for where, words in TESTS
        ]
    )


DECLARED: Rows = [
    ("zone: Europe/Madrid", 'Days are days in Europe/Madrid.'),
    ("scales: {s: [E, D]}", "The scale s goes from worst to best, without points: E, D."),
    ("levels: [{from: scqf, to: eqf, rows: {'7': !n 5}, since: 2024-01-01}]",
     "Levels of scqf are read as levels of eqf, from 2024-01-01 on: 7 as 5."),
    ("tables: [{from: 0-10, to: 0-100, rows: {'5': !n 50, '6': !n 70}, until: 2025-01-01}]",
     "Grades on 0-10 are read on 0-100 before 2025-01-01: 5 as 50, 6 as 70."),
    ("equivalent: [{same: [x, y, z], since: 2020-01-01}]",
     "The same achievement under several keys, from 2020-01-01 on: x, y and z."),
    ("accepted: [{for: x, instead: y, until: 2025-01-01}]",
     "In place of x, y is accepted before 2025-01-01."),
    ("terms: [{name: t1, from: 2026-01-15, to: 2026-06-30}]",
     "The term t1 lasts from 2026-01-15 to 2026-06-30."),
    ("rates: [{from: ou, to: ects, rate: 1/2}]",
     "Credits of ou become credits of ects at the rate 1/2."),
    ("rates: [{from: ou, to: ects, rate: 1/2, quantum: !n 2}]",
     "Credits of ou become credits of ects at the rate 1/2, rounded down to multiples of 2."),
    ("achievements: {x: {}}", "Achievement x"),
    ("achievements: {x: {name: The X, credits: !n 1}}", 'Achievement x: "The X", 1 credit'),
    ("achievements: {x: {credits: !n 2, scale: 0-10}}",
     "Achievement x, 2 credits, graded on the 0-10 scale"),
    ("achievements: {x: {attributes: {area: [p, q], level: !n 6}}}",
     "Achievement x, with area p and q; level 6"),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "line"), DECLARED)
def test_a_declaration_has_its_words(declared: str, line: str) -> None:
    agree(
        {**with_numbers(declared), "stacks": [{"key": "k", "requires": "a"}]},
        [line, "Award k", "  To receive it:", "    - complete a"],
    )


ACHIEVEMENT: Rows = [
    ("description: A bit.", 'About it: "A bit."'),
    ("status: retired", "It is retired."),
    ("{status: retired, replaced_by: y}", "It is retired; take y instead."),
    ("replaced_by: y", "It is going to be replaced by y."),
    ("repeatable: !n 3", "It counts up to 3 times."),
    ("splittable: !n 2", "Its credits may be split into parts of at least 2."),
]  # fmt: skip


def test_what_is_said_about_an_achievement_has_its_words() -> None:
    found = {f"x{index}": with_numbers(said) for index, (said, _) in enumerate(ACHIEVEMENT)}
    lines = [[f"Achievement x{index}", f"  {line}"] for index, (_, line) in enumerate(ACHIEVEMENT)]
    agree(
        {"achievements": found, "stacks": [{"key": "k", "requires": "a"}]},
        [*chain(*lines), "Award k", "  To receive it:", "    - complete a"],
    )


class _Loader(yaml.BaseLoader):
    """YAML in which everything is text, but for numbers marked with !n."""


_Loader.add_constructor("!n", lambda _, node: int(node.value))


def with_numbers(text: str) -> Any:
    return yaml.load(text, _Loader)


OWN: Rows = [
    ({"zone": "UTC"}, "Days are days in UTC."),
    ({"scales": {}}, "No scales are declared here."),
]  # fmt: skip


@pytest.mark.parametrize(("own", "line"), OWN)
def test_what_an_award_declares_alone_has_its_words(own: dict[str, Any], line: str) -> None:
    shared = {"zone": "Europe/Madrid", "scales": LETTER}
    agree(
        {**shared, "stacks": [{"key": "k", "requires": "a", "definitions": own}]},
        ["Days are days in Europe/Madrid.", SCALE, "Award k", "  To receive it:",
         "    - complete a", "  For this award alone:", f"    {line}"],
    )  # fmt: skip
