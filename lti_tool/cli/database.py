"""quoin db: look after the database."""

from __future__ import annotations

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import open_database
from lti_tool.errors import NotFoundError
from lti_tool.persistence import schema


@click.group()
def db() -> None:
    """Look after the database that QUOIN_DATABASE_URL names."""


@db.command("upgrade")
@friendly
def db_upgrade() -> None:
    """Migrate the database to this release; does nothing when it is there.

    Example: quoin db upgrade
    """
    database = open_database(check=False)
    schema.upgrade(database)
    click.echo(f"The database is at {schema.current(database)}.")


@db.command("check")
@friendly
def db_check() -> None:
    """Say whether the database has the shape that this release expects.

    Example: quoin db check
    """
    database = open_database()
    click.echo(f"The database is at {schema.current(database)}.")


@db.command("downgrade")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do it without asking; a backup is there.")
@friendly
def db_downgrade(revision: str, yes: bool) -> None:  # noqa: FBT001
    """Take the database back to REVISION, the one that an older release names by 'quoin db check'.

    Tables and columns that came after it go, with what was recorded in them.

    Example: quoin db downgrade 0030_learner_language
    """
    database = open_database(check=False)
    known = schema.revisions()
    if revision not in known:
        raise NotFoundError(
            f"There is no revision {revision}; there are {known[0]} to {known[-1]}."
        )
    if not yes:
        click.confirm("What was recorded in newer tables is lost. Is there a backup?", abort=True)
    schema.downgrade(database, revision)
    click.echo(f"The database is at {schema.current(database)}.")
