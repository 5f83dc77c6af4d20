"""quoin institution linkedin: which page there is the institution's."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import find_institution
from lti_tool.services.open_institution import open_institution
from tests.cli.conftest import Quoin


def test_a_page_is_kept_changed_and_forgotten(
    quoin: Quoin, sqlite_database: Database, now: datetime
) -> None:
    open_institution(sqlite_database, key="harbour", name="Harbour", now=now)

    def kept() -> str | None:
        with sqlite_database.reading() as session:
            found = find_institution(session, "harbour")
            assert found is not None
            return found.linkedin_id

    assert "page 1234567" in quoin("institution", "linkedin", "harbour", "--page", "1234567").output
    assert kept() == "1234567"
    refused = quoin("institution", "linkedin", "harbour", "--page", "harbour-university", code=1)
    assert "named by its number" in refused.output
    assert kept() == "1234567"
    quoin("institution", "linkedin", "harbour", "--clear")
    assert kept() is None
    quoin("institution", "linkedin", "harbour", code=2)
    quoin("institution", "linkedin", "hill", "--clear", code=1)
