"""quoin bench match: what is measured is what is claimed, and the default reaches its bar."""

from __future__ import annotations

import pytest

from benchmarks import match
from lti_tool.matching import Matcher


def test_the_gain_is_one_when_all_is_right_and_falls_with_the_place() -> None:
    right = frozenset("abc")
    assert match.ndcg(["a", "b", "c"], right) == pytest.approx(1)
    assert match.ndcg(["x", "y", "z"], right) == 0
    assert match.ndcg(["a", "x", "x"], right) > match.ndcg(["x", "x", "a"], right) > 0
    assert match.ndcg([*"xxxxxxxxxx", "a"], frozenset("a")) == 0


def test_the_halves_are_the_same_each_time() -> None:
    assert match.tuning_half(68) == match.tuning_half(68)
    assert len(match.tuning_half(68)) == 34


def test_what_is_asked_for_is_hidden_in_the_catalogue() -> None:
    skills = match._read("esco_s.json.gz")
    labels, descriptions = match.label_task(skills), match.description_task(skills)
    assert all(not entry.others for entry in labels.entries)
    assert all(not entry.description for entry in descriptions.entries)
    assert len(descriptions.questions) == match.DESCRIPTIONS


def test_words_alone_reach_the_bar() -> None:
    task = match.occupation_task(match._read("esco_s.json.gz"), match._read("esco_o.json.gz"))
    assert (len(task.entries), len(task.questions)) == (877, 68)
    matcher = Matcher(task.entries, "en")
    scores = [match.ndcg(matcher.rank(text), right) for text, right in task.questions]
    assert match.mean(scores) >= 0.25
    others = [s for n, s in enumerate(scores) if n not in match.tuning_half(68)]
    assert match.mean(others) >= 0.25
