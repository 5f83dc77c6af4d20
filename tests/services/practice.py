"""The practice LMS and the tool's pages over real HTTP; the worker runs when a test says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from demo_lms.demo import seed
from demo_lms.serving import Server, bind_any_loopback
from demo_lms.testing import RunningLMS
from lti_tool.app import create_app
from lti_tool.config import Config
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.courses import Context, get_institution_id
from lti_tool.persistence.deliveries import WAITING, Delivery
from lti_tool.persistence.learners import Identity, Learner, Membership
from lti_tool.services.change_column import ColumnAct, change_column
from lti_tool.services.record_in_course import record_in_course
from lti_tool.services.resend_score import Choice, resend_score
from lti_tool.services.sync_roster import RosterSynced, sync_roster
from lti_tool.web.parts import Parts, build_parts
from lti_tool.worker import build_handlers, run_once

SECRET = b"k" * 40


class Course:
    """One course whose teacher has launched, and a learner of it."""

    def __init__(self, parts: Parts, *, learner_sub: str) -> None:
        self.parts, self.database = parts, parts.database
        with self.database.reading() as session:
            context = session.scalars(select(Context)).one()
            self.context_id = context.id
            self.institution_id = get_institution_id(session, context.id)
            self.achievement = session.scalars(select(Achievement).order_by(Achievement.id)).all()[
                0
            ]
        self.roster = self.sync()
        self.teacher_id = self._member(is_instructor=True).id
        self.learner = self._member(is_instructor=False, sub=learner_sub)

    def sync(self) -> RosterSynced:
        """Read the roster."""
        now = datetime.now(UTC)
        return sync_roster(self.database, self.parts.platforms, context_id=self.context_id, now=now)

    def _member(self, *, is_instructor: bool, sub: str | None = None) -> Learner:
        query = (
            select(Learner)
            .join(Membership, Membership.learner_id == Learner.id)
            .join(Identity, Identity.learner_id == Learner.id)
            .where(Membership.is_instructor.is_(is_instructor))
        )
        if sub is not None:
            query = query.where(Identity.subject == sub)
        with self.database.reading() as session:
            return session.scalars(query).first()  # type: ignore[return-value]

    def record(self, grade: str) -> UUID:
        """Record a completion of the learner; return the uuid of the score promised for it."""
        now = datetime.now(UTC)
        record_in_course(
            self.database,
            institution_id=self.institution_id,
            context_id=self.context_id,
            recorded_by=self.teacher_id,
            learner_uuid=self.learner.uuid,
            achievement_uuid=self.achievement.uuid,
            grade=grade,
            completed_on=now.date(),
            note="",
            form_id=str(uuid4()),
            now=now,
        )
        with self.database.reading() as session:
            return session.scalars(select(Delivery.uuid).order_by(Delivery.id.desc())).first()  # type: ignore[return-value]

    def pass_once(self) -> int:
        """Let the worker pass once."""
        handlers = build_handlers(self.database, self.parts.platforms, self.parts.signing)
        return run_once(self.database, handlers, clock=lambda: datetime.now(UTC))

    def work(self) -> None:
        """Let the worker pass until nothing waits; waits of its own are cut short."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            self.pass_once()
            if not self._waiting():
                return
            time.sleep(0.2)
        raise AssertionError(f"still waiting: {[row.last_answer for row in self._waiting()]}")

    def _waiting(self) -> list[Delivery]:
        with self.database.reading() as session:
            return list(session.scalars(select(Delivery).where(Delivery.state.in_(WAITING))))

    def row(self, uuid: UUID) -> Delivery:
        """A score as the outbox has it."""
        with self.database.reading() as session:
            return session.scalars(select(Delivery).where(Delivery.uuid == uuid)).one()

    def choose(self, choice: Choice, uuid: UUID) -> None:
        """What a teacher presses."""
        resend_score(
            self.database,
            choice=choice,
            delivery_uuid=uuid,
            context_id=self.context_id,
            teacher_id=self.teacher_id,
            actor="teacher",
            now=datetime.now(UTC),
        )

    def change_column(self, act: ColumnAct) -> None:
        """What a teacher does with the column."""
        change_column(
            self.database,
            self.parts.platforms,
            context_id=self.context_id,
            achievement_uuid=self.achievement.uuid,
            act=act,
            teacher_id=self.teacher_id,
            actor="teacher",
            now=datetime.now(UTC),
        )

    def rename(self, name: str) -> None:
        """Give the achievement another name."""
        with self.database.writing() as session:
            session.execute(
                update(Achievement).where(Achievement.id == self.achievement.id).values(name=name)
            )


class Practice(Course):
    """One course of the practice LMS, its teacher launched, and a learner of it."""

    def __init__(self, lms: RunningLMS, parts: Parts) -> None:
        self.lms = lms
        browser = lms.visit("maria")
        answer = browser.submit(browser.follow_login(browser.start_link("algorithms")))
        answer.raise_for_status()
        super().__init__(parts, learner_sub=lms.sub("amara"))

    def columns(self) -> list[dict[str, Any]]:
        """The gradebook's columns of ours, by label with their scores."""
        return [c for c in self.lms.state()["columns"] if c["tag"] == "quoin"]

    def standing(self) -> list[float]:
        """What stands for the learner in all of these columns."""
        return [
            score["score"]
            for column in self.columns()
            for score in column["scores"]
            if score["username"] == "amara"
        ]

    def in_the_lms(self, statement: str, *values: object) -> None:
        """Do what a teacher does in the gradebook of the LMS."""
        with self.lms.lms.database.writing() as connection:
            connection.execute(statement, values)


@contextmanager
def open_practice(database: Database) -> Iterator[Practice]:
    """Run both with the demo's institution while the block lasts."""
    with running_beside_lms(database) as (lms, parts):
        seed(parts.config, lms.url)
        yield Practice(lms, parts)


@contextmanager
def running_beside_lms(database: Database) -> Iterator[tuple[RunningLMS, Parts]]:
    """Run the tool and an LMS that do not know each other while the block lasts.

    The LMS fetches the tool's keyset over HTTP.
    """
    with open_tool(database) as parts, RunningLMS(parts.config.public_url) as lms:
        yield lms, parts


@contextmanager
def open_tool(database: Database) -> Iterator[Parts]:
    """Serve the tool's pages over this database on a free port while the block lasts."""
    url = database.engine.url.render_as_string(hide_password=False)
    sockets = bind_any_loopback()
    config = Config(url, f"http://127.0.0.1:{sockets[0].getsockname()[1]}", SECRET)
    parts = build_parts(config, database=database)
    server = Server(create_app(config, parts=parts), sockets)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield parts
    finally:
        server.stop()
        thread.join(10)
        parts.http.close()
