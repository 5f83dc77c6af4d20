"""Inputs to begin with: the programmes, random rules, and the receipts that follow from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from lti_tool.stack_text import load
from stacking_rules import Stack, parse_document, parse_record, roll_up
from tests.rules import decision_cases
from tests.rules.random_rules import AS_OF, Draw

FOLDER = Path(__file__).resolve().parents[1] / "rules" / "programmes"
RANDOM_RULES = 76
Case = dict[str, Any]


@cache
def cases() -> tuple[Case, ...]:
    """Return documents with a record and the day to ask for: written ones, then random ones."""
    return (*_programmes(), *_decisions(), *map(_random, range(RANDOM_RULES)))


def _programmes() -> Iterator[Case]:
    for path in sorted(FOLDER.glob("P*.yaml")):
        document, _ = load(path.read_text("utf-8"))
        expected, _ = load((FOLDER / path.stem / "expected.yaml").read_text("utf-8"))
        for learner, answer in expected.items():
            record, _ = load((FOLDER / path.stem / f"{learner}.yaml").read_text("utf-8"))
            yield {"document": document, "record": record, "as_of": answer["as_of"]}


def _decisions() -> Iterator[Case]:
    for _, case in decision_cases.cases():
        document = decision_cases.document_data(case)
        as_of = case.get("as_of", decision_cases.TODAY)
        yield {"document": document, "record": case["record"], "as_of": as_of}


def _random(seed: int) -> Case:
    case = Draw(seed)
    document = {"quoin": 2, "stacks": [case.stack]}
    return {"document": document, "record": exact(case.record), "as_of": AS_OF.isoformat()}


@cache
def receipts() -> tuple[tuple[Stack, dict[str, Any]], ...]:
    """Return stacks of the programmes, each with a receipt of one of their learners."""
    found: dict[str, tuple[Stack, dict[str, Any]]] = {}
    for case in _programmes():
        document = parse_document(case["document"])
        record = parse_record(case["record"], document.definitions)
        on = date.fromisoformat(case["as_of"])
        known = datetime.combine(on, time.max, UTC)
        for new in roll_up(document.stacks, record, as_of=on, known_on=known).new_awards:
            found.setdefault(new.stack.key, (new.stack, new.receipt))
    return tuple(found.values())


def texts() -> Iterator[str]:
    """Yield the documents and records of the programmes as they are written."""
    for path in sorted(FOLDER.rglob("*.yaml")):
        yield path.read_text("utf-8")


def exact(data: Any) -> Any:
    """Return plain data with decimals for floats."""
    return json.loads(json.dumps(data), parse_float=Decimal)


def written(data: Any) -> bytes:
    """Return plain data as JSON, decimals as numbers."""
    return json.dumps(data, default=float).encode()


def inputs(target: str) -> Iterator[bytes]:
    """Yield the inputs that a target begins with."""
    if target == "text":
        yield from (text.encode() for text in texts())
    elif target == "case":
        yield from map(written, cases())
    else:
        yield from (written(receipt) for _, receipt in receipts())
