"""For an address: the rules that ask a little less there, as a document would say them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from stacking_rules import Requirement, parse_stack
from stacking_rules.clauses import Grace, Together
from stacking_rules.facts import Grade
from stacking_rules.requirements import AllOf, Amount, AtLeast
from stacking_rules.selection import OneOf
from stacking_rules.weaken import Weaker, weaker, without_clause
from tests.rules.helpers import TODAY

LETTER = {"scales": {"letter": {"F": 0, "D": 1, "C": 2, "B": 3, "A": 4}}}
P, NOT_P = {"x": "p"}, {"not": {"x": "p"}}
Step = tuple[str, str, str]


def read(rule: object) -> Requirement:
    return parse_stack({"key": "s", "requires": rule, "definitions": LETTER}).requires


def found(rule: object, address: str) -> list[Weaker]:
    return list(weaker("/", read(rule), address, TODAY))


def said(weak: Weaker) -> tuple[Step, object]:
    change = weak.change
    return (change.kind, change.before, change.after), unordered(weak.rule)


def unordered(rule: Requirement) -> tuple[Requirement, frozenset[object]]:
    """Return ``rule`` so that the order of its clauses is not looked at."""
    return replace(rule, clauses=()), frozenset(rule.clauses)


# -- clauses -------------------------------------------------------------------------------------


def edge(number: int = 1, **said: object) -> dict[str, Any]:
    return {"id": f"edge-{number}", **said}


def most(where: object = None, **limit: object) -> dict[str, Any]:
    return {"id": "edge-most", "at_most": limit} | ({} if where is None else {"where": where})


OF_WHICH: list[tuple[dict[str, Any], list[tuple[Step, list[dict[str, Any]]]]]] = [
    ({"credits": 4}, [
        (("need", "4", "3.5"), [{"id": "c", "credits": 3.5}, most(credits=3.5)]),
        (("clause", "4", ""), []),
    ]),
    ({"items": 1, "where": P}, [
        (("need", "1", "0"), [{"id": "c", "items": 0, "where": P}, most(P, items=0)]),
        (("clause", "1", ""), []),
    ]),
    ({"at_most": {"items": 1}, "where": P}, [(("limit", "1", "2"), [edge(items=2, where=P)])]),
    ({"at_most": {"credits": 2}}, [(("limit", "2", "2.5"), [edge(credits=2.5)])]),
    ({"share": "1/2", "where": P}, [
        (("clause", "1/2", ""), [edge(credits=3.5, where=P), most(P, credits=3.5)]),
        (("clause", "1/2", ""), [most(P, items=0)]),
    ]),
    ({"share": "3/4", "where": P}, [
        (("clause", "3/4", ""), [edge(credits=5.5, where=P), most(P, credits=5.5)]),
        (("clause", "3/4", ""), [most(P, items=0)]),
    ]),
    ({"share": "1/16", "where": P}, [(("clause", "1/16", ""), [most(P, items=0)])]),
    ({"share": "1/2", "unit": "items"}, [(("clause", "1/2", ""), [most(items=0)])]),
    ({"share_at_most": "1/2", "where": P}, [
        (("clause", "1/2", ""), [edge(credits=4.5, where=P)]),
        (("clause", "1/2", ""), [most(NOT_P, items=0)]),
    ]),
    ({"share_at_most": "1/2", "unit": "items"}, [
        (("clause", "1/2", ""), [edge(items=1)]),
        (("clause", "1/2", ""), [most(items=0)]),
    ]),
    ({"distinct": "x", "at_least": 4}, [
        (("distinct", "4", "3"), [{"id": "c", "distinct": "x", "at_least": 3}]),
    ]),
    ({"distinct": "x", "at_least": 2}, [
        (("distinct", "2", "1"), [{"id": "c", "distinct": "x", "at_least": 1}]),
    ]),
    ({"distinct": "x", "at_least": 1}, [(("distinct", "1", "0"), [])]),
    ({"same": "y"}, [
        (("clause", "", ""), [edge(1, items=1, where={"y": "y-1"}),
                              edge(2, items=1, where={"y": "y-2"})]),
    ]),
    ({"same": "y", "where": P}, [
        (("clause", "", ""), [edge(1, items=1, where={"all": [P, {"y": "y-1"}]}),
                              edge(2, items=1, where={"all": [P, {"y": "y-2"}]})]),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("clause", "expected"), OF_WHICH)
def test_a_condition_on_what_counts_is_broken_by_a_step(
    clause: dict[str, Any], expected: Sequence[tuple[Step, list[dict[str, Any]]]]
) -> None:
    rule = {"credits": 8, "of_which": [{"id": "c", **clause}]}
    instead = [
        (step, unordered(read({"credits": 8} | ({"of_which": others} if others else {}))))
        for step, others in expected
    ]
    assert [said(weak) for weak in found(rule, "/c")] == instead


ELSE: list[tuple[dict[str, Any], list[tuple[Step, dict[str, Any]]]]] = [
    ({"caps": [{"id": "c", "at_most": {"credits": 12}, "where": P}]}, [
        (("limit", "12", "12.5"), {"of_which": [edge(credits=12.5, where=P)]}),
    ]),
    ({"filters": [{"id": "c", "where": P}]}, [
        (("clause", "", ""), {"of_which": [edge(items=1, where=NOT_P)]}),
    ]),
    ({"best": {"id": "c", "count": 2}}, [
        (("best", "2", "3"), {"best": {"id": "c", "count": 3}, "of_which": [edge(items=3)]}),
    ]),
    ({"bundles": [{"id": "c", "of": ["p", "q", "r"]}]}, [
        (("clause", out, ""), {"of_which": [
            edge(items=1, where={"achievement": [key for key in "pqr" if key != out]}),
            most({"achievement": out}, items=0),
        ]})
        for out in "pqr"
    ]),
    ({"of_which": [{"id": "c", "mean": 60}]}, [
        (("clause", "60", ""), {
            "filters": [{"id": "edge-only", "where": {"grade": {"at_most": 60}}}],
            "of_which": [edge(items=1, where={"grade": {"below": 60}})],
        }),
        (("clause", "60", ""), {
            "filters": [{"id": "edge-only", "where": {"grade": {"below": 60}}}],
        }),
    ]),
    ({"of_which": [{"id": "c", "mean": 3, "scale": "letter", "where": P}]}, [
        (("clause", "3", ""), {
            "filters": [{"id": "edge-only", "where": {"all": [
                P, {"grade": {"at_most": "B", "scale": "letter"}}]}}],
            "of_which": [edge(items=1, where={"all": [
                P, {"grade": {"below": "B", "scale": "letter"}}]})],
        }),
        (("clause", "3", ""), {
            "filters": [{"id": "edge-only", "where": {"all": [
                P, {"grade": {"below": "B", "scale": "letter"}}]}}],
        }),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("clause", "expected"), ELSE)
def test_another_clause_is_broken_by_conditions_in_its_place(
    clause: dict[str, Any], expected: Sequence[tuple[Step, dict[str, Any]]]
) -> None:
    instead = [(step, unordered(read({"credits": 8, **others}))) for step, others in expected]
    assert [said(weak) for weak in found({"credits": 8, **clause}, "/c")] == instead


def test_only_what_may_count_oftener_is_offered_once_for_all() -> None:
    def rule(times: int) -> dict[str, Any]:
        return {"all": ["a", "b"], "once": {"id": "c", "times": times}}

    (weak,) = found(rule(1), "/c")
    assert said(weak) == (("times", "1", "2"), unordered(read(rule(2))))
    assert weak.is_shared
    assert not any(other.is_shared for other in found(rule(1), "/"))


def test_each_limit_of_sharing_is_broken_alone_and_all_of_them_together() -> None:
    def rule(**limits: Any) -> dict[str, Any]:
        sharing = {"sharing": [{"id": "c", "between": ["p", "q"], **limits}]}
        return {"all": [{"id": "p", "credits": 9}, {"id": "q", "credits": 9}], **sharing}

    weak = found(rule(at_most={"items": 1, "credits": 4}, unique=5), "/c")
    free = replace(weak[1].rule.clauses[0])
    assert [(w.change.kind, w.change.before, w.change.after) for w in weak] == [
        ("items", "1", "2"), ("clause", "1", ""),
        ("credits", "4", "4.5"), ("clause", "4", ""),
        ("unique", "5", "4.5"), ("clause", "5", ""),
    ]  # fmt: skip
    assert [w.rule for w in weak[::2]] == [
        read(rule(at_most={"items": 2, "credits": 4}, unique=5)),
        read(rule(at_most={"items": 1, "credits": 4.5}, unique=5)),
        read(rule(at_most={"items": 1, "credits": 4}, unique=4.5)),
    ]
    assert all(w.rule.clauses == (free,) for w in weak[1::2])
    assert [getattr(free, name) for name in ("items", "credits", "unique")] == [None] * 3
    (only, _) = found(rule(unique=0), "/c")
    assert only.rule == read(rule(unique=0))


def test_a_share_of_a_group_has_no_size_of_its_own() -> None:
    parts = [{"id": "p", "credits": 4}, {"id": "q", "credits": 4}]
    share = {"id": "c", "share": "1/2", "where": P}
    (weak,) = found({"all": parts, "of_which": [share]}, "/c")
    assert weak.rule == read({"all": parts, "of_which": [most(P, items=0)]})


# -- days ----------------------------------------------------------------------------------------


def test_a_clause_about_days_is_left_out_and_the_days_of_facts_are_moved() -> None:
    window = {"window": {"id": "w", "within": {"days": 9}}}
    rule = {"all": [{"id": "n", "items": 2, **window, "grace": {"id": "g", "days": 5}}]}
    (weak,) = found(rule, "/n/w")
    assert (weak.change.kind, weak.scope, weak.as_of) == ("window", "/n", None)
    assert weak.shift is not None
    kept = {"grace": {"id": "g", "days": 5}, "of_which": [edge(items=2)]}
    expected = read({"all": [{"id": "n", "items": 2, **kept}]})
    assert isinstance(weak.rule, AllOf)
    assert isinstance(expected, AllOf)
    assert unordered(weak.rule.parts[0]) == unordered(expected.parts[0])


def test_what_is_valid_together_has_no_grace_but_one_for_good() -> None:
    rule = {"all": ["a", "b"], "together": {"id": "t"}, "grace": {"id": "g", "days": 5}}
    (weak,) = found(rule, "/t")
    (grace,) = weak.rule.clauses
    assert isinstance(grace, Grace)
    assert grace.span.months >= 12 * 500
    (weak,) = found(rule, "/g")
    assert [type(clause) for clause in weak.rule.clauses] == [Together, Grace]
    assert weak.rule.clauses[1] == grace


def test_an_opening_is_missed_on_the_day_before_it_and_on_the_day_of_its_end() -> None:
    weak = found(
        {"items": 1, "open": {"id": "o", "from": "2024-03-01", "until": "2025-01-01"}}, "/o"
    )
    assert [(w.change.kind, str(w.as_of), w.shift) for w in weak] == [
        ("until", "2025-01-01", None),
        ("since", "2024-02-29", None),
    ]
    assert {w.rule for w in weak} == {read({"items": 1})}


# -- requirements --------------------------------------------------------------------------------

NODES: list[tuple[Any, str, list[tuple[Step, Any]]]] = [
    ({"credits": 8}, "/", [(("need", "8", "7.5"), {"credits": 7.5})]),
    ({"items": 1}, "/", [(("need", "1", "0"), {"items": 0})]),
    ({"items": 0}, "/", [(("need", "0", "0"), {"items": 0})]),
    ({"credits": 8, "where": P, "grade": 50}, "/", [
        (("need", "8", "7.5"), {"credits": 7.5, "where": P, "grade": 50}),
        (("where", "", ""), {"credits": 8, "grade": 50,
                             "of_which": [edge(items=1, where=NOT_P)]}),
        (("grade", "50", ""), {"credits": 8, "where": P, "of_which": [
            edge(items=1, where={"not": {"grade": {"at_least": 50}}})]}),
    ]),
    ({"items": 2, "grade": "C", "scale": "letter"}, "/", [
        (("need", "2", "1"), {"items": 1, "grade": "C", "scale": "letter"}),
        (("grade", "C", ""), {"items": 2, "of_which": [
            edge(items=1, where={"not": {"grade": {"at_least": "C", "scale": "letter"}}})]}),
    ]),
    ({"any": ["a", "b"]}, "/", [(("count", "1", "0"), {"at_least": 0, "of": ["a", "b"]})]),
    ({"at_least": 2, "of": ["a", "b", "c"], "once": {"id": "o"}}, "/", [
        (("count", "2", "1"), {"at_least": 1, "of": ["a", "b", "c"], "once": {"id": "o"}}),
    ]),
    ({"all": ["a", {"credits": 8, "id": "n", "where": P}, "c"]}, "/", [
        (("part", "a", ""), {"all": [{"credits": 8, "id": "n", "where": P}, "c"]}),
        (("part", "n", ""), {"all": ["a", "c"]}),
        (("where", "n", ""), {"all": [
            "a", {"credits": 8, "id": "n", "of_which": [edge(items=1, where=NOT_P)]}, "c"]}),
        (("part", "c", ""), {"all": ["a", {"credits": 8, "id": "n", "where": P}]}),
    ]),
    ({"all": [{"completed": "a", "grade": 50}]}, "/", [
        (("part", "a", ""), None),
        (("grade", "a 50", ""), None),
    ]),
    ({"at_most": {"credits": 2}, "of": ["a"], "where": P}, "/", [
        (("most", "2", "2.5"), {"credits": 2.5, "of": ["a"], "where": P, "use": "overlay"}),
    ]),
    ({"at_most": {"items": 0}}, "/", [(("most", "0", "1"), {"items": 1, "use": "overlay"})]),
    ({"none": [{"id": "n", "items": 2}, {"id": "m", "all": [{"id": "o", "credits": 1}]}]}, "/", [
        (("none", "", ""), {"any": [
            {"id": "n", "items": 2, "use": "overlay"},
            {"id": "m", "all": [{"id": "o", "credits": 1, "use": "overlay"}]}]}),
    ]),
    ({"learner": P}, "/", [(("learner", "", ""), {"learner": NOT_P})]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "address", "expected"), NODES)
def test_a_requirement_asks_for_a_step_less_or_for_its_opposite(
    rule: Any, address: str, expected: list[tuple[Step, Any]]
) -> None:
    weak = [said(one) for one in found(rule, address)]
    assert [step for step, _ in weak] == [step for step, _ in expected]
    for (_, one), (_, other) in zip(weak, expected, strict=True):
        assert other is None or one == unordered(read(other))


@pytest.mark.parametrize(
    ("rule", "key"),
    [("a", "a"), ({"award": "b", "id": "n"}, "b"), ({"attested": "c"}, "c")],
)
def test_without_a_single_thing_nothing_is_asked(rule: object, key: str) -> None:
    (weak,) = found(rule, "/")
    assert (weak.change.kind, weak.change.before, weak.change.after) == ("part", key, "")
    assert (weak.scope, weak.shift, weak.as_of) == ("", None, None)
    assert weak.rule == AllOf(id=read(rule).id, parts=())


def test_a_single_thing_is_met_by_what_its_test_or_its_grade_keeps_out() -> None:
    _, other, worse = found({"completed": "a", "where": P, "grade": "C", "scale": "letter"}, "/")
    assert (other.change.kind, other.change.before) == ("where", "")
    assert (worse.change.kind, worse.change.before) == ("grade", "C")
    assert getattr(other.rule, "where", 0) is None
    assert isinstance(getattr(other.rule, "grade", None), Grade)
    assert getattr(worse.rule, "grade", 0) is None
    assert getattr(worse.rule, "where", None) == OneOf("x", ("p",))
    expected = {"items": 1, "of_which": [edge(items=1, where=NOT_P)]}
    assert other.rule.clauses == read(expected).clauses


def test_the_rest_of_the_rule_is_narrowed_to_the_way_to_the_address() -> None:
    parts = ["a", "b", {"id": "n", "items": 3}, "c"]
    (weak,) = found({"at_least": 2, "of": parts, "title": "Two"}, "/n")
    assert weak.rule == read({"all": ["a", {"id": "n", "items": 2}], "title": "Two"})
    (weak,) = found(
        {"any": ["a", {"id": "n", "best": {"id": "c", "count": 3}, "items": 3}]}, "/n/c"
    )
    assert isinstance(weak.rule, AllOf)
    (inner,) = weak.rule.parts
    best = {"best": {"id": "c", "count": 4}, "of_which": [edge(items=4)]}
    expected = read({"all": [{"id": "n", "items": 3, **best}]})
    assert isinstance(expected, AllOf)
    assert unordered(inner) == unordered(expected.parts[0])


def test_nothing_is_weaker_where_nothing_stands() -> None:
    assert found({"credits": 8}, "/nowhere") == []


# -- addresses left out --------------------------------------------------------------------------


def test_what_stands_at_an_address_is_left_out_and_all_else_stays() -> None:
    rule = read(
        {
            "all": [
                {"id": "n", "items": 2, "best": {"id": "c", "count": 2}},
                {"id": "m", "any": ["a", "b"]},
            ]
        }
    )

    def parts(address: str) -> tuple[Requirement, ...]:
        left = without_clause("/", rule, address)
        assert isinstance(left, AllOf)
        return left.parts

    few = parts("/n")[0]
    assert isinstance(few, Amount)
    assert (int(few.need), len(few.clauses)) == (0, 1)
    free = parts("/n/c")[0]
    assert isinstance(free, Amount)
    assert (int(free.need), len(free.clauses)) == (2, 0)
    assert parts("/m")[1] == AllOf(id="m", parts=())
    assert parts("/n")[1] == parts("/n/c")[1]
    assert without_clause("/", rule, "/m/no") is None
    assert without_clause("/", rule, "/nowhere") is None


def test_a_group_that_asks_for_one_part_fewer_keeps_the_others() -> None:
    (weak,) = found({"at_least": 0, "of": ["a", "b"]}, "/")
    assert isinstance(weak.rule, AtLeast)
    assert (weak.rule.count, len(weak.rule.parts)) == (0, 2)
