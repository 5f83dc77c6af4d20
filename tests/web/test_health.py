"""Health: for machines, for administrators, and as metrics."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from lti_tool.app import create_app
from lti_tool.config import Config
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.courses import get_institution_id
from lti_tool.persistence.deliveries import SCORE, Delivery, DeliveryState, add_delivery
from lti_tool.persistence.marks import BACKUP, WORKER
from lti_tool.services import check_readiness
from lti_tool.services.note_mark import note_mark
from lti_tool.services.read_figures import read_figures
from lti_tool.services.show_health import show_health
from lti_tool.web.parts import Parts, build_parts
from tests.web.admins import sign_in
from tests.web.world import CONFIG, ORIGIN, World

SECRET = "postgresql://quoin:hunter2@db"
TOKEN = b"a-token-of-the-monitoring"


def promise(world: World, *, due_at: datetime, state: str = "pending", bulk: bool = False) -> None:
    """Promise a score of the learner, due then."""
    with world.database.writing() as session:
        context_id = world.context_of("harbour")
        achievement = list_achievements(session, get_institution_id(session, context_id))[0]
        key = str(uuid4())
        add_delivery(
            session,
            {
                "kind": SCORE,
                "key": key,
                "lane": key,
                "learner_id": world.learner.learner_id,
                "context_id": context_id,
                "achievement_id": achievement.id,
                "payload": {},
                "due_at": due_at,
                "created_at": due_at,
                "is_bulk": bulk,
            },
        )
        made = session.query(Delivery).filter_by(key=key).one()
        made.state = state
        made.settled_at = due_at if state == DeliveryState.FAILED else None


def test_a_process_that_can_serve_says_so_and_nothing_else(world: World) -> None:
    client = world.app.test_client()
    assert client.get("/healthz", base_url=ORIGIN).json == {"status": "ok"}
    promise(world, due_at=world.now - timedelta(minutes=2))
    ready = client.get("/readyz", base_url=ORIGIN)
    assert (ready.status_code, ready.json) == (
        200,
        {
            "status": "ready",
            "database": True,
            "schema": True,
            "signing_key": True,
            "oldest_undelivered_seconds": 120,
        },
    )


def test_work_that_no_worker_takes_for_an_hour_makes_it_not_ready(world: World) -> None:
    promise(world, due_at=world.now - timedelta(days=2), bulk=True)
    client = world.app.test_client()
    assert client.get("/readyz", base_url=ORIGIN).status_code == 200
    promise(world, due_at=world.now - timedelta(minutes=61))
    answer = client.get("/readyz", base_url=ORIGIN)
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert [error["pointer"] for error in answer.json["errors"]] == ["#/worker"]


def test_a_database_that_is_away_or_older_makes_it_not_ready(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.app.test_client()
    monkeypatch.setattr(check_readiness, "is_current", lambda _database: False)
    old = client.get("/readyz", base_url=ORIGIN)
    assert old.status_code == 503
    assert "quoin db upgrade" in old.text

    def unreachable(_database: object) -> bool:
        raise OSError(SECRET)

    monkeypatch.setattr(check_readiness, "is_current", unreachable)
    gone = client.get("/readyz", base_url=ORIGIN)
    assert (gone.status_code, gone.content_type) == (503, "application/problem+json")
    assert "does not answer" in gone.text
    assert SECRET not in gone.text


def test_a_secret_that_opens_no_key_makes_it_not_ready(world: World) -> None:
    client = world.app.test_client()
    assert client.get("/readyz", base_url=ORIGIN).status_code == 200
    config = replace(CONFIG, secret_key=b"x" * 32)
    other = create_app(config, parts=_parts(world, config))
    answer = other.test_client().get("/readyz", base_url=ORIGIN)
    assert answer.status_code == 503
    assert "#/signing_key" in answer.text


def _parts(world: World, config: Config) -> Parts:
    return build_parts(config, database=world.database, clock=lambda: world.now)


def test_the_page_says_what_fails_and_what_to_do_about_it(world: World) -> None:
    boss = sign_in(world)
    page = boss.get("health").text
    assert "No worker has ever run." in page
    assert "Something does not work." in page
    note_mark(world.database, WORKER, now=world.now - timedelta(seconds=4))
    note_mark(world.database, BACKUP, now=world.now - timedelta(days=9))
    promise(world, due_at=world.now - timedelta(hours=3))
    promise(world, due_at=world.now, state="failed")
    page = boss.get("health").text
    assert "The worker runs, but due work waits since 3 hours." in page
    assert "1 waits, 1 is in quarantine; the oldest was promised 3 hours ago." in page
    assert "The last backup that is known of is from 9 days ago." in page
    assert "Nobody has launched yet." in page


def test_only_those_who_look_after_all_of_the_tool_see_its_health(world: World) -> None:
    assert sign_in(world, "harbour", "Hanna").get("health").status_code == 403
    assert "Health" not in sign_in(world, "harbour", "Hanna").get("platforms").text


def test_a_worker_that_was_there_is_well_and_one_that_is_silent_is_not(
    database: Database, now: datetime
) -> None:
    note_mark(database, WORKER, now=now - timedelta(hours=1))
    note_mark(database, WORKER, now=now - timedelta(minutes=6))
    found = {f.topic: f for f in show_health(database, version="1", has_mail=True, now=now)}
    assert found["worker"].verdict == "failure"
    assert found["worker"].found == "The worker was last there 6 minutes ago."
    assert found["database"].verdict == "ok"
    assert found["mail"].verdict == "ok"
    note_mark(database, WORKER, now=now)
    found = {f.topic: f for f in show_health(database, version="1", has_mail=False, now=now)}
    assert (found["worker"].verdict, found["mail"].verdict) == ("ok", "warning")


def test_figures_are_read_on_both_databases(database: Database, now: datetime) -> None:
    figures = read_figures(database, now=now)
    assert figures.facts == {"completions": 0, "awards": 0, "credentials": 0}
    assert figures.database_bytes > 10_000
    assert figures.worker_age is None


def test_without_a_token_in_the_settings_there_are_no_metrics(world: World) -> None:
    answer = world.app.test_client().get("/metrics", base_url=ORIGIN)
    assert answer.status_code == 404


def test_metrics_need_their_token_and_name_nobody(world: World) -> None:
    config = replace(CONFIG, metrics_token=TOKEN)
    app = create_app(config, parts=_parts(world, config))
    client = app.test_client(use_cookies=False)
    page = f"{world.learner.course}/progress"
    assert client.get(page, base_url=ORIGIN).status_code == 401
    cookie = {"Cookie": world.learner.cookie}
    assert client.get(page, headers=cookie, base_url=ORIGIN).status_code == 200
    assert client.post("/lti/launch", base_url=ORIGIN).status_code == 400
    promise(world, due_at=world.now - timedelta(minutes=2))
    for wrong in ("", "Bearer", "Bearer wrong", "Basic abc"):
        headers = {"Authorization": wrong} if wrong else {}
        answer = client.get("/metrics", headers=headers, base_url=ORIGIN)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    right = {"Authorization": f"Bearer {TOKEN.decode()}"}
    text = client.get("/metrics", headers=right, base_url=ORIGIN).text
    assert 'quoin_request_seconds_count{route="progress.show"} 2.0' in text
    assert 'quoin_answers_total{status="401"}' in text
    assert 'quoin_launches_total{outcome="lti-launch-form"} 1.0' in text
    assert 'quoin_deliveries{kind="score",state="pending"} 1.0' in text
    assert 'quoin_oldest_delivery_seconds{kind="score"} 120.0' in text
    assert "quoin_completions_total 0.0" in text
    assert "Amara" not in text
    assert str(world.learner.learner_uuid) not in text
