"""What rested on something that was taken back: solved again first, then a person is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from lti_tool.awarding import NewCompletion
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.persistence import schema
from lti_tool.persistence.awards import AwardReview, ReviewState, list_awards, list_revoked
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.status_lists import StatusEntry, StatusList
from lti_tool.services.change_status import StatusAct, StatusChange, change_status
from lti_tool.services.decide_review import Answer, decide_review
from lti_tool.services.export_learner import export_learner
from lti_tool.services.list_reviews import list_reviews
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_completions import record_completions
from lti_tool.services.withdraw_completion import withdraw_completion
from tests.credentials.issuing import IssuingWorld

LADDER = """
quoin: 2
achievements:
  sql: {name: SQL foundations, credits: 2.5, description: Ask a database.}
  charts: {name: Charts that tell the truth, credits: 2.5}
  ethics: {name: Data ethics, credits: 5}
  portfolio: {name: A portfolio, credits: 5}
stacks:
- {key: data-basics, title: Data basics, requires: {all: [{completed: sql, grade: 60}, charts]}}
- key: data-practice
  title: Data practice
  requires: {all: [{any: [{award: data-basics}, portfolio]}, ethics]}
- {key: data-expert, title: Data expert, requires: {all: [{award: data-practice}]}}
"""


@pytest.fixture
def world(database: Database, now: datetime) -> IssuingWorld:
    world = IssuingWorld(database, now)
    publish_stacks(database, institution_key="harbour", text=LADDER, actor="test", now=now)
    world.complete(world.learner.learner_id)
    while world.work():
        pass
    world.now += timedelta(minutes=1)
    return world


def awards(world: IssuingWorld) -> dict[str, UUID]:
    """The learner's awards by name."""
    return {d["name"]: UUID(d["id"].rpartition("/")[2]) for d in world.documents()}


def change(world: IssuingWorld, uuid: UUID, act: StatusAct = StatusAct.REVOKE) -> StatusChange:
    return change_status(
        world.database,
        institution_key="harbour",
        award_uuid=uuid,
        act=act,
        reason="issued by mistake",
        actor="test",
        now=world.now,
    )


def decide(world: IssuingWorld, answer: Answer, **other: object) -> int:
    """Answer the only open review."""
    (review,) = list_reviews(world.database)
    values = {"reason": "looked at it", "actor": "test", "by": "Ingrid Solheim", "now": world.now}
    return decide_review(world.database, review.uuid, answer, **{**values, **other}).reviews  # type: ignore[arg-type]


def states(world: IssuingWorld) -> list[str]:
    with world.database.reading() as session:
        return list(session.scalars(select(AwardReview.state).order_by(AwardReview.id)))


def revoked(world: IssuingWorld) -> set[int]:
    """The awards (internal ids) whose bit is set in a list of revoked credentials."""
    with world.database.reading() as session:
        query = (
            select(StatusEntry.award_id)
            .join(StatusList, StatusList.id == StatusEntry.status_list_id)
            .where(StatusEntry.is_set, StatusList.purpose == "revocation")
        )
        return set(session.scalars(query))


def record(world: IssuingWorld, key: str) -> None:
    with world.database.reading() as session:
        ids = {a.key: a.id for a in list_achievements(session, 1)}
    entry = NewCompletion(
        world.learner.learner_id, ids[key], world.now.date(), "test", f"more:{key}"
    )
    record_completions(
        world.database, institution_id=1, entries=[entry], actor="test", now=world.now
    )


def test_a_revoked_member_starts_a_review_and_takes_nothing_away(world: IssuingWorld) -> None:
    done = change(world, awards(world)["Data basics"])
    assert done == StatusChange(has_changed=True, reviews=1)
    (review,) = list_reviews(world.database, institution_key="harbour")
    assert (review.achievement, review.reason) == ("Data practice", "issued by mistake")
    assert {fact.name: fact.is_gone for fact in review.facts} == {
        "Data basics": True,
        "Data ethics": False,
    }
    assert len(revoked(world)) == 1
    assert list_reviews(world.database, institution_key="hill") == []
    assert "Under review" in world.learner.get("progress").text
    assert "This award was revoked and counts no longer" in world.learner.get("progress").text
    assert change(world, awards(world)["Data basics"]) == StatusChange(has_changed=False)
    assert states(world) == [ReviewState.OPEN]


def test_an_award_that_stands_by_other_facts_is_noted_and_nobody_is_asked(
    world: IssuingWorld,
) -> None:
    record(world, "portfolio")
    assert change(world, awards(world)["Data basics"]).reviews == 0
    assert states(world) == [ReviewState.STANDS]
    assert list_reviews(world.database) == []
    (note,) = list_reviews(world.database, is_open=False)
    assert (note.achievement, note.state) == ("Data practice", "stands")


def test_what_is_revoked_by_review_starts_the_next_one(world: IssuingWorld) -> None:
    change(world, awards(world)["Data basics"])
    assert decide(world, Answer.REVOKE) == 1
    (review,) = list_reviews(world.database)
    assert review.achievement == "Data expert"
    assert decide(world, Answer.KEEP) == 0
    assert states(world) == [ReviewState.REVOKED, ReviewState.KEPT]
    assert len(revoked(world)) == 2
    (first, _) = list_reviews(world.database, is_open=False)
    assert (first.decided_by, first.decision_note) == ("Ingrid Solheim", "looked at it")


def test_an_award_that_is_kept_counts_on(world: IssuingWorld) -> None:
    change(world, awards(world)["Data basics"])
    decide(world, Answer.KEEP)
    assert list_reviews(world.database) == []
    assert len(revoked(world)) == 1
    assert "Under review" not in world.learner.get("progress").text


def test_an_export_of_a_person_tells_of_reviews_and_not_who_decided(world: IssuingWorld) -> None:
    change(world, awards(world)["Data basics"])
    decide(world, Answer.KEEP)
    told = export_learner(
        world.database,
        institution_id=1,
        learner_id=world.learner.learner_id,
        actor="test",
        now=world.now,
    )
    assert [row["state"] for row in told["reviews"]] == ["kept"]
    assert [row["reason"] for row in told["revocations"]] == ["issued by mistake"]
    assert len(told["transcripts"]) == 2
    assert "Ingrid" not in str(told)


def test_a_suspension_asks_nothing(world: IssuingWorld) -> None:
    done = change(world, awards(world)["Data basics"], StatusAct.SUSPEND)
    assert done == StatusChange(has_changed=True)
    assert states(world) == []
    change(world, awards(world)["Data basics"], StatusAct.REINSTATE)
    assert states(world) == []


def test_a_withdrawn_completion_asks_about_what_counted_it_then_about_what_is_above(
    world: IssuingWorld,
) -> None:
    with world.database.reading() as session:
        key = f"{world.learner.learner_id}:sql:{world.now.date()}"
        query = select(Completion.uuid).where(Completion.idempotency_key == key)
        uuid = session.scalars(query).one()
    withdrawn = withdraw_completion(
        world.database,
        institution_id=1,
        completion_uuid=uuid,
        reason="wrong person",
        actor="test",
        now=world.now,
    )
    assert withdrawn.reviews == 1
    assert list_reviews(world.database)[0].achievement == "Data basics"
    decide(world, Answer.REVOKE)
    assert list_reviews(world.database)[0].achievement == "Data practice"


def test_a_revoked_award_counts_for_nothing_new_and_is_not_made_again(
    world: IssuingWorld,
) -> None:
    learner = world.come_as("berit").learner_id
    world.complete(learner, ["sql", "charts"])
    while world.work():
        pass
    (uuid,) = world.awards(learner)
    change(world, uuid)
    world.complete(learner, ["ethics"])
    assert world.awards(learner) == [uuid]


def test_revoked_before_it_was_issued_it_gets_no_credential(world: IssuingWorld) -> None:
    learner = world.come_as("berit").learner_id
    world.complete(learner)
    basics, practice, _ = sorted_by_name(world, learner)
    world.postpone(f"credential:{practice}", timedelta(hours=1))
    while world.work():
        pass
    change(world, basics)
    decide(world, Answer.REVOKE)
    issued = {d["id"] for d in world.documents()}
    for _ in range(3):
        world.now += timedelta(hours=1)
        while world.work():
            pass
    assert {d["id"] for d in world.documents()} == issued
    assert world.issuer().credential_url(practice) not in issued


def sorted_by_name(world: IssuingWorld, learner: int) -> Iterator[UUID]:
    with world.database.reading() as session:
        found = {made.key: award.uuid for award, made in list_awards(session, [learner])}
    return iter([found[key] for key in ("data-basics", "data-practice", "data-expert")])


def test_an_answer_has_a_reason_is_given_once_and_by_its_own_institution(
    world: IssuingWorld,
) -> None:
    change(world, awards(world)["Data basics"])
    (review,) = list_reviews(world.database)
    with pytest.raises(InvalidInputError):
        decide(world, Answer.KEEP, reason=" ")
    with pytest.raises(NotFoundError):
        decide(world, Answer.KEEP, within=2)
    decide(world, Answer.KEEP)
    for unknown, error in ((review.uuid, ConflictError), (uuid4(), NotFoundError)):
        with pytest.raises(error):
            decide_review(
                world.database,
                unknown,
                Answer.REVOKE,
                reason="again",
                actor="test",
                now=world.now,
            )
    assert len(revoked(world)) == 1


def test_an_award_stands_by_the_rule_by_which_it_was_made(world: IssuingWorld) -> None:
    # Recorded on the day of the award, as late facts are: it would have counted then.
    record(world, "portfolio")
    harder = LADDER.replace(
        "portfolio]}, ethics]", "portfolio]}, ethics, {completed: portfolio, grade: 99}]"
    )
    publish_stacks(
        world.database, institution_key="harbour", text=harder, actor="test", now=world.now
    )
    assert change(world, awards(world)["Data basics"]).reviews == 0
    assert states(world) == [ReviewState.STANDS]


def test_what_an_earlier_release_revoked_is_taken_back_by_the_migration(
    world: IssuingWorld,
) -> None:
    change(world, awards(world)["Data basics"])
    schema.downgrade(world.database, "0014_elements")
    schema.upgrade(world.database)
    with world.database.reading() as session:
        (row,) = list_revoked(session, [world.learner.learner_id]).values()
    assert row.actor == "migration"
    assert len(revoked(world)) == 1
    assert states(world) == []
