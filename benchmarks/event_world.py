"""An institution with 20 stacks and any number of learners, made without recording each of them.

A thousand learners are recorded by the real use case. The others are copies of them, made by the
database itself: learners, identities, completions, awards, news and what is promised. Every tenth
part of the copies is whole; the others have every fourth completion, and receipts that name
nothing, so that a million learners fit beside a benchmark.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import yaml
from sqlalchemy import Connection, Uuid, func, insert, select, text

from benchmarks import s1m
from lti_tool.awarding import NewCompletion
from lti_tool.persistence import schema
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Base, Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.deliveries import Delivery
from lti_tool.persistence.learners import Identity, Learner
from lti_tool.persistence.news import LearnerNews
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_completions import record_completions

NOW = s1m.KNOWN_ON
TEMPLATE = 1000
COPIED = (Identity, Completion, Award, Delivery, LearnerNews, AuditEvent)
TOLD_APART = ("subject", "idempotency_key", "key", "lane")
"""Columns of text in which a copy differs from its original."""


@dataclass(frozen=True)
class World:
    """The institution, its achievements, and the learners that are whole with their home subject.

    ``group`` is which twenty achievements a learner mostly completes.
    """

    institution_id: int
    achievements: dict[str, int]
    learners: list[tuple[int, int]]


def build(database: Database, count: int, *, times: int = 1) -> World:
    """Fill an empty database with ``count`` learners (thousands) and ``times`` 20 stacks."""
    schema.upgrade(database)
    institution_id = open_institution(database, key="bench", name="Bench", now=NOW)
    text = yaml.safe_dump(document(times))
    publish_stacks(database, institution_key="bench", text=text, actor="bench", now=NOW)
    with database.reading() as session:
        ids = {a.key: a.id for a in list_achievements(session, institution_id)}
    drawn = s1m.draw(TEMPLATE)
    first = _learners(database, institution_id)
    _record(database, institution_id, ids, drawn, first)
    copies = count // TEMPLATE
    whole = {max(1, round(n * copies / 10)) for n in range(10)} | {0}
    with database.engine.begin() as connection:
        _copy(connection, database, copies, whole)
    homes = _homes(drawn)
    parts = sorted(one for one in whole if one < copies)
    learners = [(first + TEMPLATE * k + n, homes[n]) for k in parts for n in range(TEMPLATE)]
    return World(institution_id, ids, learners)


def document(times: int = 1) -> dict[str, Any]:
    """Return what is published: the 20 stacks ``times`` times, under other names."""
    drawn = s1m.draw(1)
    texts = {
        f"a{n}": {"name": f"Competency {n}", "credits": int(drawn.worth[n])}
        for n in range(s1m.ACHIEVEMENTS)
    }
    found = [
        _renamed({"key": key, "requires": rule}, turn)
        for turn in range(times)
        for key, rule in s1m.rules().items()
    ]
    return {
        "quoin": 2,
        "achievements": texts,
        "stacks": [{**one, "title": one["key"]} for one in found],
    }


def _renamed(node: Any, turn: int) -> Any:
    """Return the same stack under other names; they ask for the same achievements."""
    if not turn:
        return node
    if isinstance(node, list):
        return [_renamed(part, turn) for part in node]
    if not isinstance(node, dict):
        return node
    own = {"key", "award"}
    return {k: f"{v}-{turn}" if k in own else _renamed(v, turn) for k, v in node.items()}


def _learners(database: Database, institution_id: int) -> int:
    """Add the learners of the template; return the internal id of the first."""
    with database.writing() as session:
        row = {"institution_id": institution_id, "created_at": NOW}
        session.execute(insert(Learner), [{**row, "uuid": uuid4()} for _ in range(TEMPLATE)])
        ids = list(session.scalars(select(Learner.id).order_by(Learner.id)))
        named = {"institution_id": institution_id, "authority": "bench"}
        rows = [{**named, "learner_id": one, "subject": f"learner-{one}"} for one in ids]
        session.execute(insert(Identity), rows)
    return ids[0]


def _record(
    database: Database, institution_id: int, ids: dict[str, int], drawn: s1m.Draw, first: int
) -> None:
    start, entries = s1m.TODAY - timedelta(days=s1m.LAST_DAY), list[NewCompletion]()
    for row in range(len(drawn.learner)):
        entries.append(
            NewCompletion(
                learner_id=first + int(drawn.learner[row]),
                achievement_id=ids[f"a{int(drawn.achievement[row])}"],
                completed_on=start + timedelta(days=int(drawn.day[row])),
                source="bench",
                idempotency_key=f"drawn-{row}",
                grade=Decimal(int(drawn.grade[row])),
            )
        )
    record_completions(
        database, institution_id=institution_id, entries=entries, actor="bench", now=NOW
    )


def _homes(drawn: s1m.Draw) -> list[int]:
    """Return for each learner the twenty achievements that most completions are of."""
    found: list[list[int]] = [[] for _ in range(TEMPLATE)]
    for learner, achievement in zip(drawn.learner, drawn.achievement, strict=True):
        found[int(learner)].append(int(achievement) // 20)
    return [max(set(groups), key=groups.count) for groups in found]


def _copy(connection: Connection, database: Database, copies: int, whole: set[int]) -> None:
    """Copy the rows of the template until there are ``copies`` of each."""
    if database.is_sqlite:
        # What is loaded here need not survive a power cut.
        connection.exec_driver_sql("PRAGMA cache_size=-500000")
    last = {
        table: connection.scalar(select(func.max(table.__table__.c.id)))
        for table in (Learner, *COPIED)
    }
    for begin in range(1, copies, 50):
        numbers = range(begin, min(begin + 50, copies))
        for table in (Learner, *COPIED):
            for is_whole in (True, False):
                some = [k for k in numbers if (k in whole) is is_whole]
                if some:
                    _copy_table(connection, table, last[table], some, is_whole=is_whole)
    connection.exec_driver_sql("ANALYZE")
    if not database.is_sqlite:
        connection.exec_driver_sql(
            "SELECT setval('learners_id_seq', (SELECT max(id) FROM learners))"
        )


def _name(table: type[Base]) -> str:
    return str(table.__tablename__)


def _copy_table(
    connection: Connection, table: type[Base], last: int, some: list[int], *, is_whole: bool
) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    columns = dict(_columns(table, is_sqlite=is_sqlite, is_whole=is_whole))
    values = ", ".join(f"({k})" for k in some)
    thin = "AND t.id % 4 = 0" if table in (Completion, AuditEvent) and not is_whole else ""
    statement = (
        f"WITH copies(k) AS (VALUES {values}) "  # noqa: S608  -- names and numbers of our own
        f"INSERT INTO {_name(table)} ({', '.join(columns)}) SELECT {', '.join(columns.values())} "
        f"FROM copies, {_name(table)} t WHERE t.id <= {last} {thin} ORDER BY k, t.id"
    )
    connection.execute(text(statement))


def _columns(table: type[Base], *, is_sqlite: bool, is_whole: bool) -> Iterator[tuple[str, str]]:
    """Yield the columns of a table, and what a copy has there."""
    for column in table.__table__.columns:
        name = column.name
        if isinstance(column.type, Uuid) and name == "uuid":
            yield name, "lower(hex(randomblob(16)))" if is_sqlite else "gen_random_uuid()"
        elif name == "learner_id" or (name == "id" and table is Learner):
            yield name, f"t.{name} + k * {TEMPLATE}"
        elif name in TOLD_APART:
            yield name, f"t.{name} || ':' || k"
        elif name == "receipt" and not is_whole:
            yield name, """'{"counted": []}'"""
        elif name != "id":
            yield name, f"t.{name}"


def events(world: World, count: int, name: str, seed: int = 7) -> list[NewCompletion]:
    """Return completions to be recorded, each of another learner where there are enough."""
    chance = random.Random(seed)  # noqa: S311 - made-up data
    learners = chance.sample(world.learners, min(count, len(world.learners)))
    found = []
    for number in range(count):
        learner_id, group = learners[number % len(learners)]
        achievement = chance.randrange(s1m.ACHIEVEMENTS)
        if chance.random() < 0.75:
            achievement = 20 * group + min(chance.randrange(20), chance.randrange(24))
        found.append(
            NewCompletion(
                learner_id=learner_id,
                achievement_id=world.achievements[f"a{achievement}"],
                completed_on=s1m.TODAY,
                source="bench",
                idempotency_key=f"{name}-{number}",
                grade=Decimal(min(100, max(0, int(chance.gauss(70, 15))))),
            )
        )
    return found


def now() -> datetime:
    """Return the instant at which the events are recorded, after all that was loaded."""
    return NOW.astimezone(UTC) + timedelta(minutes=5)
