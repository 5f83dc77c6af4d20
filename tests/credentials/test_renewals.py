"""An award that ends is made again: in the ledger, as a credential, on the pages, in a review."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from lti_tool.persistence.awards import Award, AwardReview
from lti_tool.persistence.base import Database
from lti_tool.persistence.schema import downgrade, upgrade
from lti_tool.services.change_status import StatusAct, change_status
from lti_tool.services.show_wallet import show_wallet
from lti_tool.standing_views import read_standing
from lti_tool.wallets.holdings import State
from tests.credentials.issuing import IssuingWorld
from tests.credentials.test_described import publish
from tests.web.world import STACKS

YEAR = timedelta(days=365)
RENEWED = STACKS.replace(
    "title: Data basics,",
    "title: Data basics, lasts: {days: 365}, renewal: {requires: ethics, opens: {days: 90}},",
)


@pytest.fixture
def world(database: Database, now: datetime) -> IssuingWorld:
    """A learner with an award that lasts a year."""
    made = IssuingWorld(database, now)
    publish(made, RENEWED)
    made.complete(made.learner.learner_id, ["sql", "charts"])
    made.work()
    return made


def _after(world: IssuingWorld, days: int) -> None:
    world.now += timedelta(days=days)


def _awards(world: IssuingWorld) -> list[Award]:
    with world.database.reading() as session:
        return list(session.scalars(select(Award).order_by(Award.id)))


def test_who_renews_in_time_has_two_credentials_and_loses_no_day(world: IssuingWorld) -> None:
    first_until = world.documents()[0]["validUntil"]
    _after(world, 300)
    world.complete(world.learner.learner_id, ["ethics"])
    world.work()
    basics = [award for award in _awards(world) if award.stack_id == _awards(world)[0].stack_id]
    assert [award.number for award in basics] == [1, 2]
    documents = {document["id"].rpartition("/")[2]: document for document in world.documents()}
    old, new = (documents[str(award.uuid)] for award in basics)
    assert old["validUntil"] == first_until
    begun = datetime.fromisoformat(first_until)
    assert datetime.fromisoformat(new["validUntil"]) == begun + YEAR
    (renewal,) = [piece for piece in new["evidence"] if piece["genre"] == "Renewal"]
    assert renewal["id"] == old["id"]
    assert "Renewal" not in [piece["genre"] for piece in old["evidence"]]


def test_the_page_shows_the_renewal_and_the_wallet_both(world: IssuingWorld) -> None:
    _after(world, 300)
    world.complete(world.learner.learner_id, ["ethics"])
    world.work()
    _after(world, 100)
    with world.database.reading() as session:
        view = read_standing(session, 1, world.learner.learner_id, {}, world.now)
    award = next(stack.award for stack in view.stacks if stack.key == "data-basics")
    renewed = _awards(world)[1]
    assert award is not None
    assert renewed.number == 2
    assert award.uuid == renewed.uuid
    assert award.ends_on is not None
    assert award.ends_on > world.now.date()
    holdings = show_wallet(
        world.database, learner_id=world.learner.learner_id, now=world.now
    ).holdings
    states = {holding.uuid: holding.state for holding in holdings}
    assert states[_awards(world)[0].uuid] == State.EXPIRED
    assert states[renewed.uuid] == State.ISSUED


def test_the_same_news_told_twice_renews_once(world: IssuingWorld) -> None:
    _after(world, 300)
    for _ in range(2):
        world.complete(world.learner.learner_id, ["ethics"])
    _after(world, 1)
    world.complete(world.learner.learner_id, ["ethics"])
    assert [award.number for award in _awards(world) if award.stack_id == 1] == [1, 2]


def test_after_its_end_it_is_earned_anew_and_not_by_what_was_there(world: IssuingWorld) -> None:
    _after(world, 400)
    world.complete(world.learner.learner_id, ["sql"])
    assert len(_awards(world)) == 1
    world.complete(world.learner.learner_id, ["charts"])
    assert [award.number for award in _awards(world)] == [1, 2]


def test_a_renewal_rests_on_what_it_renews(world: IssuingWorld) -> None:
    _after(world, 300)
    world.complete(world.learner.learner_id, ["ethics"])
    world.work()
    first, second = (award for award in _awards(world) if award.stack_id == 1)
    found = change_status(
        world.database,
        institution_key="harbour",
        award_uuid=first.uuid,
        act=StatusAct.REVOKE,
        reason="The exam was another person's.",
        actor="test",
        now=world.now,
    )
    assert found.has_changed
    with world.database.reading() as session:
        asked = set(session.scalars(select(AwardReview.award_id)))
    assert second.id in asked


def test_a_renewal_that_was_taken_back_is_not_made_again(world: IssuingWorld) -> None:
    _after(world, 300)
    world.complete(world.learner.learner_id, ["ethics"])
    world.work()
    second = _awards(world)[1]
    change_status(
        world.database,
        institution_key="harbour",
        award_uuid=second.uuid,
        act=StatusAct.REVOKE,
        reason="An error.",
        actor="test",
        now=world.now,
    )
    before = len(_awards(world))
    _after(world, 1)
    world.complete(world.learner.learner_id, ["ethics"])
    assert len(_awards(world)) == before


def test_the_ledger_still_refuses_to_be_rewritten(world: IssuingWorld) -> None:
    for change in ("UPDATE awards SET number = 7", "DELETE FROM awards"):
        with pytest.raises(DBAPIError, match="append-only"), world.database.writing() as session:
            session.connection().exec_driver_sql(change)


def test_awards_and_what_refers_to_them_survive_the_change_of_their_table(
    world: IssuingWorld,
) -> None:
    before = [(award.uuid, award.receipt) for award in _awards(world)]
    downgrade(world.database, "0024_rosters")
    upgrade(world.database)
    assert [(award.uuid, award.receipt) for award in _awards(world)] == before
    assert [row.award_id for row in world.credentials()] == [award.id for award in _awards(world)]


def test_the_release_before_cannot_be_gone_back_to_with_renewals(world: IssuingWorld) -> None:
    _after(world, 300)
    world.complete(world.learner.learner_id, ["ethics"])
    with pytest.raises(RuntimeError, match="1 awards are renewals"):
        downgrade(world.database, "0024_rosters")
    assert len(_awards(world)) >= 2
