"""What follows from what: every claim holds for all values, every near twin is not claimed."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import parse_stack
from stacking_rules.implications import covers, follows
from stacking_rules.read_test import read_test
from stacking_rules.requirements import Requirement


def node(data: object) -> Requirement:
    return parse_stack({"key": "award", "requires": data}).requires


CLAUSES = {"filters": [{"where": {"track": "x"}}]}


@pytest.mark.parametrize(
    ("given", "wanted", "twin"),
    [
        ({"completed": "a", "grade": 60}, {"completed": "a", "grade": 50}, {"completed": "b"}),
        ({"completed": "a"}, {"items": 1, "of": ["a", "b"]}, {"items": 2, "of": ["a", "b"]}),
        ({"completed": "a"}, {"items": 1}, {"items": 1, "among": "awards"}),
        ({"award": "a"}, {"items": 1, "among": "awards"}, {"completed": "a"}),
        ({"items": 3, "of": ["a", "b", "c"]}, {"items": 2}, {"credits": 2}),
        ({"all": ["a", "b", "c"]}, {"at_least": 2, "of": ["a", "b", "d"]}, {"all": ["a", "d"]}),
        ({"any": ["a", "b"]}, {"any": ["a", "b", "c"]}, {"any": ["a", "c"]}),
        ({"at_least": 2, "of": ["a", "b"]}, {"all": ["a", "b"]}, {"all": ["a", "b", "c"]}),
        ({"all": ["a", "b"]} | CLAUSES, {"any": ["a", "c"]} | CLAUSES, {"any": ["c"]} | CLAUSES),
        ({"all": ["a", "b"]} | CLAUSES, {"all": ["b"]}, {"all": ["b"], "together": True}),
    ],
)
def test_what_covers_another_covers_it_and_not_its_near_twin(
    given: object, wanted: object, twin: dict[str, Any]
) -> None:
    assert covers(node(given), node(wanted))
    assert not covers(node(wanted), node({"all": ["x", "y", "z"]}))
    assert not covers(node(given), node(twin))


A60, A70 = ({"id": f"a{n}", "completed": "a", "grade": n} for n in (60, 70))
ABC = ["a", "b", "c"]
OPEN = {"open": {"until": "2030-01-01"}}


def item(name: str, *keys: str) -> dict[str, Any]:
    return {"id": name, "items": 1, "of": [*keys]}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        # A name and a title are no difference.
        ({"all": ["a", A60], "title": "T"}, {"all": ["a", A60 | {"id": "other"}]}),
        ({"all": ["a"]} | OPEN, {"all": ["a"], "open": OPEN["open"] | {"id": "o", "rule": "R1"}}),
        # A single achievement is a group of one.
        ({"completed": "a"}, {"any": ["a", "b"]}),
        ({"all": ["a", "b"]}, {"completed": "a"}),
        ({"any": [A60, A70]}, {"any": ["a", "b"]}),
        # Which of them stands for which is looked for.
        ({"all": ["a", "b"]}, {"all": [item("p", "a", "b"), item("q", "a")]}),
        # A grade that is the same is reached; lists may be the same.
        (A60 | {"where": {"t": "x"}}, {"completed": "a", "grade": 60}),
        ({"items": 3, "of": ABC}, {"items": 2, "of": ABC}),
        ({"items": 3, "of": ABC, "grade": 60}, {"items": 3, "grade": 50}),
        # The wider exclusion covers the narrower one.
        ({"none": ["a", "b"]}, {"none": ["b"]}),
        ({"none": ["a"]}, {"none": [A60]}),
        ({"at_most": {"items": 2}}, {"at_most": {"items": 3}, "of": ["a"]}),
        ({"at_most": {"items": 2}, "of": ABC}, {"at_most": {"items": 2}, "of": ["a", "c"]}),
        ({"at_most": {"items": 2}, "of": ABC}, {"at_most": {"items": 3}, "of": ABC}),
        (
            {"at_most": {"credits": 2}, "where": {"t": ["x", "y"]}},
            {"at_most": {"credits": 2}, "where": {"t": "x"}},
        ),
    ],
)
def test_what_asks_for_more_covers_what_asks_for_less(given: object, wanted: object) -> None:
    assert covers(node(given), node(wanted))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"completed": "a"}, {"all": ["a", "b"]}),
        ({"any": ["a", "b"]}, {"completed": "a"}),
        ({"all": ["a", "b"]}, {"all": ["a"]} | CLAUSES),
        ({"all": ["a"]} | CLAUSES, {"all": ["a"], "filters": [{"where": {"track": "y"}}]}),
        # Two attempts at one achievement are one part that is met.
        ({"all": [A60, A70]}, {"all": ["a", "b"]}),
        ({"all": ["a", "b"]}, {"all": [item("p", "a", "b"), item("q", "c")]}),
        (A60, {"completed": "a", "where": {"t": "x"}}),
        ({"completed": "a", "where": {"t": "x"}}, A60),
        (A60, A70),
        ({"items": 3, "of": ABC}, {"items": 2, "of": ["a", "b", "d"]}),
        ({"items": 3, "of": ABC}, {"items": 2, "of": ABC, "grade": 50}),
        ({"items": 3, "of": ABC, "use": "overlay"}, {"items": 3, "of": ABC}),
        ({"completed": "a"}, item("x", "a") | {"use": "overlay"}),
        ({"none": ["a"]}, {"none": ["a", "b"]}),
        ({"none": ["a"]}, {"at_most": {"items": 0}, "of": ["a"]}),
        ({"at_most": {"items": 0}, "of": ["a"]}, {"none": ["a"]}),
        ({"at_most": {"items": 2}, "of": ABC}, {"at_most": {"items": 2}, "of": ["a", "d"]}),
        ({"at_most": {"items": 2}, "of": ABC}, {"at_most": {"items": 2}}),
        ({"at_most": {"items": 3}}, {"at_most": {"items": 2}}),
        ({"at_most": {"items": 2}}, {"at_most": {"credits": 2}}),
        # Points are of the best attempt: what is left out may have the better one.
        ({"at_most": {"points": 2}}, {"at_most": {"points": 3}}),
        (
            {"at_most": {"items": 2}, "where": {"t": "x"}},
            {"at_most": {"items": 2}, "where": {"t": ["x", "y"]}},
        ),
        ({"learner": {"p": "nurse"}}, {"completed": "a"}),
    ],
)
def test_what_asks_for_something_else_covers_nothing(given: object, wanted: object) -> None:
    assert not covers(node(given), node(wanted))


def test_what_lets_more_count_proves_nothing() -> None:
    lenient = {"all": ["a", "b"], "grace": {"days": 9}}
    assert not covers(node(lenient), node({"all": ["a"]}))
    assert not covers(node({"all": ["a", "b"]}), node({"all": ["a"]} | CLAUSES))


@pytest.mark.parametrize(
    ("given", "wanted", "twin"),
    [
        ({"x": "a"}, {"x": ["a", "b"]}, {"x": ["b", "c"]}),
        ({"n": {"at_least": 6}}, {"n": {"above": 5}}, {"n": {"above": 6}}),
        ({"n": {"above": 5}}, {"n": {"at_least": 5}}, {"n": {"at_most": 9}}),
        ({"n": 7}, {"n": {"at_least": 6}}, {"n": {"at_least": 8}}),
        ({"x": {"not": ["a", "b"]}}, {"x": {"not": "a"}}, {"x": {"not": "c"}}),
        ({"x": "a", "n": 1}, {"x": "a"}, {"y": "a"}),
        ({"any": [{"x": "a"}, {"x": "b"}]}, {"x": ["a", "b"]}, {"x": "a"}),
        ({"on": {"at_least": "2026-01-01"}}, {"on": {"above": "2025-12-31"}}, {"started": "x"}),
        ({"x": "a"}, {"any": [{"x": "a"}, {"y": "b"}]}, {"all": [{"x": "a"}, {"y": "b"}]}),
    ],
)
def test_a_test_follows_from_a_stricter_one(given: object, wanted: object, twin: object) -> None:
    assert follows(read_test(given, ""), read_test(wanted, ""))
    assert not follows(read_test(given, ""), read_test(twin, ""))


def test_every_fact_passes_no_test_and_no_test_proves_one() -> None:
    assert follows(read_test({"x": "a"}, ""), None)
    assert not follows(None, read_test({"x": "a"}, ""))


def test_a_comparison_inside_another_kind_is_not_claimed() -> None:
    on_scale = read_test({"grade": {"at_least": 5, "scale": "0-10"}}, "")
    assert not follows(on_scale, read_test({"grade": {"at_least": 5}}, ""))
    assert not follows(read_test({"n": "text"}, ""), read_test({"n": {"at_least": 6}}, ""))
    later = {"on": {"at_least": {"event": "passed"}}}
    assert not follows(read_test(later, ""), read_test({"on": {"at_least": "2026-01-01"}}, ""))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"x": ["b", "a"]}, {"x": ["a", "b"]}),
        ({"x": "a", "y": "b", "z": "c"}, {"z": "c", "x": ["a", "d"]}),
        ({"n": 6}, {"n": {"at_least": 6}}),
        ({"n": 6}, {"n": {"at_most": 6}}),
        ({"n": 5}, {"n": {"below": 6}}),
        ({"n": {"below": 6}}, {"n": {"at_most": 6}}),
        ({"n": {"at_most": 5}}, {"n": {"below": 6}}),
        ({"d": "2026-01-01"}, {"d": {"at_least": "2026-01-01"}}),
        ({"d": "2026-01-01"}, {"d": {"at_most": "2026-01-01"}}),
        ({"d": "2025-01-01"}, {"d": {"at_most": "2026-01-01"}}),
        ({"d": ["2026-01-01", "2026-02-01"]}, {"d": {"above": "2025-12-31"}}),
    ],
)
def test_a_test_follows_from_a_value_or_a_bound_within_it(given: object, wanted: object) -> None:
    assert follows(read_test(given, ""), read_test(wanted, ""))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"n": 7}, {"m": {"at_least": 6}}),
        ({"n": [7, 5]}, {"n": {"at_least": 6}}),
        ({"n": {"at_least": 6}}, {"n": {"above": 6}}),
        ({"n": {"at_least": 6}}, {"m": {"at_least": 6, "above": 5}}),
        ({"n": {"at_most": 6}}, {"n": {"below": 6}}),
        ({"d": "2025-01-01"}, {"d": {"at_least": "2026-01-01"}}),
        # A grade, or a level, may be one of another scale or framework.
        ({"grade": 70}, {"grade": {"at_least": 60}}),
        ({"level": 7}, {"level": {"at_least": 6}}),
        ({"level": 7}, {"level": {"at_least": 6, "framework": "eqf"}}),
        ({"not": {"x": "a"}}, {"not": {"x": ["a", "b"]}}),
        ({"not": {"n": {"above": 5}}}, {"not": {"x": "a"}}),
        ({"x": "a"}, {"x": {"not": "b"}}),
    ],
)
def test_a_test_does_not_follow_from_a_wider_one_or_from_another_kind(
    given: object, wanted: object
) -> None:
    assert not follows(read_test(given, ""), read_test(wanted, ""))
