"""quoin institution language: what is spoken where nobody asks for another."""

from __future__ import annotations

import json
from datetime import datetime

from lti_tool.persistence.base import Database
from lti_tool.services.open_institution import open_institution
from tests.cli.conftest import Quoin


def test_a_language_is_kept_shown_and_forgotten(
    quoin: Quoin, sqlite_database: Database, now: datetime
) -> None:
    open_institution(sqlite_database, key="harbour", name="Harbour", now=now)

    def kept() -> str | None:
        (row,) = json.loads(quoin("institution", "list", "--json").output)
        found: str | None = row["language"]
        return found

    assert kept() is None
    assert "harbour: Deutsch now." in quoin("institution", "language", "harbour", "de").output
    assert "harbour: Deutsch already." in quoin("institution", "language", "harbour", "de").output
    assert kept() == "de"
    quoin("institution", "language", "harbour", "qps", code=2)
    quoin("institution", "language", "harbour", code=2)
    quoin("institution", "language", "harbour", "--clear")
    assert kept() is None
    quoin("institution", "language", "nowhere", "de", code=1)
