"""Use case: achievements placed in a course by deep linking (section 9; B20, B22)."""

from dataclasses import replace
from uuid import uuid4

import jwt
import pytest
from sqlalchemy import func, select

from lti_tool.errors import DeepLinkingError, ForbiddenError, NotFoundError
from lti_tool.persistence.catalog import ensure_achievement, ensure_institution
from lti_tool.persistence.learners import Membership
from lti_tool.persistence.placements import LineItem, Placement
from lti_tool.services.link_content import link_content
from tests.lti.platform import CLIENT_ID, ISSUER, NOW, TARGET, make_key
from tests.lti.world import World

CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"


@pytest.fixture
def world(database):
    return World(database)


def _link(world, launched, *uuids):
    return link_content(
        world.database,
        world.keyring,
        world.config,
        launched=launched,
        achievement_uuids=uuids,
        now=NOW,
    )


def _claims(reply):
    return jwt.decode(
        reply.jwt,
        make_key(3).public_key(),
        algorithms=["RS256"],
        audience=ISSUER,
        options={"verify_exp": False, "verify_iat": False},
    )


def _counts(world):
    with world.database.reading() as session:
        return [
            session.scalar(select(func.count()).select_from(table))
            for table in (Placement, LineItem)
        ]


def test_a_choice_becomes_a_placement_a_column_and_a_signed_link(world):
    launched = world.launched(world.deep_link())
    reply = _link(world, launched, world.achievement_uuid)
    assert reply.return_url == f"{ISSUER}/return"
    claims = _claims(reply)
    assert claims["iss"] == CLIENT_ID
    assert claims[CLAIM + "data"] == "to be echoed <exactly> & so"
    (item,) = claims[CLAIM + "content_items"]
    with world.database.reading() as session:
        placement = session.scalars(select(Placement)).one()
        column = session.scalars(select(LineItem)).one()
    assert item["url"] == TARGET
    assert item["custom"] == {"quoin_placement": str(placement.uuid)}
    assert item["lineItem"]["resourceId"] == column.resource_id
    assert placement.created_by == launched.learner_id


def test_the_link_leads_to_the_placement_at_the_next_launch(world):
    launched = world.launched(world.deep_link())
    (item,) = _claims(_link(world, launched, world.achievement_uuid))[CLAIM + "content_items"]
    learner = world.launched(world.launch(custom=item["custom"]))
    assert learner.achievement_id == world.achievement_id


def test_a_reply_that_is_repeated_places_nothing_twice(world):
    """B22; also a crash between our commit and the platform's."""
    launched = world.launched(world.deep_link())
    first = _claims(_link(world, launched, world.achievement_uuid))
    again = world.launched(world.deep_link(sub="another-teacher"))
    second = _claims(_link(world, again, world.achievement_uuid, world.achievement_uuid))
    assert first[CLAIM + "content_items"] == second[CLAIM + "content_items"]
    assert first["nonce"] != second["nonce"]
    assert _counts(world) == [1, 1]


def test_a_cancelled_choice_is_an_empty_reply(world):
    launched = world.launched(world.deep_link())
    assert _claims(_link(world, launched))[CLAIM + "content_items"] == []
    assert _counts(world) == [0, 0]


def test_an_achievement_of_another_institution_cannot_be_placed(world):
    launched = world.launched(world.deep_link())
    with world.database.writing() as session:
        other = ensure_institution(session, "other", "Other University", NOW)
        foreign = ensure_achievement(session, other.id, "foreign", NOW, name="Foreign")
    for uuid in (foreign.uuid, uuid4()):
        with pytest.raises(NotFoundError):
            _link(world, launched, world.achievement_uuid, uuid)
    assert _counts(world) == [0, 0]


def test_what_the_platform_does_not_take_is_not_placed(world):
    launched = world.launched(world.deep_link())
    assert launched.deep_linking is not None
    single = replace(launched, deep_linking={**launched.deep_linking, "accept_multiple": False})
    with pytest.raises(DeepLinkingError):
        _link(world, single, world.achievement_uuid, uuid4())
    files = replace(launched, deep_linking={**launched.deep_linking, "accept_types": ["file"]})
    with pytest.raises(DeepLinkingError):
        _link(world, files, world.achievement_uuid)
    assert _counts(world) == [0, 0]


def test_a_session_that_was_not_opened_for_it_places_nothing(world):
    with pytest.raises(DeepLinkingError):
        _link(world, world.launched(world.launch()), world.achievement_uuid)


def test_who_does_not_teach_any_more_places_nothing(world):
    launched = world.launched(world.deep_link())
    with world.database.writing() as session:
        session.scalars(select(Membership)).one().is_instructor = False
    with pytest.raises(ForbiddenError):
        _link(world, launched, world.achievement_uuid)
    assert _counts(world) == [0, 0]
