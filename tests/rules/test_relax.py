"""Where an award is not possible, what is held is shown on the way that is nearest to it."""

from __future__ import annotations

from stacking_rules import Progress
from tests.rules.helpers import at, done, has


def counted(progress: Progress) -> dict[str, str]:
    return {
        node.address: ",".join(sorted(fact.achievement for fact in node.counted))
        for node in progress.children
    }


def test_what_fits_two_ways_is_shown_where_less_is_missing() -> None:
    # One credit is missing at /a and five at /b; the limits make a search of it.
    near = {"id": "a", "credits": 10, "of": ["x", "y"], "best": 5}
    far = {"id": "b", "credits": 8, "of": ["x", "z"], "best": 5}
    record = has(done("x", credits=3), done("y", credits=6))
    for ways in ([near, far], [far, near]):
        progress = at({"any": ways}, record)
        assert progress.status.value == "not-met"
        assert counted(progress) == {"/a": "x,y", "/b": ""}
