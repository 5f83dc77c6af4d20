"""The ledger on SQLite and PostgreSQL: append-only, exact, idempotent, one lease at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lti_tool.errors import NotFoundError
from lti_tool.persistence import schema
from lti_tool.persistence.base import Base, Database
from lti_tool.persistence.catalog import ensure_institution, get_institution
from lti_tool.persistence.courses import ensure_context
from lti_tool.persistence.learners import (
    ensure_learners,
    ensure_membership,
    get_learner,
    get_member,
)
from lti_tool.persistence.platforms import ensure_deployment, ensure_registration
from lti_tool.persistence.sessions import add_login, consume_login


def test_migrations_make_the_tables_that_the_code_declares(database: Database) -> None:
    assert schema.is_current(database)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrations_go_down_and_up_again(database: Database, now: datetime) -> None:
    with database.writing() as session:
        ensure_institution(session, "u", "U", now)
    schema.downgrade(database, "base")
    assert schema.current(database) is None
    schema.upgrade(database)
    assert schema.is_current(database)


def test_instants_come_back_aware_and_in_utc(database: Database) -> None:
    told = datetime.fromisoformat("2026-06-30T23:30:00.123456+02:00")
    with database.writing() as session:
        ensure_institution(session, "u", "U", told)
    with database.reading() as session:
        found = get_institution(session, "u").created_at
    assert found == told
    assert found.tzinfo is UTC


def test_history_cannot_be_rewritten(database: Database, now: datetime) -> None:
    from lti_tool.persistence.audit import add_event

    with database.writing() as session:
        add_event(session, institution_id=None, actor="test", action="x", at=now)
    for statement in ("UPDATE audit_events SET actor = 'else'", "DELETE FROM audit_events"):
        with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
            session.execute(text(statement))


def test_learners_are_made_once(database: Database, now: datetime) -> None:
    with database.writing() as session:
        institution = ensure_institution(session, "u", "U", now).id
        first = ensure_learners(session, institution, "oulad", ["1", "2"], now)
        again = ensure_learners(session, institution, "oulad", ["2", "3"], now)
    assert again["2"] == first["2"]
    assert len({*first.values(), *again.values()}) == 3


def test_a_login_is_consumed_once_by_two_at_the_same_time(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        registration = _registration(session, now)
    with database.committing() as connection:
        add_login(
            connection,
            state_hash="h",
            nonce="n",
            registration_id=registration,
            target_link_uri="https://tool.example/",
            login_hint="user-7",
            expires_at=now + timedelta(minutes=10),
        )
    barrier, found = Barrier(2), []

    def take() -> None:
        barrier.wait()
        with database.committing() as connection:
            found.append(consume_login(connection, "h", now) is not None)

    threads = [Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, True]


def test_a_learner_of_another_course_is_not_found(database: Database, now: datetime) -> None:
    with database.writing() as session:
        institution = ensure_institution(session, "u", "U", now).id
        deployment = ensure_deployment(session, _registration(session, now), "1", now).id
        here = ensure_context(session, deployment, "here", now).id
        there = ensure_context(session, deployment, "there", now).id
        learner = ensure_learners(session, institution, "x", ["1"], now)["1"]
        ensure_membership(session, there, learner, now, is_instructor=False)
        uuid = get_learner(session, learner).uuid
        assert get_member(session, there, uuid).id == learner
        with pytest.raises(NotFoundError):
            get_member(session, here, uuid)


def _registration(session, now: datetime) -> int:  # type: ignore[no-untyped-def]
    return ensure_registration(
        session,
        "https://lms.example",
        "c",
        now,
        name="LMS",
        authorization_url="https://lms.example/auth",
        token_url="https://lms.example/token",
        jwks_url="https://lms.example/jwks",
    ).id
