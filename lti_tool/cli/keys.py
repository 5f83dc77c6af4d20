"""quoin keys: the keys with which the tool signs."""

from __future__ import annotations

import json
import os
from datetime import datetime

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.config import Config, read_secret_file
from lti_tool.errors import ConfigurationError
from lti_tool.lti.key_rotation import DONE, TO_COME, Step, StepKind
from lti_tool.services.add_signing_key import add_signing_key
from lti_tool.services.list_signing_keys import list_signing_keys
from lti_tool.services.reseal_keys import reseal_keys
from lti_tool.services.retire_signing_key import retire_signing_key
from lti_tool.services.rotate_signing_keys import rotate_signing_keys

OLD_SECRET = "QUOIN_OLD_SECRET_KEY_FILE"  # noqa: S105 - the name of a setting


@click.group()
def keys() -> None:
    """Look after the keys with which the tool signs."""


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def keys_list(as_json: bool) -> None:  # noqa: FBT001
    """List the keys that are published, with their state, and the next step.

    Example: quoin keys list --json
    """
    found = list_signing_keys(open_database())
    if as_json:
        rows = [
            {
                "kid": key.kid,
                "state": key.state,
                "since": key.since.isoformat(),
                "published_at": key.published_at.isoformat(),
            }
            for key in found.keys
        ]
        steps = [_step_json(step) for step in found.steps]
        click.echo(json.dumps({"keys": rows, "steps": steps}))
        return
    for key in found.keys:
        click.echo(f"{key.kid}  {key.state} since {_moment(key.since)}")
    if not found.keys:
        click.echo("There is no key yet; the first one is made when the tool first signs.")
    _say_next(found.steps[0] if found.steps else None)


@keys.command("add")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def keys_add(as_json: bool) -> None:  # noqa: FBT001
    """Publish a next key; 'quoin keys rotate' lets it sign after 48 hours.

    Example: quoin keys add
    """
    kid = carry_out(add_signing_key, Config.from_environ().secret_key)
    if as_json:
        click.echo(json.dumps({"kid": kid}))
        return
    click.echo(f"{kid} is published")
    _say_next(list_signing_keys(open_database()).steps[0])


@keys.command("rotate")
@click.option("--now", "at_once", is_flag=True, help="Let the next key sign at once.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def keys_rotate(at_once: bool, as_json: bool) -> None:  # noqa: FBT001
    """Do the step that is due, and say when the next one is; may run every day.

    A next key signs 48 hours after it was published, and after 90 days a new one is published.
    With --now platforms that have kept our keyset refuse what is signed until they read it
    again: for a key that others may know.

    Example: quoin keys rotate
    """
    rotated = carry_out(rotate_signing_keys, Config.from_environ().secret_key, at_once=at_once)
    if as_json:
        upcoming = rotated.next_step and _step_json(rotated.next_step)
        done = [_step_json(step) for step in rotated.done]
        click.echo(json.dumps({"done": done, "next": upcoming}))
        return
    for step in rotated.done:
        click.echo(f"{step.kid} {DONE[step.kind]}")
    if not rotated.done:
        click.echo("Nothing is due.")
    _say_next(rotated.next_step)


@keys.command("retire")
@click.argument("kid")
@click.option("--now", "at_once", is_flag=True, help="A retired key, too, before its time.")
@friendly
def keys_retire(kid: str, at_once: bool) -> None:  # noqa: FBT001
    """Stop publishing a key that does not sign.

    Example: quoin keys retire AbC-1 --now
    """
    carry_out(retire_signing_key, kid, at_once=at_once)
    click.echo(f"{kid} {DONE[StepKind.REMOVE]}")


@keys.command("reseal")
@friendly
def keys_reseal() -> None:
    """Encrypt the keys with the present secret; QUOIN_OLD_SECRET_KEY_FILE names the old one's file.

    Running processes keep working with the keys they have; start them again with the new secret.

    Example: quoin keys reseal
    """
    path = os.environ.get(OLD_SECRET)
    if not path:
        raise ConfigurationError(f"{OLD_SECRET} must name the file of the old secret.")
    old, new = read_secret_file(OLD_SECRET, path), Config.from_environ().secret_key
    changed = carry_out(reseal_keys, old, new)
    click.echo(f"Keys that were encrypted anew: {changed}.")


def _say_next(step: Step | None) -> None:
    if step is not None:
        click.echo(f"Next, from {_moment(step.due_at)} on: {TO_COME[step.kind]}.")


def _step_json(step: Step) -> dict[str, str | None]:
    return {"kind": step.kind, "kid": step.kid, "at": step.due_at.isoformat()}


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
