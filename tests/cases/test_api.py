"""The API tells of an exception as the page does: met, with what was waived."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from lti_tool.persistence.base import Database
from lti_tool.services.grant_exception import grant_exception
from tests.api.site import Site, item
from tests.cases.world import waiver


def test_a_waived_requirement_is_met_and_keeps_its_name(
    sqlite_database: Database, now: datetime
) -> None:
    site = Site(sqlite_database, now)
    site.report(item("1", grade="80"))
    learner = UUID(site.progress()["learner"])
    grant_exception(
        site.database,
        waiver(),
        institution_id=site.institution_id,
        learner_uuid=learner,
        form_id=str(uuid4()),
        actor="cli:test",
        now=site.now,
    )
    (stack,) = site.progress(stack="data-basics")["stacks"]
    assert stack["award"] is not None
    part = next(p for p in stack["requirement"]["parts"] if p["address"] == "/charts")
    assert (part["status"], part["achievement"]["key"]) == ("met", "charts")
    assert part["message"]["key"] == "waived.met"
