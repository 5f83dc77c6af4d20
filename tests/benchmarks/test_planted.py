"""The planted instances have the answers that are claimed for them."""

from __future__ import annotations

import pytest

from benchmarks.planted import Unit, plant
from stacking_rules.allocate import allocate, is_met


@pytest.mark.parametrize("unit", ["items", "credits"])
def test_every_second_instance_is_possible_and_found(unit: Unit) -> None:
    for seed in range(40):
        instance = plant(seed, unit)
        found = allocate(instance.gate, instance.candidates)
        assert found.is_decided
        answer = is_met(instance.gate, found.placed, instance.candidates)
        assert answer is instance.is_possible is (seed % 2 == 0)


def test_an_instance_can_be_drawn_again() -> None:
    assert plant(7, "credits") == plant(7, "credits")
    assert plant(7, "credits") != plant(8, "credits")
