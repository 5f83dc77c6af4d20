"""The administrator's page of reviews: what an award counted, and two buttons."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from lti_tool.persistence.awards import Award, AwardReview, AwardRevocation
from lti_tool.persistence.base import Database
from lti_tool.services.withdraw_completion import withdraw_completion
from tests.credentials.issuing import IssuingWorld
from tests.web.admins import sign_in


@pytest.fixture
def world(database: Database, now: datetime) -> IssuingWorld:
    return IssuingWorld(database, now)


@pytest.fixture
def review(world: IssuingWorld) -> UUID:
    """A review of an award whose completion was withdrawn."""
    from lti_tool.persistence.completions import Completion

    world.complete(world.learner.learner_id, ["sql", "charts"])
    with world.database.reading() as session:
        uuid = session.scalars(select(Completion.uuid).order_by(Completion.id)).first()
    assert uuid is not None
    withdraw_completion(
        world.database,
        institution_id=1,
        completion_uuid=uuid,
        reason="wrong <person>",
        actor="test",
        now=world.now,
    )
    with world.database.reading() as session:
        return session.scalars(select(AwardReview.uuid)).one()


def test_the_page_shows_what_was_counted_and_names_nobody(
    world: IssuingWorld, review: UUID
) -> None:
    page = sign_in(world, "harbour").get("reviews").text
    assert "Data basics" in page
    assert "SQL foundations" in page
    assert page.count("Taken back") == 1
    assert "wrong &lt;person&gt;" in page
    assert str(world.learner.learner_uuid) in page
    assert "Amara" not in page
    assert str(review) not in sign_in(world, "hill").get("reviews").text
    assert str(review) in sign_in(world).get("reviews").text


def test_without_a_reason_nothing_is_decided_and_the_page_says_so(
    world: IssuingWorld, review: UUID
) -> None:
    admin = sign_in(world, "harbour")
    for act in ("keep", "revoke"):
        answer = admin.post(f"reviews/{review}/{act}", {"reason": " "})
        assert answer.status_code == 422
        assert "Say why" in answer.text
    long = admin.post(f"reviews/{review}/keep", {"reason": "x" * 1001})
    assert (long.status_code, "x" * 1001 in long.text) == (422, True)
    assert str(review) in admin.get("reviews").text


def test_an_award_is_kept(world: IssuingWorld, review: UUID) -> None:
    admin = sign_in(world, "harbour")
    answer = admin.post(f"reviews/{review}/keep", {"reason": "retaken"})
    assert answer.status_code == 303
    page = admin.get(answer.headers["Location"]).text
    assert "The award stands." in page
    assert str(review) not in page
    with world.database.reading() as session:
        row = session.scalars(select(AwardReview)).one()
        assert (row.state, row.decided_by, row.decision_note) == ("kept", admin.actor, "retaken")
        assert session.scalars(select(AwardRevocation)).all() == []


def test_an_award_is_revoked_once(world: IssuingWorld, review: UUID) -> None:
    admin = sign_in(world)
    assert admin.post(f"reviews/{review}/revoke", {"reason": "not passed"}).status_code == 303
    again = admin.post(f"reviews/{review}/revoke", {"reason": "not passed"})
    assert (again.status_code, "answered" in again.text) == (409, True)
    with world.database.reading() as session:
        assert session.scalars(select(AwardRevocation)).one().reason == "not passed"
        assert len(session.scalars(select(Award)).all()) == 1


def test_another_institution_finds_nothing(world: IssuingWorld, review: UUID) -> None:
    admin = sign_in(world, "hill")
    for act in ("keep", "revoke"):
        assert admin.post(f"reviews/{review}/{act}", {"reason": "mine"}).status_code == 404
