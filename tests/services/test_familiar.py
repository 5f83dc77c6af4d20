"""The short way in: for a launch that tells nothing new (lti_tool/entering/familiar.py)."""

from dataclasses import replace

import pytest
from sqlalchemy import event

from lti_tool.persistence.learners import Learner
from tests.lti.platform import INSTRUCTOR
from tests.lti.world import World

FEW = 6
"""Statements of a launch that takes the short way; the long way takes more than a dozen."""


@pytest.fixture
def world(database):
    return World(database)


def _statements(world, **claims):
    """Launch and return what the session says, and how many statements that took."""
    login = world.log_in()
    token = world.platform.sign(
        world.platform.claims(now=world.now, **({"nonce": login.nonce} | claims))
    )
    count = 0

    def note(*_):
        nonlocal count
        count += 1

    engines = {world.database.engine, world.database.bare_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    accepted = world.post(login.state, token)
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return accepted, count


@pytest.mark.parametrize("claims", [{}, {"roles": [INSTRUCTOR]}])
def test_whoever_comes_back_gets_the_session_that_the_long_way_gives(world, claims):
    first, many = _statements(world, **claims)
    second, few = _statements(world, **claims)
    assert few <= FEW < many
    assert second.landing == first.landing
    known, again = world.launched(first), world.launched(second)
    assert replace(again, session_id=known.session_id, token_hash=known.token_hash) == known


@pytest.mark.parametrize(
    "changed",
    [
        {"roles": [INSTRUCTOR]},
        {"name": "Ada Renamed"},
        {"sub": "user-8"},
        {"context": {"id": "course-1", "title": "Another title"}},
        {"context": {"id": "course-2", "title": "Data literacy"}},
        {"resource_link": {"id": "link-2"}},
        {"custom": {"context_history": "course-0"}},
    ],
)
def test_whatever_is_new_goes_the_long_way(world, changed):
    _statements(world)
    assert _statements(world, **changed)[1] > FEW


def test_the_language_of_the_latest_launch_is_kept_with_the_learner(world):
    def language(locale):
        accepted, statements = _statements(world, **_in(locale))
        learner_id = world.launched(accepted).learner_id
        with world.database.reading() as session:
            return session.get_one(Learner, learner_id).language, statements <= FEW

    assert language("de-AT") == ("de", False)
    assert language("de-CH") == ("de", True)
    assert language("ar") == ("ar", False)
    # What is not spoken here changes nothing: a mail then goes on in the language known.
    assert language("ja") == ("ar", True)


def _in(locale):
    claim = "https://purl.imsglobal.org/spec/lti/claim/launch_presentation"
    return {claim: {"locale": locale}}
