"""Use case: a platform updates its registration, by an invitation for it alone (B39)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from lti_tool.errors import InvalidInputError, LTIError, LTIRegistrationError, NotFoundError
from lti_tool.lti.grades import SCORE
from lti_tool.lti.invitations import RegistrationRequest
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.invitations import Invitation
from lti_tool.persistence.platforms import Registration
from lti_tool.services.change_platform import PlatformChanges, change_platform
from lti_tool.services.invite_update import invite_update
from lti_tool.services.register_dynamically import register_dynamically
from lti_tool.services.remove_platform import remove_platform
from lti_tool.services.revoke_deployment import revoke_deployment
from lti_tool.services.show_invitation import show_invitation
from lti_tool.services.show_platform import show_platform
from lti_tool.services.update_registration import update_registration
from tests.lti.local_server import Reply, json_reply, serve
from tests.lti.platform import NOW, PUBLIC_URL
from tests.services.test_register_dynamically import PLATFORM, TOKEN, TOOL
from tests.services.test_register_dynamically import Scene as FirstScene

HOUR = timedelta(hours=1)


class Scene(FirstScene):
    """A Moodle that is registered, and comes again."""

    def __init__(self, database, server):
        super().__init__(database, server)
        self.platform = self.register().uuid
        server.on("GET /register", json_reply({"client_id": "AbC123"}))
        server.requests.clear()

    def invite_update(self, platform=None, life=HOUR):
        return invite_update(
            self.database, platform or self.platform, life, actor="test", now=NOW
        ).code

    def update(self, code=None, *, use_case=update_registration):
        self.serve()
        request = RegistrationRequest(f"{self.server.url}/config", TOKEN)
        code = code or self.invite_update()
        return use_case(self.database, self.http, code, request, public_url=PUBLIC_URL, now=NOW)

    def refusal(self, code=None, **options):
        before = self.view()
        with pytest.raises(LTIError) as caught:
            self.update(code, **options)
        assert self.view() == before
        return caught.value.code

    def view(self):
        return show_platform(self.database, self.platform)


@pytest.fixture
def scene(database):
    with serve() as server:
        yield Scene(database, server)


def test_addresses_and_grants_of_today_are_kept_and_decisions_stay(scene):
    change_platform(
        scene.database,
        scene.platform,
        PlatformChanges(name="Harbour Moodle", hosts=("api.example.edu",)),
        actor="test",
        now=NOW,
    )
    revoke_deployment(scene.database, scene.platform, "3", actor="test", now=NOW)
    scene.configuration["token_endpoint"] = f"{scene.server.url}/token2"
    scene.answer["scope"] = f"{SCORE} other"
    done = scene.update()
    assert (done.uuid, done.name, done.client_id) == (scene.platform, "Harbour Moodle", "AbC123")
    assert set(done.changed) == {"token_url", "granted_scopes"}
    assert "lineitem" in {scope.name for scope in done.missing}
    view = scene.view()
    assert view.token_url == f"{scene.server.url}/token2"
    assert view.granted_scopes == (SCORE, "other")
    assert (view.name, view.service_hosts) == ("Harbour Moodle", ("api.example.edu",))
    (deployment,) = view.deployments
    assert deployment.state == "revoked", "only an administrator lets it in again"
    assert scene.actions()[-2:] == ["platform-update-invited", "platform-updated"]


def test_it_is_read_before_anything_is_sent_and_our_document_is_that_of_a_registration(scene):
    scene.update()
    assert [f"{sent.method} {sent.path}" for sent in scene.server.requests] == [
        "GET /config",
        "GET /register",
        "POST /register",
    ]
    (posted,) = scene.server.sent("POST /register")
    assert posted.headers["Authorization"] == f"Bearer {TOKEN}"
    assert posted.json["redirect_uris"] == [f"{PUBLIC_URL}/lti/launch"]


@pytest.mark.parametrize(
    "reply",
    [
        json_reply({"client_id": "another"}),
        json_reply({"client_id": None}),
        Reply(404, b"No registration found."),
        Reply(200, b"<html>"),
    ],
)
def test_a_token_of_another_tool_or_of_a_new_one_is_refused_before_anything_is_sent(scene, reply):
    code = scene.invite_update()
    scene.server.on("GET /register", reply)
    assert scene.refusal(code) == "lti-registration-other"
    assert scene.server.sent("POST /register") == []
    scene.server.on("GET /register", json_reply({"client_id": "AbC123"}))
    scene.update(code)


def test_another_issuer_is_refused(scene):
    with scene.database.writing() as session:
        session.scalars(select(Registration)).one().issuer = "https://moodle.example.edu"
    assert scene.refusal() == "lti-registration-other"
    assert scene.server.sent("POST /register") == []


def test_an_answer_for_another_client_changes_nothing_here(scene):
    scene.answer["client_id"] = "another"
    assert scene.refusal() == "lti-registration-other"


def test_each_kind_of_invitation_is_good_for_its_own_alone(scene):
    """B39."""
    update = scene.invite_update()
    assert scene.refusal(update, use_case=register_dynamically) == "lti-invitation"
    assert scene.refusal(scene.invite()) == "lti-invitation"
    assert scene.server.requests == []
    scene.update(update)
    assert scene.refusal(update) == "lti-invitation"
    assert show_invitation(scene.database, scene.invite(), now=NOW).updates is None
    shown = show_invitation(scene.database, scene.invite_update(), now=NOW)
    assert shown.updates == scene.view().name


def test_an_invitation_goes_with_its_platform(scene):
    code = scene.invite_update()
    remove_platform(scene.database, scene.platform, actor="test", now=NOW)
    with pytest.raises(LTIRegistrationError):
        show_invitation(scene.database, code, now=NOW)
    with pytest.raises(LTIRegistrationError):
        scene.update(code, use_case=register_dynamically)
    with scene.database.reading() as session:
        (kept,) = session.scalars(select(Invitation))
    assert kept.used_at is not None


def test_only_moodle_is_invited_to_update_and_for_a_time(scene):
    for life in (timedelta(0), timedelta(days=15)):
        with pytest.raises(InvalidInputError):
            scene.invite_update(life=life)
    with pytest.raises(NotFoundError):
        scene.invite_update(platform=UUID(int=0))
    scene.configuration[PLATFORM]["product_family_code"] = "canvas"
    scene.answer |= {"client_id": "canvas-1", TOOL: {}}
    canvas = scene.register().uuid
    with pytest.raises(InvalidInputError, match="Only Moodle"):
        scene.invite_update(platform=canvas)
    with scene.database.reading() as session:
        actions = list(session.scalars(select(AuditEvent.action)))
    assert "platform-update-invited" not in actions
