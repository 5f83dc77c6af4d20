"""quoin rules explain, plan, verify-receipt: why an answer is what it is, and what comes next."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import click

from lti_tool import rule_words as words
from lti_tool.cli.common import friendly, read_text
from lti_tool.cli.rules import DAY, pick, read, rules
from lti_tool.solver import solver
from lti_tool.stack_text import read_catalogue, read_document, read_record
from stacking_rules import (
    Certificate,
    Document,
    LearnerRecord,
    Progress,
    Stack,
    certify,
    cheapest,
    explain,
    roll_up,
    verify_receipt,
)
from stacking_rules.cheapest import CALENDAR, MEASURES, Way

FILE = click.Path(exists=True, dir_okay=False)


@rules.command("explain")
@click.argument("stack_file", type=FILE)
@click.argument("record_file", type=FILE)
@click.option("--stack", "key", help="Key of the stack.")
@click.option("--as-of", type=DAY, help="Day for which is asked; today by default.")
@click.option("--json", "as_json", is_flag=True, help="Message ids with their values.")
@friendly
def rules_explain(
    stack_file: str, record_file: str, key: str | None, as_of: datetime | None, *, as_json: bool
) -> None:
    """Say what counts and why, and if the answer is no, why it is no.

    Example: quoin rules explain stacks.yaml ada.yaml --stack data-basics --as-of 2026-06-30
    """
    document, stack, record, when = _asked(stack_file, record_file, key, as_of)
    progress, record = _progress(document, stack, record, when)
    certificate = certify(stack, record, **when)
    messages = explain(progress)
    if as_json:
        said = {
            address: {"message": m.key, "values": {k: str(v) for k, v in m.values.items()}}
            for address, m in messages.items()
        }
        found = {"stack": stack.key, "status": progress.status.value, "messages": said}
        click.echo(json.dumps(found | {"certificate": _plain(certificate)}, ensure_ascii=False))
        return
    click.echo(f"{stack.title} {words.STATUS[progress.status.value]}.")
    for node in progress.walk():
        click.echo(f"  {node.address}  {words.say(messages[node.address])}")
        for fact in node.counted:
            click.echo(f"      counts: {fact.achievement} ({fact.on})")
        for held in node.unused:
            reason = words.fill(
                words.UNUSED[held.reason.value], {"barriers": ", ".join(held.barriers)}
            )
            click.echo(f"      not: {held.fact.achievement} ({held.fact.on}): {reason}")
        for clause in node.clauses:
            click.echo(f"  {clause.address}  {words.say(messages[clause.address])}")
    if certificate is not None:
        _print_certificate(certificate)


def _print_certificate(certificate: Certificate) -> None:
    click.echo(f"These cannot all be met together: {', '.join(certificate.together)}.")
    click.echo(f"The least that would have to give way: {', '.join(certificate.at_fault)}.")
    values = {
        "demand": certificate.demand,
        "supply": certificate.supply,
        "limit": certificate.limit,
    }
    click.echo(words.fill(words.PROOF[certificate.kind], values))
    held = ", ".join(f"{fact.achievement} ({fact.on})" for fact in certificate.could_serve)
    click.echo(f"Held for any of them: {held or 'nothing'}.")


@rules.command("plan")
@click.argument("stack_file", type=FILE)
@click.argument("record_file", type=FILE)
@click.argument("catalogue_file", type=FILE)
@click.option("--stack", "key", help="Key of the stack.")
@click.option("--as-of", type=DAY, help="Day for which is asked; today by default.")
@click.option(
    "--by", type=click.Choice([*MEASURES, CALENDAR]), default="cost", help="What is to be least."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def rules_plan(
    stack_file: str,
    record_file: str,
    catalogue_file: str,
    key: str | None,
    as_of: datetime | None,
    *,
    by: str,
    as_json: bool,
) -> None:
    """Find the best ways to the award among what a catalogue offers, up to five as good.

    The catalogue is a list of completions with what they ask for: {achievement, credits, on,
    attributes, cost, workload, fee}. The workload is in hours; cost is any other amount, 1 by
    default; on is the day it would be finished (the day asked for by default). By calendar the
    way that is done soonest is best.

    Example: quoin rules plan stacks.yaml ada.yaml catalogue.yaml --stack data-basics
    """
    document, stack, record, when = _asked(stack_file, record_file, key, as_of)
    _, record = _progress(document, stack, record, when)
    options = read(
        catalogue_file, lambda text: read_catalogue(text, document.definitions, when["as_of"])
    )
    plans = cheapest(stack, record, options, by=by, **when)
    if as_json:
        listed = [_way(way) for way in plans.ways]
        click.echo(json.dumps({"is_proved": plans.is_proved, "ways": listed}))
        return
    for way in plans.ways:
        least = way.on if by == CALENDAR else getattr(way, by)
        click.echo(f"{least}: {', '.join(way.take) or 'nothing more is needed'}")
    if not plans.is_proved:
        click.echo("It is not proved that nothing better leads there.")
    elif not plans.ways:
        click.echo("Nothing in the catalogue leads there.")


def _way(way: Way) -> dict[str, Any]:
    amounts = {name: str(getattr(way, name)) for name in MEASURES}
    return {"take": list(way.take), **amounts, "on": way.on.isoformat()}


@rules.command("verify-receipt")
@click.argument("stack_file", type=FILE)
@click.argument("receipt_file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def rules_verify_receipt(stack_file: str, receipt_file: str, *, as_json: bool) -> None:
    """Check the receipt of an award against its rule, without a search; exit code 1 if it fails.

    Example: quoin rules verify-receipt stacks.yaml receipt.json
    """
    document = read(stack_file, read_document)
    try:
        receipt = json.loads(read_text(receipt_file))
    except ValueError:
        raise click.ClickException(f"{receipt_file} is no JSON document.") from None
    named = receipt.get("stack") if isinstance(receipt, dict) else None
    version = receipt.get("version") if isinstance(receipt, dict) else None
    stacks = [s for s in document.stacks if (s.key, s.version) == (named, version)]
    stack = stacks[0] if stacks else pick(document, None)
    problems = verify_receipt(stack, receipt)
    if as_json:
        listed = [{"code": problem.code, "about": problem.about} for problem in problems]
        click.echo(json.dumps({"holds": not problems, "problems": listed}))
    for problem in () if as_json else problems:
        click.echo(f"{problem.code}: {problem.about}")
    if problems:
        raise SystemExit(1)
    if not as_json:
        click.echo("The receipt holds.")


def _asked(
    stack_file: str, record_file: str, key: str | None, as_of: datetime | None
) -> tuple[Document, Stack, LearnerRecord, dict[str, Any]]:
    document = read(stack_file, read_document)
    record = read(record_file, lambda text: read_record(text, document.definitions))
    on: date = as_of.date() if as_of else datetime.now(UTC).date()
    known = datetime.combine(max(on, datetime.now(UTC).date()), time.max)
    zone = ZoneInfo(document.definitions.zone)
    return (
        document,
        pick(document, key),
        record,
        {
            "as_of": on,
            "known_on": known.replace(tzinfo=zone),
            "solver": solver(),
        },
    )


def _progress(
    document: Document, stack: Stack, record: LearnerRecord, when: dict[str, Any]
) -> tuple[Progress, LearnerRecord]:
    """Return the progress, and the record with the awards that follow from it."""
    found = roll_up(document.stacks, record, credits_of=document.award_credits, **when)
    made = tuple(new.award for new in found.new_awards if new.stack.key != stack.key)
    return found.progress[stack.key], replace(record, awards=(*record.awards, *made))


def _plain(certificate: Certificate | None) -> dict[str, Any] | None:
    if certificate is None:
        return None
    return {
        "kind": certificate.kind,
        "together": list(certificate.together),
        "at_fault": list(certificate.at_fault),
        "rules": list(certificate.rules),
        "could_serve": [fact.id for fact in certificate.could_serve],
        "demand": None if certificate.demand is None else str(certificate.demand),
        "supply": None if certificate.supply is None else str(certificate.supply),
    }
