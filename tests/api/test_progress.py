"""Progress and catalogue: what the page shows, as data; nothing twice over the wire."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import func, select

from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.learners import Learner
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.withdraw_completion import withdraw_completion
from lti_tool.web.access_log import LOGGER
from tests.api.site import ISSUER, Site, item


def _asked(**query: str) -> str:
    return f"/api/v1/progress?{urlencode({'issuer': ISSUER, 'subject': 'ada'} | query)}"


def test_somebody_new_stands_at_the_beginning_and_is_not_made_by_asking(site: Site) -> None:
    found = site.progress()
    assert (found["learner"], found["as_of"]) == (None, "2026-06-30")
    assert [(s["key"], s["status"], s["award"]) for s in found["stacks"]] == [
        ("data-basics", "not-met", None),
        ("data-practice", "not-met", None),
    ]
    (step,) = found["stacks"][0]["next_steps"][:1]
    assert step["options"] == [{"key": "sql", "title": "SQL foundations"}]
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Learner)) == 0


def test_what_counts_what_does_not_and_what_is_missing(site: Site) -> None:
    site.report(item("1", grade="50"), item("2", competency="charts"))
    found = site.progress(stack="data-basics")
    assert found["learner"] is not None
    (stack,) = found["stacks"]
    root = stack["requirement"]
    assert (root["have"], root["need"], root["unit"]) == ("1", "2", "parts")
    sql, charts = root["parts"]
    assert (sql["status"], sql["achievement"]["title"]) == ("not-met", "SQL foundations")
    assert sql["message"]["key"] == "completed.graded.not-met"
    assert sql["unused"][0]["reason"] == "below-grade"
    assert sql["unused"][0]["grade"] == {"value": "50", "scale": "0-100"}
    assert charts["counted"] == [
        {
            "achievement": {"key": "charts", "title": "Charts that tell the truth"},
            "on": "2026-06-01",
            "credits": "2.5",
            "grade": None,
            "is_award": False,
            "is_recognised": False,
            "source": "api",
            "course": "",
        }
    ]
    (step,) = stack["next_steps"]
    assert (step["kind"], step["grade"]) == ("improve", {"value": "60", "scale": "0-100"})


def test_awards_are_told_with_the_larger_one_that_they_count_in(site: Site) -> None:
    site.report(
        item("1", grade="80"), item("2", competency="charts"), item("3", competency="ethics")
    )
    basics, practice = site.progress()["stacks"]
    assert (basics["status"], practice["status"]) == ("met", "met")
    assert basics["award"]["awarded_on"] == "2026-06-01"
    assert (basics["award"]["version"], basics["award"]["is_under_review"]) == (1, False)
    assert basics["met_until"] is None
    assert practice["requirement"]["parts"][0]["counted"][0]["is_award"] is True
    assert practice["next_steps"] == []


def test_a_withdrawn_ground_puts_the_award_under_review(site: Site) -> None:
    site.report(item("1", grade="80"), item("2", competency="charts"))
    with site.database.reading() as session:
        uuid = session.scalars(select(Completion.uuid)).first()
    assert uuid is not None
    withdraw_completion(
        site.database,
        institution_id=site.institution_id,
        completion_uuid=uuid,
        reason="Mistake",
        actor="test",
        now=site.now,
    )
    assert site.progress()["stacks"][0]["award"]["is_under_review"] is True


def test_what_lapses_says_until_when_it_is_met(site: Site) -> None:
    text = """
quoin: 2
achievements: {aid: {name: First aid}}
stacks:
- {key: fresh, title: Fresh, requires: {completed: aid, where: {on: {last: {years: 1}}}}}
"""
    publish_stacks(site.database, institution_key="harbour", text=text, actor="t", now=site.now)
    site.report(item(competency="aid", completed_at="2026-03-01T10:00:00Z"))
    (stack,) = site.progress(stack="fresh")["stacks"]
    assert stack["status"] == "met"
    assert date.fromisoformat(stack["met_until"]) in (date(2027, 3, 1), date(2027, 3, 2))


def test_an_answer_that_has_not_changed_is_not_sent_again(site: Site) -> None:
    first = site.send("GET", _asked())
    tag = first.headers["ETag"]
    same = site.send("GET", _asked(), headers={"If-None-Match": tag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    assert "no-store" not in first.headers["Cache-Control"]
    site.report(item())
    changed = site.send("GET", _asked(), headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("/api/v1/progress", 422, "invalid-input"),
        (f"/api/v1/progress?issuer={quote(ISSUER)}", 422, "invalid-input"),
        (_asked(subject=""), 422, "invalid-input"),
        (_asked(subject="a\u0000b"), 422, "invalid-input"),
        (_asked(subject="a" * 256), 422, "invalid-input"),
        (_asked() + "&subject=ben", 422, "invalid-input"),
        (_asked(course="x"), 422, "invalid-input"),
        (_asked(stack="nothing"), 404, "unknown-stack"),
        (_asked(issuer="https://elsewhere.example"), 403, "api-issuer"),
        (_asked(issuer=ISSUER + "/"), 403, "api-issuer"),
        ("/api/v1/catalogue?x=1", 422, "invalid-input"),
    ],
)
def test_a_wrong_question_is_answered_as_a_problem(
    sqlite_site: Site, target: str, status: int, code: str
) -> None:
    answer = sqlite_site.send("GET", target)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert answer.content_type == "application/problem+json"


def test_values_of_the_query_are_not_logged(
    sqlite_site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger=LOGGER):
        sqlite_site.send("GET", _asked(subject="ada-of-harbour"))
        sqlite_site.send("GET", _asked(subject="ada-of-harbour", stack="nothing"))
    text = caplog.text
    assert "/api/v1/progress" in text
    assert "unknown-stack" in text
    assert "ada-of-harbour" not in text
    assert "learn.example.edu" not in text


def test_the_catalogue_has_what_can_be_completed_and_what_can_be_reached(site: Site) -> None:
    answer = site.send("GET", "/api/v1/catalogue")
    found: dict[str, Any] = answer.get_json()
    assert found["institution"] == {"key": "harbour", "name": "Harbour"}
    assert [(c["key"], c["credits"], c["scale"]) for c in found["competencies"]] == [
        ("charts", "2.5", "0-100"),
        ("ethics", "5", "1-5"),
        ("sql", "2.5", "0-100"),
    ]
    assert [(s["key"], s["title"], s["version"]) for s in found["stacks"]] == [
        ("data-basics", "Data basics", 1),
        ("data-practice", "Data practice", 1),
    ]
    with site.database.reading() as session:
        uuids = {a.key: str(a.uuid) for a in list_achievements(session, site.institution_id)}
    assert all(c["uuid"] == uuids[c["key"]] for c in found["competencies"])
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert site.send("GET", "/api/v1/catalogue", headers=tag).status_code == 304
