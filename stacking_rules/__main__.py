"""python -m stacking_rules STACKS.json RECORD.json AS_OF: evaluate from files, without a server."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal

from stacking_rules import (
    Completion,
    Grade,
    LearnerRecord,
    Progress,
    StackError,
    Status,
    parse_document,
    roll_up,
)

USAGE = """usage: python -m stacking_rules STACKS.json RECORD.json AS_OF

STACKS.json is a stack document (docs/stack-format.md), RECORD.json holds
{"completions": [{"achievement": KEY, "on": DATE, "grade": 80, "credits": 5}, ...]}
and AS_OF is the day for which is asked, such as 2026-06-30."""


def main(arguments: list[str]) -> int:
    """Print where the learner stands in every stack; return the exit code (2: wrong use)."""
    if len(arguments) != 3:
        sys.stderr.write(USAGE + "\n")
        return 2
    stacks, record, as_of = arguments
    try:
        known_on = datetime.combine(date.fromisoformat(as_of), time.max, UTC)
        with open(stacks, encoding="utf-8") as file:
            document = parse_document(json.load(file))
        with open(record, encoding="utf-8") as file:
            facts = _record(json.load(file), known_on)
        found = roll_up(document.stacks, facts, as_of=known_on.date(), known_on=known_on)
    except (OSError, ValueError, KeyError, StackError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for key, progress in found.progress.items():
        sys.stdout.write(f"{key}: {progress.status.value}\n")
        for node in progress.walk():
            sys.stdout.write(_line(node))
    return 0


def _line(node: Progress) -> str:
    mark = "x" if node.status is Status.MET else " "
    facts = ", ".join(fact.achievement for fact in node.counted)
    return (
        f"  [{mark}] {node.address}  {node.have} of {node.need} {node.unit}  {facts}".rstrip()
        + "\n"
    )


def _record(data: dict[str, list[dict[str, str]]], known_on: datetime) -> LearnerRecord:
    return LearnerRecord(
        tuple(
            Completion(
                f"c{index}",
                item["achievement"],
                date.fromisoformat(item["on"]),
                known_on,
                Decimal(str(item.get("credits", 0))),
                Grade(Decimal(str(item["grade"]))) if "grade" in item else None,
            )
            for index, item in enumerate(data["completions"], 1)
        )
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
