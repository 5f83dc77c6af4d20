"""The list of learners shows the latest completions of each; all of one learner on demand."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_tool.awarding import NewCompletion
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.courses import Context, get_institution_id
from lti_tool.services.record_completions import record_completions
from lti_tool.services.show_roster import LATEST
from tests.web.world import World

MANY = LATEST + 2


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """A course whose learner has tried one thing again and again, and another one once."""
    found = World(database, now)
    context_id = found.context_of("harbour")
    other = found.come_as("bo")
    with database.writing() as session:
        institution_id = get_institution_id(session, context_id)
        ids = {a.key: a.id for a in list_achievements(session, institution_id)}
        session.get_one(Context, context_id).roster_synced_at = now
    tried = [(found.learner.learner_id, day) for day in range(MANY)]
    entries = [
        NewCompletion(
            learner_id,
            ids["sql"],
            now.date() - timedelta(days=MANY - day),
            "teacher",
            f"{learner_id}:{day}",
            Decimal(40 + day),
            context_id,
        )
        for learner_id, day in [*tried, (other.learner_id, 0)]
    ]
    record_completions(
        database, institution_id=institution_id, entries=entries, actor="test", now=now
    )
    return found


def _shown(page: str) -> int:
    return page.count('id="completion-')


def test_a_page_of_many_has_the_latest_and_says_how_many_there_are(world: World) -> None:
    page = world.teacher.get("roster").text
    assert _shown(page) == LATEST + 1
    assert f"All {MANY} completions" in page
    assert f"{40 + MANY - 1} of 100" in page
    assert page.count("All ") - page.count("All evidence") == 1
    link = f"/roster?learner={world.learner.learner_uuid}#people"
    assert link in page


def test_one_learner_is_shown_with_everything_and_alone(world: World) -> None:
    page = world.teacher.get(f"roster?learner={world.learner.learner_uuid}").text
    assert _shown(page) == MANY
    assert "All 7 completions" not in page
    assert _shown(world.teacher.get(f"roster?learner={world.teacher.learner_uuid}").text) == 0
    stranger = world.other_learner.learner_uuid
    assert _shown(world.teacher.get(f"roster?learner={stranger}").text) == 0
    assert _shown(world.teacher.get("roster?learner=nonsense").text) == LATEST + 1


def test_a_refused_withdrawal_shows_the_old_completion_that_it_is_about(world: World) -> None:
    with world.database.reading() as session:
        first = session.scalars(select(Completion).order_by(Completion.id)).first()
        assert first is not None
    answer = world.teacher.post(f"completions/{first.uuid}/withdrawal", {"reason": "x" * 1001})
    assert answer.status_code == 422
    assert f'id="completion-{first.uuid}"' in answer.text
    assert f'id="withdraw-{first.uuid}-reason-error"' in answer.text
