"""The teacher's page "Scores" over a real database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from lti_tool.errors import LTIServiceError
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.deliveries import Delivery
from lti_tool.persistence.placements import LineItem, ensure_line_item
from lti_tool.web import scores as module
from tests.web.scores import promise
from tests.web.world import World


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> World:
    """Two courses of two institutions with open sessions."""
    return World(sqlite_database, now)


def _state(world: World, uuid: UUID) -> str:
    with world.database.reading() as session:
        return session.scalars(select(Delivery).where(Delivery.uuid == uuid)).one().state


def _column(world: World, key: str, **columns: Any) -> None:
    with world.database.writing() as session:
        achievement = session.scalars(
            select(Achievement).where(Achievement.uuid == world.achievement(key))
        ).one()
        context_id = world.context_of("harbour")
        item: LineItem = ensure_line_item(session, context_id, achievement.id, world.now)
        for name, value in columns.items():
            setattr(item, name, value)


def test_without_scores_the_page_says_what_they_follow_from(world: World) -> None:
    page = world.teacher.get("scores").text
    assert "No score was promised" in page
    assert "<table" not in page


def test_each_state_has_its_words_and_its_buttons(world: World) -> None:
    tried = {"attempts": 3, "tried_at": world.now}
    answer = "The gradebook says 70 of 100, we have 92 of 100."
    promise(world, "sql", state="overridden", reason="overridden", last_answer=answer, **tried)
    promise(world, "charts", state="failed", reason="column-gone", last_answer="Gone.", **tried)
    promise(world, "ethics", state="failed", reason="refused", last_answer="Refused.", **tried)
    page = world.teacher.get("scores").text
    for words in (
        answer,
        "92 of 100",
        "3 tries, last 30 June 2026, 12:00 UTC",
        "Send ours anyway",
        "Leave it",
        "Make the column again",
        "Send again",
        "Send all 2 again",
        "Amara",
    ):
        assert words in page, words
    assert page.index(answer) < page.index("Gone."), "what needs a choice comes first"


def test_a_table_keeps_its_roles_where_it_is_laid_out_as_blocks(world: World) -> None:
    promise(world, "sql")
    page = world.teacher.get("scores").text
    for role in ("table", "rowgroup", "row", "columnheader", "rowheader", "cell"):
        assert f'role="{role}"' in page


def test_a_score_on_its_way_asks_again_and_a_settled_one_does_not(world: World) -> None:
    moving = promise(world, "sql")
    done = promise(world, "charts", state="done", last_answer="The score stands in the gradebook.")
    row = world.teacher.get(f"scores/{moving}/row").text
    assert 'hx-trigger="every 2s"' in row
    assert "Check again" in row
    row = world.teacher.get(f"scores/{done}/row").text
    assert "hx-get" not in row
    assert row.count("in the gradebook") == 1
    assert world.teacher.get(f"scores/{uuid4()}/row").status_code == 404


@pytest.mark.parametrize(
    ("state", "path", "after", "notice"),
    [
        ("failed", "scores/{}/again", "pending", "score-again"),
        ("held", "scores/{}/again", "pending", "score-again"),
        ("overridden", "scores/{}/anyway", "pending", "score-anyway"),
        ("overridden", "scores/{}/leave", "superseded", "score-left"),
        ("done", "scores/{}/again", "done", "score-unchanged"),
        ("failed", "scores/{}/anyway", "failed", "score-unchanged"),
    ],
)
def test_a_button_does_what_it_says_once(
    world: World, state: str, path: str, after: str, notice: str
) -> None:
    score = promise(world, "sql", state=state)
    answer = world.teacher.post(path.format(score))
    assert answer.status_code == 303
    assert f"notice={notice}" in (answer.location or "")
    assert _state(world, score) == after
    again = world.teacher.post(path.format(score))
    assert "notice=score-unchanged" in (again.location or "")
    assert _state(world, score) == after


def test_all_that_did_not_arrive_are_sent_again_with_one_button(world: World) -> None:
    first = promise(world, "sql", state="failed")
    second = promise(world, "charts", state="held")
    theirs = promise(world, "ethics", state="overridden")
    assert world.teacher.post("scores/again").status_code == 303
    assert [_state(world, s) for s in (first, second, theirs)] == [
        "pending",
        "pending",
        "overridden",
    ]


def test_a_teacher_of_another_course_decides_nothing_here(world: World) -> None:
    """B29."""
    score = promise(world, "sql", state="failed")
    assert world.other_teacher.post(f"scores/{score}/again").status_code == 404
    assert _state(world, score) == "failed"


def test_a_column_that_was_removed_is_made_again_on_the_teachers_word(world: World) -> None:
    _column(world, "sql", removed_at=world.now)
    score = promise(world, "sql", state="failed", reason="column-gone")
    assert "Make the column again" in world.teacher.get("scores").text
    answer = world.teacher.post(f"columns/{world.achievement('sql')}/again")
    assert "notice=column-again" in (answer.location or "")
    assert _state(world, score) == "pending"
    assert "made, with the first score" in world.teacher.get("scores").text


def test_only_a_column_of_ours_that_nothing_needs_can_be_deleted(world: World) -> None:
    url = "https://lms.example/items/1"
    _column(world, "sql", url=url)
    assert "Delete" not in world.teacher.get("scores").text
    refused = world.teacher.post(f"columns/{world.achievement('sql')}/delete")
    assert refused.status_code == 409
    _column(world, "sql", is_ours=True, told_label="SQL foundations", told_maximum=100)
    assert "Delete the column" in world.teacher.get("scores").text


@pytest.fixture
def silent_platform(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A platform that does not answer when a column is changed."""

    def refuse(*_: object, **__: object) -> None:
        raise LTIServiceError("lms.example:443 did not answer (Timeout).", code="lti-no-answer")

    monkeypatch.setattr(module, "change_column", refuse)
    return refuse


@pytest.mark.usefixtures("silent_platform")
def test_when_the_platform_is_silent_the_page_says_so_and_stays(world: World) -> None:
    promise(world, "sql", state="failed")
    answer = world.teacher.post(f"columns/{world.achievement('sql')}/rename")
    assert answer.status_code == 502
    assert "did not answer" in answer.text
    assert "<table" in answer.text


def test_the_roster_leads_to_the_scores_and_back(world: World) -> None:
    assert f"{world.teacher.course}/scores" in world.teacher.get("roster").text
    assert f"{world.teacher.course}/roster" in world.teacher.get("scores").text
