"""Statements that are given to the driver say and do what SQLAlchemy would have them do."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import bindparam, event, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from lti_tool.persistence.base import Database, Sought, insert_missing
from lti_tool.persistence.catalog import Achievement, Institution
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.outages import is_outage
from lti_tool.persistence.prepared import Prepared

COLUMNS = [*Completion.__table__.columns]
BY_LEARNER = Sought(select(*COLUMNS).order_by(Completion.id), Completion.learner_id)


def _fill(database: Database, now: datetime) -> list[int]:
    """Add two learners with a completion each, one full and one as empty as it may be."""
    with database.writing() as session:
        session.add(Institution(id=1, key="harbour", name="Harbour", created_at=now))
        session.flush()
        sql = Achievement(institution_id=1, key="sql", name="SQL", created_at=now)
        learners = [Learner(institution_id=1, created_at=now) for _ in range(2)]
        session.add_all([sql, *learners])
        session.flush()
        usual = {"institution_id": 1, "achievement_id": sql.id, "scale": "0-100", "source": "test"}
        usual |= {"completed_on": date(2026, 2, 28), "recorded_at": now, "credits": Decimal("2.50")}
        full = {
            "grade": Decimal("87.125"),
            "valid_until": date(2027, 3, 1),
            "attributes": {"level": 7, "external": True},
            "is_recognised": True,
            "note": "50 %, :no, ?",
        }
        session.execute(
            insert(Completion),
            [{**usual, "learner_id": learners[0].id, "idempotency_key": "one", **full}],
        )
        session.execute(
            insert(Completion),
            [{**usual, "learner_id": learners[1].id, "idempotency_key": "two"}],
        )
        return [learner.id for learner in learners]


def test_values_are_those_that_sqlalchemy_gives(database: Database, now: datetime) -> None:
    ids = _fill(database, now)
    with database.reading() as session:
        for some in ([ids[0]], [ids[1]], ids, []):
            query = select(*COLUMNS).where(Completion.learner_id.in_(some)).order_by(Completion.id)
            usual = [tuple(row) for row in session.execute(query)]
            assert BY_LEARNER.rows(session, some) == usual
            assert len(usual) == len(some)
            kinds = [[type(value) for value in row] for row in usual]
            found = [[type(value) for value in row] for row in BY_LEARNER.rows(session, some)]
            assert found == kinds


def test_a_row_is_inserted_once_with_what_it_has(database: Database, now: datetime) -> None:
    row = {"uuid": uuid4(), "institution_id": 1, "created_at": now, "name": "Zoë 50 % :x ?"}
    with database.writing() as session:
        session.add(Institution(id=1, key="harbour", name="Harbour", created_at=now))
        # The institution is held back by the session, and has to be there first.
        made = insert_missing(session, Learner, [row], unique=("uuid",), returning=(Learner.id,))
        again = insert_missing(session, Learner, [row], unique=("uuid",), returning=(Learner.id,))
        assert (len(made), again) == (1, [])
        learner = session.get_one(Learner, made[0][0])
        assert (learner.uuid, learner.name, learner.created_at) == (row["uuid"], row["name"], now)


def test_errors_are_those_that_sqlalchemy_raises(database: Database, now: datetime) -> None:
    keys = ("id", "uuid", "key", "name", "created_at")
    plain: Any = Institution.__table__
    add = Prepared(insert(plain).inline(), keys)
    row = {"id": 1, "uuid": uuid4(), "key": "harbour", "name": "Harbour", "created_at": now}

    def twice() -> None:
        with database.writing() as session:
            assert add.rows(session, row) == []
            add.rows(session, {**row, "id": 2})

    with pytest.raises(IntegrityError):
        twice()
    with database.reading() as session:
        assert session.scalars(select(Institution)).all() == []


def test_a_connection_that_is_lost_is_not_used_again(postgresql_database: Database) -> None:
    database = postgresql_database
    one = Prepared(select(bindparam("number", 1).label("number")))

    def lose() -> None:
        with database.writing() as session:
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            with database.engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
            one.rows(session, {"number": 1})

    with pytest.raises(OperationalError) as caught:
        lose()
    assert is_outage(caught.value)
    with database.writing() as session:
        assert one.rows(session, {"number": 2}) == [(2,)]


def test_who_listens_to_statements_hears_of_them(database: Database, now: datetime) -> None:
    ids, heard = _fill(database, now), list[str]()
    event.listen(database.engine, "before_cursor_execute", lambda *told: heard.append(told[2]))
    with database.reading() as session:
        assert len(BY_LEARNER.rows(session, ids[:1])) == 1
    assert any("completions" in statement for statement in heard)
