"""Use cases: deployments approved, revoked, approved at once; suspended institutions (B9)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.errors import ConflictError, InvalidInputError, LTILaunchError, NotFoundError
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.catalog import ensure_institution, get_institution
from lti_tool.persistence.platforms import Deployment, Registration
from lti_tool.persistence.sessions import LaunchSession
from lti_tool.services.approve_deployment import approve_deployment
from lti_tool.services.change_platform import PlatformChanges, change_platform
from lti_tool.services.list_institutions import list_institutions
from lti_tool.services.revoke_deployment import revoke_deployment
from lti_tool.services.switch_institution import switch_institution
from lti_tool.services.switch_platform import switch_platform
from tests.lti.platform import NOW
from tests.lti.world import World

SEEN = {"guid": "guid-1", "name": "Harbour Moodle", "product_family_code": "moodle"}
TOOL_PLATFORM = "https://purl.imsglobal.org/spec/lti/claim/tool_platform"


@pytest.fixture
def world(database):
    world = World(database)
    with database.writing() as session:
        ensure_institution(session, "hill", "Hill College", NOW)
    return world


def _platform(world):
    with world.database.reading() as session:
        return session.scalars(select(Registration)).one().uuid


def _deployment(world, deployment_id="deployment-1"):
    with world.database.reading() as session:
        return session.scalar(select(Deployment).where(Deployment.deployment_id == deployment_id))


def _actions(world):
    with world.database.reading() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def _refused(world, **claims):
    with pytest.raises(LTILaunchError) as caught:
        world.launch(**claims)
    return caught.value.code


def _launch(world, deployment_id):
    login = world.log_in(lti_deployment_id=deployment_id)
    claims = world.platform.claims(now=world.now, nonce=login.nonce, deployment_id=deployment_id)
    return world.post(login.state, world.platform.sign(claims))


def _approve(world, deployment_id, institution="harbour"):
    approve_deployment(
        world.database, _platform(world), deployment_id, institution, actor="test", now=NOW
    )


def _switch(world, is_suspended):
    return switch_institution(
        world.database, "harbour", is_suspended=is_suspended, actor="test", now=NOW
    )


def test_a_waiting_deployment_is_approved_and_then_let_in(world):
    with pytest.raises(LTILaunchError, match="waits for the approval"):
        _launch(world, "new")
    _approve(world, "new")
    assert _launch(world, "new")
    assert "deployment-approved" in _actions(world)


def test_a_deployment_may_be_approved_before_anybody_comes(world):
    _approve(world, "later", "hill")
    accepted = _launch(world, "later")
    with world.database.reading() as session:
        hill = get_institution(session, "hill").id
    assert world.launched(accepted).institution_id == hill


def test_a_deployment_stays_with_its_institution(world):
    with pytest.raises(ConflictError, match="another institution"):
        _approve(world, "deployment-1", "hill")
    with pytest.raises(NotFoundError):
        _approve(world, "deployment-1", "nowhere")
    with pytest.raises(InvalidInputError):
        _approve(world, "é")


def test_a_revoked_deployment_ends_sessions_and_can_be_approved_again(world):
    accepted = world.launch()
    revoke_deployment(world.database, _platform(world), "deployment-1", actor="test", now=NOW)
    assert world.find_launched(accepted) is None
    assert _refused(world) == "lti-deployment-revoked"
    _approve(world, "deployment-1")
    assert world.launch()
    with pytest.raises(NotFoundError):
        revoke_deployment(world.database, _platform(world), "unknown", actor="test", now=NOW)


def test_with_auto_approval_a_new_deployment_is_let_in_at_once_and_a_revoked_one_is_not(world):
    changes = PlatformChanges(institution_key="hill", approves_deployments=True)
    change_platform(world.database, _platform(world), changes, actor="test", now=NOW)
    _launch(world, "new")
    with world.database.reading() as session:
        assert _deployment(world, "new").institution_id == get_institution(session, "hill").id
    assert _actions(world).count("deployment-approved") == 1
    revoke_deployment(world.database, _platform(world), "new", actor="test", now=NOW)
    with pytest.raises(LTILaunchError, match="switched off"):
        _launch(world, "new")


def test_a_disabled_platform_is_refused_with_its_own_message_until_it_is_enabled(world):
    accepted = world.launch()
    login = world.log_in()
    options = {"actor": "test", "now": NOW}
    switch_platform(
        world.database, _platform(world), is_enabled=False, reason="Contract ended", **options
    )
    assert world.find_launched(accepted) is None
    claims = world.platform.claims(now=world.now, nonce=login.nonce)
    with pytest.raises(LTILaunchError) as caught:
        world.post(login.state, world.platform.sign(claims))
    assert caught.value.code == "lti-platform-disabled"
    switch_platform(world.database, _platform(world), is_enabled=True, **options)
    with world.database.reading() as session:
        assert session.scalars(select(Registration)).one().disabled_reason is None
    assert world.launch()


def test_a_suspended_institution_has_a_message_of_its_own_and_its_sessions_are_over(world):
    accepted = world.launch()
    assert _switch(world, is_suspended=True)
    assert not _switch(world, is_suspended=True)
    assert world.find_launched(accepted) is None
    assert _refused(world) == "lti-institution-suspended"
    with world.database.reading() as session:
        assert session.scalar(select(LaunchSession)) is None
    (row, _) = list_institutions(world.database)
    assert (row.key, row.suspended_at) == ("harbour", NOW)
    assert _switch(world, is_suspended=False)
    assert world.find_launched(accepted) is None
    assert world.launch()


def test_other_institutions_of_the_same_platform_go_on(world):
    _approve(world, "of-hill", "hill")
    _switch(world, is_suspended=True)
    assert _launch(world, "of-hill")


def test_what_a_platform_says_of_itself_is_noted_and_a_change_is_reported(world):
    world.launch(**{TOOL_PLATFORM: SEEN})
    found = _deployment(world)
    assert (found.platform_guid, found.platform_name) == ("guid-1", "Harbour Moodle")
    assert found.last_launch_at == NOW
    world.launch()
    assert _deployment(world).platform_guid == "guid-1"
    assert "platform-seen-changed" not in _actions(world)
    world.launch(**{TOOL_PLATFORM: SEEN | {"guid": "guid-2"}})
    assert _deployment(world).platform_guid == "guid-2"
    assert _actions(world).count("platform-seen-changed") == 1


def test_the_time_of_the_last_launch_is_written_once_a_minute_at_most(world):
    world.launch()
    world.now = NOW + timedelta(seconds=59)
    world.launch()
    assert _deployment(world).last_launch_at == NOW
    world.now = NOW + timedelta(seconds=60)
    world.launch()
    assert _deployment(world).last_launch_at == world.now


def test_the_last_refusal_of_a_genuine_token_is_kept_with_its_deployment(world):
    assert _refused(world, version="1.1") == "lti-version"
    found = _deployment(world)
    assert (found.last_error_code, found.last_error_at) == ("lti-version", NOW)
    assert _refused(world, deployment_id="a\x00b") == "lti-claim-invalid"
