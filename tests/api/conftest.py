"""Fixtures of the API's tests: a site on each engine in turn."""

from __future__ import annotations

from datetime import datetime

import pytest

from lti_tool.persistence.base import Database
from tests.api.site import Site


@pytest.fixture
def site(database: Database, now: datetime) -> Site:
    """A site with a key, on each engine in turn."""
    return Site(database, now)


@pytest.fixture
def sqlite_site(sqlite_database: Database, now: datetime) -> Site:
    """A site with a key, where the engine makes no difference."""
    return Site(sqlite_database, now)
