"""An administrator signs in with a link, registers the LMS, lets it in, and checks it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo_lms.testing import RunningLMS
from lti_tool.persistence.base import Database
from lti_tool.services.import_framework import import_framework
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.sources.frameworks import read_framework
from lti_tool.web.parts import Parts
from tests.journeys.accessibility import violations
from tests.journeys.conftest import Demo
from tests.journeys.steps import sign_in, type_command
from tests.services.practice import running_beside_lms
from tests.sources.framework_examples import as_files, package, skills
from tests.web.world import STACKS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

FITS = "document.documentElement.scrollWidth <= window.innerWidth"
PICTURES = os.environ.get("QUOIN_TEST_PICTURES")
"""A folder for pictures of every page, for those who want to look at them."""


@dataclass(frozen=True)
class Scene:
    """The tool with one institution, beside an LMS that it does not know."""

    lms: RunningLMS
    parts: Parts

    def invite(self) -> str:
        """The link that an operator makes."""
        config = self.parts.config
        settings = {
            "QUOIN_DATABASE_URL": config.database_url,
            "QUOIN_PUBLIC_URL": config.public_url,
            "QUOIN_SECRET_KEY": config.secret_key.decode(),
        }
        return type_command(settings, "admin", "invite", "--name", "Ingrid Solheim")

    def launch(self, browser: Any, *, says: str) -> None:
        """Open the tool in a course as a teacher, and wait for what it says."""
        demo = Demo(self.lms.url, self.parts.config.public_url)
        page = sign_in(browser, demo, "María Fernández Soto")
        page.get_by_text("My microcredentials").first.click()
        page.frame_locator("iframe.tool").get_by_text(says).first.wait_for()
        page.context.close()


@pytest.fixture
def scene(sqlite_database: Database) -> Iterator[Scene]:
    with running_beside_lms(sqlite_database) as (lms, parts):
        open_institution(
            sqlite_database, key="harbour", name="Harbour University", now=parts.clock()
        )
        yield Scene(lms, parts)


def signed_in(scene: Scene, browser: Any, *, width: int, scripts: bool = True) -> Any:
    """A page of somebody who has used the link of ``quoin admin invite``."""
    link = scene.invite()
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts
    )
    page = context.new_page()
    page.goto(link)
    if scripts:
        assert "#" not in page.url, "the code does not stay in the address"
        looks_right(page, "sign-in")
    else:
        page.get_by_label("Your link").fill(link)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Platforms").wait_for()
    return page


def looks_right(page: Any, name: str) -> None:
    if PICTURES:
        width = page.viewport_size["width"]
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    assert violations(page) == []
    assert page.evaluate(FITS), f"{page.url} is wider than the window"


def fill(form: Any, details: dict[str, str]) -> None:
    form.get_by_label("Issuer").fill(details["issuer"])
    form.get_by_label("Client id").fill(details["client_id"])
    form.get_by_label("Authentication request URL").fill(details["authorization_url"])
    form.get_by_label("Access token URL").fill(details["token_url"])
    form.get_by_label("Public keyset URL").fill(details["jwks_url"])


def by_hand(page: Any) -> Any:
    return page.locator("form", has=page.get_by_label("Issuer"))


@pytest.mark.parametrize("width", [1000, 360])
def test_from_the_link_to_a_platform_that_is_let_in_and_checked(
    scene: Scene, browser: Any, width: int
) -> None:
    page = signed_in(scene, browser, width=width)
    looks_right(page, "no-platforms")
    page.get_by_role("link", name="Register a platform").first.click()
    looks_right(page, "register")
    form = by_hand(page)
    fill(form, scene.lms.registration)
    form.get_by_label("Name", exact=True).fill("Practice LMS")
    form.get_by_role("button", name="Register").click()
    assert "must begin with https" in page.get_by_role("alert").inner_text()
    looks_right(page, "register-again")
    form.get_by_label("The LMS is on this machine").check()
    form.get_by_role("button", name="Register").click()
    assert "is registered" in page.get_by_role("status").inner_text()
    looks_right(page, "registered")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    address = page.get_by_label("Public keyset URL", exact=True)
    page.locator(".copy", has=address).get_by_role("button").click()
    page.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{scene.parts.config.public_url}/lti/jwks"

    scene.launch(browser, says="waits for the approval")
    page.get_by_role("link", name="Platforms", exact=True).click()
    assert "1 installation waits for approval" in page.locator("main li.card").first.inner_text()
    looks_right(page, "platforms")
    page.get_by_role("link", name="Practice LMS").click()
    assert "Approve it on this page." in page.inner_text("main")
    looks_right(page, "waiting")
    page.get_by_role("button", name="Approve deployment").click()
    assert "is approved" in page.get_by_role("status").inner_text()
    scene.launch(browser, says="Learners")

    page.get_by_role("button", name="Check now").click()
    found = page.get_by_role("status").inner_text()
    for line in ("Keyset: In order.", "Token: In order.", "Approved for harbour"):
        assert line in found
    looks_right(page, "checked")
    for name in ("Scores", "Reviews", "Frameworks", "Keys", "Institutions"):
        page.get_by_role("link", name=name, exact=True).click()
        looks_right(page, name.lower())

    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{scene.parts.config.public_url}/admin/platforms")
    assert "Sign in as an administrator" in page.inner_text("main")
    looks_right(page, "signed-out")
    page.context.close()


@pytest.mark.parametrize("width", [1000, 320])
def test_an_achievement_is_aligned_with_what_a_search_finds(
    scene: Scene, browser: Any, width: int
) -> None:
    database, now = scene.parts.database, scene.parts.clock()
    publish_stacks(database, institution_key="harbour", text=STACKS, actor="test", now=now)
    for files in (as_files(package()), skills("en", "sv")):
        read = read_framework(files)
        import_framework(database, read, institution_key="harbour", actor="test", now=now)
    page = signed_in(scene, browser, width=width)
    page.get_by_role("link", name="Frameworks", exact=True).click()
    page.get_by_label("Achievement that you align").select_option("SQL foundations")
    page.get_by_label("Words, a code or an address").fill("databas")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="with manage databases").click()
    assert "is aligned" in page.get_by_role("status").inner_text()
    assert "SQL foundations is aligned with it." in page.inner_text("main")
    looks_right(page, "frameworks")
    page.get_by_role("button", name="SQL foundations, manage databases").click()
    assert "is taken away" in page.get_by_role("status").inner_text()
    page.context.close()


def test_an_invitation_made_on_the_page_lets_the_lms_register_itself(
    scene: Scene, browser: Any
) -> None:
    page = signed_in(scene, browser, width=360)
    page.get_by_role("link", name="Register a platform").first.click()
    form = page.locator("form", has=page.get_by_label("Good for, in hours"))
    form.get_by_label("Product").select_option("Moodle")
    form.get_by_label("The LMS is on this machine").check()
    form.get_by_role("button", name="Make an invitation").click()
    looks_right(page, "invitation")
    register_in_the_lms(scene, browser, page.get_by_label("Address", exact=True).input_value())

    page.get_by_role("link", name="Platforms", exact=True).click()
    page.locator("main li.card").get_by_role("link").click()
    said = page.inner_text("main")
    assert "Moodle" in said
    assert scene.lms.registration["jwks_url"] in said
    page.context.close()


def register_in_the_lms(scene: Scene, browser: Any, invitation: str) -> None:
    """Paste the address where the LMS adds a tool, as its administrator."""
    page = browser.new_context(viewport={"width": 900, "height": 900}).new_page()
    page.goto(scene.lms.url)
    page.get_by_text("Ingrid Solheim").first.click()
    page.get_by_role("link", name="Tools").click()
    page.get_by_label("Registration address of the tool").fill(invitation)
    page.get_by_role("button", name="Register").click()
    frame = page.frame_locator("iframe.tool")
    frame.get_by_role("button", name="Register Quoin").click()
    frame.get_by_role("button", name="Finish").click()
    page.wait_for_url("**/admin/tools")
    page.context.close()


def test_the_form_by_hand_keeps_what_was_typed_and_works_without_scripts(
    scene: Scene, browser: Any
) -> None:
    page = signed_in(scene, browser, width=360, scripts=False)
    page.get_by_role("link", name="Register a platform").first.click()
    form = by_hand(page)
    fill(form, scene.lms.registration | {"issuer": "ü"})
    form.get_by_label("The LMS is on this machine").check()
    form.get_by_role("button", name="Register").click()
    assert "needs one correction" in page.get_by_role("alert").inner_text()
    assert form.get_by_label("Client id").input_value() == scene.lms.registration["client_id"]
    assert form.get_by_label("Issuer").get_attribute("aria-invalid") == "true"
    form.get_by_label("Issuer").fill(scene.lms.registration["issuer"])
    form.get_by_role("button", name="Register").click()
    assert "The platform is registered." in page.get_by_role("status").inner_text()
    page.context.close()
