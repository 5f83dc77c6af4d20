"""Every page of administrators, for everybody who is not meant: strangers, other institutions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.base import Base, Database
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.deliveries import Delivery
from lti_tool.persistence.platforms import Deployment, Registration
from tests.web.admins import Admin, give, platform_of, share, sign_in, wait_for_approval
from tests.web.scores import promise
from tests.web.world import ORIGIN, PLATFORM, World

FORM = {
    "deployment_id": "new",
    "institution": "hill",
    "name": "Taken over",
    "family": "moodle",
    "hosts": "evil.example.edu",
    "reason": "Because",
    "hours": "1",
}
"""What a form of any of the pages may say, all of it in order."""

REGISTRATION = {
    "issuer": PLATFORM,
    "client_id": "harbour",
    "authorization_url": "https://evil.example/auth",
    "token_url": "https://evil.example/token",
    "jwks_url": "https://evil.example/jwks",
    "institution": "hill",
}


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """Two institutions, each with a platform of its own on which an installation waits."""
    world = World(database, now)
    for key in ("harbour", "hill"):
        wait_for_approval(world, give(world, key))
    return world


def _routes(
    app: Flask, policy: str | None = None, **values: Any
) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield (method, address, arguments) of every closed route below /admin."""
    adapter = app.url_map.bind("127.0.0.1:8000")
    known = {
        "platform": uuid4(),
        "delivery": uuid4(),
        "kid": "kid",
        "key": "harbour",
        "review": uuid4(),
        "asked": uuid4(),
        "learner": uuid4(),
        "exception": uuid4(),
        "draft": uuid4(),
        "way": uuid4(),
        "kind": "scales",
        "uuid": uuid4(),
    } | values
    for rule in app.url_map.iter_rules():
        found = getattr(app.view_functions[rule.endpoint], "policy", None)
        if not rule.endpoint.startswith("admin_") or found == "public":
            continue
        if policy is not None and found != policy:
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            wanted = {name: known[name] for name in rule.arguments}
            path = adapter.build(rule.endpoint, wanted, method=method)
            yield method, path, frozenset(rule.arguments)


def _open(admin: Admin, method: str, path: str) -> int:
    answer = admin.post(path, FORM) if method == "POST" else admin.get(path)
    return answer.status_code


def _rows(world: World, *tables: type[Base]) -> list[tuple[Any, ...]]:
    """Everything that stands in these tables."""
    with world.database.reading() as session:
        return [
            tuple(row)
            for table in tables
            for row in session.execute(select(table.__table__).order_by(table.__table__.c.id))
        ]


def _all(world: World) -> list[tuple[Any, ...]]:
    return _rows(world, Registration, Deployment, Institution, Delivery)


def test_without_a_session_every_page_asks_to_sign_in_and_is_shown_in_no_frame(
    world: World,
) -> None:
    client = world.app.test_client(use_cookies=False)
    routes = list(_routes(world.app))
    assert len(routes) > 20
    for method, path, _ in routes:
        answer = client.open(path, method=method, base_url=ORIGIN)
        assert answer.status_code == 401, (method, path)
        assert "Sign in as an administrator" in answer.text
        assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def test_the_session_of_a_launch_opens_no_page_of_administrators(world: World) -> None:
    name = f"__Host-quoin-admin={world.teacher.token}"
    for method, path, _ in _routes(world.app):
        for cookie in (world.teacher.cookie, name):
            answer = world.teacher.send(method, path, headers={"Cookie": cookie})
            assert answer.status_code == 401, (method, path)


def test_the_session_of_an_administrator_opens_no_course(world: World) -> None:
    admin = sign_in(world)
    course = f"__Host-quoin-{world.teacher.context_uuid.hex[:12]}={admin.token}"
    answer = admin.send("GET", f"{world.teacher.course}/roster", headers={"Cookie": course})
    assert answer.status_code == 401


def test_a_form_without_its_token_or_from_another_site_does_nothing(world: World) -> None:
    admin, platform = sign_in(world), platform_of(world, "harbour")
    before = _all(world)
    for method, path, _ in _routes(world.app, platform=platform):
        if method != "POST":
            continue
        bare = admin.send("POST", path, data=FORM, headers={"Origin": ORIGIN})
        assert (bare.status_code, "csrf" in bare.text) == (403, True), path
        wrong = {**FORM, "csrf_token": "0" * 64}
        assert admin.post(path, wrong).status_code == 403, path
        for origin in ("https://evil.example", "null"):
            assert admin.post(path, FORM, Origin=origin).status_code == 403, path
    assert _all(world) == before


def test_what_is_of_the_whole_tool_is_closed_to_those_of_one_institution(world: World) -> None:
    admin, before = sign_in(world, "hill"), _all(world)
    routes = list(_routes(world.app, "installation", key="hill"))
    assert len(routes) == 7
    for method, path, _ in routes:
        assert _open(admin, method, path) == 403, (method, path)
    assert _all(world) == before


def test_nothing_of_another_institution_is_there_on_any_page(world: World) -> None:
    admin = sign_in(world, "hill")
    platform = platform_of(world, "harbour")
    delivery = promise(world, "sql", state="failed", reason="refused", last_answer="Refused.")
    before = _all(world)
    tried = 0
    for method, path, arguments in _routes(
        world.app, "administrator", platform=platform, delivery=delivery
    ):
        if arguments:
            tried += 1
            assert _open(admin, method, path) == 404, (method, path)
    assert tried == 23
    assert _all(world) == before


def test_what_is_not_theirs_is_answered_like_what_is_not_there(world: World) -> None:
    admin, platform, nobody = sign_in(world, "hill"), platform_of(world, "harbour"), uuid4()
    said = [
        admin.get(f"platforms/{uuid}").text.replace(str(uuid), "ID").split("reference")[0]
        for uuid in (platform, nobody)
    ]
    assert said[0] == said[1]


def test_lists_hold_what_is_theirs_alone(world: World) -> None:
    promise(world, "sql", state="failed", reason="refused", last_answer="Refused.")
    hill, harbour, whole = sign_in(world, "hill"), sign_in(world, "harbour"), sign_in(world)
    for admin, theirs in ((hill, ["hill"]), (harbour, ["harbour"]), (whole, ["harbour", "hill"])):
        page = admin.get("platforms").text
        for key in ("harbour", "hill"):
            assert (f"client {key}" in page) == (key in theirs)
        assert ("Refused." in admin.get("scores").text) == ("harbour" in theirs)


def test_sending_all_again_leaves_the_scores_of_others_alone(world: World) -> None:
    promise(world, "sql", state="failed", reason="refused", last_answer="Refused.")
    before = _rows(world, Delivery)
    assert sign_in(world, "hill").post("scores/again").status_code == 303
    assert _rows(world, Delivery) == before
    assert sign_in(world, "harbour").post("scores/again").status_code == 303
    assert _rows(world, Delivery) != before


@pytest.mark.parametrize("client_id", ["harbour", "Harbour"])
def test_nobody_takes_over_a_platform_by_registering_it_again(world: World, client_id: str) -> None:
    admin, before = sign_in(world, "hill"), _all(world)
    answer = admin.post("platforms/new", {**REGISTRATION, "client_id": client_id})
    assert answer.status_code == 422
    assert "registered already" in answer.text
    assert "evil.example/auth" in answer.text, "what was typed is kept"
    assert _all(world) == before


@pytest.mark.parametrize("path", ["platforms/new", "platforms/invitations"])
def test_nobody_registers_for_another_institution(world: World, path: str) -> None:
    admin, before = sign_in(world, "hill"), _all(world)
    form = REGISTRATION | FORM | {"client_id": "fresh", "institution": "harbour"}
    answer = admin.post(path, form)
    assert answer.status_code == 422
    assert "Choose an institution from the list." in answer.text
    assert _all(world) == before


def test_an_institution_cannot_have_the_machine_speak_to_itself(world: World) -> None:
    admin = sign_in(world, "hill")
    assert "on this machine" not in admin.get("platforms/new").text
    form = REGISTRATION | {
        "client_id": "fresh",
        "jwks_url": "http://127.0.0.1:22/jwks",
        "allows_loopback": "1",
    }
    answer = admin.post("platforms/new", form)
    assert (answer.status_code, "must begin with https" in answer.text) == (422, True)


def test_nobody_gives_a_platform_to_another_institution(world: World) -> None:
    admin, platform = sign_in(world, "hill"), platform_of(world, "hill")
    answer = admin.post(f"platforms/{platform}/settings", FORM | {"institution": "harbour"})
    assert answer.status_code == 303
    with world.database.reading() as session:
        found = session.scalars(select(Registration).where(Registration.uuid == platform)).one()
        owner = session.get_one(Institution, found.institution_id)
    assert (found.name, owner.key) == ("Taken over", "hill")


class TestSharedPlatform:
    """Hill has a deployment on the platform of Harbour: both see it, and neither all of it."""

    @pytest.fixture
    def platform(self, world: World) -> UUID:
        platform = platform_of(world, "harbour")
        share(world, platform, "hill", "of-hill")
        return platform

    def test_each_sees_the_own_deployments(self, world: World, platform: UUID) -> None:
        for key, own, other in (
            ("hill", "of-hill", "Deployment new"),
            ("harbour", "Deployment new", "of-hill"),
        ):
            page = sign_in(world, key).get(f"platforms/{platform}").text
            assert own in page
            assert other not in page
            assert "Other institutions use this platform, too." in page
        assert "of-hill" in sign_in(world).get(f"platforms/{platform}").text

    @pytest.mark.parametrize("key", ["hill", "harbour"])
    @pytest.mark.parametrize("act", ["settings", "switch-off", "switch-on", "remove"])
    def test_neither_changes_it(self, world: World, platform: UUID, key: str, act: str) -> None:
        admin, before = sign_in(world, key), _all(world)
        answer = admin.post(f"platforms/{platform}/{act}", FORM)
        assert answer.status_code == 403
        assert "Other institutions use this platform" in answer.text
        assert _all(world) == before

    @pytest.mark.parametrize("act", ["approve", "revoke"])
    def test_neither_decides_about_the_deployments_of_the_other(
        self, world: World, platform: UUID, act: str
    ) -> None:
        before = _rows(world, Deployment)
        for key, deployment_id in (("hill", "new"), ("hill", "not-there"), ("harbour", "of-hill")):
            form = {"deployment_id": deployment_id, "institution": key}
            answer = sign_in(world, key).post(f"platforms/{platform}/{act}", form)
            assert answer.status_code == 404, (key, deployment_id)
        assert _rows(world, Deployment) == before

    def test_the_owner_lets_in_what_waits(self, world: World, platform: UUID) -> None:
        form = {"deployment_id": "new", "institution": "harbour"}
        admin = sign_in(world, "harbour")
        assert admin.post(f"platforms/{platform}/approve", form).status_code == 303
        assert admin.post(f"platforms/{platform}/revoke", form).status_code == 303

    def test_the_check_names_nobody_else(self, world: World, platform: UUID) -> None:
        page = sign_in(world, "hill").post(f"platforms/{platform}/check").text
        assert "Deployment of-hill: In order." in page
        assert "harbour;" not in page
        assert "Deployment new" not in page


def test_every_act_is_an_event_with_its_administrator(world: World) -> None:
    admin, platform = sign_in(world), platform_of(world, "harbour")
    with world.database.reading() as session:
        newest = max(session.scalars(select(AuditEvent.id)))
    promise(world, "sql", state="failed", reason="refused", last_answer="Refused.")
    path = f"platforms/{platform}"
    form = FORM | {"institution": "harbour"}
    acts = {
        f"{path}/approve": "deployment-approved",
        f"{path}/revoke": "deployment-revoked",
        f"{path}/switch-off": "platform-disabled",
        f"{path}/switch-on": "platform-enabled",
        f"{path}/settings": "platform-changed",
        "platforms/invitations": "platform-invited",
        "scores/again": "score.again",
        "institutions/hill/suspend": "institution-suspended",
        "institutions/hill/resume": "institution-resumed",
    }
    for act in acts:
        assert admin.post(act, form).status_code in (200, 303), act
    query = select(AuditEvent).where(AuditEvent.id > newest).order_by(AuditEvent.id)
    with world.database.reading() as session:
        events = session.scalars(query).all()
    assert [event.action for event in events] == list(acts.values())
    assert {event.actor for event in events} == {admin.actor}
