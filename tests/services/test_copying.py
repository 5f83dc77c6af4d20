"""A copied course keeps its configuration and leaks no learner (section 12; B35)."""

import pytest
from sqlalchemy import func, select

from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.catalog import ensure_institution
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.courses import Context
from lti_tool.persistence.learners import Membership
from lti_tool.persistence.placements import LineItem, Placement, ensure_line_item, ensure_placement
from lti_tool.persistence.platforms import Deployment
from lti_tool.services.copy_course import copy_course
from lti_tool.services.receive_notices import receive_notices
from tests.lti.platform import INSTRUCTOR, TestPlatform
from tests.lti.world import World

NOTICE = "https://purl.imsglobal.org/spec/lti/claim/notice"
ORIGINS = "https://purl.imsglobal.org/spec/lti/claim/origin_contexts"
SERVICE = "https://purl.imsglobal.org/spec/lti/claim/platformnotificationservice"


@pytest.fixture
def world(database):
    return World(database)


@pytest.fixture
def placement(world):
    """Something placed in the course "course-1", which has a learner."""
    launched = world.launched(world.launch())
    with world.database.writing() as session:
        ensure_line_item(session, launched.context_id, world.achievement_id, world.now)
        return ensure_placement(
            session, launched.context_id, world.achievement_id, launched.learner_id, world.now
        )


def _into_copy(world, platform=None, *, history=None, placement=None, course="course-2"):
    custom = {"context_history": history, "quoin_placement": placement and str(placement.uuid)}
    login = world.log_in(platform)
    asked = platform or world.platform
    claims = asked.claims(
        now=world.now,
        nonce=login.nonce,
        sub="teacher",
        roles=[INSTRUCTOR],
        context={"id": course, "title": "Copy"},
        resource_link={"id": f"{course}-link"},
        custom={name: value for name, value in custom.items() if value},
    )
    return world.launched(world.post(login.state, asked.sign(claims)))


def _placed(world, context_id):
    with world.database.reading() as session:
        query = select(Placement.achievement_id).where(Placement.context_id == context_id)
        return list(session.scalars(query))


def _copies(world):
    with world.database.reading() as session:
        query = select(func.count()).where(AuditEvent.action == "course-copied")
        return session.scalar(query)


def _notice(world, number=1, *, platform=None, **changed):
    asked = platform or world.platform
    claims = {
        "iss": asked.issuer,
        "aud": asked.client_id,
        "iat": int(world.now.timestamp()),
        "exp": int(world.now.timestamp()) + 60,
        "nonce": f"n{number}",
        "https://purl.imsglobal.org/spec/lti/claim/version": "1.3.0",
        "https://purl.imsglobal.org/spec/lti/claim/deployment_id": asked.deployment_id,
        "https://purl.imsglobal.org/spec/lti/claim/context": {"id": "course-2", "title": "Copy"},
        NOTICE: {
            "id": f"notice-{number}",
            "timestamp": "2026-06-30T12:00:00Z",
            "type": "LtiContextCopyNotice",
        },
        ORIGINS: ["course-1"],
    }
    return asked.sign(claims | changed)


def _receive(world, *tokens):
    return dict(receive_notices(world.database, world.keysets, tokens, now=world.now))


def _context_id(world, name):
    with world.database.reading() as session:
        return session.scalar(select(Context.id).where(Context.lti_context_id == name))


def test_history_brings_what_was_placed_and_no_learner(world, placement):
    launched = _into_copy(world, history="course-1")
    assert _placed(world, launched.context_id) == [placement.achievement_id]
    with world.database.reading() as session:
        members = session.scalars(
            select(Membership).where(Membership.context_id == launched.context_id)
        ).all()
        assert [m.learner_id for m in members] == [launched.learner_id]
        assert session.scalar(select(func.count()).select_from(Completion)) == 0
        columns = session.scalars(select(LineItem).order_by(LineItem.id)).all()
        assert columns[0].resource_id == columns[1].resource_id
        assert columns[1].url is None


def test_the_nearest_known_course_of_a_history_counts(world, placement):
    other = _into_copy(world, course="course-empty")
    launched = _into_copy(world, history="unknown, course-empty ,course-1")
    assert _placed(world, launched.context_id) == []
    with world.database.reading() as session:
        assert session.get_one(Context, launched.context_id).copied_from_id == other.context_id


def test_a_copied_link_opens_what_it_was_placed_for(world, placement):
    launched = _into_copy(world, placement=placement)
    assert launched.achievement_id == placement.achievement_id
    assert _placed(world, launched.context_id) == [placement.achievement_id]


@pytest.mark.parametrize("history", [None, "$Context.id.history", "", ",,", "course-2"])
def test_without_a_known_origin_nothing_is_copied(world, placement, history):
    assert _placed(world, _into_copy(world, history=history).context_id) == []
    assert _copies(world) == 0


def test_a_notice_before_the_first_launch_copies_once(world, placement):
    assert _receive(world, _notice(world)) == {"done": 1}
    launched = _into_copy(world, history="course-1", placement=placement)
    assert _placed(world, launched.context_id) == [placement.achievement_id]
    assert launched.achievement_id == placement.achievement_id
    assert _copies(world) == 1


def test_a_notice_after_the_launch_changes_nothing_any_more(world, placement):
    launched = _into_copy(world, history="course-1")
    assert _receive(world, _notice(world)) == {"done": 1}
    assert _placed(world, launched.context_id) == [placement.achievement_id]
    assert _copies(world) == 1


def test_a_notice_that_comes_twice_is_acted_on_once(world, placement):
    token = _notice(world)
    assert _receive(world, token, token) == {"done": 1, "known": 1}
    assert _receive(world, token) == {"known": 1}


def test_one_bad_notice_keeps_no_other_from_being_acted_on(world, placement):
    """B34."""
    stranger = TestPlatform(key_number=5)
    unknown = TestPlatform(issuer="https://unknown.example.edu")
    bad = {
        "lti-token-malformed": "nonsense",
        "lti-token-signature": _notice(world, 2, platform=stranger),
        "lti-unknown-platform": _notice(world, 3, platform=unknown),
        "lti-token-time": _notice(world, 4, iat=1, exp=2),
        "lti-token-audience": _notice(world, 5, azp="another-tool"),
        "lti-deployment-pending": _notice(
            world, 6, **{"https://purl.imsglobal.org/spec/lti/claim/deployment_id": "other"}
        ),
        "lti-claim-missing": _notice(world, 7, **{NOTICE: None}),
        "lti-claim-invalid": _notice(world, 8, **{ORIGINS: "course-1"}),
    }
    assert _receive(world, *bad.values(), _notice(world)) == {
        **dict.fromkeys(bad, 1),
        "done": 1,
    }
    assert _placed(world, _context_id(world, "course-2")) == [placement.achievement_id]


def test_an_unknown_kind_of_notice_is_noted_and_makes_no_course(world):
    hello = _notice(world, **{NOTICE: {"id": "1", "type": "LtiHelloWorldNotice"}})
    assert _receive(world, hello) == {"done": 1}
    assert _context_id(world, "course-2") is None


def test_nothing_is_copied_from_another_tenant(world, placement):
    """B35: a history that names a course of another institution on the same platform."""
    with world.database.writing() as session:
        ensure_institution(session, "hill", "Hill College", world.now)
    neighbour = TestPlatform(deployment_id="deployment-2")
    world.register(neighbour, "deployment-2", institution="hill")
    launched = _into_copy(world, neighbour, history="course-1", placement=placement)
    assert _placed(world, launched.context_id) == []
    foreign = _notice(
        world,
        **{"https://purl.imsglobal.org/spec/lti/claim/deployment_id": "deployment-2"},
    )
    assert _receive(world, foreign) == {"done": 1}
    assert _placed(world, launched.context_id) == []
    assert _copies(world) == 0


def test_a_teacher_says_which_course_it_is_a_copy_of(world, placement):
    _into_copy(world, course="course-1")
    launched = _into_copy(world)
    with world.database.reading() as session:
        origin = session.get_one(Context, placement.context_id)
    copy_course(world.database, launched=launched, origin_uuid=origin.uuid, now=world.now)
    assert _placed(world, launched.context_id) == [placement.achievement_id]
    with pytest.raises(ConflictError):
        copy_course(world.database, launched=launched, origin_uuid=origin.uuid, now=world.now)


def test_a_course_that_somebody_does_not_teach_is_not_to_be_taken_over(world, placement):
    launched = _into_copy(world)
    with world.database.reading() as session:
        origin = session.get_one(Context, placement.context_id)
    with pytest.raises(NotFoundError):
        copy_course(world.database, launched=launched, origin_uuid=origin.uuid, now=world.now)


def test_where_notices_are_offered_a_launch_notes_it(world):
    url = "https://lms.example.edu/notices"
    service = {
        "platform_notification_service_url": url,
        "notice_types_supported": ["LtiContextCopyNotice"],
    }
    world.launch(**{SERVICE: service})
    with world.database.reading() as session:
        assert session.scalars(select(Deployment)).one().notices_url == url
