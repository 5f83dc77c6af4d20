"""Use cases: a registration shown, changed, removed; many of them imported (B10)."""

import pytest
from sqlalchemy import func, select

from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.lti.families import ProductFamily
from lti_tool.lti.registrations import platform_urls_of, registration_of
from lti_tool.persistence.platforms import Deployment, Registration
from lti_tool.services.change_platform import PlatformChanges, change_platform
from lti_tool.services.import_platforms import Judgement, import_platforms
from lti_tool.services.remove_platform import remove_platform
from lti_tool.services.show_platform import show_platform
from tests.lti.platform import ISSUER, NOW, TestPlatform
from tests.lti.world import World

HEAD = "issuer,client_id,auth_login_url,auth_token_url,jwks_url,deployment_id\n"
EDX = "https://edx.example.edu"


@pytest.fixture
def world(database):
    return World(database)


def _row(world, client_id="client-1"):
    with world.database.reading() as session:
        query = select(Registration).where(Registration.client_id == client_id)
        return session.scalars(query).one()


def _change(world, **changes):
    uuid = _row(world).uuid
    change_platform(world.database, uuid, PlatformChanges(**changes), actor="test", now=NOW)


def _line(client_id, deployment_id="", issuer=EDX, scheme="https"):
    base = f"{scheme}://edx.example.edu/{client_id}"
    return f"{issuer},{client_id},{base}/auth,{base}/token,{base}/jwks,{deployment_id}\n"


def _import(world, text, *, is_trial=False):
    return import_platforms(
        world.database,
        "harbour",
        text,
        family=ProductFamily.OPENEDX,
        is_trial=is_trial,
        actor="test",
        now=NOW,
    )


def _judged(imported):
    return [(found.line, found.judgement) for found in imported.lines]


def _count(world, table):
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_what_an_operator_decides_is_changed_and_the_rest_stays(world):
    _change(world, name="Harbour Canvas", family=ProductFamily.CANVAS, hosts=("a.example.edu",))
    _change(world, approves_deployments=True)
    view = show_platform(world.database, _row(world).uuid)
    assert (view.name, view.family, view.service_hosts, view.approves_deployments) == (
        "Harbour Canvas",
        "canvas",
        ("a.example.edu",),
        True,
    )
    assert (view.issuer, view.client_id, view.institution) == (ISSUER, "client-1", "harbour")


def test_services_of_an_added_host_are_believed_and_no_others(world):
    url = "https://api.example.edu/members"
    assert registration_of(_row(world)).offered(url) is None
    _change(world, hosts=("api.example.edu", "other.example.edu:8443"))
    registration = registration_of(_row(world))
    assert registration.offered(url) == url
    assert registration.offered("https://other.example.edu:8443/x")
    assert registration.offered("https://other.example.edu/x") is None
    assert registration.offered("http://api.example.edu/members") is None


def test_a_school_on_its_own_domain_may_show_our_pages_and_nothing_else(world):
    _change(world, frame_origins=("https://canvas.school.edu/", "https://canvas.school.edu"))
    row = _row(world)
    assert row.frame_origins == ["https://canvas.school.edu"]
    assert show_platform(world.database, row.uuid).frame_origins == ("https://canvas.school.edu",)
    assert platform_urls_of(registration_of(row))[-1] == "https://canvas.school.edu"
    assert registration_of(row).offered("https://canvas.school.edu/members") is None
    _change(world, name="Canvas")
    assert _row(world).frame_origins == ["https://canvas.school.edu"]
    _change(world, frame_origins=())
    assert _row(world).frame_origins == []


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "*",
        "https://*.school.edu",
        "http://canvas.school.edu",
        "http://localhost:8001",
        "canvas.school.edu",
        "https://canvas.school.edu/courses",
        "https://canvas.school.edu;script-src",
        "https://a,b",
        "https://user@canvas.school.edu",
        "https://Canvas.school.edu",
    ],
)
def test_a_frame_origin_is_one_secure_origin(world, origin):
    with pytest.raises(InvalidInputError) as caught:
        _change(world, frame_origins=(origin,))
    assert caught.value.field == "frame_origins"
    assert _row(world).frame_origins == []


@pytest.mark.parametrize(
    "host", ["", "https://a.example.edu", "A.example.edu", "a", "a.b/c", "a.b:123456", "*.a.b"]
)
def test_a_host_is_a_host(world, host):
    with pytest.raises(InvalidInputError):
        _change(world, hosts=(host,))


def test_auto_approval_needs_an_institution(world):
    with world.database.writing() as session:
        session.scalars(select(Registration)).one().institution_id = None
    with pytest.raises(InvalidInputError, match="institution"):
        _change(world, approves_deployments=True)


def test_a_platform_is_removed_while_nobody_has_come_by_it(world):
    world.register(TestPlatform(client_id="client-2"))
    world.log_in(TestPlatform(client_id="client-2"))
    remove_platform(world.database, _row(world, "client-2").uuid, actor="test", now=NOW)
    assert (_count(world, Registration), _count(world, Deployment)) == (1, 1)
    world.launch()
    with pytest.raises(ConflictError, match="disable"):
        remove_platform(world.database, _row(world).uuid, actor="test", now=NOW)
    with pytest.raises(NotFoundError):
        remove_platform(world.database, TestPlatform().uuid, actor="test", now=NOW)


def test_every_line_is_judged_and_a_trial_writes_nothing(world):
    trial = _import(world, HEAD + _line("a") + _line("b", "7"), is_trial=True)
    assert _judged(trial) == [(2, Judgement.NEW), (3, Judgement.NEW)]
    assert not trial.is_written
    assert _count(world, Registration) == 1


def test_lines_are_registered_with_their_deployments_and_importing_again_changes_nothing(world):
    text = HEAD + _line("a") + _line("b", "7")
    assert _import(world, text).is_written
    view = show_platform(world.database, _row(world, "b").uuid)
    assert (view.family, view.deployments[0].deployment_id) == ("openedx", "7")
    (deployment,) = show_platform(world.database, _row(world, "a").uuid).deployments
    assert (deployment.deployment_id, deployment.state) == ("1", "approved")
    assert _judged(_import(world, text)) == [(2, Judgement.UNCHANGED), (3, Judgement.UNCHANGED)]
    change_platform(
        world.database, view.uuid, PlatformChanges(name="Our edX"), actor="test", now=NOW
    )
    changed = _import(world, HEAD + _line("a").replace("/jwks", "/keys") + _line("b", "7"))
    assert changed.lines[1].judgement is Judgement.UNCHANGED, "a name is not taken away"
    assert changed.lines[0].judgement is Judgement.CHANGED
    assert changed.lines[0].detail == "jwks_url"


def test_one_bad_line_stops_the_whole_file_and_each_bad_one_is_named(world):
    text = HEAD + _line("a") + _line("b", scheme="http") + _line("A") + _line("")
    imported = _import(world, text)
    assert [found.judgement for found in imported.lines] == [
        Judgement.NEW,
        Judgement.REFUSED,
        Judgement.REFUSED,
        Judgement.REFUSED,
    ]
    assert "authorization_url" in imported.lines[1].detail
    assert "differ only in" in imported.lines[2].detail
    assert _count(world, Registration) == 1


@pytest.mark.parametrize(
    "text", ["", "issuer\nx\n", HEAD + "a,b\n", HEAD + '"a', HEAD.replace("issuer", "Issuer")]
)
def test_a_file_of_another_form_is_refused(world, text):
    with pytest.raises(InvalidInputError):
        _import(world, text)
