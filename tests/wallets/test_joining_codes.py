"""Codes that join accounts: good once and soon, tried a few times, of one institution."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.base import Database
from lti_tool.persistence.joined_accounts import JoiningCode
from lti_tool.services.check_joining_code import check_joining_code
from lti_tool.services.forget_expired import forget_expired
from lti_tool.services.part_accounts import part_accounts
from lti_tool.wallets.codes import LENGTH, LETTERS, MOST_WRONG, hash_code, make_code
from tests.credentials.issuing import IssuingWorld
from tests.wallets.steps import SECRET, code_of, enter, person_of


@pytest.fixture
def world(database: Database, now: datetime) -> IssuingWorld:
    """Two institutions in which nobody holds anything."""
    return IssuingWorld(database, now)


def test_nobody_parts_the_accounts_of_others(world: IssuingWorld) -> None:
    other, stranger = world.come_as("amara-elsewhere"), world.come_as("ben")
    enter(world, other, code_of(world, world.learner))
    with pytest.raises(NotFoundError):
        part_accounts(
            world.database,
            learner_id=stranger.learner_id,
            account_uuid=other.learner_uuid,
            now=world.now,
        )
    assert len(person_of(world, other)) == 2


def test_three_accounts_are_one_person_and_one_of_them_can_leave(world: IssuingWorld) -> None:
    second, third, fourth = (world.come_as(f"amara-{n}") for n in (2, 3, 4))
    enter(world, second, code_of(world, world.learner))
    enter(world, fourth, code_of(world, third))
    enter(world, fourth, code_of(world, second))
    everybody = {p.learner_id for p in (world.learner, second, third, fourth)}
    assert all(person_of(world, p) == everybody for p in (world.learner, second, third, fourth))
    part_accounts(
        world.database,
        learner_id=second.learner_id,
        account_uuid=third.learner_uuid,
        now=world.now,
    )
    assert person_of(world, third) == {third.learner_id}
    assert person_of(world, second) == everybody - {third.learner_id}


def test_a_code_is_good_once(world: IssuingWorld) -> None:
    other, stranger = world.come_as("amara-elsewhere"), world.come_as("ben")
    code = code_of(world, world.learner)
    enter(world, other, code)
    with pytest.raises(InvalidInputError, match="no such code"):
        enter(world, stranger, code)
    assert person_of(world, stranger) == {stranger.learner_id}


def test_a_code_is_good_for_ten_minutes_and_then_forgotten(world: IssuingWorld) -> None:
    other = world.come_as("amara-elsewhere")
    code = code_of(world, world.learner)
    world.now += timedelta(minutes=10)
    with pytest.raises(InvalidInputError, match="no such code"):
        enter(world, other, code)
    forget_expired(world.database, now=world.now)
    with world.database.reading() as session:
        assert list(session.scalars(select(JoiningCode))) == []


def test_a_new_code_ends_the_one_before(world: IssuingWorld) -> None:
    other = world.come_as("amara-elsewhere")
    old, new = code_of(world, world.learner), code_of(world, world.learner)
    with pytest.raises(InvalidInputError):
        enter(world, other, old)
    enter(world, other, new)


def test_a_code_of_another_institution_or_of_oneself_or_of_whom_one_is_joins_nobody(
    world: IssuingWorld,
) -> None:
    with pytest.raises(InvalidInputError, match="no such code"):
        enter(world, world.other_learner, code_of(world, world.learner))
    with pytest.raises(InvalidInputError, match="this very account"):
        enter(world, world.learner, code_of(world, world.learner))
    other = world.come_as("amara-elsewhere")
    enter(world, other, code_of(world, world.learner))
    with pytest.raises(InvalidInputError, match="joined already"):
        enter(world, other, code_of(world, world.learner))


def test_after_five_wrong_codes_even_the_right_one_has_to_wait(world: IssuingWorld) -> None:
    other = world.come_as("amara-elsewhere")
    code = code_of(world, world.learner)
    for _ in range(MOST_WRONG):
        with pytest.raises(InvalidInputError, match="no such code"):
            enter(world, other, "2222-2222")
    with pytest.raises(InvalidInputError, match="Too many"):
        enter(world, other, code)
    with pytest.raises(InvalidInputError, match="Too many"):
        check_joining_code(
            world.database, SECRET, learner_id=other.learner_id, code=code, now=world.now
        )
    assert person_of(world, other) == {other.learner_id}
    world.now += timedelta(minutes=10)
    enter(world, other, code_of(world, world.learner))


def test_only_a_keyed_hash_of_a_code_is_kept(world: IssuingWorld) -> None:
    code = code_of(world, world.learner)
    with world.database.reading() as session:
        row = session.scalars(select(JoiningCode)).one()
        told = [event.detail for event in session.scalars(select(AuditEvent))]
    assert row.code_hash == hash_code(SECRET, row.institution_id, code)
    assert row.code_hash != hash_code(b"t" * 32, row.institution_id, code)
    assert code not in str(told)


def test_codes_are_random_and_easily_told_apart() -> None:
    codes = {make_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code.replace("-", "")) == LENGTH for code in codes)
    assert not set("".join(codes)) - set(LETTERS) - {"-"}
    assert not set("01ILO") & set(LETTERS)
