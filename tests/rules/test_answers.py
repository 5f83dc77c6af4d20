"""Six hundred drawn cases get the answers that the second decision has proved (test_oracle)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest

from stacking_rules import evaluate, parse_record, parse_stack
from tests.rules.random_rules import AS_OF, Draw

ROWS = (Path(__file__).parent / "answers.txt").read_text("ascii").split()
"""Ten cases a row, the seed of the first is 0: m for met, n for not met, u for unknown."""
WORDS = {"m": "met", "n": "not-met", "u": "unknown"}
PROVED = {seed: WORDS[letter] for seed, letter in enumerate("".join(ROWS))}
KNOWN_ON = datetime.combine(AS_OF, time.max, UTC)


@pytest.mark.parametrize("seed", PROVED)
def test_the_answer_is_the_one_that_was_proved(seed: int) -> None:
    case = Draw(seed)
    stack = parse_stack(case.stack)
    plain = json.loads(json.dumps(case.record), parse_float=Decimal)
    record = parse_record(plain, stack.definitions)
    found = evaluate(stack, record, as_of=AS_OF, known_on=KNOWN_ON)
    assert found.status.value == PROVED[seed], (case.stack, case.record)
