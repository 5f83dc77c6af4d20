"""A credential says when its award ends by the rule that made it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import jwt
import pytest

from lti_tool.issuing.forms import Form
from lti_tool.persistence.base import Database
from lti_tool.services.show_credential import show_credential
from lti_tool.services.show_wallet import show_wallet
from lti_tool.wallets.holdings import State
from tests.credentials.issuers import TestIssuer
from tests.credentials.issuing import IssuingWorld
from tests.credentials.test_described import publish
from tests.web.world import STACKS

LASTING = STACKS.replace("title: Data basics,", "title: Data basics, lasts: {years: 1},")


@pytest.fixture
def world(database: Database, now: datetime) -> IssuingWorld:
    """An award that lasts a year, and its credential."""
    made = IssuingWorld(database, now)
    publish(made, LASTING)
    made.complete(made.learner.learner_id, ["sql", "charts"])
    made.work()
    return made


def test_both_forms_say_the_end_and_the_wallet_says_when_it_is_over(world: IssuingWorld) -> None:
    (document,) = world.documents()
    on = date.fromisoformat(document["awardedDate"][:10])
    until = document["validUntil"]
    assert until == f"{on.replace(year=on.year + 1).isoformat()}T00:00:00Z"
    learner_id = world.learner.learner_id
    (award,) = world.awards(learner_id)
    found = show_credential(
        world.database,
        world.parts.signing,
        learner_id=learner_id,
        award_uuid=award,
        form=Form.JWT,
        now=world.now,
    )
    claims = jwt.decode(found.content, options={"verify_signature": False})
    assert claims["exp"] == datetime.fromisoformat(until).timestamp()
    end = datetime.fromisoformat(until)
    for now, state in ((end - timedelta(seconds=1), State.ISSUED), (end, State.EXPIRED)):
        (held,) = show_wallet(world.database, learner_id=learner_id, now=now).holdings
        assert held.state == state


def test_what_does_not_end_says_nothing_of_it(database: Database, now: datetime) -> None:
    world = IssuingWorld(database, now)
    world.complete(world.learner.learner_id, ["sql", "charts"])
    world.work()
    assert "validUntil" not in world.documents()[0]


def test_issued_after_its_end_it_begins_with_it(now: datetime) -> None:
    ended = TestIssuer(now).issue(valid_until=now.date() - timedelta(days=3))
    assert ended["validFrom"] == ended["validUntil"]
    later = TestIssuer(now).issue(valid_until=now.date() + timedelta(days=3))
    assert later["validFrom"] < later["validUntil"]
