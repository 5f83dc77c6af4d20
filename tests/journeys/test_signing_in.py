"""A learner leaves the course and comes back by each way; so does a registrar without a link."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Response

from demo_lms.serving import Server, bind_any_loopback
from lti_tool.app import create_app
from lti_tool.persistence.base import Database
from lti_tool.services.invite_administrator import invite_administrator
from lti_tool.services.set_sign_in_provider import set_sign_in_provider
from lti_tool.signing_in.provider import ProviderClient
from lti_tool.web.cookies import set_cookie
from lti_tool.web.parts import build_parts
from lti_tool.web.session import session_cookie
from tests.journeys.accessibility import violations
from tests.journeys.steps import picture
from tests.services.test_news import Post, post  # noqa: F401 - a fixture
from tests.signing_in.conftest import SigningWorld
from tests.signing_in.provider import CLIENT_ID, TestProvider, running_provider
from tests.web.world import CONFIG

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

FITS = "document.documentElement.scrollWidth <= window.innerWidth"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Scene:
    """The tool at an address with a name, a provider, and a mail server."""

    home: str
    world: SigningWorld
    provider: TestProvider

    def code(self) -> str:
        """The code that the worker mails now."""
        self.world.now = datetime.now(UTC)
        assert self.world.mail() == 1
        return self.world.mailed_code()

    def course(self, context: Any) -> Any:
        """A page in the course, as the learner's launch has left it."""
        page = context.new_page()
        page.goto(f"{self.home}/launched")
        page.goto(f"{self.home}{self.world.learner.course}/credentials")
        return page


def _launched(world: SigningWorld) -> Response:
    """Leave the browser as the learner's launch does."""
    response = Response("Launched")
    name = session_cookie(world.learner.context_uuid)
    set_cookie(response, name, world.learner.token, timedelta(hours=1))
    return response


@pytest.fixture
def scene(sqlite_database: Database, post: Post) -> Iterator[Scene]:  # noqa: F811
    """The tool over real HTTP at localhost: a passkey needs a name."""
    sockets = bind_any_loopback()
    home = f"http://localhost:{sockets[0].getsockname()[1]}"
    world = SigningWorld(sqlite_database, datetime.now(UTC), post)
    config = replace(CONFIG, public_url=home)
    parts = replace(build_parts(config, database=sqlite_database), mailer=world.mailer)
    app = create_app(config, parts=parts)
    app.add_url_rule("/launched", view_func=lambda: _launched(world))
    server = Server(app, sockets)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        with running_provider(datetime.now(UTC)) as provider:
            _use(world, provider)
            yield Scene(home, world, provider)
    finally:
        server.stop()
        thread.join(10)


def _use(world: SigningWorld, provider: TestProvider) -> None:
    set_sign_in_provider(
        world.database,
        CONFIG.secret_key,
        ProviderClient(
            provider.issuer, CLIENT_ID, "Harbour ID", provider.secret or "", allows_loopback=True
        ),
        institution_key="harbour",
        check=None,
        actor="test",
        now=world.now,
    )


def with_authenticator(context: Any, page: Any) -> None:
    """Give the browser of a page a device that makes passkeys."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def looks_right(page: Any, name: str) -> None:
    """Keep a picture; nothing is wrong by axe, and nothing is wider than the window."""
    picture(page, f"signing-in-{name}-{page.viewport_size['width']}")
    assert violations(page) == []
    assert page.evaluate(FITS), f"{page.url} is wider than the window"


def kept_access(scene: Scene, context: Any) -> Any:
    """The page that the link out of the course leads to."""
    course = scene.course(context)
    course.get_by_role("link", name="Set up how you sign in without a course").click()
    looks_right(course, "keeping")
    course.get_by_role("button", name="Make a link").click()
    with context.expect_page() as opened:
        course.get_by_role("link", name="Go on in a new tab").click()
    page = opened.value
    page.get_by_role("heading", name="Keep access when you leave").wait_for()
    assert "#" not in page.url, "the code does not stay in the address"
    looks_right(page, "keep")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="How I sign in").wait_for()
    course.close()
    return page


@pytest.mark.parametrize("width", [1000, 320])
def test_a_learner_keeps_access_and_comes_back_by_every_way(
    scene: Scene, browser: Any, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = kept_access(scene, context)
    with_authenticator(context, page)
    page.get_by_label("Name of the device").fill("My phone")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("heading", name="Passkey: My phone").wait_for()
    page.get_by_role("button", name="Connect it").click()
    page.get_by_role("link", name="Go on to Harbour ID").click()
    page.get_by_role("heading", name="sign-in: Harbour ID").wait_for()
    page.get_by_label("Mail address").fill("amara@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").fill(scene.code())
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("heading", name="Code by mail: amara@example.org").wait_for()
    looks_right(page, "ways")

    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("heading", name="Sign in to your microcredentials").wait_for()
    looks_right(page, "sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Where I stand").wait_for()
    looks_right(page, "own")

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in with Harbour ID").click()
    page.get_by_role("heading", name="Where I stand").wait_for()
    page.get_by_role("link", name="My credentials").first.click()
    looks_right(page, "credentials")

    page.get_by_role("link", name="How I sign in").click()
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_label("Your mail address").fill("amara@example.org")
    page.get_by_role("button", name="Send me a code").click()
    looks_right(page, "code")
    page.get_by_label("Code").fill(scene.code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Where I stand").wait_for()
    context.close()


def test_a_passkey_that_is_not_there_says_so_and_nothing_is_lost(
    scene: Scene, browser: Any
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 700})
    page = context.new_page()
    with_authenticator(context, page)
    page.goto(f"{scene.home}/sign-in/harbour")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("This did not work.").wait_for()
    assert page.get_by_label("Your mail address").is_visible()
    looks_right(page, "no-passkey")
    context.close()


def test_without_scripts_mail_and_provider_are_there(scene: Scene, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 700}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{scene.home}/sign-in/harbour")
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
    assert page.get_by_role("button", name="Send me a code").is_visible()
    page.get_by_role("link", name="Sign in with Harbour ID").click()
    assert "opens nothing here yet" in page.get_by_role("alert").inner_text()
    context.close()


def test_staff_come_back_with_a_passkey_and_without_another_link(
    scene: Scene, browser: Any
) -> None:
    made = invite_administrator(
        scene.world.database,
        "Tomás Reis",
        "harbour",
        roles=("registrar",),
        actor="test",
        now=datetime.now(UTC),
    )
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    page = context.new_page()
    with_authenticator(context, page)
    page.goto(f"{scene.home}/admin/sign-in#{made.code}")
    looks_right(page, "admin")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="How I sign in").click()
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("heading", name="Passkey: Passkey").wait_for()
    looks_right(page, "ways-of-staff")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/admin/cases")
    context.close()
