"""What only a mistake of a programmer can ask for is refused by its name, not answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from stacking_rules import parse_stack
from stacking_rules.encode import encode
from stacking_rules.held import Held
from stacking_rules.judge import Judge
from stacking_rules.plain import is_met
from stacking_rules.selection import Asked
from stacking_rules.thresholds import Given, atom_of, compile_renewal

HELD = Held(Asked(date(2026, 6, 30)), {}, {})
OPEN = Given("/given")


@pytest.mark.parametrize(
    ("ask", "named"),
    [
        (lambda: encode(OPEN, {}, HELD), "/given has to be settled"),
        (lambda: Judge(OPEN, {}, HELD).is_met(), "/given has to be settled"),
        (lambda: is_met(OPEN, {}), "/given has to be settled"),
        (lambda: compile_renewal(parse_stack({"key": "s", "requires": "x"})), "s has no renewal"),
        (lambda: atom_of(parse_stack({"key": "s", "requires": {"items": 1}}).requires), "Amount"),
    ],
)
def test_a_question_that_makes_no_sense_is_a_type_error(
    ask: Callable[[], object], named: str
) -> None:
    with pytest.raises(TypeError, match=named):
        ask()
