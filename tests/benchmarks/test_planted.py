"""The planted instances have the answers that are claimed for them."""

from __future__ import annotations

import pytest

from benchmarks import s1m
from benchmarks.planted import HELD, Unit, plant
from stacking_rules import Network, Status, roll_up
from stacking_rules.allocate import decide
from stacking_rules.judge import Judge


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
