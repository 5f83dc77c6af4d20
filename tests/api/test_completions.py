"""Batches of completions: each judged on its own, each key one fact."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.awards import Award
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.deliveries import Delivery
from lti_tool.persistence.learners import Learner
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from tests.api.site import ISSUER, STACKS, Site, item

PATH = "/api/v1/completions"


def _rows(site: Site) -> list[Completion]:
    with site.database.reading() as session:
        return list(session.scalars(select(Completion).order_by(Completion.id)))


def _count(site: Site, table: Any) -> int:
    with site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _statuses(results: list[dict[str, Any]]) -> list[str]:
    return [result["status"] for result in results]


def test_a_completion_is_recorded_with_all_that_was_said(site: Site) -> None:
    evidence = [
        {"text": "All blocks watched", "url": "https://learn.example.edu/b"},
        {"text": "\u200fé\u00a0\n2"},
    ]
    told = item(competency="ethics", grade="62.5", evidence=evidence)
    assert site.report(told) == [{"key": "k1", "status": "recorded"}]
    (row,) = _rows(site)
    assert (row.grade, row.scale) == (Decimal("3.5"), "1-5")
    assert row.note == "All blocks watched: https://learn.example.edu/b\n\u200fé\u00a0\n2"
    assert (row.source, row.completed_on, row.recorded_at) == ("api", date(2026, 6, 1), site.now)
    assert row.recorded_by is row.context_id is None


def test_awards_follow_in_the_same_transaction(site: Site) -> None:
    site.report(item("1", grade="59.9"), item("2", competency="charts"))
    assert _count(site, Award) == 0
    site.report(item("3", grade="60"), item("4", competency="ethics"))
    assert _count(site, Award) == 2
    with site.database.reading() as session:
        kinds = sorted(session.scalars(select(Delivery.kind)))
        # There is no course whose gradebook could be told.
        assert kinds == ["credential", "credential", "transcript"]
        actors = set(
            session.scalars(select(AuditEvent.actor).where(AuditEvent.action == "awards.made"))
        )
    assert actors == {f"api-key:{site.key.id}"}


def test_the_same_again_changes_nothing(site: Site) -> None:
    told = item(grade="90", evidence=[{"text": "x"}])
    site.report(told)
    again = told | {"grade": "90.0", "completed_at": "2026-06-01T12:00:00+02:00"}
    assert _statuses(site.report(told, again)) == ["repeated", "repeated"]
    assert len(_rows(site)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": "ben"},
        {"competency": "charts"},
        {"completed_at": "2026-06-01T10:00:01Z"},
        {"grade": "90.1"},
        {"grade": None},
        {"evidence": [{"text": "y"}]},
        {"evidence": None},
    ],
)
def test_other_content_under_a_known_key_is_refused(site: Site, changed: dict[str, Any]) -> None:
    told = item(grade="90", evidence=[{"text": "x"}])
    site.report(told)
    other = item(**({"grade": "90", "evidence": [{"text": "x"}]} | changed))
    (result,) = site.report(other)
    assert (result["status"], result["problem"]["code"]) == ("refused", "key-taken")
    assert result["problem"]["status"] == 409
    assert len(_rows(site)) == 1
    assert _count(site, Learner) == 1, "nobody is made for a completion that is refused"


def test_a_key_twice_in_one_batch_is_judged_in_order(site: Site) -> None:
    results = site.report(item("a"), item("a"), item("a", subject="ben"), item("b"))
    assert _statuses(results) == ["recorded", "repeated", "refused", "recorded"]
    assert [result["key"] for result in results] == ["a", "a", "a", "b"]
    assert len(_rows(site)) == 2


def test_two_issuers_may_use_the_same_key(site: Site) -> None:
    other = "https://second.example.edu"
    both = site.add_key(ISSUER, other)
    results = site.report(item("a"), item("a", issuer=other), key=both)
    assert _statuses(results) == ["recorded", "recorded"]
    assert _count(site, Learner) == 2, "the same subject of another issuer is somebody else"


def test_a_key_speaks_for_its_own_issuers_alone(site: Site) -> None:
    results = site.report(item("a"), item("b", issuer="https://elsewhere.example"))
    assert _statuses(results) == ["recorded", "refused"]
    assert results[1]["problem"]["code"] == "api-issuer"


def test_a_key_of_another_institution_sees_nothing_of_this_one(site: Site) -> None:
    open_institution(site.database, key="hill", name="Hill", now=site.now)
    publish_stacks(site.database, institution_key="hill", text=STACKS, actor="test", now=site.now)
    site.report(item("a"))
    hill = site.add_key(institution="hill")
    assert _statuses(site.report(item("a"), key=hill)) == ["recorded"]
    with site.database.reading() as session:
        assert len(set(session.scalars(select(Learner.institution_id)))) == 2


BAD: list[tuple[Any, str, str | None]] = [
    (None, "", None),
    ("k1", "", None),
    ({}, "/competency", None),
    (item(key=None), "/key", None),
    (item(key=7), "/key", None),
    (item(key=""), "/key", ""),
    (item(key="k" * 201), "/key", None),
    (item(key="a\u0000b"), "/key", "a\u0000b"),
    (item(subject=""), "/subject", "k1"),
    (item(subject="é"), "/subject", "k1"),
    (item(issuer=["x"]), "/issuer", "k1"),
    (item(competency="unknown"), "/competency", "k1"),
    (item(competency="data-basics"), "/competency", "k1"),
    (item(completed_at="2026-06-01"), "/completed_at", "k1"),
    (item(completed_at="2026-06-01T10:00:00"), "/completed_at", "k1"),
    (item(completed_at="2026-02-30T10:00:00Z"), "/completed_at", "k1"),
    (item(completed_at="0001-01-01T00:00:00+14:00"), "/completed_at", "k1"),
    (item(completed_at="2026-06-01T10:00:00+99:00"), "/completed_at", "k1"),
    (item(completed_at=1780000000), "/completed_at", "k1"),
    (item(completed_at="2026-06-30T12:05:01Z"), "/completed_at", "k1"),
    (item(grade=90), "/grade", "k1"),
    (item(grade="100.1"), "/grade", "k1"),
    (item(grade="-1"), "/grade", "k1"),
    (item(grade="1e1"), "/grade", "k1"),
    (item(grade="٣"), "/grade", "k1"),
    (item(grade="90,5"), "/grade", "k1"),
    (item(evidence="x"), "/evidence", "k1"),
    (item(evidence=[{}] * 21), "/evidence", "k1"),
    (item(evidence=[{}]), "/evidence/0", "k1"),
    (item(evidence=[{"text": "a"}, {"text": "\u0000"}]), "/evidence/1/text", "k1"),
    (item(evidence=[{"url": "javascript:alert(1)"}]), "/evidence/0/url", "k1"),
    (item(compentency="sql"), "/compentency", "k1"),
]


@pytest.mark.parametrize("number", range(len(BAD)))
def test_a_bad_completion_is_named_and_keeps_no_good_one_out(
    sqlite_site: Site, number: int
) -> None:
    bad, pointer, key = BAD[number]
    results = sqlite_site.report(item("good"), bad, item("fine"))
    assert _statuses(results) == ["recorded", "refused", "recorded"]
    assert results[1]["key"] == key
    problem = results[1]["problem"]
    assert problem["status"] == 422
    assert problem["type"] == f"urn:quoin:problem:{problem['code']}"
    if pointer:
        assert problem["errors"][0]["pointer"] == f"#{pointer}"
    assert len(_rows(sqlite_site)) == 2


@pytest.mark.parametrize("number", [12, 19])
def test_a_refusal_by_the_ledger_makes_no_learner(site: Site, number: int) -> None:
    site.report(BAD[number][0])
    assert _count(site, Learner) == _count(site, Completion) == 0


def test_it_counts_on_the_day_of_the_zone_that_the_stacks_name(site: Site) -> None:
    late = {"completed_at": "2026-06-01T23:30:00Z"}
    site.report(item("utc", **late))
    zoned = STACKS.replace("quoin: 2", "quoin: 2\nzone: Europe/Madrid")
    publish_stacks(site.database, institution_key="harbour", text=zoned, actor="test", now=site.now)
    site.report(item("madrid", **late))
    assert [row.completed_on.day for row in _rows(site)] == [1, 2]


def test_a_clock_that_is_a_little_ahead_is_forgiven(site: Site) -> None:
    ahead = (site.now + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
    assert _statuses(site.report(item(completed_at=ahead))) == ["recorded"]


def test_two_batches_with_the_same_keys_at_once_are_one(site: Site) -> None:
    told = [item(str(number), subject=f"s{number}") for number in range(40)]
    start, found = threading.Barrier(2), []

    def come() -> None:
        start.wait()
        found.append(site.report(*told))

    threads = [threading.Thread(target=come) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert sorted({*map(tuple, map(_statuses, found))}) == [
        ("recorded",) * 40,
        ("repeated",) * 40,
    ]
    assert len(_rows(site)) == 40


def test_ten_thousand_with_one_bad_are_recorded_but_one(sqlite_site: Site) -> None:
    told = [
        item(str(n), subject=f"s{n % 2500}", completed_at="2026-06-01T10:00:00Z")
        for n in range(10_000)
    ]
    told[4321] = item("4321", competency="unknown")
    results = sqlite_site.report(*told)
    refused = [result for result in results if result["status"] != "recorded"]
    assert [result["key"] for result in refused] == ["4321"]
    assert len(results) == 10_000
    assert _count(sqlite_site, Completion) == 9999


def _refused(site: Site, body: bytes, **headers: str) -> tuple[int, str]:
    answer = site.send("POST", PATH, body, headers=headers)
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert problem["status"] == answer.status_code
    assert problem["reference"]
    return answer.status_code, problem["code"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"completions": [], "completions": []}',
        b'{"completions": [NaN]}',
        b'{"completions": [1e999]}',
        b'{"completions": ["\\ud800"]}',
        b'{"completions": ' + b"[" * 100 + b"]" * 100 + b"}",
        b"[]",
    ],
)
def test_what_is_not_strict_json_is_not_read(sqlite_site: Site, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert _refused(sqlite_site, body, **headers) == (400, "http-400")


@pytest.mark.parametrize(
    "document", [{}, {"completions": {}}, {"completions": None}, {"completions": [], "more": 1}]
)
def test_what_is_no_batch_is_said(sqlite_site: Site, document: dict[str, Any]) -> None:
    assert _refused(sqlite_site, json.dumps(document).encode()) == (422, "invalid-input")


def test_an_empty_batch_has_no_results(sqlite_site: Site) -> None:
    assert sqlite_site.report() == []


def test_more_than_ten_thousand_are_too_many(sqlite_site: Site) -> None:
    body = json.dumps({"completions": [0] * 10_001}).encode()
    assert _refused(sqlite_site, body) == (422, "batch-too-large")


def test_another_media_type_is_refused(sqlite_site: Site) -> None:
    refused = _refused(sqlite_site, b"{}", **{"Content-Type": "text/plain"})
    assert refused == (415, "http-415")


def test_a_body_over_8_mib_is_not_read(sqlite_site: Site) -> None:
    largest = 8 * 1024 * 1024
    body = b'{"completions":[]}'.ljust(largest)
    assert sqlite_site.send("POST", PATH, body).status_code == 200
    assert _refused(sqlite_site, body + b" ") == (413, "http-413")


def test_another_method_is_answered_as_a_problem(sqlite_site: Site) -> None:
    answer = sqlite_site.send("GET", PATH)
    assert (answer.status_code, answer.get_json()["code"]) == (405, "http-405")
    assert "POST" in answer.headers["Allow"]


def test_an_address_that_is_not_there_is_answered_as_a_problem(sqlite_site: Site) -> None:
    answer = sqlite_site.send("GET", "/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_a_defect_of_ours_is_a_problem_that_says_nothing(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("ada's secret")

    monkeypatch.setattr("lti_tool.api.completions.receive_completions", fail)
    answer = sqlite_site.send("POST", PATH, b'{"completions":[]}')
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal")
    assert "secret" not in answer.text


def test_a_graded_completion_without_scale_of_its_own_is_of_100(site: Site) -> None:
    site.report(item(grade="87.125"))
    (row,) = _rows(site)
    assert (row.grade, row.scale) == (Decimal("87.125"), "0-100")
    with site.database.reading() as session:
        assert session.get_one(Achievement, row.achievement_id).scale == "0-100"
