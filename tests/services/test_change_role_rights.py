"""What an institution lets the roles of its staff do: changed, kept small, and written down."""

import pytest
from sqlalchemy import select

from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.lti.roles import ASSISTANT_ADDRESS, CourseRole
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.launched import ALL_RIGHTS, LINK, RECOGNISE, RECORD, STACKS
from lti_tool.services.change_role_rights import RightsChanges, change_role_rights
from tests.lti.platform import INSTRUCTOR
from tests.lti.world import World

ASSISTANT = CourseRole.ASSISTANT
USUAL = ALL_RIGHTS - {RECOGNISE}
ASSISTING = USUAL - {STACKS}


@pytest.fixture
def world(database):
    return World(database)


def _change(world, *, allow=(), deny=(), is_reset=False, key=None):
    changes = RightsChanges(frozenset(allow), frozenset(deny), is_reset=is_reset)
    with world.database.reading() as session:
        key = key or session.get_one(Institution, world.institution_id).key
    return change_role_rights(world.database, key, changes, actor="cli:test", now=world.now)


def _stored(world):
    with world.database.reading() as session:
        return session.get_one(Institution, world.institution_id).role_rights


def _events(world):
    with world.database.reading() as session:
        query = select(AuditEvent).where(AuditEvent.action == "role-rights-changed")
        return list(session.scalars(query))


def test_without_changes_all_may_do_what_is_usual_and_nothing_is_written(world):
    found = _change(world)
    assert list(found) == ["administrator", "instructor", "content-developer", "assistant"]
    assert found[CourseRole.ADMINISTRATOR] == ALL_RIGHTS
    assert found[ASSISTANT] == ASSISTING
    assert found[CourseRole.INSTRUCTOR] == found[CourseRole.CONTENT_DEVELOPER] == USUAL
    assert (_stored(world), _events(world)) == (None, [])


def test_only_roles_that_may_do_less_are_stored_and_the_audit_says_what_changed(world):
    found = _change(world, deny=[(ASSISTANT, right) for right in ALL_RIGHTS])
    assert found[ASSISTANT] == frozenset()
    assert _stored(world) == {"assistant": []}
    found = _change(world, allow=[(ASSISTANT, RECORD)])
    assert (found[ASSISTANT], found[CourseRole.INSTRUCTOR]) == ({RECORD}, USUAL)
    assert [event.detail for event in _events(world)] == [
        {"assistant": []},
        {"assistant": [RECORD]},
    ]
    assert _events(world)[0].institution_id == world.institution_id
    _change(world, allow=[(ASSISTANT, RECORD)])
    assert len(_events(world)) == 2


def test_the_right_to_recognise_is_given_by_the_institution_alone(world):
    _change(world, allow=[(CourseRole.INSTRUCTOR, RECOGNISE)])
    assert _stored(world) == {"instructor": sorted(ALL_RIGHTS)}
    _change(world, deny=[(CourseRole.ADMINISTRATOR, RECOGNISE)], is_reset=True)
    assert _stored(world) == {"administrator": sorted(USUAL)}


def test_a_reset_gives_all_back_before_what_stands_beside_it(world):
    _change(world, deny=[(ASSISTANT, RECORD), (CourseRole.INSTRUCTOR, LINK)])
    _change(world, deny=[(ASSISTANT, LINK)], is_reset=True)
    assert _stored(world) == {"assistant": [RECORD]}
    _change(world, is_reset=True)
    assert _stored(world) is None


def test_a_session_that_is_open_has_the_new_rights_at_once(world):
    assistant = world.launch(roles=[INSTRUCTOR, ASSISTANT_ADDRESS], sub="assistant")
    teacher = world.launch(roles=[INSTRUCTOR], sub="teacher")
    assert world.launched(assistant).rights == ASSISTING
    _change(world, deny=[(ASSISTANT, RECORD)])
    assert world.launched(assistant).rights == {LINK}
    assert world.launched(teacher).rights == USUAL


@pytest.mark.parametrize(
    ("allow", "deny", "words"),
    [
        ([(CourseRole.LEARNER, RECORD)], [], "no role of the staff"),
        ([], [(ASSISTANT, "erase")], "no role of the staff"),
        ([(ASSISTANT, LINK)], [(ASSISTANT, LINK)], "both allowed and denied"),
    ],
)
def test_a_pair_that_makes_no_sense_is_refused_and_changes_nothing(world, allow, deny, words):
    with pytest.raises(InvalidInputError, match=words):
        _change(world, allow=allow, deny=[*deny, (CourseRole.INSTRUCTOR, RECORD)])
    assert _stored(world) is None


def test_an_unknown_institution_is_not_found(world):
    with pytest.raises(NotFoundError):
        _change(world, key="nowhere")
