"""quoin rules examples: learners made from a rule, and how much of the rule they hold fast."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.rules import DAY, pick, read, rules
from lti_tool.example_words import REASONS, say_change
from lti_tool.stack_text import read_document, read_record
from lti_tool.stack_yaml import dump
from stacking_rules import Fact, LearnerRecord, Stack
from stacking_rules.examples import Examples, NearMiss, Pair, Qualifier, examples
from stacking_rules.made_records import facts_of
from stacking_rules.rule_changes import Change
from stacking_rules.rule_mutants import MutationScore, rule_mutation_score
from stacking_rules.write_record import write_record

FILE = click.Path(exists=True, dir_okay=False)
Example = Qualifier | NearMiss | Pair


@rules.command("examples")
@click.argument("file", type=FILE)
@click.option("--stack", "key", help="Key of the stack.")
@click.option("--as-of", type=DAY, help="Day on which they are measured; today by default.")
@click.option(
    "--json", "view", flag_value="json", help="One JSON object; records as evaluate reads."
)
@click.option("--yaml", "view", flag_value="yaml", help="The same as YAML.")
@click.option(
    "--out", type=click.Path(file_okay=False), help="Write each learner to a file in this folder."
)
@click.option("--score", is_flag=True, help="Say which small changes of the rule go unnoticed.")
@click.option(
    "--with", "records", type=FILE, multiple=True, help="Score these records, not the made ones."
)
@friendly
def rules_examples(
    file: str,
    key: str | None,
    as_of: datetime | None,
    view: str | None,
    out: str | None,
    records: tuple[str, ...],
    *,
    score: bool,
) -> None:
    """Make up learners who just qualify, and near-misses that fail at one place alone.

    Example: quoin rules examples stacks.yaml --stack data-basics --score
    """
    on = as_of.date() if as_of else datetime.now(UTC).date()
    stack = pick(read(file, read_document), key)
    found = examples(stack, on)
    result = _score(stack, found, records, on) if score or records else None
    if out is not None:
        _write(Path(out), stack, found)
    elif view is not None:
        data = _plain(stack, found) | _plain_score(result)
        text = json.dumps(data, ensure_ascii=False, default=_exact) if view == "json" else None
        click.echo(dump(data) if text is None else text)
        return
    else:
        for line in _lines(found):
            click.echo(line)
    if result is not None:
        _print_score(result)


def _exact(value: object) -> object:
    """Return a decimal as text: JSON has no exact numbers, and records read text as well."""
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    raise TypeError(type(value).__name__)


# -- the examples ------------------------------------------------------------------------------


def _all(found: Examples) -> Iterator[Example]:
    yield from found.qualifiers
    yield from found.near_misses
    yield from found.pairs


def _plain(stack: Stack, found: Examples) -> dict[str, Any]:
    return {
        "stack": stack.key,
        "qualifiers": [_example(stack, one) for one in found.qualifiers],
        "near_misses": [
            {"at": one.address, **_change(one.change), **_example(stack, one)}
            for one in found.near_misses
        ],
        "pairs": [
            {"at": list(one.addresses), **_change(one.change), **_example(stack, one)}
            for one in found.pairs
        ],
        "without": [{"at": one.address, "reason": one.reason} for one in found.without],
    }


def _example(stack: Stack, one: Example) -> dict[str, Any]:
    record = write_record(one.record, stack.definitions)
    return {"as_of": one.as_of.isoformat(), "record": record}


def _change(change: Change) -> dict[str, str]:
    return {"change": change.kind, "before": change.before, "after": change.after}


def _lines(found: Examples) -> Iterator[str]:
    for one in _all(found):
        yield f"{_title(one)} (asked on {one.as_of})"
        yield from (f"  {line}" for line in _held(one.record))
    for gone in found.without:
        yield f"{gone.address}: {REASONS[gone.reason]}."


def _title(one: Example) -> str:
    if isinstance(one, Qualifier):
        return "Qualifies"
    said = f"would qualify if at {one.change.address} {say_change(one.change)}"
    if isinstance(one, NearMiss):
        return f"Misses at {one.address}: {said}"
    return f"These fail together: {', '.join(one.addresses)}: {said}"


def _held(record: LearnerRecord) -> Iterator[str]:
    for name, values in record.learner.attributes:
        yield f"{name}: {', '.join(map(_say, values))}"
    for name, day in record.learner.events:
        yield f"{name} on {day}"
    for fact in facts_of(record):
        yield ", ".join(_fact(fact))


def _fact(fact: Fact) -> Iterator[str]:
    verb = {"completion": "completed", "award": "holds", "attestation": "attested"}[fact.kind]
    yield f"{verb} {fact.achievement} on {fact.on}"
    if fact.started_on not in (None, fact.on):
        yield f"begun on {fact.started_on}"
    if fact.valid_until is not None:
        yield f"valid until {fact.valid_until}"
    if fact.credits:
        yield f"{_say(fact.credits)} credits"
    if fact.grade is not None:
        yield f"grade {fact.grade.text or _say(fact.grade.value)}"
    for name, values in fact.attributes:
        yield f"{name} {' '.join(map(_say, values))}"
    if counted := getattr(fact, "counted", ()):
        yield f"made of {' '.join(counted)}"


def _say(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _write(folder: Path, stack: Stack, found: Examples) -> None:
    """Write each example to a file of its own, which begins with what it is."""
    folder.mkdir(parents=True, exist_ok=True)
    groups: tuple[tuple[str, Iterable[Example]], ...] = (
        ("qualifies", found.qualifiers),
        ("misses", found.near_misses),
        ("pair", found.pairs),
    )
    for name, group in groups:
        for number, one in enumerate(group, 1):
            path = folder / f"{name}-{number:02}.yaml"
            said = f"# {_title(one)}\n# quoin rules evaluate ... --as-of {one.as_of}\n"
            path.write_text(said + dump(write_record(one.record, stack.definitions)), "utf-8")
            click.echo(f"{path}: {_title(one)}")


# -- the score ----------------------------------------------------------------------------------


def _score(stack: Stack, found: Examples, records: tuple[str, ...], on: date) -> MutationScore:
    """Return what the author's records notice, or, without any, what the made ones do."""
    zone = ZoneInfo(stack.definitions.zone)

    def asked(record: LearnerRecord, day: date) -> tuple[LearnerRecord, date, datetime]:
        return record, day, datetime.combine(day, time.max, zone)

    if not records:
        return rule_mutation_score(stack, [asked(one.record, one.as_of) for one in _all(found)])
    given = [read(name, lambda text: read_record(text, stack.definitions)) for name in records]
    return rule_mutation_score(stack, [asked(record, on) for record in given])


def _plain_score(result: MutationScore | None) -> dict[str, Any]:
    if result is None:
        return {}
    listed = [{"at": change.address, **_change(change)} for change in result.survivors]
    return {"score": {"changes": result.tried, "noticed": result.noticed, "unnoticed": listed}}


def _print_score(result: MutationScore) -> None:
    click.echo(f"{result.noticed} of {result.tried} small changes of the rule are noticed.")
    for change in result.survivors:
        click.echo(f"  unnoticed: at {change.address} {say_change(change)}")
