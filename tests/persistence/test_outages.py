"""Outages of the database are told from errors of ours."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from lti_tool.persistence.base import Database
from lti_tool.persistence.outages import is_outage


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.sqlite3", "postgresql+psycopg://u@127.0.0.1:1/x"]
)
def test_a_database_that_cannot_be_reached_is_an_outage(url: str) -> None:
    database = Database(url)
    with pytest.raises(Exception) as caught, database.writing() as session:  # noqa: PT011
        session.execute(text("SELECT 1"))
    assert is_outage(caught.value)


def test_a_wrong_statement_of_ours_is_none(postgresql_database: Database) -> None:
    with pytest.raises(Exception) as caught, postgresql_database.reading() as session:  # noqa: PT011
        session.execute(text("SELECT nothing FROM nowhere"))
    assert not is_outage(caught.value)


def test_neither_is_any_other_error() -> None:
    assert not is_outage(RuntimeError("x"))
