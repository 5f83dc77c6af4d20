"""quoin endorsement: what the institution says of others, and what others say of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.config import Config
from lti_tool.credentials.recognition.documents import Fetch, Fetched
from lti_tool.credentials.recognition.issuer_addresses import is_home
from lti_tool.credentials.recognition.pool import CheckingPool
from lti_tool.issuing.signing import Signing, build_signing
from lti_tool.outside_documents import OutsideDocuments
from lti_tool.services.add_endorsement import add_endorsement
from lti_tool.services.issue_endorsement import issue_endorsement
from lti_tool.services.list_endorsements import list_endorsements
from lti_tool.services.recheck_endorsements import recheck_endorsements
from lti_tool.services.remove_endorsement import remove_endorsement
from lti_tool.services.revoke_endorsement import revoke_endorsement

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

institution_option = click.option("--institution", required=True, help="Key of the institution.")
json_option = click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")


@click.group("endorsement")
def endorsement() -> None:
    """Endorse what others offer, and take in what others endorse here."""


@endorsement.command("issue")
@click.argument("target")
@institution_option
@click.option("--name", required=True, help="Title of the endorsement.")
@click.option("--comment", required=True, help="What is said of the target.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@json_option
@friendly
def endorsement_issue(
    target: str,
    institution: str,
    name: str,
    comment: str,
    output: Path | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Endorse TARGET, the id of an achievement or an issuer elsewhere, with the institution's key.

    The tool serves the signed document, and whoever is endorsed may embed it.

    Example: quoin endorsement issue urn:uuid:5a2d… --institution harbour
    --name "Quality of SQL foundations" --comment "Assessed as our own courses are."
    """
    made = carry_out(
        issue_endorsement,
        _signing(),
        institution_key=institution,
        target=target,
        name=name,
        comment=comment,
    )
    if output is not None:
        output.write_text(made.document, "utf-8")
    told = {"id": str(made.uuid), "url": made.url}
    click.echo(json.dumps(told) if as_json else f"{made.uuid} is signed: {made.url}")


@endorsement.command("add")
@click.argument("file", type=FILE)
@institution_option
@click.option("--trust", multiple=True, help="An issuer that you know, by its id or its domain.")
@json_option
@friendly
def endorsement_add(
    file: Path,
    institution: str,
    trust: tuple[str, ...],
    as_json: bool,  # noqa: FBT001
) -> None:
    """Check and take in an endorsement of the institution or an achievement of it.

    It is kept as it is. Credentials issued from now on carry it, where it is about their
    achievement. The keys of its issuer are fetched as for "credentials verify".

    Example: quoin endorsement add endorsement.json --institution harbour --trust qa.example.org
    """
    pool = CheckingPool(size=1)
    try:
        added = carry_out(
            add_endorsement,
            _signing(),
            pool,
            _fetch(datetime.now(UTC)),
            file.read_bytes(),
            institution_key=institution,
            trusted=trust,
        )
    finally:
        pool.close()
    if as_json:
        click.echo(json.dumps(asdict(added), default=str, ensure_ascii=False))
        return
    state = "is taken in" if added.is_new else "is here already"
    click.echo(f"{added.uuid} {state}: about {added.about}")
    known = "" if added.outcome == "valid" else f" ({added.outcome}: look at this address)"
    click.echo(f"    by {added.issuer}{known}")


@endorsement.command("check")
@institution_option
@json_option
@friendly
def endorsement_check(institution: str, as_json: bool) -> None:  # noqa: FBT001
    """Check what others endorsed once more, and leave out what is revoked or expired.

    Run it every day, as a scheduled task: an endorsement that its issuer takes back is then
    carried by no new credential. What cannot be checked today stays.

    Example: quoin endorsement check --institution harbour
    """
    pool = CheckingPool(size=1)
    try:
        found = carry_out(
            recheck_endorsements,
            _signing(),
            pool,
            _fetch(datetime.now(UTC)),
            institution_key=institution,
        )
    finally:
        pool.close()
    if as_json:
        click.echo(json.dumps([asdict(row) for row in found], default=str))
        return
    for row in found:
        mark = "  left out from now on" if row.is_removed else ""
        click.echo(f"{row.uuid}  {row.outcome}{mark}  by {row.issuer}")
    click.echo(f"{len(found)} checked, {sum(row.is_removed for row in found)} left out")


@endorsement.command("list")
@institution_option
@json_option
@friendly
def endorsement_list(institution: str, as_json: bool) -> None:  # noqa: FBT001
    """List what the institution endorsed, and what others endorsed here.

    Example: quoin endorsement list --institution harbour --json
    """
    found = list_endorsements(open_database(), _signing(), institution_key=institution)
    if as_json:
        click.echo(json.dumps(asdict(found), default=str, ensure_ascii=False))
        return
    for row in found.issued:
        click.echo(f"{row.uuid}  issued {row.issued_at:%Y-%m-%d}: {row.name}")
        click.echo(f"    about {row.target}; {row.url}")
    for one in found.given:
        about = one.achievement or "the institution"
        click.echo(f"{one.uuid}  given {one.added_at:%Y-%m-%d}: about {about}, {one.outcome}")
        click.echo(f"    by {one.issuer} ({one.issuer_name or 'no name'})")


@endorsement.command("revoke")
@click.argument("uuid", type=click.UUID)
@institution_option
@click.option("--reason", required=True, help="Why; it is kept in the audit log.")
@friendly
def endorsement_revoke(uuid: UUID, institution: str, reason: str) -> None:
    """Take back, for good, an endorsement that the institution signed.

    Example: quoin endorsement revoke 8f0e… --institution harbour --reason "no longer reviewed"
    """
    done = carry_out(revoke_endorsement, uuid, institution_key=institution, reason=reason)
    click.echo("Done; verifiers see it within five minutes." if done else "It is so already.")


@endorsement.command("remove")
@click.argument("uuid", type=click.UUID)
@institution_option
@friendly
def endorsement_remove(uuid: UUID, institution: str) -> None:
    """Embed and show an endorsement of somebody else no more.

    Example: quoin endorsement remove 8f0e… --institution harbour
    """
    carry_out(remove_endorsement, uuid, institution_key=institution)
    click.echo("It is left out from now on; credentials that are issued keep it.")


def _signing() -> Signing:
    config = Config.from_environ()
    return build_signing(config.public_url, config.secret_key)


def _fetch(now: datetime) -> Fetch:
    """Return what brings documents: those of this tool without a network, others from outside.

    A status list that the tool signs for it is of ``now``, and so never later than the check.
    """
    config, outside = Config.from_environ(), OutsideDocuments()

    def fetch(url: str) -> Fetched:
        if not is_home(url, config.public_url):
            return outside.fetch(url)
        # Only now: few endorsements are by an institution of the same tool, and it takes a second.
        from lti_tool.app import create_app
        from lti_tool.web.parts import build_parts

        home = config.public_url
        app = create_app(config, parts=build_parts(config, clock=lambda: now))
        answer = app.test_client().get(url.removeprefix(home), base_url=home)
        return Fetched(answer.status_code, answer.get_data())

    return fetch
