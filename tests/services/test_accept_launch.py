"""Use case: a launch (section 3.2; B1-B3, B9, B11, B12, B15, B44, B52)."""

import threading
from base64 import urlsafe_b64encode
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lti_tool.entering.held import HeldLaunch
from lti_tool.entering.opened import Landing
from lti_tool.errors import LTIError, LTILaunchError
from lti_tool.lti.tickets import hash_ticket
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.catalog import ensure_institution
from lti_tool.persistence.courses import Context
from lti_tool.persistence.learners import Learner, Membership
from lti_tool.persistence.placements import LineItem, ResourceLink, ensure_placement
from lti_tool.persistence.platforms import Deployment, DeploymentState, Registration
from lti_tool.persistence.sessions import LaunchSession, LaunchTicket
from lti_tool.services.accept_launch import accept_launch
from tests.lti.platform import INSTRUCTOR, ISSUER, LEARNER, NOW, REMOVED, TARGET, TestPlatform
from tests.lti.world import World

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"


@pytest.fixture
def world(database):
    return World(database)


def _count(world, table):
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def _one(world, table):
    with world.database.reading() as session:
        return session.scalars(select(table)).one()


def _refused(world, code, state, token, **options):
    with pytest.raises(LTIError) as caught:
        world.post(state, token, **options)
    assert caught.value.code == code
    assert _count(world, LaunchSession) == 0
    return caught.value.message


def _token(world, login, **claims):
    wanted = {"nonce": login.nonce} | claims
    return world.platform.sign(world.platform.claims(now=world.now, **wanted))


def _refused_launch(world, code, **claims):
    login = world.log_in()
    return _refused(world, code, login.state, _token(world, login, **claims))


def test_a_learner_lands_on_their_progress(world):
    accepted = world.launch()
    assert accepted.landing is Landing.PROGRESS
    launched = world.launched(accepted)
    assert launched.context_uuid == accepted.context_uuid
    assert (launched.learner_name, launched.context_title) == ("Ada Example", "Data literacy")
    assert not launched.is_instructor
    assert launched.deep_linking is None
    assert launched.platform_urls == (ISSUER, f"{ISSUER}/auth")


def test_a_teacher_lands_on_the_roster(world):
    accepted = world.launch(roles=[INSTRUCTOR])
    assert accepted.landing is Landing.ROSTER
    assert world.launched(accepted).is_instructor


def test_a_deep_linking_request_lands_on_the_picker_and_keeps_its_settings(world):
    accepted = world.deep_link()
    assert accepted.landing is Landing.LINK
    launched = world.launched(accepted)
    assert launched.deep_linking is not None
    assert launched.deep_linking["data"] == "to be echoed <exactly> & so"
    assert _count(world, ResourceLink) == 0


def test_only_the_hash_of_the_session_is_kept_and_it_lasts_eight_hours(world):
    accepted = world.launch()
    kept = _one(world, LaunchSession)
    assert len(accepted.session_token) >= 43
    assert accepted.session_token not in kept.token_hash
    assert kept.expires_at == NOW + timedelta(hours=8)
    world.now = NOW + timedelta(hours=8)
    assert world.find_launched(accepted) is None


def test_a_repeated_launch_knows_everybody_again(world):
    first, second = world.launch(), world.launch(name=REMOVED)
    assert first.context_uuid == second.context_uuid
    assert first.session_token != second.session_token
    assert world.launched(second).learner_uuid == world.launched(first).learner_uuid
    assert [_count(world, t) for t in (Learner, Context, ResourceLink, Membership)] == [1] * 4
    assert _one(world, Learner).name == "Ada Example"


def test_a_token_works_once(world):
    """B1: replay."""
    login = world.log_in()
    token = _token(world, login)
    world.post(login.state, token)
    with pytest.raises(LTILaunchError) as caught:
        world.post(login.state, token)
    assert caught.value.code == "lti-state"
    assert _count(world, LaunchSession) == 1


def test_of_two_parallel_posts_one_succeeds(world):
    """B1."""
    login = world.log_in()
    token = _token(world, login)
    outcomes = []

    def post():
        try:
            world.post(login.state, token)
            outcomes.append("in")
        except LTILaunchError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "lti-state", "lti-state", "lti-state"]


def test_a_second_token_with_a_used_nonce_is_refused(world):
    login = world.log_in()
    world.post(login.state, _token(world, login))
    other = world.log_in()
    with pytest.raises(LTILaunchError) as caught:
        world.post(other.state, _token(world, other, nonce=login.nonce))
    assert caught.value.code == "lti-nonce"


def test_a_login_is_over_after_ten_minutes(world):
    """B2."""
    login = world.log_in()
    world.now = NOW + timedelta(minutes=10)
    _refused(world, "lti-state", login.state, _token(world, login))


def test_an_unknown_state_is_refused(world):
    login = world.log_in()
    _refused(world, "lti-state", "x" * 43, _token(world, login))


def test_a_login_is_used_up_even_if_a_later_check_fails(world):
    """Section 3.2."""
    login = world.log_in()
    _refused(world, "lti-nonce", login.state, _token(world, login, nonce="another"))
    _refused(world, "lti-state", login.state, _token(world, login))


def test_a_forged_token_does_not_use_a_login_up(world):
    login = world.log_in()
    forged = TestPlatform(key_number=5)
    token = forged.sign(forged.claims(nonce=login.nonce))
    _refused(world, "lti-token-signature", login.state, token)
    assert world.post(login.state, _token(world, login))


def test_a_launch_without_the_cookie_of_its_login_is_held_and_nothing_is_stored(world):
    login = world.log_in(lti_message_hint="hint-1")
    held = world.post(login.state, _token(world, login), is_bound=False)
    assert isinstance(held, HeldLaunch)
    assert held.question is None
    assert held.restart == {
        "iss": ISSUER,
        "login_hint": "user-7",
        "target_link_uri": TARGET,
        "client_id": "client-1",
        "lti_deployment_id": "deployment-1",
        "lti_message_hint": "hint-1",
    }
    tables = (LaunchSession, LaunchTicket, Learner, Context, Membership, ResourceLink)
    assert [_count(world, table) for table in tables] == [0] * 6


def test_a_held_launch_with_storage_has_a_ticket_of_which_the_hash_is_kept(world):
    login = world.log_in(lti_storage_target="_parent")
    held = world.post(login.state, _token(world, login), is_bound=False)
    assert isinstance(held, HeldLaunch)
    assert held.question is not None
    kept = _one(world, LaunchTicket)
    assert kept.ticket_hash == hash_ticket(held.question.ticket)
    assert kept.expires_at == NOW + timedelta(minutes=2)
    assert "Ada Example" not in held.question.ticket
    assert urlsafe_b64encode(b"Ada Example").decode()[:12] not in held.question.ticket
    assert _count(world, Learner) == 0


def test_a_launch_into_a_deployment_that_waits_is_refused_before_it_is_held(world):
    login = world.log_in(lti_deployment_id="new-one", lti_storage_target="_parent")
    token = _token(world, login, deployment_id="new-one")
    _refused(world, "lti-deployment-pending", login.state, token, is_bound=False)
    assert _count(world, LaunchTicket) == 0


def test_a_token_of_another_registration_is_refused(world):
    """A login at client A, a token of client B; both genuine."""
    other = TestPlatform(client_id="client-2", key_number=5)
    other.kid = "key-2"
    other.key_number = 5
    world.register(other, jwks_url=f"{ISSUER}/jwks2")
    world.http.serve(f"{ISSUER}/jwks2", other.keyset())
    login = world.log_in()
    _refused(world, "lti-login-mismatch", login.state, other.sign(other.claims(nonce=login.nonce)))


def test_a_token_for_a_client_that_is_not_registered_is_refused(world):
    _refused_launch(world, "lti-unknown-platform", aud="client-9")
    _refused_launch(world, "lti-unknown-platform", iss=ISSUER + "/")


def test_the_deployment_is_the_one_of_the_login(world):
    """V21, B52."""
    for deployment in ("deployment-2", "Deployment-1", "deployment-1 "):
        _refused_launch(world, "lti-login-mismatch", deployment_id=deployment)


def test_the_target_is_the_one_of_the_login(world):
    """V22."""
    _refused_launch(world, "lti-login-mismatch", target_link_uri=TARGET + "?other")


def test_an_unknown_deployment_waits_for_approval(world):
    login = world.log_in(lti_deployment_id="")
    token = _token(world, login, deployment_id="new-one")
    _refused(world, "lti-deployment-pending", login.state, token)
    with world.database.reading() as session:
        query = select(Deployment).where(Deployment.deployment_id == "new-one")
        assert session.scalars(query).one().state == DeploymentState.PENDING
    assert [_count(world, t) for t in (Learner, Context)] == [0, 0]


def test_a_revoked_deployment_and_a_disabled_platform_end_what_is_open(world):
    """B9."""
    accepted = world.launch()
    with world.database.writing() as session:
        session.scalars(select(Deployment)).one().state = DeploymentState.REVOKED
    assert world.find_launched(accepted) is None
    login = world.log_in()
    with pytest.raises(LTILaunchError) as caught:
        world.post(login.state, _token(world, login))
    assert caught.value.code == "lti-deployment-revoked"
    login = world.log_in()
    with world.database.writing() as session:
        session.scalars(select(Registration)).one().is_enabled = False
    with pytest.raises(LTILaunchError) as caught:
        world.post(login.state, _token(world, login))
    assert caught.value.code == "lti-platform-disabled"


def test_a_platforms_error_uses_the_login_up_and_says_what_to_do(world):
    """B3."""
    login = world.log_in()
    fields = [("state", login.state), ("error", "login_required")]
    with pytest.raises(LTILaunchError, match="Sign in to your LMS") as caught:
        accept_launch(
            world.database,
            world.keysets,
            world.config,
            fields,
            began_here=lambda _: True,
            now=NOW,
        )
    assert caught.value.code == "lti-platform-answer"
    _refused(world, "lti-state", login.state, _token(world, login))


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("state", "a")],
        [("id_token", "a")],
        [("state", "a"), ("id_token", "b"), ("id_token", "c")],
        [("state", "a"), ("state", "a"), ("id_token", "b")],
        [("state", "a"), ("id_token", "b" * 200_000)],
        [("state", "a" * 600), ("id_token", "b")],
        [("state", "a"), ("id_token", "b"), *((str(n), "") for n in range(60))],
    ],
)
def test_a_form_that_is_no_launch_is_refused(world, fields):
    """V7, B4, B6."""
    with pytest.raises(LTILaunchError) as caught:
        accept_launch(
            world.database, world.keysets, world.config, fields, began_here=lambda _: True, now=NOW
        )
    assert caught.value.code == "lti-launch-form"


def test_a_refused_genuine_token_is_noted_and_a_forged_one_is_not(world):
    _refused_launch(world, "lti-token-time", iat=0, exp=1)
    login = world.log_in()
    forged = TestPlatform(key_number=5)
    _refused(world, "lti-token-signature", login.state, forged.sign(forged.claims()))
    with world.database.reading() as session:
        query = select(AuditEvent).where(AuditEvent.action == "launch-refused")
        event = session.scalars(query).one()
    assert event.subject == "lti-token-time"
    assert event.detail == {}


def test_the_same_user_id_at_two_platforms_is_two_people(world):
    """B11, B13."""
    world.launch(email="ada@example.edu")
    other = TestPlatform(issuer="https://other.example.edu", key_number=5)
    world.register(other)
    login = world.log_in(other)
    world.post(login.state, other.sign(other.claims(nonce=login.nonce, email="ada@example.edu")))
    assert _count(world, Learner) == 2


def test_the_same_course_id_in_two_deployments_is_two_courses(world):
    """B12."""
    world.register(world.platform, "deployment-2")
    first = world.launch()
    login = world.log_in(lti_deployment_id="deployment-2")
    second = world.post(login.state, _token(world, login, deployment_id="deployment-2"))
    assert first.context_uuid != second.context_uuid
    assert _count(world, Context) == 2


def test_a_deployment_belongs_to_its_institution(world):
    with world.database.writing() as session:
        ensure_institution(session, "other", "Other University", NOW)
    world.register(world.platform, "deployment-2", institution="other")
    login = world.log_in(lti_deployment_id="deployment-2")
    second = world.post(login.state, _token(world, login, deployment_id="deployment-2"))
    first = world.launch()
    assert world.launched(first).institution_id != world.launched(second).institution_id
    assert _count(world, Learner) == 2


def test_a_lower_role_ends_the_teachers_sessions(world):
    """B15."""
    teacher = world.launch(roles=[INSTRUCTOR])
    other = world.launch(roles=[INSTRUCTOR], sub="another")
    learner = world.launch(roles=[LEARNER])
    assert world.find_launched(teacher) is None
    assert not world.launched(learner).is_instructor
    assert world.launched(other).is_instructor


def test_a_right_that_the_roster_took_away_is_gone_in_open_sessions_too(world):
    """Section 3.3: the stored role is read again."""
    accepted = world.launch(roles=[INSTRUCTOR])
    with world.database.writing() as session:
        session.scalars(select(Membership)).one().is_instructor = False
    assert not world.launched(accepted).is_instructor


def test_services_are_noted_and_never_forgotten(world):
    world.launch(
        endpoint={"scope": [SCOPE], "lineitems": f"{ISSUER}/items"},
        roster={"context_memberships_url": f"{ISSUER}/members"},
    )
    world.launch(endpoint=REMOVED, roster=REMOVED)
    context = _one(world, Context)
    assert context.line_items_url == f"{ISSUER}/items"
    assert context.memberships_url == f"{ISSUER}/members"
    assert context.grade_scopes == [SCOPE]


def test_services_on_a_foreign_host_are_not_noted(world):
    """V30, B44."""
    world.launch(
        endpoint={"scope": [SCOPE], "lineitems": "https://evil.example/items"},
        roster={"context_memberships_url": "https://evil.example/members"},
    )
    context = _one(world, Context)
    assert (context.line_items_url, context.memberships_url) == (None, None)


def _place(world, accepted):
    launched = world.launched(accepted)
    with world.database.writing() as session:
        placement = ensure_placement(
            session, launched.context_id, world.achievement_id, launched.learner_id, NOW
        )
        return placement.uuid


def test_a_link_is_bound_to_its_placement_and_its_column_is_noted(world):
    uuid = _place(world, world.deep_link())
    endpoint = {"scope": [SCOPE], "lineitem": f"{ISSUER}/items/1?type_id=1"}
    accepted = world.launch(custom={"quoin_placement": str(uuid)}, endpoint=endpoint)
    assert world.launched(accepted).achievement_id == world.achievement_id
    item = _one(world, LineItem)
    assert item.url == f"{ISSUER}/items/1?type_id=1"
    assert item.resource_link_id == "link-1"
    assert item.score_maximum == Decimal(100)


def test_a_bound_link_stays_bound_and_its_first_column_stays(world):
    uuid = _place(world, world.deep_link())
    endpoint = {"scope": [SCOPE], "lineitem": f"{ISSUER}/items/1"}
    world.launch(custom={"quoin_placement": str(uuid)}, endpoint=endpoint)
    endpoint = {"scope": [SCOPE], "lineitem": f"{ISSUER}/items/2"}
    accepted = world.launch(endpoint=endpoint)
    assert world.launched(accepted).achievement_id == world.achievement_id
    assert _one(world, LineItem).url == f"{ISSUER}/items/1"


def test_a_copied_link_is_bound_here_to_what_it_was_placed_for_there(world):
    """Section 12: its column is that of this course; a made-up uuid binds nothing."""
    uuid = _place(world, world.deep_link())
    accepted = world.launch(
        custom={"quoin_placement": str(uuid)},
        context={"id": "course-2"},
        endpoint={"lineitem": f"{ISSUER}/items/1"},
    )
    assert world.launched(accepted).achievement_id == world.achievement_id
    assert _one(world, LineItem).url == f"{ISSUER}/items/1"
    forged = world.launch(
        custom={"quoin_placement": str(uuid4())}, resource_link={"id": "another-link"}
    )
    assert world.launched(forged).achievement_id is None


def test_a_link_outside_every_course_gets_a_course_of_its_own(world):
    first = world.launch(context=REMOVED)
    again = world.launch(context=REMOVED)
    other = world.launch(context=REMOVED, resource_link={"id": "link-2"})
    assert first.context_uuid == again.context_uuid != other.context_uuid


def test_links_cannot_be_chosen_outside_a_course(world):
    with pytest.raises(LTILaunchError) as caught:
        world.deep_link(context=REMOVED)
    assert caught.value.code == "lti-context-missing"
    assert _count(world, Learner) == 0
