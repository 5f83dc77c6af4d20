"""Fixtures: the tool behind its doors, and the same with a platform on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lti_tool.persistence.base import Database
from tests.conformance.threats.arena import Arena, served
from tests.lti.local_server import LocalServer


@pytest.fixture
def arena(sqlite_database: Database) -> Arena:
    """The tool; what differs by the database is tested elsewhere."""
    return Arena(sqlite_database)


@pytest.fixture
def called(sqlite_database: Database) -> Iterator[tuple[Arena, LocalServer]]:
    """The tool, and the platform that it calls over HTTP."""
    with served(sqlite_database) as found:
        yield found
