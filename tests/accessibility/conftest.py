"""One campus and one browser for all pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.credentials.recognition.pool import CheckingPool
from lti_tool.persistence.base import Database
from tests.accessibility.audiences import Audiences
from tests.accessibility.campus import served
from tests.accessibility.happenings import fill_campus
from tests.conftest import NOW


@pytest.fixture(scope="session")
def audiences(
    sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Audiences]:
    """A campus on which everything has happened, served, and everybody on it."""
    path: Path = tmp_path_factory.mktemp("campus") / "quoin.sqlite3"
    path.write_bytes(sqlite_template)
    database, pool = Database(f"sqlite:///{path}"), CheckingPool(size=1)
    try:
        with served(database, NOW, pool) as campus:
            yield Audiences(campus, fill_campus(campus))
    finally:
        pool.close()
        database.dispose()
