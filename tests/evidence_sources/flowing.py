"""The practice LMS and the tool, with a source between them and rules for three quizzes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from demo_lms.demo import seed
from demo_lms.testing import RunningLMS
from lti_tool.gathering.opening import SourceDoor
from lti_tool.persistence.awards import Award, AwardReview
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.completions import Completion, Withdrawal
from lti_tool.persistence.evidence_readings import EvidenceFact, EvidenceReading
from lti_tool.persistence.evidence_sources import EvidenceMapping, EvidenceSource
from lti_tool.persistence.learners import Learner
from lti_tool.services.add_evidence_source import NewSource, add_evidence_source
from lti_tool.services.make_mapping import NewMapping, make_mapping
from lti_tool.services.read_evidence import EvidenceRead, read_evidence
from lti_tool.web.parts import Parts
from tests.services.practice import Practice, running_beside_lms

EVERY = timedelta(minutes=10)
SEARCHING, GRAPHS, DYNAMIC = 101, 102, 103
"""The quizzes of the course; the competencies are called searching, graphs, dynamic."""

COMPETENCIES = {SEARCHING: "searching", GRAPHS: "graphs", DYNAMIC: "dynamic"}


class Flow(Practice):
    """A course whose quizzes flow in; time is what a test says."""

    def __init__(self, lms: RunningLMS, parts: Parts) -> None:
        super().__init__(lms, parts)
        self.now = datetime.now(UTC)
        self.door = SourceDoor(parts.http, parts.config.secret_key, lambda: self.now)
        self.source = self.add_source(lms.service_token())

    def add_source(self, token: str) -> UUID:
        """Keep the LMS as a source."""
        return add_evidence_source(
            self.database,
            self.door,
            institution_key="harbour",
            new=NewSource("moodle", "Practice LMS", self.lms.url, token),
            actor="test",
            now=self.now,
        )

    def map(self, item: str, competency: str, threshold: str | None = "60") -> UUID:
        """Let an item ("grade:2101") complete a competency."""
        return make_mapping(
            self.database,
            self.door,
            NewMapping(
                self.source,
                item,
                self.achievement_of(competency),
                None if threshold is None else Decimal(threshold),
                "",
            ),
            institution_id=self.institution_id,
            context_id=self.context_id,
            created_by=self.teacher_id,
            actor="teacher",
            now=self.now,
        )

    def map_quizzes(self) -> list[UUID]:
        """Let all three quizzes complete their competency."""
        return [self.map(f"grade:{quiz + 2000}", key) for quiz, key in COMPETENCIES.items()]

    def achievement_of(self, key: str) -> UUID:
        """Return the uuid of a competency."""
        with self.database.reading() as session:
            return session.scalars(select(Achievement.uuid).where(Achievement.key == key)).one()

    def wait(self, span: timedelta = EVERY) -> None:
        """Let time pass."""
        self.now += span

    def read(self) -> list[EvidenceRead]:
        """Let the worker read all that is due."""
        done = []
        while found := read_evidence(self.database, self.door, every=EVERY, now=self.now):
            done.append(found)
            self.wait(timedelta(seconds=1))
        return done

    def poll(self) -> list[EvidenceRead]:
        """Let one polling interval pass and read."""
        self.wait()
        return self.read()

    def put(self, quiz: int, points: float | None, username: str = "amara") -> None:
        """Let points stand in the LMS, graded now by its clock."""
        self.lms.put_result(quiz, username, points)

    def completions(self) -> list[tuple[str, Decimal | None, bool]]:
        """What was recorded by the source: (competency, grade, whether it stands)."""
        query = (
            select(Achievement.key, Completion.grade, Withdrawal.id)
            .join(Achievement, Achievement.id == Completion.achievement_id)
            .outerjoin(Withdrawal, Withdrawal.completion_id == Completion.id)
            .where(Completion.source == "moodle")
            .order_by(Completion.id)
        )
        with self.database.reading() as session:
            return [(row[0], row[1], row[2] is None) for row in session.execute(query)]

    def learner_called(self, username: str) -> Learner:
        """The learner of the course whom the LMS calls so."""
        return self._member(is_instructor=False, sub=self.lms.sub(username))

    def awards(self, username: str = "amara") -> list[str]:
        """The keys of what a learner was awarded, in order."""
        learner = self.learner_called(username)
        query = (
            select(Achievement.key)
            .join(Award, Award.achievement_id == Achievement.id)
            .where(Award.learner_id == learner.id)
            .order_by(Award.id)
        )
        with self.database.reading() as session:
            return list(session.scalars(query))

    def reviews(self) -> list[str]:
        """The keys of awards that wait for somebody's decision."""
        query = (
            select(Achievement.key)
            .join(Award, Award.achievement_id == Achievement.id)
            .join(AwardReview, AwardReview.award_id == Award.id)
            .where(AwardReview.state == "open")
        )
        with self.database.reading() as session:
            return list(session.scalars(query))

    def facts(self) -> list[EvidenceFact]:
        """All facts that are kept, in order."""
        with self.database.reading() as session:
            return list(session.scalars(select(EvidenceFact).order_by(EvidenceFact.id)))

    def reading(self) -> EvidenceReading:
        """How the reading of the course stands."""
        with self.database.reading() as session:
            return session.scalars(select(EvidenceReading)).one()

    def source_row(self) -> EvidenceSource:
        """The source as it is kept."""
        with self.database.reading() as session:
            return session.scalars(select(EvidenceSource)).one()

    def problems(self) -> list[str]:
        """What is wrong with each rule by itself."""
        with self.database.reading() as session:
            return [row.problem for row in session.scalars(select(EvidenceMapping))]


@contextmanager
def open_flow(database: Database) -> Iterator[Flow]:
    """Run both with the demo's institution while the block lasts."""
    with running_beside_lms(database) as (lms, parts):
        seed(parts.config, lms.url)
        yield Flow(lms, parts)
