"""quoin db: look after the database."""

from __future__ import annotations

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import open_database
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
