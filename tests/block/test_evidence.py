"""What proves a competency, and what does not."""

from __future__ import annotations

import pytest

from quoin_xblock.evidence import (
    Watched,
    decide_attestation,
    decide_checklist,
    decide_score,
    decide_watched,
    grade_of,
    is_link,
)


def parts(*shares: float | None) -> list[Watched]:
    return [Watched(f"Part {number}", share) for number, share in enumerate(shares)]


@pytest.mark.parametrize(
    ("shares", "is_met", "share"),
    [((1, 1), True, 1.0), ((1, 0.99), False, 0.5), ((0, 0), False, 0.0), ((), False, 0.0)],
)
def test_every_watched_part_has_to_be_complete(
    shares: tuple[float, ...], is_met: bool, share: float
) -> None:
    verdict = decide_watched(parts(*shares))

    assert (verdict.is_met, verdict.share) == (is_met, share)


def test_what_is_missing_is_named() -> None:
    assert decide_watched(parts(1, 0.5, 0)).missing == ("Part 1", "Part 2")


@pytest.mark.parametrize(
    ("shares", "threshold", "is_met"),
    [
        ((0.8,), 0.8, True),
        ((0.1, 0.2, 0.3), 0.2, True),
        ((0.7999,), 0.8, False),
        ((1, 0), 0.6, False),
        ((1, 0), 0.5, True),
        ((0,), 0.0, True),
        ((None,), 0.0, False),
        ((1, None), 0.5, True),
        ((1, None), 0.6, False),
        ((), 0.0, False),
    ],
)
def test_the_mean_score_has_to_reach_the_threshold(
    shares: tuple[float | None, ...], threshold: float, is_met: bool
) -> None:
    assert decide_score(parts(*shares), threshold).is_met is is_met


@pytest.mark.parametrize(
    ("shares", "grade"), [((1,), "100"), ((0.825,), "82.5"), ((1, 0, 0), "33.33"), ((0,), "0")]
)
def test_a_score_is_told_in_percent(shares: tuple[float, ...], grade: str) -> None:
    assert grade_of(decide_score(parts(*shares), 0.0)) == grade


def test_other_ways_have_no_grade() -> None:
    assert grade_of(decide_watched(parts(1))) is None


def test_a_checklist_needs_a_link_for_each_name() -> None:
    names = ["Bar", "Line"]

    assert decide_checklist(names, {"Bar": "https://e.edu/1"}).missing == ("Line",)
    assert not decide_checklist(names, {"Bar": "https://e.edu/1", "Line": "yes"}).is_met
    assert decide_checklist(names, dict.fromkeys(names, "https://e.edu/1")).is_met
    assert not decide_checklist([], {}).is_met


@pytest.mark.parametrize("is_attested", [True, False])
def test_an_attestation_is_the_course_teams_word(is_attested: bool) -> None:
    assert decide_attestation(is_attested=is_attested).is_met is is_attested


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("https://example.edu/a?b=c", True),
        ("http://localhost:8000/x", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.edu", False),
        ("https://[", False),
        ("https://e.edu/\nx", False),
        ("https://e.edu/" + "x" * 490, False),
    ],
)
def test_links(text: str, good: bool) -> None:
    assert is_link(text) is good
