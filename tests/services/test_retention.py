"""What is past its time goes, in batches and for good; what must stay does."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select

from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Base, Database
from lti_tool.persistence.catalog import Institution, get_achievement
from lti_tool.persistence.completions import Completion, Evidence
from lti_tool.persistence.learners import Identity, Learner, Membership
from lti_tool.persistence.news import LearnerNews
from lti_tool.persistence.requests import Request
from lti_tool.persistence.sessions import LaunchSession
from lti_tool.retaining import KINDS
from lti_tool.services import enforce_retention as enforcing
from lti_tool.services.enforce_retention import enforce_retention
from lti_tool.services.preview_retention import preview_retention
from lti_tool.services.seal_audit import seal_audit
from lti_tool.services.set_retention import set_retention
from lti_tool.services.verify_audit import verify_audit
from tests.cases.world import CasesWorld
from tests.web.world import World

DAY = timedelta(days=1)
OLD = 3000 * DAY


@pytest.fixture
def world(database: Database, now: datetime) -> CasesWorld:
    """Two institutions on each engine in turn, which keep inactive learners for five years."""
    return forgetting(CasesWorld(database, now))


W = TypeVar("W", bound=World)


def forgetting(made: W) -> W:
    """Let both institutions forget whom nothing was heard of for five years."""
    for key in ("harbour", "hill"):
        set_retention(made.database, key, {"inactive-learners": 1825}, actor="t", now=made.now)
    return made


def learner(world: World, name: str, days: int, *, institution: str = "harbour") -> int:
    """A learner of whom nothing was heard for so many days."""
    then = world.now - days * DAY
    with world.database.writing() as session:
        row = Learner(institution_id=world._institutions[institution], name=name, created_at=then)
        session.add(row)
        session.flush()
        session.add(
            Identity(
                institution_id=row.institution_id, learner_id=row.id, authority="x", subject=name
            )
        )
        session.add(
            Membership(
                context_id=world.context_of(institution),
                learner_id=row.id,
                is_instructor=False,
                seen_at=then,
            )
        )
        return row.id


def handed_in(world: World, learner_id: int, state: str, days: int) -> int:
    then = world.now - days * DAY
    with world.database.writing() as session:
        achievement = world.achievement("sql")
        found = get_achievement(session, world._institutions["harbour"], achievement)
        row = Evidence(
            learner_id=learner_id,
            context_id=world.context_of("harbour"),
            achievement_id=found.id,
            text="What I did",
            url="https://example.org/x",
            state=state,
            submitted_at=then,
            decided_at=None if state == "submitted" else then,
            decision_note="Not yet",
        )
        session.add(row)
        session.flush()
        return row.id


def counts(world: World, key: str = "harbour") -> dict[str, int]:
    found = preview_retention(world.database, now=world.now, key=key)[0].counts
    return {kind: count for kind, count in found.items() if count}


def names(world: World) -> set[str | None]:
    with world.database.reading() as session:
        return set(session.scalars(select(Learner.name)))


def test_a_learner_who_was_not_heard_of_goes_and_everybody_else_stays(world: CasesWorld) -> None:
    learner(world, "gone", 1900)
    learner(world, "recent", 1800)
    holder = learner(world, "holder", 1900)
    world.complete(holder, ["sql", "charts"])
    learner(world, "elsewhere", 1900, institution="hill")
    active = learner(world, "active", 1900)
    handed_in(world, active, "submitted", 10)
    staff = learner(world, "staff", 1900)
    with world.database.writing() as session:
        session.scalars(
            select(Membership).where(Membership.learner_id == staff)
        ).one().is_instructor = True
    assert counts(world) == {"inactive-learners": 1}
    found = enforce_retention(world.database, now=world.now, key="harbour")
    assert found == {"harbour": {"inactive-learners": 1}}
    assert names(world) >= {"recent", "holder", "elsewhere", "active", "staff", None}
    assert "gone" not in names(world)
    with world.database.reading() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.actor == "retention").order_by(AuditEvent.id)
        ).all()
        assert [event.action for event in events] == ["learner-erased", "retention-enforced"]
        assert events[1].detail == {"inactive-learners": 1}
    assert enforce_retention(world.database, now=world.now, key="harbour") == {"harbour": {}}
    found = enforce_retention(world.database, now=world.now)
    assert found["hill"] == {"inactive-learners": 1}


def test_awards_completions_and_audit_of_a_holder_stay_for_good(world: CasesWorld) -> None:
    holder = learner(world, "holder", 2000)
    world.complete(holder, ["sql", "charts"])
    later = world.now + OLD
    with world.database.reading() as session:
        before = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Award, Completion, AuditEvent)
        ]
    enforce_retention(world.database, now=later)
    assert "holder" in names(world)
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Award)) == before[0]
        assert session.scalar(select(func.count()).select_from(Completion)) == before[1]
        assert (session.scalar(select(func.count()).select_from(AuditEvent)) or 0) >= before[2]
    seal_audit(world.database, now=later)
    checked = verify_audit(world.database, now=later)
    assert checked.sealed
    assert checked.breaks == ()


def test_returned_evidence_goes_and_accepted_or_waiting_evidence_stays(world: CasesWorld) -> None:
    someone = world.learner.learner_id
    rows = {
        state: handed_in(world, someone, state, 800)
        for state in ("returned", "accepted", "submitted")
    }
    recent = handed_in(world, someone, "returned", 700)
    assert counts(world) == {"returned-evidence": 1}
    enforce_retention(world.database, now=world.now)
    with world.database.reading() as session:
        kept = {
            row.id: (row.text, row.url, row.decision_note)
            for row in session.scalars(select(Evidence))
        }
    assert kept[rows["returned"]] == ("", None, "")
    for row in (rows["accepted"], rows["submitted"], recent):
        assert kept[row][0] == "What I did"
    assert counts(world) == {}


def test_news_and_answered_requests_go(world: CasesWorld) -> None:
    world.ask()
    with world.database.writing() as session:
        request = session.scalars(select(Request)).one()
        request.state, request.answer = "declined", "No"
        request.decided_at = world.now
        session.add(
            LearnerNews(
                institution_id=request.institution_id,
                learner_id=request.learner_id,
                kind="award",
                key="k",
                state="x",
                subject="s",
                created_at=world.now,
            )
        )
        count = len(session.scalars(select(LearnerNews)).all())
    assert counts(world) == {}
    world.now += 366 * DAY
    assert counts(world) == {"news": count + (0 if count else 1)}
    enforce_retention(world.database, now=world.now)
    world.now += 5 * 365 * DAY
    assert counts(world)["answered-requests"] == 1
    set_retention(world.database, "harbour", {"inactive-learners": 0}, actor="t", now=world.now)
    enforce_retention(world.database, now=world.now)
    with world.database.reading() as session:
        request = session.scalars(select(Request)).one()
        assert (request.text, request.url, request.answer) == ("", "", "")
        assert request.state == "declined"
        assert session.scalars(select(LearnerNews)).all() == []


def test_an_open_session_keeps_somebody(world: CasesWorld) -> None:
    someone = learner(world, "someone", 2000)
    with world.database.writing() as session:
        session.add(
            LaunchSession(
                token_hash="h",
                learner_id=someone,
                context_id=world.context_of("harbour"),
                is_instructor=False,
                created_at=world.now - DAY,
                expires_at=world.now + DAY,
            )
        )
    assert counts(world) == {}


def test_it_goes_in_batches_and_can_be_broken_off(
    quick: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        learner(quick, f"gone{number}", 2000)
    monkeypatch.setattr(enforcing, "BATCH", 2)
    found = enforce_retention(quick.database, now=quick.now, key="harbour", most_batches=2)
    assert found["harbour"] == {"inactive-learners": 4}
    erase = enforcing.erase_person
    done: list[int] = []

    def stumble(session: Any, learner_id: int, now: datetime) -> None:
        if done:
            raise RuntimeError("killed")
        done.append(learner_id)
        erase(session, learner_id, now)

    monkeypatch.setattr(enforcing, "erase_person", stumble)
    with pytest.raises(RuntimeError):
        enforce_retention(quick.database, now=quick.now, key="harbour")
    assert counts(quick) == {"inactive-learners": 3}, "a batch is whole or nothing"
    monkeypatch.setattr(enforcing, "erase_person", erase)
    found = enforce_retention(quick.database, now=quick.now, key="harbour", most_batches=None)
    assert found["harbour"] == {"inactive-learners": 3}


@pytest.fixture
def quick(sqlite_database: Database, now: datetime) -> World:
    """Two institutions on SQLite, which keep inactive learners for five years."""
    return forgetting(World(sqlite_database, now))


def test_nobody_is_forgotten_before_the_institution_has_said_when(
    sqlite_database: Database, now: datetime
) -> None:
    world = World(sqlite_database, now)
    learner(world, "someone", 9000)
    assert counts(world) == {}


def test_what_is_set_is_what_counts_and_what_is_wrong_is_refused(quick: World) -> None:
    learner(quick, "gone", 100)
    assert counts(quick) == {}
    for wrong in ({"inactive-learners": 5}, {"news": 40_000}, {"awards": 30}):
        with pytest.raises(InvalidInputError) as refused:
            set_retention(quick.database, "harbour", wrong, actor="t", now=quick.now)
        assert refused.value.field in wrong
    with pytest.raises(NotFoundError):
        set_retention(quick.database, "nowhere", {}, actor="t", now=quick.now)
    set_retention(quick.database, "harbour", {"inactive-learners": 90}, actor="t", now=quick.now)
    assert counts(quick) == {"inactive-learners": 1}
    set_retention(quick.database, "harbour", {"inactive-learners": 0}, actor="t", now=quick.now)
    assert counts(quick) == {}
    usual = {kind: one.usual for kind, one in KINDS.items()}
    set_retention(quick.database, "harbour", usual, actor="t", now=quick.now)
    with quick.database.reading() as session:
        assert session.get_one(Institution, quick._institutions["harbour"]).retention is None


def test_every_table_stands_in_the_map_of_personal_data() -> None:
    text = Path("docs/privacy.md").read_text("utf-8").split("## Every table")[1]
    named = re.findall(r"`([a-z_]+)`", "".join(row.split("|")[1] for row in text.splitlines()[4:]))
    assert sorted(named) == sorted(Base.metadata.tables)


def test_every_kind_stands_in_the_documentation_with_its_usual_time() -> None:
    text = Path("docs/privacy.md").read_text("utf-8")
    for name, kind in KINDS.items():
        usual = f"{kind.usual:,} days" if kind.usual else "for good, until"
        assert re.search(rf"\| `{name}` \|.*\| {usual}", text), name
