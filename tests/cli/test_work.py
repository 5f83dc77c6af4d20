"""quoin work: what is undelivered, and sending it again."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest

from lti_tool.persistence.base import Database
from lti_tool.persistence.deliveries import Attempt, DeliveryState, lease_due, settle
from lti_tool.worker import LEASE
from tests.cli.conftest import Quoin
from tests.conftest import NOW
from tests.web.scores import promise
from tests.web.world import World

ANSWER = "LMS refused this score because the learner may not be graded there."


@pytest.fixture
def failed(sqlite_database: Database) -> UUID:
    """A score that the platform refused."""
    world = World(sqlite_database, NOW)
    uuid = promise(world, "sql", given="82")
    with sqlite_database.writing() as session:
        (delivery,) = lease_due(session, "score", NOW, LEASE, 20)
        settle(session, delivery, Attempt(DeliveryState.FAILED, ANSWER, reason="refused"), NOW)
    return uuid


def test_every_undelivered_score_is_listed_with_its_answer(quoin: Quoin, failed: UUID) -> None:
    (row,) = json.loads(quoin("work", "list", "--json").output)
    assert (row["id"], row["state"], row["answer"]) == (str(failed), "failed", ANSWER)
    assert (row["score_given"], row["score_maximum"], row["attempts"]) == ("82", "100", 1)
    assert "Amara" not in json.dumps(row)
    lines = quoin("work", "list").output
    assert ANSWER in lines
    assert "1 try" in lines
    assert "1 undelivered" in lines


@pytest.mark.parametrize("way", ["one", "all"])
def test_it_is_sent_again_once(quoin: Quoin, failed: UUID, way: str) -> None:
    words = [str(failed)] if way == "one" else ["--failed"]
    assert json.loads(quoin("work", "resend", *words, "--json").output) == {"resent": 1}
    assert quoin("work", "resend", *words).output == "0 will be sent again\n"
    (row,) = json.loads(quoin("work", "list", "--json").output)
    assert (row["state"], row["attempts"]) == ("pending", 0)


def test_wrong_use_is_told_apart_from_what_is_not_there(quoin: Quoin, failed: UUID) -> None:
    assert "--failed" in quoin("work", "resend", code=2).output
    quoin("work", "resend", str(failed), "--failed", code=2)
    assert "no such score" in quoin("work", "resend", str(uuid4()), code=1).output
