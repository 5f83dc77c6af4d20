"""What holds for every input, however strange: documented errors alone, and the same answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any, TypedDict

from lti_tool.errors import StackTextError
from lti_tool.stack_text import read_document, read_record
from stacking_rules import (
    CircularStackError,
    LearnerRecord,
    RollUp,
    Stack,
    StackError,
    Status,
    certify,
    evaluate,
    explain,
    lint,
    next_change,
    next_steps,
    parse_document,
    parse_record,
    parse_stack,
    roll_up,
    verify_receipt,
)
from stacking_rules.write import write_requirement
from tests.fuzz import seeds


class When(TypedDict):
    """The day for which is asked, and up to when facts were recorded."""

    as_of: date
    known_on: datetime


def check_text(data: bytes) -> None:
    """Bytes are read as a stack document and as a record, or refused with a position."""
    text = data.decode("utf-8", "replace")
    for read in (read_document, read_record):
        with suppress(StackTextError):
            read(text)


def check_case(data: bytes) -> None:
    """A document, a record and a day (JSON) are refused, or every question has an answer."""
    case = plain(data)
    try:
        on = date.fromisoformat(case["as_of"])
        document = parse_document(case["document"])
        record = parse_record(case["record"], document.definitions)
    except (StackError, LookupError, TypeError, ValueError) as error:
        if isinstance(error, StackError) or not _is_a_case(case):
            return
        raise
    lint(document)
    when: When = {"as_of": on, "known_on": datetime.combine(on, time.max, UTC)}
    try:
        found = roll_up(document.stacks, record, credits_of=document.award_credits, **when)
    except CircularStackError:
        return
    for stack in document.stacks:
        _check_stack(stack, record, found, when)
    next_change(document.stacks, document.stacks[-1].key, record, **when)
    for new in found.new_awards:
        noted = json.loads(json.dumps(new.receipt))
        assert verify_receipt(new.stack, noted) == (), (new.stack.key, noted)


def _is_a_case(case: Any) -> bool:
    """Say whether the input has the outer form of a case: the rest is for the engine to refuse."""
    if not isinstance(case, dict) or not {"document", "record", "as_of"} <= case.keys():
        return False
    try:
        date.fromisoformat(case["as_of"])
    except (TypeError, ValueError):
        return False
    return True


def _check_stack(stack: Stack, record: LearnerRecord, found: RollUp, when: When) -> None:
    progress = evaluate(stack, record, **when)
    assert progress == evaluate(stack, record, **when)
    assert explain(progress).keys() == {
        *(node.address for node in progress.walk()),
        *(clause.address for node in progress.walk() for clause in node.clauses),
    }
    for asked in (progress, found.progress[stack.key]):
        assert bool(next_steps(asked)) == (asked.status is not Status.MET)
    certificate = certify(stack, record, **when)
    assert (certificate is not None) == (progress.status is Status.NOT_MET)
    written = write_requirement(stack.requires)
    if not stack.definitions.scales:
        again = parse_stack({"key": stack.key, "requires": written})
        assert again.requires == stack.requires, written


def check_receipt(data: bytes) -> None:
    """Whatever stands in a receipt (JSON), it is judged: nothing is raised."""
    receipt = plain(data)
    named = receipt.get("stack") if isinstance(receipt, dict) else None
    stacks = known_stacks()
    stack = stacks.get(named) if isinstance(named, str) else None
    for problem in verify_receipt(stack or next(iter(stacks.values())), receipt):
        assert problem.code


@cache
def known_stacks() -> dict[str, Stack]:
    """Return the stacks for which there are receipts to begin with."""
    return {stack.key: stack for stack, _ in seeds.receipts()}


def plain(data: bytes) -> Any:
    """Return JSON as plain data with exact numbers; None for what is none."""
    with suppress(ValueError, RecursionError):
        return json.loads(data, parse_float=Decimal)
    return None


CHECKS: dict[str, Callable[[bytes], None]] = {
    "text": check_text,
    "case": check_case,
    "receipt": check_receipt,
}
