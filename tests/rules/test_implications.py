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
