"""Use case: a platform registers itself with our invitation (section 11; B36-B39, B10)."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lti_tool.errors import InvalidInputError, LTIError, LTIRegistrationError, NotFoundError
from lti_tool.lti.families import ProductFamily
from lti_tool.lti.grades import SCORE
from lti_tool.lti.http_client import HTTPClient, Patience
from lti_tool.lti.invitations import RegistrationRequest
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.catalog import ensure_institution
from lti_tool.persistence.invitations import Invitation
from lti_tool.persistence.platforms import Registration
from lti_tool.services.invite_platform import InvitationTerms, invite_platform
from lti_tool.services.register_dynamically import register_dynamically
from lti_tool.services.show_invitation import show_invitation
from lti_tool.services.show_platform import show_platform
from lti_tool.services.switch_institution import switch_institution
from lti_tool.services.switch_platform import switch_platform
from tests.lti.local_server import Reply, json_reply, serve
from tests.lti.platform import NOW, PUBLIC_URL, FakeHTTP

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOKEN = "one-time-token"


class Scene:
    """An institution, a platform on loopback, and invitations for it."""

    def __init__(self, database, server):
        self.database, self.server = database, server
        self.http = HTTPClient(patience=Patience(connect=2, read=2, total=4))
        with database.writing() as session:
            ensure_institution(session, "harbour", "Harbour University", NOW)
        self.configuration = {
            "issuer": server.url,
            "authorization_endpoint": f"{server.url}/auth",
            "token_endpoint": f"{server.url}/token",
            "jwks_uri": f"{server.url}/jwks",
            "registration_endpoint": f"{server.url}/register",
            PLATFORM: {"product_family_code": "moodle", "version": "4.5"},
        }
        self.answer = {
            "client_id": "AbC123",
            "scope": SCORE,
            TOOL: {"deployment_id": "3", "messages": [{"type": "LtiDeepLinkingRequest"}]},
        }

    def invite(self, **terms):
        wanted = {"allows_loopback": True} | terms
        made = invite_platform(
            self.database, "harbour", InvitationTerms(**wanted), actor="test", now=NOW
        )
        return made.code

    def serve(self):
        self.server.on("GET /config", json_reply(self.configuration))
        self.server.on("POST /register", json_reply(self.answer, 201))

    def register(self, code=None, *, url=None, token=TOKEN, now=NOW):
        self.serve()
        return self.click(code or self.invite(), url=url, token=token, now=now)

    def click(self, code, *, url=None, token=TOKEN, now=NOW, opened_from=""):
        request = RegistrationRequest(url or f"{self.server.url}/config", token, opened_from)
        return register_dynamically(
            self.database, self.http, code, request, public_url=PUBLIC_URL, now=now
        )

    def refused(self, **options):
        code = options.pop("code", None) or self.invite()
        with pytest.raises(LTIError) as caught:
            self.register(code, **options)
        assert self.count(Registration) == 0
        with self.database.reading() as session:
            assert session.scalars(select(Invitation)).first().used_at is None
        return caught.value.code

    def count(self, table):
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table))

    def actions(self):
        with self.database.reading() as session:
            return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


@pytest.fixture
def scene(database):
    with serve() as server:
        yield Scene(database, server)


def test_what_the_platform_grants_is_kept_and_its_deployment_belongs_to_the_institution(scene):
    done = scene.register()
    view = show_platform(scene.database, done.uuid)
    assert (view.issuer, view.client_id, view.family) == (scene.server.url, "AbC123", "moodle")
    assert view.granted_scopes == (SCORE,)
    assert view.is_enabled
    (deployment,) = view.deployments
    assert (deployment.deployment_id, deployment.state) == ("3", "approved")
    assert deployment.institution == "harbour"
    assert {scope.name for scope in done.missing} == {
        "lineitem",
        "lineitem.readonly",
        "result.readonly",
        "contextmembership.readonly",
    }
    assert scene.actions() == ["platform-invited", "platform-registered"]


def test_whoever_registers_alone_does_not_share_people_with_others_of_its_issuer(scene):
    """0009: an operator says so, who has looked at it."""
    scene.configuration[PLATFORM]["product_family_code"] = "openedx"
    view = show_platform(scene.database, scene.register().uuid)
    assert (view.family, view.shares_identities) == ("openedx", False)


def test_the_token_goes_with_both_calls_and_the_document_is_ours(scene):
    scene.register()
    (asked,) = scene.server.sent("GET /config")
    (posted,) = scene.server.sent("POST /register")
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert posted.headers["Authorization"] == f"Bearer {TOKEN}"
    assert posted.headers["Content-Type"] == "application/json"
    assert posted.json["redirect_uris"] == [f"{PUBLIC_URL}/lti/launch"]
    assert posted.json[TOOL]["domain"] == "quoin.example.edu"


def test_a_platform_that_makes_deployments_later_waits_for_approval(scene):
    scene.answer = {"client_id": 10000000000001}
    scene.configuration[PLATFORM]["product_family_code"] = "canvas"
    done = scene.register(scene.invite(family=ProductFamily.CANVAS, approves_deployments=True))
    view = show_platform(scene.database, done.uuid)
    assert view.client_id == "10000000000001"
    assert (view.deployments, view.granted_scopes, done.missing) == ((), None, ())
    assert (view.approves_deployments, view.institution) == (True, "harbour")


def test_the_audience_of_tokens_is_the_one_the_platform_names(scene):
    scene.configuration["authorization_server"] = "https://auth.example.edu/token"
    done = scene.register()
    assert show_platform(scene.database, done.uuid).token_audience == (
        "https://auth.example.edu/token"
    )


def test_an_invitation_is_good_once(scene):
    """B38."""
    code = scene.invite()
    scene.register(code)
    scene.answer["client_id"] = "another"
    with pytest.raises(LTIRegistrationError) as caught:
        scene.register(code)
    assert caught.value.code == "lti-invitation"
    assert scene.count(Registration) == 1
    with pytest.raises(LTIRegistrationError):
        show_invitation(scene.database, code, now=NOW)


def test_without_or_with_a_foreign_code_nothing_is_fetched(scene):
    """B38."""
    scene.invite()
    for code in ("", "x" * 43, scene.invite()[:-1]):
        assert scene.refused(code=code or " ") == "lti-invitation"
        with pytest.raises(LTIRegistrationError):
            show_invitation(scene.database, code, now=NOW)
    assert scene.server.requests == []


def test_an_invitation_ends_with_its_time(scene):
    code = scene.invite(life=timedelta(hours=2))
    assert show_invitation(scene.database, code, now=NOW + timedelta(minutes=119))
    assert scene.refused(code=code, now=NOW + timedelta(hours=2)) == "lti-invitation"
    with pytest.raises(LTIRegistrationError):
        show_invitation(scene.database, code, now=NOW + timedelta(hours=2))


def test_only_the_hash_of_a_code_is_kept(scene):
    code = scene.invite()
    assert len(code) >= 43
    with scene.database.reading() as session:
        row = session.scalars(select(Invitation)).one()
        events = session.scalars(select(AuditEvent)).all()
    assert code not in str(vars(row))
    assert code not in str([vars(event) for event in events])


def test_an_invitation_is_for_a_time_and_an_institution_that_is_there(scene):
    for life in (timedelta(0), timedelta(days=15)):
        with pytest.raises(InvalidInputError):
            scene.invite(life=life)
    with pytest.raises(NotFoundError):
        invite_platform(scene.database, "nowhere", InvitationTerms(), actor="test", now=NOW)


def test_a_suspended_institution_invites_nobody(scene):
    code = scene.invite()
    switch_institution(scene.database, "harbour", is_suspended=True, actor="test", now=NOW)
    assert scene.refused(code=code) == "lti-institution-suspended"
    with pytest.raises(LTIRegistrationError):
        show_invitation(scene.database, code, now=NOW)


def test_a_registered_client_is_never_changed_by_an_invitation(scene):
    """B39."""
    first = scene.register()
    scene.configuration["token_endpoint"] = f"{scene.server.url}/elsewhere"
    scene.answer[TOOL]["deployment_id"] = "4"
    with pytest.raises(LTIRegistrationError) as caught:
        scene.register()
    assert caught.value.code == "lti-registration-known"
    view = show_platform(scene.database, first.uuid)
    assert view.token_url == f"{scene.server.url}/token"
    assert [found.deployment_id for found in view.deployments] == ["3"]


def test_a_look_alike_is_refused(scene):
    """B10."""
    scene.register()
    scene.answer["client_id"] = "ABC123"
    with pytest.raises(LTIRegistrationError) as caught:
        scene.register()
    assert caught.value.code == "lti-registration-known"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://lms.example.edu/config", "lti-registration-address"),
        ("file:///etc/passwd", "lti-registration-address"),
        ("https://user:word@lms.example.edu/config", "lti-registration-address"),
        ("//lms.example.edu/config", "lti-registration-address"),
        ("", "lti-registration-address"),
        ("https://10.0.0.1/config", "lti-address-refused"),
        ("https://169.254.169.254/latest/meta-data", "lti-address-refused"),
        ("https://[fd00::1]/config", "lti-address-refused"),
        ("https://[::ffff:10.0.0.1]/config", "lti-address-refused"),
    ],
)
def test_a_configuration_at_a_private_or_plain_address_is_not_fetched(scene, url, code):
    """B36."""
    assert scene.refused(url=url or " ") == code


def test_this_machine_is_not_called_without_that_in_the_invitation(scene):
    """B36."""
    code = scene.invite(allows_loopback=False)
    assert scene.refused(code=code) == "lti-registration-address"
    tls = scene.server.url.replace("http", "https")
    assert scene.refused(code=code, url=f"{tls}/config") == "lti-address-refused"
    assert scene.server.requests == []


def test_a_name_that_resolves_to_a_private_address_is_refused(scene, monkeypatch):
    """B36: rebinding; the address is checked at the connection itself."""
    answer = [(2, 1, 6, "", ("192.168.1.10", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: answer)
    assert scene.refused(url="https://lms.example.edu/config") == "lti-address-refused"


def test_a_redirect_to_another_host_is_not_followed(scene):
    """B36."""
    code = scene.invite()
    scene.server.on("GET /config", Reply(302, b"", {"Location": "https://evil.example/config"}))
    with pytest.raises(LTIError) as caught:
        scene.click(code)
    assert caught.value.code == "lti-service-redirect"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"issuer": "https://other.example.edu"}, "lti-registration-issuer"),
        ({"issuer": "http://other.example.edu"}, "lti-registration-address"),
        ({"issuer": 7}, "lti-registration-configuration"),
        ({"issuer": "https://x.example.edu/" + "a" * 255}, "lti-registration-configuration"),
        ({"token_endpoint": None}, "lti-registration-configuration"),
        ({"jwks_uri": "http://lms.example.edu/jwks"}, "lti-registration-address"),
        ({"jwks_uri": "javascript:alert(1)"}, "lti-registration-address"),
        ({"jwks_uri": "https://other.example.edu/jwks"}, "lti-registration-hosts"),
        ({"registration_endpoint": "https://sso.canvaslms.com/r"}, "lti-registration-hosts"),
    ],
)
def test_a_configuration_that_breaks_a_rule_is_refused_before_anything_is_posted(
    scene, change, code
):
    """B37."""
    scene.configuration |= change
    assert scene.refused() == code
    assert scene.server.sent("POST /register") == []
    assert scene.actions()[-1] == "registration-refused"


def test_hosted_canvas_is_kept_switched_off_until_somebody_confirms_its_hosts(scene):
    """B37: the documented exception; nobody launches before it is confirmed."""
    canvas, account = "https://canvas.instructure.com", "https://school.instructure.com"
    configuration = {
        "issuer": canvas,
        "authorization_endpoint": "https://sso.canvaslms.com/api/lti/authorize_redirect",
        "token_endpoint": f"{canvas}/login/oauth2/token",
        "jwks_uri": "https://sso.canvaslms.com/api/lti/security/jwks",
        "registration_endpoint": f"{account}/api/lti/registrations",
        PLATFORM: {"product_family_code": "canvas"},
    }
    scene.http = FakeHTTP()
    scene.http.serve(f"{canvas}/config", json.dumps(configuration).encode())
    scene.http.serve(f"{account}/api/lti/registrations", b'{"client_id": "1000"}', status=201)
    done = scene.click(
        scene.invite(allows_loopback=False), url=f"{canvas}/config", opened_from=account
    )
    view = show_platform(scene.database, done.uuid)
    assert not view.is_enabled
    assert "school.instructure.com, sso.canvaslms.com" in view.disabled_reason
    assert view.service_hosts == ("school.instructure.com", "sso.canvaslms.com")
    assert done.other_hosts == view.service_hosts
    assert view.frame_origins == (account,)
    switch_platform(scene.database, done.uuid, is_enabled=True, actor="test", now=NOW)
    view = show_platform(scene.database, done.uuid)
    assert (view.is_enabled, view.disabled_reason) == (True, None)


def test_only_hosted_canvas_is_shown_elsewhere_than_at_its_own_origin(scene):
    """B26: who opened the page of an invitation says nothing about any other platform."""
    scene.serve()
    done = scene.click(scene.invite(), opened_from="https://elsewhere.example.edu")
    assert show_platform(scene.database, done.uuid).frame_origins == ()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"<html>Sign in</html>", {"Content-Type": "text/html"}),
        Reply(200, b"[]"),
        Reply(200, b'{"issuer": "a", "issuer": "b"}'),
        Reply(200, b"[" * 100),
        Reply(200, b" " * (300 * 1024)),
        Reply(404, b"{}"),
        Reply(500, b""),
    ],
)
def test_an_answer_that_is_no_configuration_is_refused(scene, reply):
    """B37."""
    code = scene.invite()
    scene.server.on("GET /config", reply)
    with pytest.raises(LTIError):
        scene.click(code)
    assert scene.count(Registration) == 0


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (json_reply({"scope": ""}, 201), "lti-registration-answer"),
        (json_reply({"client_id": ""}, 200), "lti-registration-answer"),
        (json_reply({"client_id": "x" * 256}, 200), "lti-registration-answer"),
        (json_reply({"client_id": True}, 200), "lti-registration-answer"),
        (Reply(200, b"<html>"), "lti-registration-answer"),
        (json_reply({"client_id": "a"}, 202), "lti-registration-refused"),
        (json_reply({"error": "invalid_redirect_uri"}, 400), "lti-registration-refused"),
        (Reply(404, b"<html>"), "lti-registration-refused"),
    ],
)
def test_an_answer_without_a_client_is_refused_and_the_invitation_stays_good(scene, reply, code):
    """B37."""
    invitation = scene.invite()
    scene.serve()
    scene.server.on("POST /register", reply)
    with pytest.raises(LTIError) as caught:
        scene.click(invitation)
    assert caught.value.code == code
    assert scene.register(invitation).client_id == "AbC123"


def test_a_plain_word_of_the_platform_becomes_a_sentence_and_nothing_else_is_shown(scene):
    code = scene.invite()
    scene.serve()
    scene.server.on("POST /register", Reply(400, b"token_already_used"))
    with pytest.raises(LTIRegistrationError, match="Start anew in the LMS"):
        scene.click(code)
    scene.server.on("POST /register", Reply(400, b"<script>alert('secret')</script>"))
    with pytest.raises(LTIRegistrationError) as caught:
        scene.click(code)
    assert "script" not in caught.value.message


def test_an_invitation_for_one_product_does_not_serve_another(scene):
    code = scene.invite(family=ProductFamily.CANVAS)
    assert scene.refused(code=code) == "lti-registration-family"


def test_without_a_usable_token_nothing_is_sent(scene):
    for token in ("", "with space", "line\nbreak", "x" * 9000):
        assert scene.refused(token=token) == "lti-registration-form"
    assert scene.server.requests == []


def test_two_clicks_at_once_make_one_registration(scene):
    """B38: while the platform takes its time the invitation is taken."""
    code, second = scene.invite(), []

    def slow(_request):
        try:
            scene.click(code)
        except LTIRegistrationError as error:
            second.append(error.code)
        return json_reply(scene.answer, 201)

    scene.serve()
    scene.server.on("POST /register", slow)
    worker = threading.Thread(target=lambda: scene.click(code))
    worker.start()
    worker.join(30)
    assert second == ["lti-invitation"]
    assert scene.count(Registration) == 1
