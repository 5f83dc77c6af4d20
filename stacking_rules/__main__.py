"""python -m stacking_rules STACKS.json RECORD.json AS_OF: evaluate from files, without a server."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, time

from stacking_rules import Progress, StackError, Status, parse_document, parse_record, roll_up

USAGE = """usage: python -m stacking_rules STACKS.json RECORD.json AS_OF

STACKS.json is a stack document, RECORD.json what one learner has (both: docs/stack-format.md),
AS_OF the day for which is asked, such as 2026-06-30."""


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
            facts = parse_record(json.load(file))
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
