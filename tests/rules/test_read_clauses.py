"""Every clause as it is written: what it is read as, its short forms, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from stacking_rules import DocumentError, parse_document, parse_stack
from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.selection import OneOf
from stacking_rules.spans import Span

SHARING = "share"
"""What the clause between two requirements is called."""
D = Decimal
RED = {"color": "red"}
IS_RED = OneOf("color", ("red",))
LETTER = {"F": 0, "A": 4}
SCALES = {"letter": LETTER, "core": ["E", "A"]}
PART = {"id": "a", "items": 1, "of": ["x"]}


def clauses_of(requires: object) -> tuple[Clause, ...]:
    top = {"quoin": 1, "scales": SCALES, "stacks": [{"key": "s", "requires": requires}]}
    return parse_document(top).stacks[0].requires.clauses


def on_nine(**clause: Any) -> tuple[Clause, ...]:
    """Return the clauses of an amount of nine credits."""
    return clauses_of({"credits": 9, **clause})


@pytest.mark.parametrize(
    ("said", "clause"),
    [
        ({"filters": [{"where": RED}]}, kinds.Filter(id="filter", where=IS_RED)),
        (
            {"open": {"from": "2024-01-01", "until": "2028-01-01"}},
            kinds.Open(id="open", since=date(2024, 1, 1), until=date(2028, 1, 1)),
        ),
        ({"open": {"until": "2028-01-01"}}, kinds.Open(id="open", until=date(2028, 1, 1))),
        ({"window": {"within": {"years": 5}}}, kinds.Window(id="window", span=Span(60))),
        (
            {"window": {"terms": 4, "from": "started"}},
            kinds.Window(id="window", terms=4, start="started"),
        ),
        ({"together": True}, kinds.Together(id="together")),
        ({"together": {"rule": "R1"}}, kinds.Together(id="together", rule=("R1",))),
        ({"grace": {"days": 90}}, kinds.Grace(id="grace", span=Span(0, 90))),
        ({"grace": {"end_of": "year"}}, kinds.Grace(id="grace", to_year_end=True)),
        (
            {"caps": [{"at_most": {"credits": 2}, "where": RED}]},
            kinds.Cap(id="cap", limit=D(2), unit="credits", where=IS_RED),
        ),
        ({"caps": [{"at_most": {"items": 2}}]}, kinds.Cap(id="cap", limit=D(2), unit="items")),
        ({"caps": [{"share": "1/2"}]}, kinds.Cap(id="cap", limit=D("4.5"), unit="credits")),
        (
            {"caps": [{"share": "1/2", "round": "up"}]},
            kinds.Cap(id="cap", limit=D(5), unit="credits"),
        ),
        ({"best": 3}, kinds.Best(id="best", count=3)),
        ({"best": {"count": 3, "id": "three"}}, kinds.Best(id="three", count=3)),
        ({"once": 2}, kinds.Once(id="once", times=2)),
        ({"once": {}}, kinds.Once(id="once")),
        ({"once": {"times": 0}}, kinds.Once(id="once")),
        ({"bundles": [{"of": ["x", "y"]}]}, kinds.Bundle(id="bundle", of=("x", "y"))),
        (
            {"rollover": {"at_most": {"credits": 4}, "where": RED}},
            kinds.Carry(id="carry", limit=D(4), where=IS_RED),
        ),
    ],
)
def test_a_clause_is_read_as_it_is_written(said: dict[str, Any], clause: Clause) -> None:
    assert on_nine(**said) == (clause,)


@pytest.mark.parametrize(
    ("said", "clause"),
    [
        (
            {"items": 2, "where": RED},
            kinds.Least(id="least", need=D(2), unit="items", where=IS_RED),
        ),
        ({"points": 20}, kinds.Least(id="least", need=D(20), unit="points")),
        (
            {"at_most": {"items": 1}, "where": RED},
            kinds.Most(id="most", limit=D(1), unit="items", where=IS_RED),
        ),
        (
            {"share": "1/3", "where": RED},
            kinds.Portion(id="portion", share=Fraction(1, 3), unit="credits", where=IS_RED),
        ),
        (
            {"share_at_most": "0.5", "unit": "items"},
            kinds.Portion(id="portion", share=Fraction(1, 2), unit="items", is_most=True),
        ),
        (
            {"share": "1/2", "base": "needed", "where": RED},
            kinds.Least(
                id="least", need=D("4.5"), unit="credits", where=IS_RED, share=Fraction(1, 2),
                base_need=D(9),
            ),
        ),
        (
            {"share": "1/2", "base": "needed", "round": "up"},
            kinds.Least(
                id="least", need=D(5), unit="credits", share=Fraction(1, 2), base_need=D(9),
                rounded="up",
            ),
        ),
        (
            {"share": "1/2", "base": "needed", "round": "down", "printed": 6},
            kinds.Least(
                id="least", need=D(6), unit="credits", share=Fraction(1, 2), base_need=D(9),
                printed=D(6), rounded="down",
            ),
        ),
        (
            {"share_at_most": "1/2", "base": "needed", "round": "down", "unit": "items"},
            kinds.Most(id="most", limit=D(4), unit="items"),
        ),
        (
            {"share": "1/7", "base": "needed", "round": "no"},
            kinds.Least(
                id="least", need=D("1.285715"), unit="credits", share=Fraction(1, 7),
                base_need=D(9),
            ),
        ),
        (
            {"distinct": "area", "at_least": 4, "where": RED},
            kinds.Distinct(id="distinct", by="area", need=4, where=IS_RED),
        ),
        ({"same": "area", "where": RED}, kinds.Same(id="same", by="area", where=IS_RED)),
        ({"mean": 70}, kinds.Mean(id="mean", target=D(70), scale="0-100")),
        (
            {"mean": "3.5", "scale": "letter", "weight": "items", "where": RED},
            kinds.Mean(
                id="mean", target=D("3.5"), scale="letter", weight="items", where=IS_RED
            ),
        ),
        (
            {"mean": 4, "scale": "1-5", "over": "attempted"},
            kinds.Mean(id="mean", target=D(4), scale="1-5", over="attempted"),
        ),
    ],
)  # fmt: skip
def test_a_condition_on_what_counts_is_read_as_it_is_written(
    said: dict[str, Any], clause: Clause
) -> None:
    assert on_nine(of_which=[said]) == (clause,)


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("b", kinds.After(id="after", of="/b")),
        ("/b", kinds.After(id="after", of="/b")),
        ({"of": "b", "by": "on", "strict": True},
         kinds.After(id="after", of="/b", by="on", is_strict=True)),
    ],
)  # fmt: skip
def test_an_order_names_a_requirement_beside_it_or_its_address(said: object, after: Clause) -> None:
    (part, _) = clauses_and_parts({"all": [PART | {"after": said}, "b"]})
    assert part.clauses == (after,)


def clauses_and_parts(requires: object) -> Any:
    top = {"quoin": 1, "stacks": [{"key": "s", "requires": requires}]}
    return parse_document(top).stacks[0].requires.parts  # type: ignore[attr-defined]


def test_sharing_names_requirements_below_or_their_addresses() -> None:
    rule = {"id": "core", "all": [PART, {"id": "b", "items": 1}]}
    rule[SHARING] = [
        {"between": ["a", "/core/b"], "at_most": {"items": 1, "credits": 4}, "unique": 9}
    ]
    (core,) = clauses_and_parts({"all": [rule]})
    (clause,) = core.clauses
    assert (clause.first, clause.second) == ("/core/a", "/core/b")
    assert (clause.items, clause.credits, clause.unique) == (D(1), D(4), D(9))
    rule[SHARING] = [{"between": ["a", "b"]}]
    (core,) = clauses_and_parts({"all": [rule]})
    assert (core.clauses[0].items, core.clauses[0].credits, core.clauses[0].unique) == (None,) * 3


def test_every_clause_of_a_requirement_is_read_in_one_order() -> None:
    said = {
        "rollover": {"at_most": {"points": 4}},
        "best": 3,
        "caps": [{"at_most": {"items": 2}}],
        "bundles": [{"of": ["x", "y"]}],
        "once": 1,
        "sharing": [{"between": ["/", "/"]}],
        "of_which": [{"points": 2}, {"at_most": {"points": 5}}],
        "grace": {"days": 9},
        "together": True,
        "after": "/",
        "window": {"terms": 2},
        "open": {"until": "2028-01-01"},
        "filters": [{"where": RED}],
    }
    data = {"key": "s", "requires": {"credits": 9} | said}
    assert [clause.id for clause in parse_stack(data).requires.clauses] == [
        *("filter", "open", "window", "after", "together", "grace"),
        *("least", "most", "share", "once", "bundle", "cap", "best", "carry"),
    ]


def test_names_of_requirements_are_resolved_step_by_step() -> None:
    parts = [{"id": "a", "items": 1, "after": "y"}, {"id": "y", "items": 1}]
    group = {"id": "x", "all": parts, SHARING: [{"between": ["a", "y"]}]}
    (found, _) = clauses_and_parts({"all": [group, "z"]})
    (share,) = found.clauses
    assert (share.first, share.second) == ("/x/a", "/x/y")
    assert found.parts[0].clauses == (kinds.After(id="after", of="/x/y"),)


def test_a_share_of_nothing_is_nothing() -> None:
    assert clauses_of({"credits": 0, "caps": [{"share": "1/2"}]}) == (
        kinds.Cap(id="cap", limit=D(0), unit="credits"),
    )


def test_clauses_without_a_name_are_numbered_beside_those_that_have_one() -> None:
    caps = [{"at_most": {"credits": n}} for n in range(4)]
    caps[1]["id"], caps[1]["rule"] = "cap-2", ["R1", "R2"]  # type: ignore[assignment]
    found = on_nine(caps=caps)
    assert [clause.id for clause in found] == ["cap", "cap-2", "cap-2-", "cap-3"]
    assert [clause.rule for clause in found] == [(), ("R1", "R2"), (), ()]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"filters": [{}]}, "/filters/0"),
    ({"filters": {"where": RED}}, "/filters"),
    ({"filters": [{"where": {}}]}, "/filters/0/where"),
    ({"filters": [{"where": RED, "id": "A B"}]}, "/filters/0/id"),
    ({"filters": [{"where": RED, "rule": 5}]}, "/filters/0"),
    ({"filters": [{"where": RED, "rules": "R1"}]}, "/filters/0/rules"),
    ({"open": {"from": "2026-01-01", "until": "2026-01-01"}}, "/open"),
    ({"open": {"from": "soon"}}, "/open/from"),
    ({"open": {"until": "once"}}, "/open/until"),
    ({"window": {"within": {"years": 1}, "terms": 1}}, "/window"),
    ({"window": {}}, "/window"),
    ({"window": {"terms": 1001}}, "/window/terms"),
    ({"window": {"terms": 1, "from": "end"}}, "/window/from"),
    ({"window": {"within": {"years": -1}}}, "/window/within/years"),
    ({"window": 5}, "/window"),
    ({"after": {}}, "/after/of"),
    ({"after": {"of": "/", "by": "end"}}, "/after/by"),
    ({"after": {"of": "/", "strict": "yes"}}, "/after/strict"),
    ({"after": "nowhere"}, ""),
    ({"together": False}, "/together"),
    ({"grace": {}}, "/grace"),
    ({"grace": {"end_of": "month"}}, "/grace/end_of"),
    ({"grace": {"days": "5"}}, "/grace/days"),
    ({"of_which": [{}]}, "/of_which/0"),
    ({"of_which": [{"credits": 1, "items": 1}]}, "/of_which/0"),
    ({"of_which": [{"credits": -1}]}, "/of_which/0/credits"),
    ({"of_which": [{"at_most": {}}]}, "/of_which/0/at_most"),
    ({"of_which": [{"at_most": {"items": 1, "credits": 1}}]}, "/of_which/0/at_most"),
    ({"of_which": [{"at_most": {"items": -1}}]}, "/of_which/0/at_most/items"),
    ({"of_which": [{"share": 2}]}, "/of_which/0/share"),
    ({"of_which": [{"share": "1/0"}]}, "/of_which/0/share"),
    ({"of_which": [{"share_at_most": "3/2"}]}, "/of_which/0/share_at_most"),
    ({"of_which": [{"share": 1, "unit": "hours"}]}, "/of_which/0/unit"),
    ({"of_which": [{"share": 1, "base": "all"}]}, "/of_which/0/base"),
    ({"of_which": [{"share": 1, "round": "up"}]}, "/of_which/0/round"),
    ({"of_which": [{"share": 1, "printed": 6}]}, "/of_which/0/printed"),
    ({"of_which": [{"share": 1, "base": "needed", "round": "off"}]}, "/of_which/0/round"),
    ({"of_which": [{"share": 1, "base": "needed", "printed": -6}]}, "/of_which/0/printed"),
    ({"of_which": [{"distinct": 5}]}, "/of_which/0/distinct"),
    ({"of_which": [{"distinct": "area"}]}, "/of_which/0/at_least"),
    ({"of_which": [{"distinct": "area", "at_least": 1001}]}, "/of_which/0/at_least"),
    ({"of_which": [{"same": 5}]}, "/of_which/0/same"),
    ({"of_which": [{"mean": 101}]}, "/of_which/0/mean"),
    ({"of_which": [{"mean": "B", "scale": "letter"}]}, "/of_which/0/mean"),
    ({"of_which": [{"mean": 1, "scale": "core"}]}, "/of_which/0/scale"),
    ({"of_which": [{"mean": 1, "scale": "other"}]}, "/of_which/0/scale"),
    ({"of_which": [{"mean": 70, "weight": "points"}]}, "/of_which/0/weight"),
    ({"of_which": [{"mean": 70, "over": "all"}]}, "/of_which/0/over"),
    ({"caps": [{}]}, "/caps/0"),
    ({"caps": [{"at_most": {"hours": 5}}]}, "/caps/0/at_most/hours"),
    ({"caps": [{"share": 2}]}, "/caps/0/share"),
    ({"caps": [{"share": 1, "round": "off"}]}, "/caps/0/round"),
    ({"best": -1}, "/best/count"),
    ({"best": 10_001}, "/best/count"),
    ({"rollover": {}}, "/rollover/at_most"),
    ({"once": 101}, "/once/times"),
    ({"bundles": [{}]}, "/bundles/0/of"),
    ({"bundles": [{"of": ["x", "x"]}]}, "/bundles/0/of/1"),
    ({SHARING: [{"between": ["a"]}]}, f"/{SHARING}/0/between"),
    ({SHARING: [{"between": ["a", 5]}]}, f"/{SHARING}/0/between/1"),
    ({SHARING: [{"between": ["a", "b"]}]}, ""),
    (
        {SHARING: [{"between": ["/", "/"], "at_most": {"points": 1}}]},
        f"/{SHARING}/0/at_most/points",
    ),
    ({SHARING: [{"between": ["/", "/"], "at_most": {"items": -1}}]}, f"/{SHARING}/0/at_most/items"),
    ({SHARING: [{"between": ["/", "/"], "unique": -1}]}, f"/{SHARING}/0/unique"),
    ({"caps": [{"at_most": {"items": 1}, "id": "a"}] * 2}, "/1"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "place"), WRONG)
def test_a_clause_that_cannot_be_meant_is_named_by_its_place(
    said: dict[str, Any], place: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        on_nine(**said)
    assert caught.value.address == f"/stacks/0/requires{place}"


def test_a_group_has_no_amount_to_take_a_share_of() -> None:
    with pytest.raises(DocumentError) as caught:
        clauses_of({"all": ["x"], "of_which": [{"share": 1, "base": "needed"}]})
    assert caught.value.address == "/stacks/0/requires/of_which/0/base"
    with pytest.raises(DocumentError) as caught:
        clauses_of({"all": ["x"], "caps": [{"at_most": {"items": 1}}]})
    assert caught.value.address == "/stacks/0/requires/caps"
