"""A learner in a course whose gradebook is on loopback, and scores that are promised."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select

from lti_tool.issuing.signing import build_signing
from lti_tool.lti.grades import LINE_ITEM, LINE_ITEM_READONLY, RESULT_READONLY, SCORE
from lti_tool.lti.http_client import HTTPClient, Patience
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.persistence.base import Database
from lti_tool.persistence.deliveries import WAITING, Delivery, add_delivery
from lti_tool.persistence.placements import LineItem
from lti_tool.persistence.platforms import Registration
from lti_tool.services.send_score import send_score
from lti_tool.worker import build_handlers, run_once
from tests.lti.gradebook import GradebookServer
from tests.lti.local_server import serve
from tests.lti.platform import NOW, TestPlatform
from tests.lti.world import World

SIGNING = build_signing("https://quoin.example.edu", b"k" * 32)

SCOPES = [LINE_ITEM, LINE_ITEM_READONLY, RESULT_READONLY, SCORE]


class Course:
    """A learner who launched in a course whose gradebook is on loopback."""

    def __init__(self, database, server):
        self.lms = GradebookServer(server)
        self.server = server
        platform = TestPlatform(issuer=server.url)
        self.world = World(database, platform, allows_loopback=True)
        self.http = HTTPClient(patience=Patience(connect=2, read=2, total=4))
        self.client = PlatformClient(
            self.http, self.world.keyring, clock=lambda: self.now, sleep=lambda _: None
        )
        self.now = NOW
        self.count = 0
        self.launched = self.world.launched(
            self.world.launch(
                endpoint={"scope": SCOPES, "lineitems": f"{server.url}/items?type_id=1"}
            )
        )

    @property
    def database(self):
        return self.world.database

    def promise(self, given="80", maximum="100", at=None, learner_id=None):
        self.count += 1
        learner_id = learner_id or self.launched.learner_id
        lane = f"{self.launched.context_id}:{self.world.achievement_id}:{learner_id}"
        at = at or self.now
        with self.database.writing() as session:
            row = {
                "kind": "score",
                "key": f"key-{self.count}",
                "lane": lane,
                "learner_id": learner_id,
                "context_id": self.launched.context_id,
                "achievement_id": self.world.achievement_id,
                "payload": {
                    "score_given": given,
                    "score_maximum": maximum,
                    "at": at.isoformat(),
                },
                "due_at": at,
                "created_at": at,
            }
            assert add_delivery(session, row)
            query = select(Delivery.id).where(Delivery.key == f"key-{self.count}")
            return session.scalars(query).one()

    def send(self, delivery_id, *, settle=True):
        attempt = send_score(self.database, self.client, delivery_id, now=self.now)
        if settle:
            with self.database.writing() as session:
                row = session.get_one(Delivery, delivery_id)
                row.state = attempt.state
                row.settled_at = None if attempt.state in WAITING else self.now
        return attempt

    def change(self, table, **values):
        with self.database.writing() as session:
            row = session.scalars(select(table)).one()
            for name, value in values.items():
                setattr(row, name, value)

    def line_item(self):
        with self.database.reading() as session:
            return session.scalars(select(LineItem)).one()

    def payload(self, delivery_id):
        with self.database.reading() as session:
            return session.get_one(Delivery, delivery_id).payload

    def row(self, delivery_id):
        with self.database.reading() as session:
            return session.get_one(Delivery, delivery_id)

    def work(self):
        """Let the worker pass once, as the product does."""
        handlers = build_handlers(self.database, self.client, SIGNING)
        return run_once(self.database, handlers, clock=lambda: self.now, jitter=lambda: 0.5)

    def send_one(self, given="80"):
        """Promise a score a minute later, send it, and return the attempt."""
        self.now += timedelta(minutes=1)
        return self.send(self.promise(given))

    def result(self, score, maximum=100):
        """Let this stand in the gradebook for the learner."""
        self.lms.results = [{"userId": "user-7", "resultScore": score, "resultMaximum": maximum}]

    def family(self, family):
        """Let the platform be a product."""
        self.change(Registration, product_family=family)

    @property
    def given(self):
        """The scores that the platform got, in their order."""
        return [score["scoreGiven"] for score in self.lms.scores]


@contextmanager
def open_course(database: Database) -> Iterator[Course]:
    """Run the platform while the block lasts."""
    with serve() as server:
        found = Course(database, server)
        yield found
        found.http.close()
