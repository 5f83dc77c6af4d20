"""One person of an Open edX site is one learner, whether the LMS launches or reports first."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from lti_tool.errors import NotFoundError
from lti_tool.lti.families import ProductFamily
from lti_tool.persistence.base import Database
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.platforms import Registration
from lti_tool.services.add_api_key import add_api_key
from lti_tool.services.change_platform import PlatformChanges, change_platform
from lti_tool.services.receive_completions import ReportedCompletion, receive_completions
from lti_tool.services.remove_platform import remove_platform
from lti_tool.services.share_identities import IdentitiesShared, share_identities
from lti_tool.signatures import Caller
from tests.lti.platform import ISSUER, NOW, TestPlatform
from tests.lti.world import SECRET, World

EDX = "https://learn.example.edu"


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def _register(world: World, client_id: str, issuer: str = EDX, **details: Any) -> TestPlatform:
    """Register one more block of a site; every block has keys and a client id of its own."""
    platform = TestPlatform(issuer=issuer, client_id=client_id, deployment_id="1")
    known = {"jwks_url": f"{issuer}/{client_id}/jwks", "family": ProductFamily.OPENEDX}
    world.register(platform, **(known | details))
    url = details.get("jwks_url", known["jwks_url"])
    world.http.serve(url, platform.keyset())
    return platform


def _launch(world: World, platform: TestPlatform, sub: str = "ada") -> int:
    login = world.log_in(platform)
    token = platform.sign(platform.claims(now=world.now, nonce=login.nonce, sub=sub))
    accepted = world.post(login.state, token)
    return world.launched(accepted).learner_id  # type: ignore[arg-type]


def _report(world: World, sub: str = "ada", issuer: str = EDX, key: str = "k1") -> int:
    """Report a completion and return the learner who has it."""
    caller = Caller(world.institution_id, "test", (issuer,))
    told = ReportedCompletion(key, issuer, sub, "cleaning", world.now)
    (outcome,) = receive_completions(world.database, caller, [told], now=world.now)
    assert outcome.error is None
    with world.database.reading() as session:
        query = select(Completion.learner_id).where(Completion.idempotency_key == told.ledger_key)
        return session.scalars(query).one()


def _uuid(world: World, platform: TestPlatform) -> UUID:
    with world.database.reading() as session:
        query = select(Registration.uuid).where(Registration.client_id == platform.client_id)
        return session.scalars(query).one()


def _share(world: World, platform: TestPlatform, *, is_shared: bool = True) -> IdentitiesShared:
    return share_identities(
        world.database, _uuid(world, platform), is_shared=is_shared, actor="test", now=NOW
    )


def _learners(world: World) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Learner)) or 0


def test_whoever_was_reported_first_is_the_one_who_launches(world: World) -> None:
    block = _register(world, "block-1")
    assert _report(world) == _launch(world, block)


def test_whoever_launched_first_is_the_one_who_is_reported(world: World) -> None:
    block = _register(world, "block-1")
    assert _launch(world, block) == _report(world)


def test_all_blocks_of_a_site_know_one_learner(world: World) -> None:
    first, second = _register(world, "block-1"), _register(world, "block-2")
    assert _launch(world, first) == _launch(world, second) == _report(world)


def test_a_known_launch_takes_the_short_way_to_the_same_learner(world: World) -> None:
    block = _register(world, "block-1")
    assert _launch(world, block) == _launch(world, block) == _report(world)


def test_people_of_two_issuers_are_never_one(world: World) -> None:
    second = "https://second.example.edu"
    here, there = _register(world, "a"), _register(world, "b", issuer=second)
    assert _launch(world, here) != _launch(world, there)
    assert _report(world) != _report(world, issuer=second)
    assert _learners(world) == 2


def test_a_registration_keeps_its_people_where_nobody_said_otherwise(world: World) -> None:
    """The rule (Registration, sub): two client ids of one issuer may use one sub for two people."""
    other = _register(world, "client-2", issuer=ISSUER, family=None)
    own = _launch(world, world.platform)
    assert own != _launch(world, other)
    assert _report(world, issuer=ISSUER) not in (own, _launch(world, other))


def test_only_new_registrations_of_open_edx_begin_with_shared_people(world: World) -> None:
    moodle = _register(world, "moodle", family=ProductFamily.MOODLE)
    old = _register(world, "old", issuer="https://old.example.edu", family=None)
    _launch(world, old)
    change_platform(
        world.database,
        _uuid(world, old),
        PlatformChanges(family=ProductFamily.OPENEDX),
        actor="test",
        now=NOW,
    )
    _register(world, "old", issuer="https://old.example.edu")
    with world.database.reading() as session:
        rows = session.scalars(select(Registration)).all()
    assert [row.client_id for row in rows if row.shares_identities] == []
    assert _launch(world, moodle) != _report(world)
    assert _launch(world, old) != _report(world, issuer="https://old.example.edu", key="k2")


def test_the_switch_takes_people_along(world: World) -> None:
    block = _register(world, "block-1", family=None)
    known = _launch(world, block)
    assert _share(world, block) == IdentitiesShared(moved=1, apart=0)
    assert _launch(world, block) == _report(world) == known
    assert _share(world, block) == IdentitiesShared(moved=0, apart=0)


def test_whoever_is_known_by_both_names_stays_two_learners(world: World) -> None:
    """Completions never change hands; who is launched from now on is whom the LMS reports."""
    block = _register(world, "block-1", family=None)
    before, reported = _launch(world, block), _report(world)
    ben = _launch(world, block, sub="ben")
    assert before != reported
    assert _share(world, block) == IdentitiesShared(moved=1, apart=1)
    assert _launch(world, block) == reported
    assert _launch(world, block, sub="ben") == ben


def test_the_switch_back_keeps_those_who_have_a_place_in_its_courses(world: World) -> None:
    block, other = _register(world, "block-1"), _register(world, "block-2")
    ada, ben = _launch(world, block), _launch(world, other, sub="ben")
    assert _share(world, block, is_shared=False) == IdentitiesShared(moved=1, apart=0)
    assert _launch(world, block) == ada
    assert _launch(world, block, sub="ben") != ben
    assert _launch(world, other) == ada


def test_a_switch_is_for_a_platform_that_is_there(world: World) -> None:
    with pytest.raises(NotFoundError):
        share_identities(world.database, UUID(int=1), is_shared=True, actor="t", now=NOW)


def test_a_block_by_which_nobody_came_can_be_removed_though_its_site_has_people(
    world: World,
) -> None:
    block = _register(world, "block-1")
    _report(world)
    remove_platform(world.database, _uuid(world, block), actor="test", now=NOW)


def test_a_new_key_names_platforms_whose_people_it_does_not_meet(world: World) -> None:
    _register(world, "shared", name="Shared")
    _register(world, "apart", name="Apart", family=None)
    made = add_api_key(
        world.database,
        SECRET,
        institution_key="harbour",
        issuers=[EDX],
        actor="test",
        now=datetime.now(NOW.tzinfo),
    )
    assert [name.partition(" (")[0] for name in made.apart] == ["Apart"]
