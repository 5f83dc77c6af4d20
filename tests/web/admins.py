"""Administrators who are signed in, each with a browser of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.entering.opened import hash_token
from lti_tool.persistence.administrators import find_signed_in
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.platforms import (
    DeploymentState,
    Registration,
    ensure_deployment,
    find_registration,
)
from lti_tool.services.invite_administrator import invite_administrator
from lti_tool.web.admin.access import COOKIE
from lti_tool.web.session import csrf_token
from tests.web.world import PLATFORM, World, origin_of


@dataclass(frozen=True)
class Admin:
    """Somebody who has used a link to sign in."""

    app: Flask
    uuid: UUID
    token: str

    @property
    def actor(self) -> str:
        """How audit events name this administrator."""
        return f"admin:{self.uuid}"

    def get(self, path: str) -> TestResponse:
        """Open a page below /admin."""
        return self.send("GET", path)

    def post(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        """Send a form of ours, token and origin included."""
        parts = self.app.extensions["quoin"]
        with self.app.app_context(), parts.database.reading() as session:
            signed_in = find_signed_in(session, hash_token(self.token), parts.clock())
            assert signed_in is not None
            token = csrf_token(signed_in)
        data = {"csrf_token": token, **(form or {})}
        given = {"Origin": origin_of(self.app), **headers}
        return self.send("POST", path, data=data, headers=given)

    def send(
        self, method: str, path: str, *, data: Any = None, headers: dict[str, str] | None = None
    ) -> TestResponse:
        """Send exactly this request with the session's cookie."""
        client = self.app.test_client(use_cookies=False)
        address = path if path.startswith("/") else f"/admin/{path}"
        given = {"Cookie": f"{COOKIE}={self.token}", **(headers or {})}
        origin = origin_of(self.app)
        return client.open(address, method=method, data=data, headers=given, base_url=origin)


def invite(
    world: World,
    institution: str | None = None,
    name: str = "Ingrid",
    roles: tuple[str, ...] = (),
) -> tuple[UUID, str]:
    """Return an administrator and the code of a link."""
    made = invite_administrator(
        world.database, name, institution, roles=roles, actor="cli:admin invite", now=world.now
    )
    return made.uuid, made.code


def use(world: World, code: str, *, origin: str = "", address: str | None = None) -> TestResponse:
    """Press the button of the sign-in page, at an address of one's own by default."""
    client = world.app.test_client(use_cookies=False)
    return client.post(
        "/admin/sign-in",
        data={"code": code},
        headers={"Origin": origin or world.origin},
        base_url=world.origin,
        environ_overrides={"REMOTE_ADDR": address or str(uuid4())},
    )


def sign_in(
    world: World,
    institution: str | None = None,
    name: str = "Ingrid",
    roles: tuple[str, ...] = (),
) -> Admin:
    """Sign an administrator in: of one institution, or of the whole tool; or a registrar."""
    uuid, code = invite(world, institution, name, roles)
    answer = use(world, code)
    assert answer.status_code == 303, answer.text
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    return Admin(world.app, uuid, cookie.removeprefix(f"{COOKIE}="))


def platform_of(world: World, key: str) -> UUID:
    """Return the platform of an institution's course."""
    with world.database.reading() as session:
        found = find_registration(session, PLATFORM, key)
        assert found is not None
        return found.uuid


def give(world: World, key: str) -> UUID:
    """Let an institution's platform be its own, and return its uuid."""
    with world.database.writing() as session:
        found = find_registration(session, PLATFORM, key)
        assert found is not None
        found.institution_id = get_institution(session, key).id
        return found.uuid


def wait_for_approval(world: World, platform: UUID, deployment_id: str = "new") -> None:
    """Let an installation that nobody knows be noted, as its first launch does."""
    with world.database.writing() as session:
        found = session.scalars(select(Registration).where(Registration.uuid == platform)).one()
        ensure_deployment(session, found.id, deployment_id, world.now)


def share(world: World, platform: UUID, key: str, deployment_id: str) -> None:
    """Let another institution have a deployment of a platform."""
    with world.database.writing() as session:
        found = session.scalars(select(Registration).where(Registration.uuid == platform)).one()
        ensure_deployment(
            session,
            found.id,
            deployment_id,
            world.now,
            institution_id=get_institution(session, key).id,
            state=DeploymentState.APPROVED,
        )


def last_event(database: Database) -> tuple[str, str]:
    """Return actor and action of what was done last."""
    with database.reading() as session:
        found = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert found is not None
        return found.actor, found.action
