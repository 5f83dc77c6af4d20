"""The world of cases, on each database."""

from __future__ import annotations

from datetime import datetime

import pytest

from lti_tool.persistence.base import Database
from tests.cases.world import CasesWorld


@pytest.fixture
def world(database: Database, now: datetime) -> CasesWorld:
    """Two institutions on each engine in turn."""
    return CasesWorld(database, now)


@pytest.fixture
def quick_world(sqlite_database: Database, now: datetime) -> CasesWorld:
    """Two institutions on SQLite, for what no database decides."""
    return CasesWorld(sqlite_database, now)
