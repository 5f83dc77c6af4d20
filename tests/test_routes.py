"""Every route has a policy, and the policy holds for everybody who is not meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from lti_tool.persistence.base import Database
from tests.web.world import ORIGIN, Person, World

PUBLIC = {
    "static",
    "launch.login",
    "launch.launch",
    "launch.keyset",
    "registration.show",
    "registration.register",
    "registration.canvas",
    "notices.receive",
    "finishing.finish",
    "pages.home",
    "calendars.read",
    "health.alive",
    "health.ready",
    "health.metrics",
    "pages.accessibility",
    "verifying.show",
    "verifying.check",
    "api_document.show",
    "issuers.show_profile",
    "issuers.show_did",
    "issuers.show_keyset",
    "issuers.show_key",
    "issuers.show_published_rule",
    "issuers.show_issued_endorsement",
    "issuers.show_public_achievement",
    "issuers.show_image",
    "issuers.show_status",
    "brands.show_style",
    "brands.show_logo",
    "news.show_stop",
    "news.stop",
    "wallet_exchanges.exchange",
    "oid4vci.show_issuer",
    "oid4vci.show_server",
    "oid4vci.show_offer",
    "oid4vci.give_token",
    "oid4vci.give_nonce",
    "badge_api.describe",
    "badge_api.describe_server",
    "badge_oauth.register",
    "badge_oauth.token",
    "badge_oauth.revoke",
    "consent.ask",
    "consent.decide",
    "public_pages.show",
    "public_pages.show_badge",
    "public_pages.show_code",
    "public_pages.show_image",
    "admin_signing_in.show",
    "admin_signing_in.sign_in",
    "admin_signing_in.passkey_options",
    "admin_signing_in.passkey",
    "signing_in.show",
    "signing_in.show_staff",
    "signing_in.begin",
    "signing_in.returned",
    "signing_in.passkey_options",
    "signing_in.passkey",
    "signing_in.mail",
    "signing_in.code",
    "signing_in.show_keep",
    "signing_in.keep",
}
COURSE_POLICIES = {"learner", "instructor", "mentor", "privacy", "own"}
OUTSIDE = "/own"
"""Where pages of one's own stand without a course; tests/signing_in/test_own.py walks them."""
ADMIN_POLICIES = {"administrator", "installation", "registrar"}
"""Pages of administrators; tests/web/test_admin_access.py walks them."""

POLICIES = {"public", "signed", "token", "outside"} | COURSE_POLICIES | ADMIN_POLICIES


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> World:
    """Two courses of two institutions with open sessions."""
    return World(sqlite_database, now)


def _policy(app: Flask, rule: Rule) -> str | None:
    return getattr(app.view_functions[rule.endpoint], "policy", None)


def _closed(
    app: Flask, context_uuid: UUID, *, policy: str | None = None
) -> Iterator[tuple[str, str]]:
    """Yield (method, address) of every route of a course, with unknown uuids in it."""
    adapter = app.url_map.bind("127.0.0.1:8000")
    for rule in app.url_map.iter_rules():
        found = _policy(app, rule)
        if found not in COURSE_POLICIES or (policy and found != policy):
            continue
        if rule.rule.startswith(OUTSIDE):
            continue
        values = {name: uuid4() for name in rule.arguments} | {"context_uuid": context_uuid}
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield method, adapter.build(rule.endpoint, values, method=method)


def _posts(app: Flask, context_uuid: UUID) -> list[str]:
    return [path for method, path in _closed(app, context_uuid) if method == "POST"]


def _with_foreign_cookie(stranger: Person, course: UUID) -> str:
    """Return the stranger's own token under the name of the course's cookie."""
    name = f"__Host-quoin-{course.hex[:12]}"
    return f"{stranger.cookie}; {name}={stranger.token}"


def test_every_route_has_a_policy(world: World) -> None:
    missing = [
        rule.rule
        for rule in world.app.url_map.iter_rules()
        if _policy(world.app, rule) not in POLICIES
    ]
    assert missing == []


def test_the_public_routes_are_these(world: World) -> None:
    public = {
        rule.endpoint
        for rule in world.app.url_map.iter_rules()
        if _policy(world.app, rule) == "public"
    }
    assert public == PUBLIC


def test_every_closed_route_names_its_course(world: World) -> None:
    for rule in world.app.url_map.iter_rules():
        if _policy(world.app, rule) in COURSE_POLICIES and not rule.rule.startswith(OUTSIDE):
            assert rule.rule.startswith("/courses/<uuid:context_uuid>/"), rule.rule


def test_pages_without_a_course_stand_below_own_and_nothing_else_does(world: World) -> None:
    for rule in world.app.url_map.iter_rules():
        below = rule.rule == OUTSIDE or rule.rule.startswith(f"{OUTSIDE}/")
        policy = _policy(world.app, rule)
        assert below == (policy == "outside" or (policy == "own" and "courses" not in rule.rule))


def test_signed_routes_are_those_of_the_api_and_open_with_a_signature_alone(world: World) -> None:
    rules = [r for r in world.app.url_map.iter_rules() if _policy(world.app, r) == "signed"]
    assert {rule.rule for rule in rules} == {
        "/api/v1/completions",
        "/api/v1/progress",
        "/api/v1/catalogue",
        "/api/v1/credentials/<uuid:award_uuid>",
        "/api/v1/erasures",
    }
    for rule in rules:
        path = rule.rule.replace("<uuid:award_uuid>", str(uuid4()))
        for method in (rule.methods or set()) - {"OPTIONS"}:
            answer = world.teacher.send(method, path)
            assert answer.status_code == 401, (method, rule.rule)
            assert answer.content_type == "application/problem+json"


def test_what_wallets_read_opens_with_an_access_token_alone(world: World) -> None:
    rules = [r for r in world.app.url_map.iter_rules() if _policy(world.app, r) == "token"]
    assert {rule.rule for rule in rules} == {
        "/issuers/<uuid:institution_uuid>/oid4vci/credential",
        "/ims/ob/v3p0/credentials",
        "/ims/ob/v3p0/profile",
    }
    adapter = world.app.url_map.bind("127.0.0.1:8000")
    for rule in rules:
        path = adapter.build(rule.endpoint, {name: uuid4() for name in rule.arguments})
        for method in (rule.methods or set()) - {"OPTIONS"}:
            for token in ("", "Bearer ", f"Bearer {world.learner.token}"):
                headers = {"Authorization": token} if token else {}
                answer = world.learner.send(method, path, data="{}", headers=headers)
                assert answer.status_code == 401, (method, rule.rule)
                assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_what_wallets_call_is_open_to_every_origin_and_takes_no_cookie(world: World) -> None:
    names = ("wallet_exchanges", "oid4vci", "badge_api", "badge_oauth")
    seen = 0
    for rule in world.app.url_map.iter_rules():
        values = {name: uuid4() for name in rule.arguments} | {"side": "staff"}
        path = world.app.url_map.bind("127.0.0.1:8000").build(rule.endpoint, values)
        answer = world.learner.send("OPTIONS", path)
        is_open = answer.headers.get("Access-Control-Allow-Origin") == "*"
        assert is_open == rule.endpoint.startswith(names), rule.rule
        assert "Access-Control-Allow-Credentials" not in answer.headers
        seen += is_open
    assert seen == 16


def test_the_pages_of_administrators_stand_below_admin_and_nothing_else_does(world: World) -> None:
    for rule in world.app.url_map.iter_rules():
        is_admin = _policy(world.app, rule) in ADMIN_POLICIES
        is_sign_in = rule.endpoint.startswith("admin_signing_in.")
        below = rule.rule == "/admin" or rule.rule.startswith("/admin/")
        assert (is_admin or is_sign_in) == below, rule.rule


def test_without_a_session_a_page_says_to_open_it_from_the_course(world: World) -> None:
    client = world.app.test_client(use_cookies=False)
    for method, path in _closed(world.app, world.teacher.context_uuid):
        answer = client.open(path, method=method, base_url=ORIGIN)
        assert answer.status_code == 401, (method, path)
        assert "Open it from your course" in answer.text


def test_a_session_of_one_course_opens_nothing_of_another(world: World) -> None:
    course = world.teacher.context_uuid
    for method, path in _closed(world.app, course):
        cookie = _with_foreign_cookie(world.other_teacher, course)
        answer = world.other_teacher.send(method, path, headers={"Cookie": cookie})
        assert answer.status_code == 401, (method, path)


def test_a_course_that_does_not_exist_is_answered_like_one_without_session(world: World) -> None:
    for method, path in _closed(world.app, uuid4()):
        assert world.teacher.send(method, path).status_code == 401, (method, path)


def test_a_learner_opens_no_page_of_a_teacher(world: World) -> None:
    paths = list(_closed(world.app, world.learner.context_uuid, policy="instructor"))
    assert paths
    for method, path in paths:
        send = world.learner.post if method == "POST" else world.learner.get
        assert send(path).status_code in (403, 404), (method, path)


@pytest.mark.parametrize("policy", ["mentor", "privacy"])
def test_neither_learners_nor_teachers_open_the_pages_of_other_roles(
    world: World, policy: str
) -> None:
    paths = list(_closed(world.app, world.learner.context_uuid, policy=policy))
    assert paths
    for person in (world.learner, world.teacher):
        for method, path in paths:
            send = person.post if method == "POST" else person.get
            assert send(path).status_code == 403, (method, path)


def test_an_unknown_uuid_below_the_course_is_not_found(world: World) -> None:
    for method, path in _closed(world.app, world.teacher.context_uuid):
        if method == "GET" and path.count("/") > 3 and "/mentees/" not in path:
            assert world.teacher.get(path).status_code == 404, path


def test_a_teacher_does_not_see_a_learner_of_another_course(world: World) -> None:
    stranger = world.other_learner.learner_uuid
    assert world.teacher.get(f"learners/{stranger}").status_code == 404
    assert world.teacher.get(f"learners/{world.learner.learner_uuid}").status_code == 200


def test_a_form_without_its_token_is_refused(world: World) -> None:
    for path in _posts(world.app, world.linking_teacher.context_uuid):
        answer = world.linking_teacher.send("POST", path, headers={"Origin": ORIGIN})
        assert answer.status_code == 403, path
        assert "csrf" in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8001"])
def test_a_form_from_another_site_is_refused(world: World, origin: str) -> None:
    for path in _posts(world.app, world.linking_teacher.context_uuid):
        answer = world.linking_teacher.post(path, Origin=origin)
        assert answer.status_code == 403, path


def test_a_form_with_the_token_of_another_session_is_refused(world: World) -> None:
    for path in _posts(world.app, world.teacher.context_uuid):
        answer = world.teacher.post(path, {"csrf_token": "0" * 64})
        assert answer.status_code == 403, path


def test_the_picker_opens_only_when_the_platform_asked_for_links(world: World) -> None:
    assert world.teacher.get("link").status_code == 404
    assert world.linking_teacher.get("link").status_code == 200


def test_every_answer_carries_the_security_headers(world: World) -> None:
    for path in ("/", "/healthz", "/nowhere", f"{world.learner.course}/progress"):
        headers = world.learner.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_an_address_at_another_host_is_refused(world: World) -> None:
    answer = world.app.test_client().get("/", base_url="https://evil.example")
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


def test_the_page_of_a_missing_session_can_be_read_inside_the_course(world: World) -> None:
    client = world.app.test_client(use_cookies=False)
    refused = client.get(f"{world.learner.course}/progress", base_url=ORIGIN)
    assert refused.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert "<form" not in refused.text
    home = client.get("/", base_url=ORIGIN)
    assert home.headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    denied = world.learner.get("roster")
    assert "frame-ancestors 'self' https://lms.example" in denied.headers["Content-Security-Policy"]
