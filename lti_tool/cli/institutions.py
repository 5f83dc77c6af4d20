"""quoin institution: the tenants of the tool."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.definitions import definitions
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.cli.sign_in import sign_in
from lti_tool.lti.roles import STAFF, CourseRole
from lti_tool.persistence.launched import ALL_RIGHTS
from lti_tool.persistence.wallet_offers import Way
from lti_tool.services.change_language import change_language
from lti_tool.services.change_linkedin import change_linkedin
from lti_tool.services.change_role_rights import RightsChanges, change_role_rights
from lti_tool.services.change_wallet_ways import WayChanges, change_wallet_ways
from lti_tool.services.list_institutions import list_institutions
from lti_tool.services.open_institution import open_institution
from lti_tool.services.switch_four_eyes import switch_four_eyes
from lti_tool.services.switch_institution import switch_institution
from lti_tool.translating import own_names


class RoleRight(click.ParamType[tuple[CourseRole, str]]):
    """A role of the staff and one of its rights, as in ``assistant:record``."""

    name = "role:right"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[CourseRole, str]:
        """Return the pair; a sentence with all roles and rights for anything else."""
        role, _, right = value.partition(":")
        if role not in STAFF or right not in ALL_RIGHTS:
            roles = ", ".join(one for one in CourseRole if one in STAFF)
            rights = " or ".join(sorted(ALL_RIGHTS))
            self.fail(f"'{value}' is not ROLE:RIGHT. ROLE: {roles}; RIGHT: {rights}.", param, ctx)
        return CourseRole(role), right


KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
ROLE_RIGHT = RoleRight()
WAY = click.Choice([str(way) for way in Way])
LANGUAGE = click.Choice([code for code, _name in own_names()])


@click.group()
def institution() -> None:
    """Look after the institutions."""


institution.add_command(sign_in)
institution.add_command(definitions)


@institution.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def institution_list(as_json: bool) -> None:  # noqa: FBT001
    """List the institutions.

    Example: quoin institution list --json
    """
    rows = list_institutions(open_database())
    if as_json:
        found = [
            {
                "id": str(row.uuid),
                "key": row.key,
                "name": row.name,
                "language": row.language,
                "suspended_at": row.suspended_at and row.suspended_at.isoformat(),
            }
            for row in rows
        ]
        click.echo(json.dumps(found))
        return
    for row in rows:
        mark = "" if row.suspended_at is None else f"  suspended since {row.suspended_at:%Y-%m-%d}"
        click.echo(f"{row.key}  {row.name}{mark}")


@institution.command("open")
@click.argument("key")
@click.option("--name", required=True, help="As people read it.")
@friendly
def institution_open(key: str, name: str) -> None:
    """Open an institution under a KEY of small letters, digits and hyphens; once is enough.

    Example: quoin institution open harbour --name "Harbour University"
    """
    if not KEY.fullmatch(key) or not name.strip():
        raise click.UsageError("KEY has small letters, digits and hyphens; --name is not empty.")
    open_institution(open_database(), key=key, name=name.strip(), now=datetime.now(UTC))
    click.echo(f"{key} is open")


@institution.command("suspend")
@click.argument("key")
@friendly
def institution_suspend(key: str) -> None:
    """Stop launches and services of an institution; sessions end, nothing is lost.

    Example: quoin institution suspend harbour
    """
    _switch(key, is_suspended=True)


@institution.command("resume")
@click.argument("key")
@friendly
def institution_resume(key: str) -> None:
    """Let a suspended institution go on; scores that waited are sent.

    Example: quoin institution resume harbour
    """
    _switch(key, is_suspended=False)


@institution.command("rights")
@click.argument("key")
@click.option("--allow", "allowed", multiple=True, type=ROLE_RIGHT, help="Give; repeatable.")
@click.option("--deny", "denied", multiple=True, type=ROLE_RIGHT, help="Take; repeatable.")
@click.option("--reset", is_flag=True, help="First give every role back what is usual.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def institution_rights(
    key: str,
    allowed: tuple[tuple[CourseRole, str], ...],
    denied: tuple[tuple[CourseRole, str], ...],
    reset: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Say what the staff of courses may do beside reading, by role; without options, show it.

    Roles: administrator, instructor, content-developer, assistant. Rights: record (completions,
    evidence, withdrawals), link (place links in the course), stacks (write and publish stacks) and
    recognise (decide what credentials of other issuers count for; until you say so,
    administrators of a course alone).
    It counts from the next click on.

    Example: quoin institution rights harbour --deny assistant:record --deny assistant:link
    """
    changes = RightsChanges(frozenset(allowed), frozenset(denied), is_reset=reset)
    found = carry_out(change_role_rights, key, changes)
    if as_json:
        click.echo(json.dumps({role: sorted(rights) for role, rights in found.items()}))
        return
    for role, rights in found.items():
        click.echo(f"{role}: {', '.join(sorted(rights)) or 'reads only'}")


@institution.command("four-eyes")
@click.argument("key")
@click.argument("switch", type=click.Choice(["on", "off"]))
@friendly
def institution_four_eyes(key: str, switch: str) -> None:
    """Say whether stacks are published only after somebody else than an author approved them.

    Example: quoin institution four-eyes harbour on
    """
    changed = carry_out(switch_four_eyes, key, is_demanded=switch == "on")
    click.echo(f"{key}: four eyes are {switch}{' now' if changed else ' already'}.")


@institution.command("wallets")
@click.argument("key")
@click.option("--on", "on", multiple=True, type=WAY, help="Switch on; repeatable.")
@click.option("--off", "off", multiple=True, type=WAY, help="Switch off; repeatable.")
@click.option("--reset", is_flag=True, help="First go back to what is usual.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def institution_wallets(
    key: str,
    on: tuple[str, ...],
    off: tuple[str, ...],
    reset: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Say by which protocols credentials get into wallets; without options, show it.

    Usual: vc-api and oid4vci, by which a learner hands over one credential, are on; ob-api, by
    which wallets register themselves and read, is off.

    Example: quoin institution wallets harbour --on ob-api
    """
    changes = WayChanges(frozenset(map(Way, on)), frozenset(map(Way, off)), is_reset=reset)
    found = carry_out(change_wallet_ways, key, changes)
    if as_json:
        click.echo(json.dumps({str(way): is_on for way, is_on in found.items()}))
        return
    for way, is_on in found.items():
        click.echo(f"{way}: {'on' if is_on else 'off'}")


@institution.command("linkedin")
@click.argument("key")
@click.option("--page", help="The number of the institution's page at LinkedIn, as 1234567.")
@click.option("--clear", is_flag=True, help="Forget it: links name the institution by its name.")
@friendly
def institution_linkedin(key: str, page: str | None, clear: bool) -> None:  # noqa: FBT001
    """Say which page at LinkedIn is the institution's, for "Add it to your LinkedIn profile".

    Example: quoin institution linkedin harbour --page 1234567
    """
    if (page is None) != clear:
        raise click.UsageError("Give either --page NUMBER or --clear.")
    carry_out(change_linkedin, key, page)
    click.echo(f"{key}: {f'page {page}' if page else 'no page'} at LinkedIn.")


@institution.command("language")
@click.argument("key")
@click.argument("language", type=LANGUAGE, required=False)
@click.option("--clear", is_flag=True, help="None of its own: English.")
@friendly
def institution_language(key: str, language: str | None, clear: bool) -> None:  # noqa: FBT001
    """Say which language pages and mails speak where nobody asks for another.

    It comes after that of the launch and those of the browser.

    Example: quoin institution language harbour de
    """
    if (language is None) != clear:
        raise click.UsageError("Give either a LANGUAGE or --clear.")
    changed = carry_out(change_language, key, language)
    said = dict(own_names()).get(language or "", "no language of its own")
    click.echo(f"{key}: {said}{' now' if changed else ' already'}.")


def _switch(key: str, *, is_suspended: bool) -> None:
    changed = carry_out(switch_institution, key, is_suspended=is_suspended)
    state = "suspended" if is_suspended else "at work"
    click.echo(f"{key} is {state}{' now' if changed else ' already'}.")
