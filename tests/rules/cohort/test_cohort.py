"""A cohort stands where each of its learners stands: every status is that of the roll-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stacking_rules import Document, DocumentError, Status, parse_document, parse_record, roll_up
from stacking_rules.cohort.facts_table import read_facts
from stacking_rules.cohort.plan import evaluate_cohort
from stacking_rules.cohort.standings import Standings, changed
from tests.rules.cohort import random_documents
from tests.rules.cohort.tables import table_of
from tests.rules.random_rules import AS_OF, FEATURES, Draw

KNOWN = datetime(2026, 7, 1, tzinfo=UTC)


def stand(
    document: Document, records: Sequence[Mapping[str, Any]], as_of: date = AS_OF
) -> Standings:
    """Return the standings of ``records``, having seen that they are those of the roll-up."""
    definitions = document.definitions
    cohort = read_facts(table_of(records), definitions, as_of=as_of, known_on=KNOWN)
    found = evaluate_cohort(
        document.stacks, cohort.columns, cohort.record_of, as_of=as_of, known_on=KNOWN
    )
    for number, record in enumerate(records):
        one = parse_record(record, definitions)
        each = roll_up(document.stacks, one, as_of=as_of, known_on=KNOWN).progress
        assert found.of_learner(number) == {key: p.status for key, p in each.items()}, record
    return found


def alone(rules: Sequence[Any], records: Sequence[Mapping[str, Any]], **top: Any) -> int:
    """Return how many learners were evaluated one by one (all answers are seen to be right)."""
    stacks = [
        rule if "requires" in rule else {"key": f"s{n}", "requires": rule}
        for n, rule in enumerate(rules)
    ]
    return stand(parse_document({"quoin": 1, "stacks": stacks, **top}), records).alone


@pytest.mark.parametrize("feature", range(len(FEATURES)), ids=FEATURES)
def test_random_rules_of_every_feature(feature: int) -> None:
    draw = Draw(feature)
    records = [draw.record, *(draw.draw_record() for _ in range(11))]
    stand(parse_document({"quoin": 1, "stacks": [draw.stack]}), records)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_random_stacks_that_build_on_each_other(seed: int) -> None:
    some = Random(seed)
    text: dict[str, Any] = {"quoin": 1, "stacks": random_documents.stacks(some)}
    if some.random() < 0.05:
        text["equivalent"] = [{"same": some.sample("abcdefg", 2)}]
    try:
        document = parse_document(text)
    except DocumentError:
        return  # a part that stands twice
    draw = Draw(some.randint(0, 10**9))
    stand(document, [random_documents.record(some, draw) for _ in range(8)])


def done(key: str, **more: Any) -> dict[str, Any]:
    return {"achievement": key, "on": "2026-03-01", "credits": 3, "grade": 60, **more}


def has(*facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"completions": [{"id": f"c{n}", **fact} for n, fact in enumerate(facts)], **more}


OLD, NEW = {"on": "2024-01-01", "grade": 90}, {"on": "2026-06-01", "grade": 40}
RECENT = {"on": {"last": {"months": 6}}}
SHARED = {"all": [{"id": "p", "items": 1, "of": ["x", "y"]}, {"id": "q", "items": 1, "of": ["x"]}]}
WORTH = {"all": [{"id": "p", "credits": 5, "of": ["x", "y", "z"]},
                 {"id": "q", "credits": 3, "of": ["x", "z"]}]}  # fmt: skip
LOOK = {"id": "o", "items": 1, "of": ["x"], "where": RECENT, "use": "overlay"}
LOOKED = {"all": [{"id": "c", "items": 1, "of": ["x"], "grade": 60}, LOOK]}


@pytest.mark.parametrize(
    ("rule", "records"),
    [
        ({"items": 1, "of": ["x", "y"], "grade": 60}, [has(done("x")), has(done("y", grade=59))]),
        ({"credits": 6, "of": ["x", "y"]}, [has(done("x"), done("y")), has(done("x"), done("x"))]),
        ({"credits": 6, "where": RECENT}, [has(done("x"), done("y", **OLD))]),
        ({"items": 2, "where": {"color": "red"}},
         [has(done("x", attributes={"color": "red"}), done("y", attributes={"color": "blue"}))]),
        ({"all": [{"items": 1, "of": ["x"], "grade": 60, "where": RECENT, "use": "overlay"}]},
         [has(done("x", **OLD), done("x", **NEW)), has(done("x", **OLD), done("x"))]),
        (SHARED, [has(done("x")), has(done("x"), done("y")), has(done("y"))]),
        (LOOKED, [has(done("x")), has(done("x", **NEW))]),
        ({"any": ["x", {"items": 1, "of": ["x", "y"]}]}, [has(done("x")), has(done("z"))]),
        ({"items": 1, "of": ["x"]}, [has(done("x", valid_until="2026-06-30")), has(done("x"))]),
    ],
)  # fmt: skip
def test_what_sums_decide_asks_nobody_alone(rule: Any, records: list[dict[str, Any]]) -> None:
    assert alone([rule], records) == 0


@pytest.mark.parametrize(
    ("rule", "record"),
    [
        ({"items": 1, "of": ["x"], "grade": 50}, has({"achievement": "x", "on": "2026-03-01"})),
        ({"items": 1, "of": ["x"], "grade": 50}, has(done("x", scale="0-200"))),
        ({"items": 1, "of": ["x"]}, has(done("x", state="pending"))),
        ({"credits": 2, "of": ["x"]}, has(done("x", credit_kind="ects"))),
        ({"credits": 4, "of": ["x"]}, has(done("x"), done("x", credits=4))),
        (LOOKED, has(done("x", **OLD), done("x", **NEW))),
        ({"items": 1, "of": ["x"], "where": {"color": "red"}}, has(done("x"))),
        ({"all": ["x", {"none": ["y"]}]}, has(done("x"))),
        ({"items": 1, "of": ["x"]}, has(done("x"), waivers=[random_documents.WAIVED])),
    ],
)
def test_what_sums_leave_open_is_evaluated_alone(rule: Any, record: dict[str, Any]) -> None:
    assert alone([rule], [record, has(done("other"))]) == 1


def test_who_is_below_the_bound_is_not_asked_alone() -> None:
    rule = {"all": ["x", {"none": ["y"]}]}
    assert alone([rule], [has(done("y")), has(done("z"))]) == 0


@pytest.mark.parametrize(
    "worths", [(3, 5, 0), (5, 3, 1), (3, 2, 3), (5, 5, 5), (8, 1, 1), (3, 4, 1)]
)
def test_credits_that_differ_are_divided_exactly(worths: tuple[int, ...]) -> None:
    facts = [done(key, credits=worth) for key, worth in zip("xyz", worths, strict=True)]
    stand(parse_document({"quoin": 1, "stacks": [{"key": "s", "requires": WORTH}]}), [has(*facts)])


def test_an_award_counts_in_larger_stacks_made_or_held() -> None:
    rules = ["x", {"all": [{"award": "s0"}, "y"]}, {"items": 2, "of": [{"award": "s1"}, "z"]}]
    rules = [{"all": [rule]} if isinstance(rule, str) else rule for rule in rules]
    held = {"id": "w", "award": "s0", "on": "2026-01-01"}
    records = [
        has(done("x"), done("y"), done("z")),
        has(done("y"), done("z"), awards=[held]),
        has(done("y"), awards=[held]),
        has(done("y"), awards=[{**held, "award": "other"}]),
    ]
    assert alone(rules, records) == 0
    ended = has(done("x"), done("y"), awards=[{**held, "valid_until": "2026-02-01"}])
    assert alone(rules, [ended]) == 1


def test_counts_and_changes() -> None:
    records = [has(done("x")), has(done("y")), has({"achievement": "x", "on": "2026-03-01"})]
    texts = [{"items": 1, "of": ["x"], "grade": grade} for grade in (60, 70)]
    before, after = (
        stand(parse_document({"quoin": 1, "stacks": [{"key": "s", "requires": text}]}), records)
        for text in texts
    )
    counts = {Status.MET: 1, Status.NOT_MET: 1, Status.UNKNOWN: 1, Status.NOT_DECIDED: 0}
    assert before.counts() == {"s": counts}
    assert changed(before, after, "s").tolist() == [0]
    assert changed(before, after, "t").tolist() == []
