"""A person who is retired from the LMS is forgotten here; the ledger keeps its sums."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.learners import Identity
from tests.api.site import ISSUER, Site, item

PATH = "/api/v1/erasures"


def _erase(site: Site, **changed: Any) -> Any:
    asked = {"key": "gone-1", "issuer": ISSUER, "subject": "ada"} | changed
    wanted = {name: value for name, value in asked.items() if value is not None}
    return site.send("POST", PATH, json.dumps(wanted).encode())


def _count(site: Site, table: Any) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_who_is_retired_is_known_no_longer_and_the_ledger_stays(site: Site) -> None:
    site.report(item("1"), item("2", subject="ben"))
    assert _erase(site).get_json() == {"status": "erased"}
    assert site.progress("ada")["learner"] is None
    assert site.progress("ben")["learner"] is not None
    assert (_count(site, Identity), _count(site, Completion)) == (1, 2)
    with site.database.reading() as session:
        query = select(AuditEvent.actor).where(AuditEvent.action == "learner-erased")
        assert session.scalars(query).all() == [f"api-key:{site.key.id}"]


def test_telling_it_twice_or_of_nobody_does_no_harm(site: Site) -> None:
    site.report(item("1"))
    _erase(site)
    assert _erase(site).get_json() == {"status": "unknown"}
    assert _erase(site, subject="nobody").get_json() == {"status": "unknown"}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"issuer": "https://elsewhere.example"}, 403),
        ({"subject": None}, 422),
        ({"subject": "a\u0000"}, 422),
        ({"key": None}, 422),
        ({"more": 1}, 422),
    ],
)
def test_a_wrong_erasure_erases_nobody(
    sqlite_site: Site, changed: dict[str, Any], status: int
) -> None:
    sqlite_site.report(item("1"))
    answer = _erase(sqlite_site, **changed)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert sqlite_site.progress("ada")["learner"] is not None
