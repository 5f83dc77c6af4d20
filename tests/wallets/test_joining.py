"""Accounts of one person: joined by an act on both sides, parted from either, and nothing moves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select

from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.persistence.awards import Award
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.courses import ensure_context
from lti_tool.persistence.joined_accounts import JoinedAccount, JoiningCode
from lti_tool.persistence.learners import ensure_learner, ensure_membership
from lti_tool.persistence.platforms import DeploymentState, ensure_deployment, ensure_registration
from lti_tool.services.check_joining_code import check_joining_code
from lti_tool.services.export_learner import export_learner
from lti_tool.services.forget_learner import forget_learner
from lti_tool.services.part_accounts import part_accounts
from lti_tool.services.show_credential import Form, show_credential
from lti_tool.services.show_wallet import show_wallet
from tests.credentials.issuing import IssuingWorld
from tests.wallets.steps import SECRET, code_of, enter, events, person_of
from tests.web.world import Person


def test_what_is_joined_is_seen_from_both_sides_and_stays_where_it_was_earned(
    world: IssuingWorld,
) -> None:
    other = world.come_as("amara-elsewhere")
    before = world.awards(world.learner.learner_id)
    code = code_of(world, world.learner)
    shown = check_joining_code(
        world.database, SECRET, learner_id=other.learner_id, code=code, now=world.now
    )
    assert [(a.name, a.awards, a.is_own) for a in shown] == [
        ("Amara-Elsewhere", 0, True),
        ("Amara", 2, False),
    ]
    assert shown[1].platforms == ("LMS",)
    assert shown[1].courses == ("Data Skills",)
    assert person_of(world, other) == {other.learner_id}, "nothing is joined by looking"

    enter(world, other, code.lower().replace("-", " "))
    both = {other.learner_id, world.learner.learner_id}
    assert person_of(world, other) == person_of(world, world.learner) == both
    view = show_wallet(world.database, learner_id=other.learner_id, now=world.now)
    assert {one.uuid for one in view.holdings} == set(before)
    assert {one.account for one in view.holdings} == {world.learner.learner_uuid}
    found = show_credential(
        world.database,
        world.parts.signing,
        learner_id=other.learner_id,
        award_uuid=before[0],
        form=Form.JSON_LD,
        now=world.now,
    )
    assert str(before[0]).encode() in found.content
    assert world.awards(world.learner.learner_id) == before
    assert world.awards(other.learner_id) == []
    actor = str(other.learner_uuid)
    assert sorted(events(world, "accounts-joined")) == sorted(
        [(actor, str(other.learner_uuid)), (actor, str(world.learner.learner_uuid))]
    )


@pytest.mark.parametrize("is_other_side", [False, True])
def test_either_side_parts_them_again(world: IssuingWorld, *, is_other_side: bool) -> None:
    other = world.come_as("amara-elsewhere")
    enter(world, other, code_of(world, world.learner))
    asked, parted = (other, world.learner) if is_other_side else (world.learner, world.learner)
    part_accounts(
        world.database,
        learner_id=asked.learner_id,
        account_uuid=parted.learner_uuid,
        now=world.now,
    )
    assert person_of(world, other) == {other.learner_id}
    assert person_of(world, world.learner) == {world.learner.learner_id}
    assert show_wallet(world.database, learner_id=other.learner_id, now=world.now).holdings == ()
    assert len(world.awards(world.learner.learner_id)) == 2
    assert len(events(world, "accounts-parted")) == 2
    with world.database.reading() as session:
        assert list(session.scalars(select(JoinedAccount))) == []
    with pytest.raises(NotFoundError):
        part_accounts(
            world.database,
            learner_id=asked.learner_id,
            account_uuid=parted.learner_uuid,
            now=world.now,
        )


def test_who_is_erased_is_joined_with_nobody(world: IssuingWorld) -> None:
    other = world.come_as("amara-elsewhere")
    enter(world, other, code_of(world, world.learner))
    code_of(world, world.learner)
    with world.database.reading() as session:
        institution = session.scalars(
            select(Award.institution_id).where(Award.learner_id == world.learner.learner_id)
        ).first()
    assert institution is not None
    exported = export_learner(
        world.database,
        institution_id=institution,
        learner_id=other.learner_id,
        actor="test",
        now=world.now,
    )
    assert len(exported["joined_accounts"]) == 1
    assert str(world.learner.learner_uuid) not in str(exported["joined_accounts"])
    forget_learner(
        world.database,
        institution_id=institution,
        learner_id=world.learner.learner_id,
        actor="test",
        now=world.now,
    )
    assert person_of(world, other) == {other.learner_id}
    with world.database.reading() as session:
        assert list(session.scalars(select(JoiningCode))) == []
    with pytest.raises(NotFoundError):
        part_accounts(
            world.database, learner_id=other.learner_id, account_uuid=uuid4(), now=world.now
        )


def test_accounts_of_two_platforms_of_one_institution_are_joined(world: IssuingWorld) -> None:
    other = second_platform(world)
    enter(world, other, code_of(world, world.learner))
    view = show_wallet(world.database, learner_id=world.learner.learner_id, now=world.now)
    assert [one.platforms for one in view.accounts] == [("LMS",), ("Second LMS",)]
    world.complete(other.learner_id, ["sql", "charts"])
    view = show_wallet(world.database, learner_id=world.learner.learner_id, now=world.now)
    assert len(view.holdings) == 3
    assert {view.account_of(one).name for one in view.holdings} == {"Amara"}
    # Nothing counts together: the second account has the small award alone, made of its own.
    assert len(world.awards(other.learner_id)) == 1


def test_what_is_completed_under_one_account_does_not_count_for_the_other(
    world: IssuingWorld,
) -> None:
    other = world.come_as("amara-elsewhere")
    enter(world, other, code_of(world, world.learner))
    world.complete(other.learner_id, ["ethics"])
    assert world.awards(other.learner_id) == []


def test_one_code_entered_at_two_places_at_once_joins_one_of_them(world: IssuingWorld) -> None:
    rivals = [world.come_as("amara-2"), world.come_as("amara-3")]
    code = code_of(world, world.learner)

    def attempt(person: Person) -> bool:
        try:
            enter(world, person, code)
        except InvalidInputError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, rivals))
    assert sorted(outcomes) == [False, True]
    assert len(person_of(world, world.learner)) == 2


def second_platform(world: IssuingWorld) -> Person:
    """Amara on another platform of the same institution."""
    with world.database.writing() as session:
        institution_id = get_institution(session, "harbour").id
        registration = ensure_registration(
            session,
            "https://second.example",
            "client",
            world.now,
            name="Second LMS",
            authorization_url="https://second.example/auth",
            token_url="https://second.example/token",
            jwks_url="https://second.example/jwks",
        )
        deployment = ensure_deployment(
            session,
            registration.id,
            "1",
            world.now,
            institution_id=institution_id,
            state=DeploymentState.APPROVED,
        )
        context = ensure_context(session, deployment.id, "c9", world.now, title="Elsewhere")
        learner = ensure_learner(
            session, institution_id, "lti:second", "amara", world.now, name="Amara"
        )
        ensure_membership(session, context.id, learner.id, world.now, is_instructor=False)
        return Person(world.app, context.uuid, learner.id, learner.uuid, "")
