"""quoin exceptions: what registrars decide for one requirement of one learner."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import click

from lti_tool.case_views import ExceptionView
from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.excepting import FIELDS, KINDS, REASON_CODES, Effect, NewException
from lti_tool.persistence.catalog import get_institution
from lti_tool.services.end_exception import end_exception
from lti_tool.services.grant_exception import grant_exception
from lti_tool.services.list_exceptions import list_exceptions
from lti_tool.services.preview_exception import preview_exception

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def exceptions() -> None:
    """Exceptions of learners: see them, grant one, end one."""


@exceptions.command("list")
@click.option("--institution", help="Key of the institution; all without it.")
@click.option("--all", "with_ended", is_flag=True, help="Those that somebody has ended, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def exceptions_list(institution: str | None, with_ended: bool, as_json: bool) -> None:  # noqa: FBT001
    """List the exceptions, the latest first; learners are named by their id alone.

    Example: quoin exceptions list --institution harbour --json
    """
    now = datetime.now(UTC)
    found = list_exceptions(
        open_database(), institution_key=institution, is_standing=not with_ended, now=now
    )
    if as_json:
        click.echo(json.dumps([_plain(row) for row in found.rows], default=str))
        return
    for row in found.rows:
        _show(row)
    click.echo(f"{len(found.rows)} listed")


@exceptions.command("grant")
@click.option("--institution", required=True, help="Key of the institution.")
@click.option("--learner", required=True, type=click.UUID, help="Id of the learner.")
@click.option("--stack", required=True, help="Key of the stack.")
@click.option("--at", "address", required=True, help="Address in the stack: /core/sql.")
@click.option("--kind", required=True, type=click.Choice(KINDS))
@click.option("--reason-code", required=True, type=click.Choice(REASON_CODES))
@click.option("--reason", required=True, help="Why, in words; the learner reads it.")
@click.option("--by", required=True, help="Name of the person who decides; it is kept.")
@click.option("--fact", default="", help="Id of a result of the learner, or an achievement's key.")
@click.option("--field", default="", help=f"What changes of it: {', '.join(FIELDS)}.")
@click.option("--value", default="", help="The new limit or value.")
@click.option("--document", default="", help="Link to a document.")
@click.option("--until", type=DAY, help="First day without it; no end by default.")
@click.option("--preview", is_flag=True, help="Say what it would change, and record nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def grant(**given: Any) -> None:
    """Grant an exception, and make the awards that follow; or see its effect first.

    Exit code 1 when it is refused, and nothing is recorded then.

    Example: quoin exceptions grant --institution harbour --learner ID --stack data-basics --at
    /charts --kind waive --reason-code equivalent --reason "Statistics at Hill" --by "I. Solheim"
    """
    database = open_database()
    with database.reading() as session:
        institution_id = get_institution(session, given["institution"]).id
    until = given["until"]
    entry = NewException(
        stack_key=given["stack"],
        kind=given["kind"],
        address=given["address"],
        reason_code=given["reason_code"],
        reason=given["reason"],
        fact=given["fact"],
        field=given["field"],
        value=given["value"],
        document_url=given["document"],
        until=until.date() if until else None,
    )
    whose: dict[str, Any] = {"institution_id": institution_id, "learner_uuid": given["learner"]}
    if given["preview"]:
        effect = preview_exception(database, entry, now=datetime.now(UTC), **whose)
        _say_effect(effect, as_json=given["as_json"])
        return
    done = carry_out(grant_exception, entry, form_id=str(uuid4()), by=given["by"], **whose)
    if given["as_json"]:
        click.echo(json.dumps({"id": str(done.uuid), "awards": list(done.awards)}))
        return
    click.echo(f"Granted: {done.uuid}")
    for title in done.awards:
        click.echo(f"Award made: {title}")


@exceptions.command("end")
@click.argument("exception", metavar="ID", type=click.UUID)
@click.option("--reason", required=True, help="Why; it is kept.")
@click.option("--by", required=True, help="Name of the person who decides; it is kept.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def end(exception: UUID, reason: str, by: str, as_json: bool) -> None:  # noqa: FBT001
    """End an exception; awards made with it that do not follow without it wait for a review.

    Example: quoin exceptions end ID --by "Ingrid Solheim" --reason "the document was not genuine"
    """
    done = carry_out(end_exception, exception, reason=reason, by=by)
    if as_json:
        click.echo(json.dumps({"id": str(exception), "reviews": done.reviews}))
        return
    click.echo("The exception has ended.")
    if done.reviews:
        click.echo(f"Awards that wait for an answer ('quoin reviews list'): {done.reviews}.")


def _plain(row: ExceptionView) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if name != "learner_name"}


def _show(row: ExceptionView) -> None:
    value = "" if row.value is None else f" = {row.value}"
    click.echo(f"{row.uuid}  {row.state}  {row.institution}, {row.stack_key} at {row.address}")
    click.echo(f"    {row.kind} {row.fact} {row.field}{value}".rstrip())
    until = f" before {row.valid_until}" if row.valid_until else ""
    click.echo(f"    learner {row.learner_uuid}, since {row.granted_on}{until}, by {row.author}")
    click.echo(f"    {row.reason_code}: {row.reason}")


def _say_effect(effect: Effect, *, as_json: bool) -> None:
    met = [node.address for node in effect.met]
    unmet = [node.address for node in effect.unmet]
    if as_json:
        awards = [key for key, _ in effect.awards]
        click.echo(
            json.dumps(
                {
                    "before": effect.before.status.value,
                    "after": effect.after.status.value,
                    "met": met,
                    "unmet": unmet,
                    "awards": awards,
                }
            )
        )
        return
    click.echo(f"{effect.stack.key}: {effect.before.status.value} -> {effect.after.status.value}")
    for words, addresses in (("becomes met", met), ("is met no longer", unmet)):
        for address in addresses:
            click.echo(f"    {address} {words}")
    for _, title in effect.awards:
        click.echo(f"    award that follows: {title}")
