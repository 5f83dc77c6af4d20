"""The planted instances have the answers that are claimed for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchmarks import s1m
from benchmarks.planted import HELD, Instance, Unit, plant
from stacking_rules import (
    Completion,
    LearnerRecord,
    Network,
    Status,
    evaluate,
    parse_stack,
    roll_up,
)
from stacking_rules import clauses as kinds
from stacking_rules.allocate import decide
from stacking_rules.judge import Judge
from stacking_rules.thresholds import Pool


@pytest.mark.parametrize("unit", ["items", "credits", "bound"])
def test_every_second_instance_is_possible_and_found(unit: Unit) -> None:
    for seed in range(40):
        instance = plant(seed, unit)
        found = decide(instance.gate, instance.candidates, HELD, is_plain=unit != "bound")
        assert found.is_possible is not None
        if instance.is_possible is not None:
            assert found.is_possible is instance.is_possible is (seed % 2 == 0)
        if found.is_possible:
            judge = Judge(instance.gate, found.placed, HELD)
            assert judge.is_met()
            assert not judge.counts_twice()


def test_an_instance_can_be_drawn_again() -> None:
    assert plant(7, "credits") == plant(7, "credits")
    assert plant(7, "credits") != plant(8, "credits")


def test_the_network_answers_as_the_evaluation_does() -> None:
    stacks, when = s1m.stacks(), {"as_of": s1m.TODAY, "known_on": s1m.KNOWN_ON}
    network = Network(stacks)
    assert network.is_simple
    seen: set[Status] = set()
    for record in s1m.learners(150):
        found = roll_up(stacks, record, **when)  # type: ignore[arg-type]
        answers = network.statuses(record, **when)  # type: ignore[arg-type]
        assert answers == {key: progress.status for key, progress in found.progress.items()}
        seen |= set(answers.values())
    assert seen == {Status.MET, Status.NOT_MET}


def as_rule(instance: Instance) -> dict[str, Any]:
    """Return an instance of caps, mean and budget as the rule that it is."""
    clauses = dict(instance.gate.clauses)
    mean, share = clauses["/mean"], clauses["/share"]
    assert isinstance(mean, kinds.Mean)
    assert isinstance(share, kinds.Share)
    parts = []
    for pool in instance.gate.parts:
        assert isinstance(pool, Pool)
        caps = [c for _, c in pool.clauses if isinstance(c, kinds.Cap)]
        limits = [
            {"at_most": {"credits": cap.limit}, "where": {"transferred": True}} for cap in caps
        ]
        keys = [fit.fact.achievement for fit in instance.candidates[pool.address]]
        part = {"id": pool.address[1:], "credits": pool.need, "of": keys or ["nothing"]}
        parts.append(part | ({"caps": limits} if limits else {}))
    between = [share.first, share.second]
    return {
        "all": parts,
        "of_which": [{"mean": mean.target}],
        "sharing": [{"between": between, "at_most": {"items": share.items}}],
    }


@pytest.mark.parametrize("unit", ["items", "credits", "bound"])
def test_the_second_decision_knows_what_was_planted(unit: Unit) -> None:
    cp_sat = pytest.importorskip("benchmarks.cp_sat")
    for seed in range(40):
        instance = plant(seed, unit)
        if instance.is_possible is not None:
            assert cp_sat.is_possible(instance) is instance.is_possible


def test_large_instances_that_the_search_leaves_open_are_decided_by_highs() -> None:
    cp_sat = pytest.importorskip("benchmarks.cp_sat")
    highs = pytest.importorskip("stacking_rules.backends.highs")
    answers = []
    for seed in (15, 29):
        instance = plant(seed, "bound", items=40, groups=12)
        alone, asking = (
            decide(instance.gate, instance.candidates, held, is_plain=False).is_possible
            for held in (HELD, replace(HELD, solver=highs.decide))
        )
        assert alone is None
        assert asking is cp_sat.is_possible(instance)
        answers.append(asking)
    assert answers == [True, False]


@pytest.mark.parametrize("seed", range(24))
def test_caps_mean_and_budget_are_decided_as_cp_sat_does(seed: int) -> None:
    oracle = pytest.importorskip("tests.rules.oracle")
    instance = plant(seed, "bound")
    facts = {f.fact.id: f.fact for fits in instance.candidates.values() for f in fits}
    stack = parse_stack({"key": "planted", "requires": as_rule(instance)})
    record = LearnerRecord(tuple(f for f in facts.values() if isinstance(f, Completion)))
    found = decide(instance.gate, instance.candidates, HELD, is_plain=False)
    assert pytest.importorskip("benchmarks.cp_sat").is_possible(instance) is found.is_possible
    answer = oracle.decide(stack, record, s1m.TODAY)
    assert {True: "met", False: "not-met"}[bool(found.is_possible)] == answer
    progress = evaluate(stack, record, as_of=s1m.TODAY, known_on=s1m.KNOWN_ON)
    assert progress.status.value == answer
