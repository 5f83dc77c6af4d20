"""Use case: a platform registered by hand (B10)."""

import pytest
from sqlalchemy import select

from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.persistence.catalog import ensure_institution
from lti_tool.persistence.platforms import Deployment, DeploymentState, Registration
from tests.lti.platform import ISSUER, NOW, TestPlatform
from tests.lti.world import World


@pytest.fixture
def world(database):
    return World(database)


def _rows(world, table):
    with world.database.reading() as session:
        return list(session.scalars(select(table)))


def test_registering_again_enters_new_addresses_and_further_deployments(world):
    world.register(world.platform, "deployment-2", jwks_url=f"{ISSUER}/new-jwks")
    (registration,) = _rows(world, Registration)
    assert registration.jwks_url == f"{ISSUER}/new-jwks"
    assert {(d.deployment_id, d.state) for d in _rows(world, Deployment)} == {
        ("deployment-1", DeploymentState.APPROVED),
        ("deployment-2", DeploymentState.APPROVED),
    }


def test_a_waiting_deployment_is_approved(world):
    with world.database.writing() as session:
        session.scalars(select(Deployment)).one().state = DeploymentState.PENDING
    world.register(world.platform)
    (deployment,) = _rows(world, Deployment)
    assert deployment.state == DeploymentState.APPROVED


@pytest.mark.parametrize(
    ("issuer", "client_id"),
    [
        (ISSUER + "/", "client-1"),
        (ISSUER.upper(), "client-1"),
        (ISSUER, "CLIENT-1"),
    ],
)
def test_a_look_alike_is_refused(world, issuer, client_id):
    with pytest.raises(ConflictError):
        world.register(TestPlatform(), issuer=issuer, client_id=client_id)
    assert len(_rows(world, Registration)) == 1


def test_one_issuer_may_have_many_client_ids(world):
    world.register(TestPlatform(client_id="client-2"))
    assert len(_rows(world, Registration)) == 2


def test_a_deployment_stays_with_its_institution(world):
    with world.database.writing() as session:
        ensure_institution(session, "other", "Other University", NOW)
    with pytest.raises(ConflictError):
        world.register(world.platform, institution="other")


@pytest.mark.parametrize("field", ["authorization_url", "token_url", "jwks_url"])
@pytest.mark.parametrize("url", ["http://lms.example.edu/", "javascript:x", "", "lms.example.edu"])
def test_addresses_are_https(world, field, url):
    with pytest.raises(InvalidInputError) as caught:
        world.register(world.platform, **{field: url})
    assert caught.value.field == field


@pytest.mark.parametrize("field", ["issuer", "client_id"])
@pytest.mark.parametrize("value", ["", "x" * 256, "é", "a\n"])
def test_ids_are_short_ascii_texts(world, field, value):
    with pytest.raises(InvalidInputError) as caught:
        world.register(world.platform, **{field: value})
    assert caught.value.field == field


def test_a_platform_on_this_machine_may_be_on_http_where_its_registration_allows_it(world):
    local = TestPlatform(issuer="http://localhost:8001", client_id="practice")
    with pytest.raises(InvalidInputError, match="--allow-loopback"):
        world.register(local)
    world.register(local, allows_loopback=True)
    assert len(_rows(world, Registration)) == 2


def test_allowing_loopback_allows_no_other_host_on_http(world):
    foreign = TestPlatform(issuer="http://lms.example.edu", client_id="practice")
    with pytest.raises(InvalidInputError):
        world.register(foreign, allows_loopback=True)


def test_an_unknown_institution_is_an_error(world):
    with pytest.raises(NotFoundError):
        world.register(TestPlatform(client_id="client-2"), institution="nowhere")
    assert len(_rows(world, Registration)) == 1
