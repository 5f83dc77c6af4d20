"""Fixtures of recognition: one warm pool for all tests, and a world on each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from lti_tool.credentials.recognition.pool import CheckingPool
from lti_tool.persistence.base import Database
from tests.recognising.world import RecognitionWorld


@pytest.fixture(scope="session")
def pool() -> Iterator[CheckingPool]:
    """Checking processes that stay warm from test to test."""
    made = CheckingPool(size=1)
    yield made
    made.close()


@pytest.fixture
def world(database: Database, now: datetime, pool: CheckingPool) -> RecognitionWorld:
    """A course, a learner, a registrar and a university elsewhere."""
    return RecognitionWorld(database, now, pool)


@pytest.fixture
def sqlite_world(sqlite_database: Database, now: datetime, pool: CheckingPool) -> RecognitionWorld:
    """The same on SQLite alone, for what never reaches the database."""
    return RecognitionWorld(sqlite_database, now, pool)
