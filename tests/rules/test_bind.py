"""What is not recorded is neither yes nor no, and every clause has its boundary."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import evaluate, parse_document, parse_record
from tests.rules.helpers import NOW, TODAY

TERMS = [
    {"name": "t0", "from": "2025-07-01", "to": "2025-12-31"},
    {"name": "t1", "from": "2026-01-01", "to": "2026-03-31"},
    {"name": "t2", "from": "2026-04-01", "to": "2026-06-30"},
]


def status(rule: object, *facts: dict[str, Any], **more: Any) -> str:
    usual = {"on": "2026-02-01", "credits": 3}
    named = [usual | {"id": fact["achievement"]} | fact for fact in facts]
    top = {"quoin": 1, "terms": TERMS, "stacks": [{"key": "s", "requires": rule}], **more}
    (stack,) = parse_document(top).stacks
    record = parse_record({"completions": named}, stack.definitions)
    return evaluate(stack, record, as_of=TODAY, known_on=NOW).status.value


def fact(achievement: str, **attributes: Any) -> dict[str, Any]:
    own = ("on", "credits", "grade", "started", "valid_until")
    fields = {name: attributes.pop(name) for name in own if name in attributes}
    return {"achievement": achievement, "attributes": attributes, **fields}


RED, BLUE, PLAIN = fact("r", color="red"), fact("b", color="blue"), fact("p")
IS_RED = {"color": "red"}
GOOD, FAIR, OPEN = fact("g", grade=80), fact("f", grade=60), fact("o")


@pytest.mark.parametrize(
    ("clause", "sure", "open_one", "no"),
    [
        ({"items": 1, "where": IS_RED}, [RED, BLUE], [PLAIN, BLUE], [BLUE, fact("c", color="x")]),
        (
            {"at_most": {"items": 0}, "where": IS_RED},
            [BLUE, fact("c", color="x")],
            [BLUE, PLAIN],
            [BLUE, RED],
        ),
        ({"share": "1/2", "where": IS_RED}, [RED, BLUE], [PLAIN, BLUE],
         [fact("r", color="red", credits="2.9"), BLUE]),
        ({"share_at_most": "1/2", "where": IS_RED}, [RED, BLUE], [RED, PLAIN],
         [RED, fact("r2", color="red")]),
        ({"mean": 70}, [GOOD, FAIR], [FAIR, OPEN], [FAIR, fact("l", grade="79.9")]),
        ({"mean": 70, "where": IS_RED}, [fact("x", color="red", grade=70), BLUE],
         [fact("x", color="red"), BLUE], [fact("x", color="red", grade=69), BLUE]),
        ({"distinct": "area", "at_least": 2}, [fact("x", area="p"), fact("y", area="q")],
         None, [fact("x", area="p"), fact("y", area="p")]),
        ({"distinct": "area", "at_least": 2, "where": IS_RED},
         [fact("x", area="p", color="red"), fact("y", area="q", color="red")],
         [fact("x", area="p", color="red"), fact("y", area="q")],
         [fact("x", area="p", color="red"), fact("y", area="q", color="blue")]),
        ({"same": "area"}, [fact("x", area=["p", "q"]), fact("y", area=["q"])],
         None, [fact("x", area="p"), fact("y", area="q")]),
        ({"same": "area", "where": IS_RED},
         [fact("x", area="p", color="red"), fact("y", area="q", color="blue")],
         [fact("x", area="p", color="red"), fact("y", area="q")],
         [fact("x", area="p", color="red"), fact("y", area="q", color="red")]),
    ],
)  # fmt: skip
def test_what_is_not_recorded_leaves_the_answer_open(
    clause: dict[str, Any],
    sure: list[dict[str, Any]],
    open_one: list[dict[str, Any]] | None,
    no: list[dict[str, Any]],
) -> None:
    rule = {"items": 2, "of_which": [clause]}
    assert status(rule, *sure) == "met"
    assert status(rule, *no) == "not-met"
    if open_one is not None:
        assert status(rule, *open_one) == "unknown"
    group = {"all": [{"id": "a", "items": 2}], "of_which": [clause]}
    assert status(group, *sure) == "met"
    assert status(group, *no) == "not-met"


@pytest.mark.parametrize(
    ("clauses", "facts", "expected"),
    [
        ({"window": {"within": {"months": 3}, "from": "started"}},
         [fact("x", started="2026-01-01", on="2026-01-20"), fact("y", on="2026-04-01",
          started="2026-03-01")], "met"),
        ({"window": {"within": {"months": 3}, "from": "started"}},
         [fact("x", started="2026-01-01", on="2026-01-20"), fact("y", on="2026-04-02",
          started="2026-03-01")], "not-met"),
        ({"window": {"within": {"months": 3}, "from": "started"}},
         [fact("x", started="2026-01-01", on="2026-01-20"), fact("y")], "unknown"),
        ({"window": {"within": {"months": 3}, "from": "started"}},
         [fact("x"), fact("y")], "unknown"),
        ({"window": {"terms": 1}}, [fact("x", on="2026-04-01"), fact("y", on="2026-06-30")], "met"),
        ({"window": {"terms": 1}},
         [fact("x", on="2026-03-31"), fact("y", on="2026-06-30")], "not-met"),
        ({"window": {"terms": 2}}, [fact("x", on="2026-03-31"), fact("y", on="2026-06-30")], "met"),
        ({"window": {"terms": 2}},
         [fact("x", on="2025-12-31"), fact("y", on="2026-06-30")], "not-met"),
        ({"together": True}, [fact("x", on="2026-01-01", valid_until="2026-02-02"), fact("y")],
         "met"),
        ({"together": True}, [fact("x", on="2026-01-01", valid_until="2026-02-01"), fact("y")],
         "not-met"),
        ({"bundles": [{"of": ["x", "y"]}]}, [fact("x"), fact("y")], "met"),
        ({"bundles": [{"of": ["x", "z"]}]}, [fact("x"), fact("y")], "not-met"),
        ({"bundles": [{"of": ["x", "y", "z"]}]}, [fact("x"), fact("y")], "not-met"),
        ({"bundles": [{"of": ["q", "r"]}]}, [fact("x"), fact("y")], "met"),
        ({"best": 1}, [fact("x"), fact("y")], "not-met"),
        ({"caps": [{"at_most": {"credits": 5}}]}, [fact("x"), fact("y")], "not-met"),
        ({"caps": [{"at_most": {"credits": 6}}]}, [fact("x"), fact("y")], "met"),
        ({"caps": [{"at_most": {"credits": 3}, "where": IS_RED}]}, [RED, BLUE], "met"),
        ({"caps": [{"at_most": {"credits": 3}, "where": IS_RED}]}, [RED, PLAIN], "unknown"),
        ({"caps": [{"at_most": {"credits": 3}, "where": IS_RED}]},
         [RED, fact("r2", color="red")], "not-met"),
        ({"caps": [{"at_most": {"credits": 1}}]},
         [fact("x", credits="0.5"), fact("y", credits="0.5")], "met"),
        ({"of_which": [{"mean": 70}]}, [OPEN, fact("p", grade=40)], "unknown"),
        ({"of_which": [{"mean": 70}]}, [OPEN, fact("p", grade="39.9")], "not-met"),
        ({"of_which": [{"mean": 70, "where": IS_RED}]},
         [fact("p", grade=60), fact("x", color="red", grade="69.9")], "not-met"),
        ({"of_which": [{"mean": 70, "where": IS_RED}]},
         [fact("p", grade=71), fact("x", color="red", grade="69.9")], "unknown"),
    ],
)  # fmt: skip
def test_a_clause_holds_up_to_its_boundary(
    clauses: dict[str, Any], facts: list[dict[str, Any]], expected: str
) -> None:
    assert status({"items": 2, **clauses}, *facts) == expected


def test_what_breaks_a_clause_is_left_out_where_enough_remains() -> None:
    most = {"items": 2, "of_which": [{"at_most": {"items": 1}, "where": IS_RED}]}
    assert status(most, RED, fact("r2", color="red"), BLUE) == "met"
    mean = {"items": 1, "of_which": [{"mean": 70}]}
    assert status(mean, fact("l", grade=10), fact("h", grade=70)) == "met"
    assert status(mean, fact("o"), fact("h", grade=70), fact("l", grade=1)) == "met"
    three = {"items": 2, "of_which": [{"mean": 70, "where": IS_RED}]}
    assert status(three, BLUE, fact("x", color="red", grade=70), fact("y", grade=1)) == "met"
    distinct: dict[str, Any] = {"items": 3, "of_which": [{"distinct": "area", "at_least": 2}]}
    facts = [fact("x", area="p"), fact("y", area="p"), fact("z", area=["p", "q"])]
    assert status(distinct, *facts) == "met"
    distinct["of_which"] = [{"distinct": "area", "at_least": 3}]
    assert status(distinct, *facts) == "not-met"
    window = {"items": 1, "window": {"within": {"days": 1}, "from": "started"}}
    assert status(window, fact("x"), fact("y", started="2026-02-01")) == "met"


def test_a_credit_cap_takes_what_may_be_under_it_at_its_worst() -> None:
    rule = {"credits": 6, "caps": [{"at_most": {"credits": 4}, "where": IS_RED}]}
    assert status(rule, RED, BLUE) == "met"
    assert status(rule, RED, PLAIN) == "unknown"
    assert status(rule, RED, PLAIN, fact("b", color="blue", credits=2)) == "met"
    assert status(rule, RED, fact("r2", color="red")) == "not-met"


def foreign(achievement: str, **more: Any) -> dict[str, Any]:
    """Return a fact of which nobody knows how many credits it is worth here."""
    return fact(achievement, **more) | {"credit_kind": "us"}


@pytest.mark.parametrize(
    ("clause", "facts", "expected"),
    [
        ({"at_most": {"credits": 5}}, [foreign("h"), BLUE], "unknown"),
        ({"at_most": {"credits": 2}}, [foreign("h"), BLUE], "not-met"),
        ({"at_most": {"credits": 5}, "where": IS_RED}, [foreign("h", color="x"), BLUE], "met"),
        ({"credits": 5}, [foreign("h"), BLUE], "unknown"),
        ({"credits": 3}, [foreign("h"), BLUE], "met"),
        ({"points": 90}, [fact("g", grade=80), OPEN], "unknown"),
        ({"at_most": {"points": 90}}, [fact("g", grade=80), OPEN], "unknown"),
        ({"share": "1/2", "where": IS_RED}, [foreign("h", color="x"), RED], "unknown"),
        ({"share": "1/2", "where": IS_RED}, [foreign("h", color="red"), BLUE], "unknown"),
        ({"share": "1/2", "where": IS_RED}, [foreign("h", color="x"), BLUE], "not-met"),
        ({"share_at_most": "1/2", "where": IS_RED}, [foreign("h", color="x"), RED], "unknown"),
        ({"share_at_most": "1/2", "where": IS_RED}, [foreign("h", color="red"), BLUE], "unknown"),
        ({"share_at_most": "1/2", "where": IS_RED}, [foreign("h", color="red"), RED], "not-met"),
        ({"mean": 70}, [foreign("h", grade=90), FAIR], "unknown"),
        ({"mean": 70}, [foreign("h"), FAIR], "unknown"),
        ({"mean": 70}, [foreign("h", grade=70), FAIR], "not-met"),
        ({"mean": 70}, [foreign("h", grade=10), foreign("g", grade=20)], "unknown"),
        ({"mean": 70, "weight": "items"}, [foreign("h", grade=80), FAIR], "met"),
    ],
)  # fmt: skip
def test_an_amount_that_is_not_known_leaves_the_answer_open(
    clause: dict[str, Any], facts: list[dict[str, Any]], expected: str
) -> None:
    assert status({"items": 2, "of_which": [clause]}, *facts) == expected


def test_a_cap_in_another_unit_is_open_where_an_amount_is_not_known() -> None:
    rule = {"items": 2, "caps": [{"at_most": {"credits": 5}}]}
    assert status(rule, foreign("h"), BLUE) == "unknown"
    assert status(rule, foreign("h"), BLUE, fact("c", credits=2)) == "met"


def test_what_is_not_known_is_left_out_where_enough_remains() -> None:
    for clause in ({"at_most": {"credits": 3}}, {"mean": 70}, {"share": 1, "where": IS_RED}):
        rule = {"items": 1, "of_which": [clause]}
        red = fact("z", color="red", grade=70)
        assert status(rule, foreign("h", color="blue", grade=10), red) == "met"


def test_a_missing_grade_is_at_best_the_best_one_of_its_scale() -> None:
    rule = {"items": 2, "of_which": [{"mean": 3, "scale": "letter"}]}
    top = {"scales": {"letter": {"D": 1, "C": 2, "B": 3, "A": 4}}}
    c = fact("c", grade="C") | {"scale": "letter"}
    assert status(rule, OPEN, c, **top) == "unknown"
    d = fact("d", grade="D") | {"scale": "letter"}
    assert status(rule, OPEN, d, **top) == "not-met"
    assert status(rule | {"items": 3}, OPEN, c, c | {"achievement": "c2"}, **top) == "not-met"


def test_different_values_are_sought_among_what_the_clause_speaks_of() -> None:
    clause = {"distinct": "area", "at_least": 2, "where": IS_RED}
    p, q = fact("x", area="p", color="red"), fact("y", area="q", color="red")
    rule: dict[str, Any] = {"items": 3, "of_which": [clause]}
    assert status(rule, BLUE, p, q) == "met"
    assert status(rule, BLUE, p, fact("z", area="p", color="red")) == "not-met"


def test_where_nothing_has_a_value_nothing_counts_that_had_to_have_the_same() -> None:
    clause = {"same": "area"}
    assert status({"items": 0, "of_which": [clause]}, PLAIN) == "met"
    assert status({"items": 1, "of_which": [clause]}, PLAIN) == "not-met"
    either = {"any": ["p", {"id": "own", "items": 1, "of": ["b"], "of_which": [clause]}]}
    assert status(either, PLAIN, BLUE) == "met"


def test_the_order_holds_for_what_counts_and_not_for_what_is_left_out() -> None:
    before = {"id": "a", "items": 1, "of": ["x", "y"]}
    after = {"id": "b", "items": 1, "of": ["z"], "after": "a"}
    rule = {"all": [before, after]}
    z = fact("z", started="2026-02-01", on="2026-03-01")
    assert status(rule, fact("x", on="2026-02-01"), z) == "met"
    assert status(rule, fact("x", on="2026-02-02"), z) == "not-met"
    assert status(rule, fact("x", on="2026-02-02"), fact("y", on="2026-01-01"), z) == "met"
    assert status(rule, fact("x", on="2026-02-01"), fact("z")) == "unknown"
    nothing = {"any": [before, after]}
    assert status(nothing, z) == "met"
