"""What a launch lets in for each role: previews, mentors, reviews, privacy (section 13)."""

import json

import pytest
from sqlalchemy import func, select

from lti_tool.entering.opened import Landing
from lti_tool.errors import LTILaunchError
from lti_tool.lti.roles import ASSISTANT_ADDRESS, TEST_USER
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.launched import LINK, RECORD, STACKS
from lti_tool.persistence.learners import Identity, Learner, Membership, ensure_learners
from lti_tool.persistence.placements import ensure_line_item
from lti_tool.services.export_learner import export_learner
from lti_tool.services.forget_learner import forget_learner
from tests.lti.platform import CONTEXT_ROLE, INSTITUTION_ROLE, INSTRUCTOR, LEARNER, REMOVED
from tests.lti.world import World

ITEM = "https://lms.example.edu/items/1"
MENTOR = CONTEXT_ROLE + "Mentor"
PRIVACY = {
    "message_type": "LtiDataPrivacyLaunchRequest",
    "roles": [INSTITUTION_ROLE + "Administrator"],
    "context": REMOVED,
    "resource_link": REMOVED,
    "target_link_uri": REMOVED,
    "sub": "administrator",
}


@pytest.fixture
def world(database):
    return World(database)


def _count(world, table):
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def _set_rights(world, **rights):
    with world.database.writing() as session:
        session.get_one(Institution, world.institution_id).role_rights = rights


def _review(world, user_id, item=ITEM):
    return world.launch(
        message_type="LtiSubmissionReviewRequest",
        roles=[INSTRUCTOR],
        sub="teacher",
        for_user={"user_id": user_id},
        endpoint={"lineitem": item, "scope": []},
    )


def _with_column(world):
    context_id = world.launched(world.launch()).context_id
    with world.database.writing() as session:
        ensure_line_item(session, context_id, world.achievement_id, world.now).url = ITEM


def test_a_preview_records_nobody(world):
    accepted = world.launch(roles=[LEARNER, TEST_USER], sub="test-student", name="Test Student")
    launched = world.launched(accepted)
    assert launched.is_preview
    assert accepted.landing == Landing.PROGRESS
    world.launch(roles=[LEARNER, TEST_USER], sub="another-test-student")
    with world.database.reading() as session:
        assert list(session.scalars(select(Identity.subject))) == ["student"]
        assert list(session.scalars(select(Learner.name))) == ["Student view"]
    assert _count(world, Membership) == 0


def test_a_mentor_is_no_member_and_sees_only_those_named(world):
    world.launch(sub="user-1")
    world.launch(sub="user-2")
    accepted = world.launch(roles=[MENTOR], sub="mentor", mentees=["user-1", "never-seen"])
    launched = world.launched(accepted)
    assert accepted.landing == Landing.MENTEES
    with world.database.reading() as session:
        named = session.scalars(select(Identity).where(Identity.subject == "user-1")).one()
    assert launched.mentees == (named.learner_id,)
    assert not launched.is_instructor
    assert _count(world, Membership) == 2


def test_a_mentor_without_a_list_sees_nobody(world):
    world.launch(sub="user-1")
    assert world.launched(world.launch(roles=[MENTOR], sub="mentor")).mentees == ()


def test_mentees_of_another_platform_stay_unseen(world):
    with world.database.writing() as session:
        ensure_learners(session, world.institution_id, "lti:elsewhere", ["user-1"], world.now)
    launched = world.launched(world.launch(roles=[MENTOR], sub="m", mentees=["user-1"]))
    assert launched.mentees == ()


def test_the_staff_may_do_everything_unless_the_institution_says_less(world):
    teacher = world.launched(world.launch(roles=[INSTRUCTOR], sub="teacher"))
    assert teacher.rights == {RECORD, LINK, STACKS}
    _set_rights(world, assistant=[RECORD], instructor=[RECORD, LINK])
    assistant = world.launched(world.launch(roles=[ASSISTANT_ADDRESS], sub="assistant"))
    assert (assistant.role, assistant.rights) == ("assistant", {RECORD})
    _set_rights(world, assistant=[])
    assistant = world.launched(world.launch(roles=[ASSISTANT_ADDRESS], sub="assistant"))
    assert assistant.is_instructor
    assert assistant.rights == frozenset()


def test_a_learner_has_no_rights_whatever_the_institution_says(world):
    _set_rights(world, learner=[RECORD, LINK])
    assert world.launched(world.launch()).rights == frozenset()


def test_a_review_opens_the_learner_it_is_about(world):
    _with_column(world)
    accepted = _review(world, "user-7")
    launched = world.launched(accepted)
    with world.database.reading() as session:
        learner = session.get_one(Learner, launched.subject_id)
    assert accepted.landing == f"learners/{learner.uuid}"
    assert learner.name == "Ada Example"


@pytest.mark.parametrize(
    ("user_id", "item"),
    [("user-7", "https://lms.example.edu/items/2"), ("nobody", ITEM), ("teacher", ITEM)],
)
def test_a_review_of_what_is_not_ours_is_refused(world, user_id, item):
    """B32."""
    _with_column(world)
    world.launch(roles=[INSTRUCTOR], sub="teacher")
    with pytest.raises(LTILaunchError) as caught:
        _review(world, user_id, item)
    assert caught.value.code == "lti-review-unknown"


def test_a_privacy_launch_makes_its_administrator_no_member(world):
    world.launch()
    accepted = world.launch(**PRIVACY, for_user={"user_id": "user-7"})
    launched = world.launched(accepted)
    assert accepted.landing == Landing.PRIVACY
    assert launched.is_privacy
    assert not launched.is_instructor
    assert launched.subject_id != launched.learner_id
    assert _count(world, Membership) == 1


def test_a_privacy_launch_about_somebody_unknown_opens_and_has_no_subject(world):
    launched = world.launched(world.launch(**PRIVACY, for_user={"user_id": "nobody"}))
    assert launched.subject_id is None


def test_an_export_holds_what_is_known_and_no_secret(world):
    learner = world.launched(world.launch())
    data = export_learner(
        world.database,
        institution_id=world.institution_id,
        learner_id=learner.learner_id,
        actor="admin",
        now=world.now,
    )
    assert data["learner"]["name"] == "Ada Example"
    assert data["identities"][0]["subject"] == "user-7"
    assert data["courses"][0]["title"] == "Data literacy"
    text = json.dumps(data)
    assert learner.token_hash not in text
    with world.database.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "learner-exported")
        ).one()
    assert (event.actor, event.subject) == ("admin", str(learner.learner_uuid))


def test_whoever_is_forgotten_is_signed_out_and_comes_back_as_somebody_new(world):
    first = world.launch()
    learner = world.launched(first)
    forget_learner(
        world.database,
        institution_id=world.institution_id,
        learner_id=learner.learner_id,
        actor="admin",
        now=world.now,
    )
    assert world.find_launched(first) is None
    with world.database.reading() as session:
        assert session.get_one(Learner, learner.learner_id).name is None
        assert session.scalar(select(func.count()).select_from(Identity)) == 0
    again = world.launched(world.launch())
    assert again.learner_id != learner.learner_id
