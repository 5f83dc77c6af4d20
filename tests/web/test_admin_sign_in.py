"""Signing in by a one-time link: once, for a short time, for those who are still let in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from lti_tool.persistence.administrators import AdministratorSession, SignInLink
from lti_tool.persistence.base import Database
from lti_tool.services.forget_expired import forget_expired
from lti_tool.services.list_administrators import list_administrators
from lti_tool.services.remove_administrator import remove_administrator
from lti_tool.services.switch_institution import switch_institution
from lti_tool.web.admin import signing_in
from lti_tool.web.rate_limit import RateLimit
from tests.web.admins import invite, last_event, sign_in, use
from tests.web.world import ORIGIN, World


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """Two courses of two institutions, on each engine in turn."""
    return World(database, now)


def _count(world: World, table: type[AdministratorSession | SignInLink]) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_link_opens_a_session_whose_cookie_no_script_and_no_other_site_gets(
    world: World,
) -> None:
    _, code = invite(world)
    answer = use(world, code)
    assert (answer.status_code, answer.location) == (303, "/admin/platforms")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-quoin-admin=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"):
        assert word in cookie
    assert "Domain" not in cookie


def test_looking_at_the_page_uses_no_link_up(world: World) -> None:
    _, code = invite(world)
    for _ in range(3):
        page = world.app.test_client().get("/admin/sign-in", base_url=ORIGIN)
        assert page.status_code == 200
        assert page.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert use(world, code).status_code == 303


def test_a_link_is_good_once(world: World) -> None:
    _, code = invite(world)
    assert use(world, code).status_code == 303
    again = use(world, code)
    assert again.status_code == 422
    assert "This link is not good" in again.text
    assert "Set-Cookie" not in again.headers


def test_a_link_that_is_used_twice_at_the_same_moment_opens_one_session(world: World) -> None:
    _, code = invite(world)
    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda _: use(world, code).status_code, range(4)))
    assert sorted(statuses) == [303, 422, 422, 422]
    assert _count(world, AdministratorSession) == 1


def test_the_whole_link_may_be_pasted(world: World) -> None:
    _, code = invite(world)
    assert use(world, f" {ORIGIN}/admin/sign-in#{code}\n").status_code == 303


@pytest.mark.parametrize("code", ["", "x", "x" * 300, "\x00", "ü"])
def test_what_is_no_code_is_refused_at_its_field(world: World, code: str) -> None:
    answer = use(world, code)
    assert answer.status_code == 422
    assert 'id="sign-in-code-error"' in answer.text


def test_a_link_ends_after_fifteen_minutes(world: World) -> None:
    _, code = invite(world)
    world.now += timedelta(minutes=15)
    assert use(world, code).status_code == 422
    _, code = invite(world)
    world.now += timedelta(minutes=14, seconds=59)
    assert use(world, code).status_code == 303


def test_a_newer_link_of_the_same_person_voids_the_older(world: World) -> None:
    first, old = invite(world)
    second, new = invite(world)
    assert first == second
    assert use(world, old).status_code == 422
    assert use(world, new).status_code == 303


def test_the_same_name_elsewhere_is_another_person(world: World) -> None:
    people = {invite(world, place)[0] for place in (None, "harbour", "hill")}
    assert len(people) == 3


def test_the_database_holds_neither_code_nor_token(world: World) -> None:
    _, code = invite(world)
    admin = sign_in(world, name="Somebody else")
    with world.database.reading() as session:
        links = session.scalars(select(SignInLink.code_hash)).all()
        sessions = session.scalars(select(AdministratorSession.token_hash)).all()
    assert code not in links
    assert admin.token not in sessions
    assert {len(kept) for kept in (*links, *sessions)} == {64}


def test_another_site_cannot_sign_anybody_in(world: World) -> None:
    _, code = invite(world)
    for origin in ("https://evil.example", "null"):
        assert use(world, code, origin=origin).status_code == 403
    assert use(world, code).status_code == 303


def test_a_session_ends_after_twelve_hours(world: World) -> None:
    admin = sign_in(world)
    for _ in range(29):
        world.now += timedelta(minutes=24, seconds=49)
        assert admin.get("platforms").status_code == 200
    world.now += timedelta(minutes=1)
    refused = admin.get("platforms")
    assert refused.status_code == 401
    assert "Sign in as an administrator" in refused.text
    forget_expired(world.database, now=world.now)
    assert (_count(world, AdministratorSession), _count(world, SignInLink)) == (0, 0)


def test_signing_out_ends_the_session_for_good(world: World) -> None:
    admin = sign_in(world)
    answer = admin.post("sign-out")
    assert (answer.status_code, answer.location) == (303, "/admin/sign-in")
    assert "__Host-quoin-admin=;" in answer.headers["Set-Cookie"]
    assert admin.get("platforms").status_code == 401
    assert last_event(world.database) == (admin.actor, "administrator-signed-out")


def test_who_is_removed_is_signed_out_at_once_and_an_open_link_is_void(world: World) -> None:
    admin = sign_in(world)
    _, code = invite(world)
    remove_administrator(world.database, admin.uuid, actor="test", now=world.now)
    assert admin.get("platforms").status_code == 401
    assert use(world, code).status_code == 422
    assert list_administrators(world.database) == []
    back, _ = invite(world)
    assert back != admin.uuid, "who comes back is a new administrator in the audit"


def test_administrators_of_a_suspended_institution_are_kept_out_meanwhile(world: World) -> None:
    harbour, hill, whole = sign_in(world, "harbour"), sign_in(world, "hill"), sign_in(world)
    for is_suspended, status in ((True, 401), (False, 200)):
        switch_institution(
            world.database, "harbour", is_suspended=is_suspended, actor="test", now=world.now
        )
        assert harbour.get("platforms").status_code == status
        assert hill.get("platforms").status_code == 200
        assert whole.get("platforms").status_code == 200


def test_signing_in_is_an_audit_event(world: World) -> None:
    admin = sign_in(world, "harbour")
    assert last_event(world.database) == (admin.actor, "administrator-signed-in")


def test_very_many_attempts_are_slowed_down(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "sign_in_limit", RateLimit(1))
    _, code = invite(world)
    here = "192.0.2.1"
    assert "not good" in use(world, "x", address=here).text
    assert "Too many attempts" in use(world, code, address=here).text
    world.now += timedelta(minutes=1)
    assert use(world, code, address=here).status_code == 303
