"""How hard a rule is to decide for one learner, and what makes it so."""

from __future__ import annotations

import pytest

from stacking_rules import parse_stack
from stacking_rules.cases import Case, case_of

WORTH = {"a": 2, "b": 3, "c": 3, "d": 4}


def case(requires: object) -> Case:
    texts = {key: {"credits": worth} for key, worth in WORTH.items()}
    data = {"key": "award", "requires": requires, "definitions": {"achievements": texts}}
    return case_of(parse_stack(data))


def both(one: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    return {"all": [one | {"id": "x"}, other | {"id": "y"}]}


BC = {"credits": 3, "of": ["b", "c"]}


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        # An overlay uses nothing up, so nothing competes.
        (both(BC, {"items": 1, "of": ["b"], "use": "overlay"}), Case("thresholds", competing=1)),
        # Nothing to hold: no one competes.
        ({"learner": {"profession": "nurse"}}, Case("thresholds", competing=0)),
        # Two groups apart from each other: the larger one is told.
        (
            {
                "all": [
                    {"id": "p", "items": 1, "of": ["a"]},
                    {"id": "q", "items": 1, "of": ["b", "c"]},
                    {"id": "r", "items": 1, "of": ["c", "d"]},
                ]
            },
            Case("counts", competing=2),
        ),
        # What competes with no one may be worth what it likes.
        (
            {"all": [{"id": "p", "credits": 2, "of": ["a"]}]
             + [{"id": name, "items": 1, "of": ["b", "c"]} for name in "qr"]},
            Case("counts", competing=2),
        ),
        # Items and credits compete: all of it is worth the same, or there is no telling.
        (both(BC, {"items": 1, "of": ["c"]}), Case("search", "credits", "/x", 2)),
        (both(BC, BC), Case("equal-credits", competing=2)),
        (both(BC, {"credits": 3, "of": ["c", "d"]}), Case("search", "credits", "/x", 2)),
        # One that is not declared is enough.
        (both(BC, {"credits": 3, "of": ["b", "z"]}), Case("search", "credits", "/y", 2)),
        (
            both({"credits": 3, "of": ["b", "z"]}, BC),
            Case("search", "credits", "/x", 2),
        ),
        (
            both({"points": 60, "of": ["b", "c"]}, {"items": 1, "of": ["b"]}),
            Case("search", "points", "/x", 2),
        ),
        # An open list meets every list of its kind, and none of another kind.
        (both({"items": 9}, {"items": 1, "of": ["z"]}), Case("counts", competing=2)),
        (both({"items": 9}, {"items": 1, "among": "awards"}), Case("thresholds", competing=1)),
        (
            both({"items": 1, "of": ["z"]}, {"items": 1, "of": [{"award": "z"}]}),
            Case("thresholds", competing=1),
        ),
    ],
)  # fmt: skip
def test_how_it_is_decided_and_how_many_compete(requires: object, expected: Case) -> None:
    assert case(requires) == expected


def test_those_that_compete_by_way_of_another_are_one_group() -> None:
    chain = [["a", "b"], ["c", "d"], ["b", "c"]]
    parts = [{"id": f"p{n}", "items": 1, "of": keys} for n, keys in enumerate(chain)]
    assert case({"all": parts}) == Case("counts", competing=3)
    assert case({"all": parts[:2]}) == Case("thresholds", competing=1)
    star = [["a"], ["b"], ["a", "b", "c"], ["c"]]
    parts = [{"id": f"p{n}", "items": 1, "of": keys} for n, keys in enumerate(star)]
    assert case({"all": parts}) == Case("counts", competing=4)
