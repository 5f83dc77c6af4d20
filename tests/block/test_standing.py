"""An answer of the tool becomes something small, whatever it holds."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from quoin_xblock.standing import parse_progress, stacks_of
from tests.block.small_tool import SmallTool, _progress

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(
                [
                    "stacks",
                    "key",
                    "title",
                    "status",
                    "requirement",
                    "parts",
                    "award",
                    "next_steps",
                    "options",
                    "achievement",
                    "counted",
                    "have",
                ]
            ),
            inner,
        )
    ),
    max_leaves=40,
)


def answer(held: int = 0) -> Any:
    tool = SmallTool()
    for number, key in enumerate(["cleaning", "sql", "charts"][:held]):
        tool.completions[str(number)] = {"subject": "amy", "competency": key}
    return _progress(tool, {"subject": "amy"}, b"")


@given(JSON)
def test_no_answer_breaks_a_page(content: Any) -> None:
    json.dumps(parse_progress(content))


@given(st.dictionaries(st.sampled_from(["key", "title", "requirement", "award"]), JSON))
def test_no_stack_breaks_a_page(stack: Any) -> None:
    for found in parse_progress({"stacks": [stack]}):
        assert found["status"] in ("met", "not-met", "unknown", "not-decided")


def test_a_stack_is_read_with_its_parts_and_steps() -> None:
    first, second = parse_progress(answer(1))

    assert (first["have"], first["need"], first["unit"]) == ("1", "3", "parts")
    assert [part["title"] for part in first["parts"]][:2] == ["Data cleaning", "Queries in SQL"]
    assert first["parts"][0]["facts"][0]["on"] == "2026-06-30"
    assert first["steps"][0]["count"] == 2
    assert first["awarded_on"] == ""
    assert second["about"] == ["", "data-explorer", "ethics"]


def test_an_award_has_its_day_and_its_end() -> None:
    first = parse_progress(answer(3))[0]

    assert (first["awarded_on"], first["expires_on"]) == ("2026-06-30", "2028-06-30")


def test_a_huge_answer_is_cut() -> None:
    part = {"title": "x" * 10_000, "status": "met", "parts": []}
    stack = {"key": "k", "title": "t", "requirement": {"parts": [part] * 10_000}}
    kept = parse_progress({"stacks": [stack] * 1000})

    assert len(json.dumps(kept)) < 500_000
    assert len(kept) == 30


def test_a_deep_answer_is_cut() -> None:
    node: dict[str, Any] = {"title": "leaf"}
    for _ in range(500):
        node = {"title": "group", "parts": [node]}

    assert len(parse_progress({"stacks": [{"key": "k", "requirement": node}]})[0]["parts"]) == 3


def test_a_credential_is_known_by_its_award_once_it_is_issued() -> None:
    number = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
    awards: list[dict[str, Any]] = [
        {"uuid": number, "has_credential": True},
        {"uuid": number, "has_credential": False},
        {"uuid": "javascript:alert(1)", "has_credential": True},
        {"has_credential": True},
    ]
    stacks = [{"key": "k", "award": award} for award in awards]

    assert [s["credential"] for s in parse_progress({"stacks": stacks})] == [number, "", "", ""]


def test_a_competency_shows_the_stacks_that_it_carries() -> None:
    seen = {"progress": parse_progress(answer())}

    def keys(**asked: str) -> list[str]:
        return [stack["key"] for stack in stacks_of(seen, **asked)]

    assert keys(stack="", competency="sql") == ["data-explorer", "data-practitioner"]
    assert keys(stack="", competency="astrology") == []
    assert keys(stack="data-explorer", competency="sql") == ["data-explorer"]
    assert keys(stack="") == ["data-explorer", "data-practitioner"]
