"""quoin report standings: counts per stack and status."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from lti_tool.persistence.base import Database
from lti_tool.services.import_oulad import import_oulad
from lti_tool.services.open_institution import open_institution
from lti_tool.sources.oulad import Fact, Reading
from tests.cli.conftest import Quoin
from tests.cli.test_stacks import DOCUMENT, publish


@pytest.fixture
def harbour(sqlite_database: Database, quoin: Quoin) -> Quoin:
    publish(quoin, DOCUMENT)
    now = datetime(2026, 6, 1, tzinfo=UTC)
    found = open_institution(sqlite_database, key="h", name="Harbour", now=now)
    reading = Reading(achievements={"sql": "SQL", "ethics": "Ethics"})
    for learner, keys in (("ada", ("sql", "ethics")), ("ben", ("sql",))):
        reading.facts[learner] = [
            Fact(learner, key, date(2026, 1, 1), f"{learner}-{key}") for key in keys
        ]
    import_oulad(sqlite_database, institution_id=found, reading=reading, now=now)
    return quoin


def test_everybody_is_counted(harbour: Quoin) -> None:
    assert "basics: 1 not-met, 1 met" in harbour("report", "standings", "h").output
    said = harbour("report", "standings", "h", "--json").output.splitlines()[-1]
    assert json.loads(said)["basics"] == {"not-met": 1, "met": 1, "unknown": 0, "not-decided": 0}


def test_without_such_an_institution_it_says_so(quoin: Quoin) -> None:
    assert (
        "There is no institution 'nowhere'."
        in quoin("report", "standings", "nowhere", code=1).output
    )
