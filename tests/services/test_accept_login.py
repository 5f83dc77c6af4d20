"""Use case: a platform's login request (V2, V4; B10, B25)."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from lti_tool.errors import LTILoginError
from lti_tool.lti.login import hash_state
from lti_tool.persistence.platforms import find_registration
from lti_tool.persistence.sessions import Login, consume_login
from lti_tool.services.accept_login import LoginPostponed, LoginStarted, accept_login
from lti_tool.services.forget_expired import forget_expired
from tests.lti.platform import ISSUER, NOW, PUBLIC_URL, TARGET, TestPlatform
from tests.lti.world import World


@pytest.fixture
def world(database):
    return World(database)


def _refused(world, code, **fields):
    with pytest.raises(LTILoginError) as caught:
        world.log_in(**fields)
    assert caught.value.code == code
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Login)) == 0
    return caught.value.message


def test_a_login_leads_to_the_platform_and_is_kept_as_a_hash(world):
    login = world.log_in()
    query = parse_qs(urlsplit(login.url).query)
    assert login.url.startswith(f"{ISSUER}/auth?")
    assert query["client_id"] == ["client-1"]
    assert query["redirect_uri"] == [TARGET]
    with world.database.writing() as session:
        kept = consume_login(session.connection(), hash_state(login.state), NOW)
    assert kept is not None
    assert (kept.nonce, kept.target_link_uri, kept.lti_deployment_id) == (
        login.nonce,
        TARGET,
        "deployment-1",
    )
    assert kept.expires_at == NOW + timedelta(minutes=10)


def test_a_login_without_client_id_needs_a_single_registration(world):
    """V2."""
    assert world.log_in(client_id="").url.startswith(f"{ISSUER}/auth?")
    world.register(TestPlatform(client_id="client-2"))
    with pytest.raises(LTILoginError, match="client_id") as caught:
        world.log_in(client_id="")
    assert caught.value.code == "lti-client-id-missing"
    assert "client_id=client-2" in world.log_in(client_id="client-2").url


@pytest.mark.parametrize(
    "fields",
    [
        {"client_id": "unknown"},
        {"client_id": "CLIENT-1"},
        {"iss": ISSUER + "/"},
        {"iss": ISSUER.upper()},
        {"iss": "https://evil.example", "client_id": ""},
    ],
)
def test_an_unknown_platform_is_refused_and_ids_count_exactly(world, fields):
    """V2, B10."""
    _refused(world, "lti-unknown-platform", **fields)


def test_a_disabled_platform_is_refused(world):
    """V2, B9."""
    with world.database.writing() as session:
        registration = find_registration(session, ISSUER, "client-1")
        assert registration is not None
        registration.is_enabled = False
    _refused(world, "lti-platform-disabled")


def test_an_unknown_deployment_may_log_in_and_wait_for_approval_later(world):
    """V4."""
    assert world.log_in(lti_deployment_id="new-one").state


def test_logins_that_are_over_are_forgotten(world):
    """B25."""
    for _ in range(5):
        world.log_in()
    world.now = NOW + timedelta(minutes=10)
    world.log_in()
    forget_expired(world.database, now=world.now)
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Login)) == 1


def test_what_a_restart_needs_is_kept_with_the_login(world):
    login = world.log_in(lti_message_hint='{"a": 1}', lti_storage_target="platform_frame")
    with world.database.committing() as connection:
        kept = consume_login(connection, hash_state(login.state), NOW)
    assert kept is not None
    assert (kept.login_hint, kept.message_hint) == ("user-7", '{"a": 1}')
    assert kept.storage_target == "platform_frame"


def _ask(world, **changed):
    fields = {"iss": ISSUER, "login_hint": "user-7", "target_link_uri": TARGET} | changed
    return accept_login(
        world.database, fields.items(), public_url=PUBLIC_URL, now=NOW, needs_storage=True
    )


def test_a_login_that_needs_storage_is_not_begun_without_it(world):
    postponed = _ask(world, lti_message_hint="hint-1")
    assert isinstance(postponed, LoginPostponed)
    assert postponed.restart == {
        "iss": ISSUER,
        "login_hint": "user-7",
        "target_link_uri": TARGET,
        "lti_message_hint": "hint-1",
    }
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Login)) == 0
    assert isinstance(_ask(world, lti_storage_target="_parent"), LoginStarted)
