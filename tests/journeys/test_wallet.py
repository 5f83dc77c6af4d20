"""A learner shows a credential to the world and takes it back, and joins a second account."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from tests.journeys.accessibility import violations
from tests.journeys.conftest import Demo
from tests.journeys.steps import picture, sign_in, tool

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TEACHER, LEARNER, SECOND = "María Fernández Soto", "Amara Nwosu", "Ben Achterberg"
COMPETENCY = "Dynamic programming and greedy algorithms"
SMALL = "Algorithms pathway"


def fits(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def wallet(browser: Any, demo: Demo, name: str) -> tuple[Any, Any]:
    """The frame with this person's credentials, on a narrow screen, and its page."""
    page = sign_in(browser, demo, name, width=360)
    page.get_by_text("My microcredentials").first.click()
    frame = tool(page, demo)
    frame.get_by_role("link", name="My credentials").click()
    frame.get_by_role("heading", name="My credentials", level=1).wait_for()
    return page, frame


def test_publish_look_withdraw_and_join_by_code(demo: Demo, browser: Any) -> None:
    teacher = sign_in(browser, demo, TEACHER)
    teacher.get_by_text("My microcredentials").first.click()
    roster = tool(teacher, demo)
    roster.get_by_label("Learner", exact=True).select_option(label=LEARNER)
    roster.get_by_label("What is completed").select_option(label=f"{COMPETENCY} (1 credit)")
    roster.get_by_label("Grade (if there is one)").fill("92")
    roster.get_by_role("button", name="Record", exact=True).click()
    roster.get_by_text("The completion is recorded.").wait_for()

    page, frame = wallet(browser, demo, LEARNER)
    show = frame.get_by_role("link", name=re.compile(f"^Show it to others ?: {SMALL}"))
    for _ in range(20):
        if show.count():
            break
        # The worker signs; whoever is quicker loads the page again.
        page.wait_for_timeout(500)
        frame.get_by_role("link", name="Your progress").click()
        frame.get_by_role("link", name="My credentials").click()
        frame.get_by_role("heading", name="My credentials", level=1).wait_for()
    assert violations(frame) == []
    assert fits(frame)
    picture(page, "wallet")
    show.click()
    frame.get_by_role("button", name="Publish the page").wait_for()
    assert violations(frame) == []
    assert fits(frame)
    frame.locator("[name=shows_name]").check()
    frame.get_by_role("button", name="Publish the page").click()
    frame.get_by_text("The public page is there.").wait_for()
    path = frame.get_by_role("link", name="Open to everybody").first.get_attribute("href")

    stranger = browser.new_context(viewport={"width": 360, "height": 800}).new_page()
    assert stranger.goto(f"{demo.tool}{path}").status == 200
    assert stranger.get_by_role("heading", level=1).inner_text() == SMALL
    assert LEARNER in stranger.inner_text("main")
    assert stranger.evaluate("[...document.images].every(i => i.complete && i.naturalWidth)")
    assert violations(stranger) == []
    assert fits(stranger)
    picture(stranger, "public-page")
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(stranger.locator(".code").screenshot())))
    assert code.text == f"{demo.tool}{path}"
    stranger.set_viewport_size({"width": 320, "height": 800})
    assert fits(stranger)

    frame.get_by_role("link", name="Change or withdraw the public page").click()
    frame.get_by_role("button", name="Withdraw the page").wait_for()
    assert violations(frame) == []
    assert fits(frame)
    frame.get_by_role("button", name="Withdraw the page").click()
    frame.get_by_text("The public page is withdrawn.").wait_for()
    assert stranger.reload().status == 404

    frame.get_by_role("button", name="Make a code").click()
    typed = frame.locator("b.whole").inner_text()
    assert violations(frame) == []

    _, second = wallet(browser, demo, SECOND)
    assert SMALL not in second.inner_text("main")
    second.get_by_label("Or enter a code here").fill(typed)
    second.get_by_role("button", name="See whose code it is").click()
    second.get_by_role("heading", name="Are all of these you?").wait_for()
    assert LEARNER in second.inner_text("main")
    assert violations(second) == []
    assert fits(second)
    second.get_by_role("button", name="They are all me: join them").click()
    second.get_by_text("The accounts are joined.").wait_for()
    assert SMALL in second.inner_text("main")
    assert violations(second) == []
    assert fits(second)
    second.get_by_role("button", name=f"Part this account from the others ({LEARNER})").click()
    second.get_by_text("The account is parted.").wait_for()
    assert SMALL not in second.inner_text("main")
