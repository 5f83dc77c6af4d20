"""A learner who holds two awards with their credentials, on each database."""

from __future__ import annotations

from datetime import datetime

import pytest

from lti_tool.persistence.base import Database
from tests.credentials.issuing import IssuingWorld


@pytest.fixture
def world(database: Database, now: datetime) -> IssuingWorld:
    """Two institutions; the learner of the first holds two awards, and their credentials."""
    made = IssuingWorld(database, now)
    made.complete(made.learner.learner_id)
    made.work()
    return made


@pytest.fixture
def sqlite_world(sqlite_database: Database, now: datetime) -> IssuingWorld:
    """The same on SQLite alone, for what never asks the database."""
    made = IssuingWorld(sqlite_database, now)
    made.complete(made.learner.learner_id)
    made.work()
    return made
