"""Threats about who somebody is: registrations, deployments, people, courses, roles (B9 to B15)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.errors import ConflictError
from lti_tool.lti.roles import ASSISTANT_ADDRESS, TEST_USER
from lti_tool.persistence.completions import Evidence
from lti_tool.persistence.courses import Context
from lti_tool.persistence.deliveries import Delivery
from lti_tool.persistence.learners import Identity, Learner
from lti_tool.persistence.platforms import Deployment, Registration
from lti_tool.persistence.sessions import LaunchSession
from lti_tool.services.approve_deployment import approve_deployment
from lti_tool.services.revoke_deployment import revoke_deployment
from lti_tool.services.switch_institution import switch_institution
from lti_tool.services.switch_platform import switch_platform
from tests.conformance.threats.arena import PUBLIC_URL, Arena, refused
from tests.lti.platform import CONTEXT_ROLE, INSTITUTION_ROLE, INSTRUCTOR, ISSUER, LEARNER

MENTOR = CONTEXT_ROLE + "Mentor"


def _platform(arena: Arena) -> Any:
    with arena.world.database.reading() as session:
        return session.scalars(select(Registration)).one().uuid


class TestB9:
    """Each with a message of its own, and nothing stored."""

    def _refused(self, arena: Arena, code: str, status: int, **login: str) -> None:
        opened = arena.count(LaunchSession)
        begun = arena.log_in(**login)
        if begun.status_code == 302:
            claims = {"deployment_id": login.get("lti_deployment_id", "deployment-1")}
            refused(arena.launch(login=login, **claims), code, status)
        else:
            refused(begun, code, status)
        assert arena.count(LaunchSession) == opened
        assert arena.count(Learner) == 0

    def test_b9_disabled(self, arena: Arena) -> None:
        """B9: disabled Registration, pending or revoked Deployment, suspended tenant."""
        now, database = arena.world.now, arena.world.database
        switch_platform(
            database, _platform(arena), is_enabled=False, reason="x", actor="test", now=now
        )
        self._refused(arena, "lti-platform-disabled", 400)

    def test_b9_pending(self, arena: Arena) -> None:
        """B9: disabled Registration, pending or revoked Deployment, suspended tenant."""
        self._refused(arena, "lti-deployment-pending", 403, lti_deployment_id="new-one")
        assert arena.count(Deployment) == 2

    def test_b9_revoked(self, arena: Arena) -> None:
        """B9: disabled Registration, pending or revoked Deployment, suspended tenant."""
        now, database = arena.world.now, arena.world.database
        revoke_deployment(database, _platform(arena), "deployment-1", actor="test", now=now)
        self._refused(arena, "lti-deployment-revoked", 400)

    def test_b9_suspended(self, arena: Arena) -> None:
        """B9: disabled Registration, pending or revoked Deployment, suspended tenant."""
        now, database = arena.world.now, arena.world.database
        switch_institution(database, "harbour", is_suspended=True, actor="test", now=now)
        self._refused(arena, "lti-institution-suspended", 400)


def test_b10_registered(arena: Arena) -> None:
    """B10: same (iss, client_id) twice; issuers differing in case, port, slash. Refused here."""
    platform = arena.world.platform
    arena.world.register(platform)
    assert arena.count(Registration) == 1, "the same pair again is the same registration"
    for issuer, client_id in [(ISSUER + "/", "client-1"), (ISSUER, "CLIENT-1")]:
        with pytest.raises(ConflictError):
            arena.world.register(replace(platform, issuer=issuer, client_id=client_id))
    assert arena.count(Registration) == 1


@pytest.mark.parametrize(
    "issuer", [ISSUER.upper(), ISSUER + "/", ISSUER + ":443", ISSUER.replace("https", "http")]
)
def test_b10_launched(arena: Arena, issuer: str) -> None:
    """B10: same (iss, client_id) twice; issuers differing in case, port, slash. Never matched
    loosely: neither at the login nor in a token."""
    refused(arena.log_in(iss=issuer), "lti-unknown-platform")
    refused(arena.launch(iss=issuer), "lti-unknown-platform")


def test_b11(arena: Arena) -> None:
    """B11: same sub in two Registrations. Two people."""
    other = replace(arena.world.platform, client_id="client-2")
    arena.world.register(other)
    first, second = arena.launch(), arena.launch(other)
    assert (first.status_code, second.status_code) == (303, 303)
    assert arena.count(Learner) == 2
    with arena.world.database.reading() as session:
        found = session.scalars(select(Identity)).all()
    assert {identity.subject for identity in found} == {"user-7"}
    assert len({identity.authority for identity in found}) == 2


def test_b12(arena: Arena) -> None:
    """B12: same context id in two Deployments. Two courses, and neither session opens both."""
    database, now = arena.world.database, arena.world.now
    words = {"institution_key": "harbour", "actor": "test", "now": now}
    approve_deployment(database, _platform(arena), "deployment-2", **words)
    first = arena.launch()
    login = {"lti_deployment_id": "deployment-2"}
    arena.browser = arena.app.test_client()
    second = arena.launch(login=login, deployment_id="deployment-2")
    assert arena.count(Context) == 2
    assert first.location != second.location
    assert arena.open(first.location).status_code == 401
    assert arena.open(second.location).status_code == 200


def test_b13(arena: Arena) -> None:
    """B13: e-mail equal to an existing user's. Nobody is linked by it."""
    arena.launch(email="ada@example.edu")
    arena.launch(email="ada@example.edu", sub="somebody-else")
    assert arena.count(Learner) == 2
    assert arena.count(Identity) == 2


STAFF_AT_HOME = INSTITUTION_ROLE + "Instructor"


@pytest.mark.parametrize(
    ("roles", "page"),
    [
        ([LEARNER, STAFF_AT_HOME], "progress"),
        ([STAFF_AT_HOME, INSTITUTION_ROLE + "Administrator"], "progress"),
        (["http://example.edu/roles#Wizard", "Dean", ""], "progress"),
        ([f"http://example.edu/roles#{number}" for number in range(50)], "progress"),
        ([ASSISTANT_ADDRESS, INSTRUCTOR], "roster"),
        ([LEARNER, INSTRUCTOR], "roster"),
        ([MENTOR], "mentees"),
    ],
)
def test_b14(arena: Arena, roles: list[str], page: str) -> None:
    """B14: mixed roles, Mentor with or without list, TestUser, 200 roles, only unknown, TA."""
    launched = arena.launch(roles=roles)
    assert arena.page(launched).status_code == 200
    assert launched.location.endswith(f"/{page}")
    course = launched.location.rsplit("/", 1)[0]
    is_staff = page == "roster"
    assert arena.open(f"{course}/roster").status_code == (200 if is_staff else 403)


def test_b14_200_roles(arena: Arena) -> None:
    """B14: mixed roles, Mentor with or without list, TestUser, 200 roles, only unknown, TA.
    Two hundred are read, and a list without end is not."""
    assert arena.launch(roles=[f"{LEARNER}{n}" for n in range(200)]).status_code == 303
    refused(arena.launch(roles=["Learner"] * 1001), "lti-claim-invalid")


def test_b14_mentor(arena: Arena) -> None:
    """B14: mixed roles, Mentor with or without list, TestUser, 200 roles, only unknown, TA.
    A mentor sees those who are named, and without a list nobody."""
    arena.launch(sub="ada", name="Ada Named")
    arena.launch(sub="ben", name="Ben Unnamed")
    named = arena.page(arena.launch(sub="grace", roles=[MENTOR], mentees=["ada"])).text
    assert "Ada Named" in named
    assert "Ben Unnamed" not in named
    nobody = arena.page(arena.launch(sub="tom", roles=[MENTOR])).text
    assert "Ada Named" not in nobody


def test_b14_test_user(arena: Arena) -> None:
    """B14: mixed roles, Mentor with or without list, TestUser, 200 roles, only unknown, TA.
    A preview says so, and records and sends nothing."""
    launched = arena.launch(roles=[LEARNER, TEST_USER])
    page = arena.page(launched)
    assert "Nothing is recorded" in page.text
    course = launched.location.rsplit("/", 1)[0]
    url = f"{course}/evidence/{arena.world.achievement_uuid}"
    form = {"text": "Mine", "url": "", "form_id": "00000000-0000-4000-8000-000000000001"}
    answer = arena.browser.post(url, data=form, headers={"Origin": PUBLIC_URL}, base_url=PUBLIC_URL)
    assert answer.status_code == 403
    assert arena.count(Evidence) == arena.count(Delivery) == 0


def test_b15(arena: Arena) -> None:
    """B15: role lowered while an old session is open. The old rights end at once."""
    teacher = arena.launch(roles=[INSTRUCTOR])
    page = arena.page(teacher)
    old = arena.browser
    arena.browser = arena.app.test_client()
    assert arena.page(arena.launch(roles=[LEARNER])).status_code == 200
    arena.browser = old
    assert arena.open(teacher.location).status_code in (401, 403)
    path = teacher.location.replace("/roster", "/completions")
    assert arena.send(path, page, []).status_code in (401, 403)
