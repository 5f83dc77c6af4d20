"""quoin rules: the rules engine on files, without a database."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import click

from lti_tool.cli.common import friendly, read_text
from lti_tool.cli.lazy import LazyGroup
from lti_tool.errors import StackTextError
from lti_tool.solver import solver
from lti_tool.stack_text import read_document, read_record
from stacking_rules import (
    CircularStackError,
    Document,
    LearnerRecord,
    Progress,
    Stack,
    Step,
    next_change,
    next_steps,
    roll_up,
)

DAY = click.DateTime(formats=["%Y-%m-%d"])


COMMANDS = {
    "check": "lti_tool.cli.rule_checks:check",
    "explain": "lti_tool.cli.rule_answers:rules_explain",
    "plan": "lti_tool.cli.rule_answers:rules_plan",
    "verify-receipt": "lti_tool.cli.rule_answers:rules_verify_receipt",
    "render": "lti_tool.cli.rule_views:rules_render",
    "migrate": "lti_tool.cli.rule_migration:rules_migrate",
    "schema": "lti_tool.cli.rule_schema:rules_schema",
    "diff": "lti_tool.cli.rule_views:rules_diff",
    "examples": "lti_tool.cli.rule_examples:rules_examples",
}
"""Commands that stand in modules of their own."""


@click.group(cls=LazyGroup, lazy=COMMANDS)
def rules() -> None:
    """Check stack documents, and ask where a learner stands; needs no database."""


@rules.command("evaluate")
@click.argument("stack_file", type=click.Path(exists=True, dir_okay=False))
@click.argument("record_file", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--stack", "key", help="Key of the stack; needed where the file's largest is not clear."
)
@click.option("--as-of", type=DAY, help="Day for which is asked; today by default.")
@click.option("--known-on", type=DAY, help="What was recorded by the end of this day; today.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def rules_evaluate(
    stack_file: str,
    record_file: str,
    key: str | None,
    as_of: datetime | None,
    known_on: datetime | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Say where the learner of a record stands in a stack; exit code 0 whatever the answer.

    Example: quoin rules evaluate stacks.yaml ada.yaml --stack data-basics --as-of 2026-06-30
    """
    today = datetime.now(UTC).date()
    on = as_of.date() if as_of else today
    document = read(stack_file, read_document)
    zone = ZoneInfo(document.definitions.zone)
    known = datetime.combine(known_on.date() if known_on else today, time.max, zone)
    record = read(record_file, lambda text: read_record(text, document.definitions))
    stack = pick(document, key)
    found = _answer(document, stack, record, on, known)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    click.echo(f"{stack.key}: {found['status']}")
    for address, node in found["requirements"].items():
        amounts = f"{node['have']} of {node['need']} {node['unit']}"
        facts = ", ".join(node["counted"])
        click.echo(f"  {address}  {node['status']}  {amounts}  {facts}".rstrip())


def read(file: str, parse: Any) -> Any:
    """Read a file; its name stands in the message of what is wrong with it."""
    try:
        return parse(read_text(file))
    except StackTextError as error:
        where = f"{file}:{error.line}:{error.column}: {error.address or '/'}"
        raise click.ClickException(f"{where}: {error.message}") from None


def pick(document: Document, key: str | None) -> Stack:
    """Return the stack with this key, or the only one that no other stack asks for."""
    if key is None:
        needed = {award for stack in document.stacks for award in stack.needed_awards()}
        found = [stack for stack in document.stacks if stack.key not in needed]
    else:
        found = [stack for stack in document.stacks if stack.key == key]
    if len(found) != 1:
        known = ", ".join(stack.key for stack in document.stacks)
        raise click.ClickException(f"Name one stack with --stack: {known}.")
    return found[0]


def _answer(
    document: Document, stack: Stack, record: LearnerRecord, as_of: date, known_on: datetime
) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "known_on": known_on,
        "credits_of": document.award_credits,
        "solver": solver(),
    }
    try:
        found = roll_up(document.stacks, record, as_of=as_of, **asked)
    except CircularStackError as error:
        raise click.ClickException(str(error)) from None
    progress = found.progress[stack.key]
    change = next_change(document.stacks, stack.key, record, as_of=as_of, **asked)
    return {
        "stack": stack.key,
        "version": stack.version,
        "content_hash": stack.content_hash,
        "status": progress.status.value,
        "as_of": as_of.isoformat(),
        "known_on": known_on.date().isoformat(),
        "requirements": _requirements(progress),
        "at_fault": list(progress.at_fault),
        "missing": [_step(step) for step in next_steps(progress)],
        "next_change": None
        if change is None
        else {"on": change.on.isoformat(), "status": change.status.value},
    }


def _requirements(progress: Progress) -> dict[str, Any]:
    """Return every requirement by its address, each with its clauses after it."""
    found: dict[str, Any] = {}
    for node in progress.walk():
        found[node.address] = _node(node)
        for clause in node.clauses:
            found[clause.address] = {
                "status": clause.status.value,
                "rule": list(clause.clause.rule),
                "have": str(clause.have),
                "need": str(clause.need),
                "unit": clause.unit,
                "counted": [],
                "unused": [],
            }
    return found


def _node(node: Progress) -> dict[str, Any]:
    return {
        "status": node.status.value,
        "rule": list(node.requirement.rule),
        "have": str(node.have),
        "need": str(node.need),
        "unit": node.unit,
        "counted": [fact.id for fact in node.counted],
        "unused": [
            {"id": held.fact.id, "reason": held.reason.value, "barriers": list(held.barriers)}
            for held in node.unused
        ],
        "waiver": node.waiver or None,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "address": step.address,
        "kind": step.kind,
        "options": list(step.options),
        "count": step.count,
        "credits": None if step.credits is None else str(step.credits),
        "grade": None if step.grade is None else str(step.grade.value),
        "scale": None if step.grade is None else step.grade.scale,
    }
