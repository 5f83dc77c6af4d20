"""A launch in every browser: cookies of third parties blocked, all of the tool's, and no storage.

The tool stands in a frame of another site (127.0.0.1 inside localhost), as in a real LMS.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.accessibility import violations
from tests.journeys.conftest import Demo
from tests.journeys.steps import enter, row_of, tool

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TEACHER, LEARNER = "María Fernández Soto", "Amara Nwosu"
COMPETENCY = "Dynamic programming and greedy algorithms"
LINK = "My microcredentials"
BLOCK = {"setting": 2}

THIRD_PARTIES = {"cookie_controls_mode": 1}
EVERY_COOKIE = {"content_settings": {"exceptions": {"cookies": {"127.0.0.1,*": BLOCK}}}}
IN_FRAMES = {"content_settings": {"exceptions": {"cookies": {"127.0.0.1,localhost": BLOCK}}}}


class Seen:
    """What the browser sends to the tool, and where it is sent on to."""

    def __init__(self, context: Any, demo: Demo) -> None:
        self.cookies: list[str] = []
        self.addresses: list[str] = []
        self.tokens: list[str] = []
        self._demo = demo
        context.on("request", self._note)

    def _note(self, request: Any) -> None:
        self.addresses.append(request.url)
        if request.url.startswith(self._demo.tool):
            headers = request.all_headers()
            self.cookies.append(headers.get("cookie", ""))
            self.tokens.append(headers.get("authorization", "").removeprefix("Bearer "))

    @property
    def bearers(self) -> set[str]:
        """The tokens that were sent in headers."""
        return {token for token in self.tokens if token}


def frame_of(page: Any, demo: Demo, heading: str) -> Any:
    """The tool's frame, once it shows this heading; whatever its address."""
    frame = page.frame_locator("iframe.tool")
    frame.get_by_role("heading", name=heading, exact=True).wait_for()
    return next(found for found in page.frames if found.url.startswith(demo.tool))


def test_where_third_party_cookies_are_blocked_partitioned_ones_carry_the_launch(
    demo: Demo, careful_browser: Any
) -> None:
    context = careful_browser(THIRD_PARTIES)
    plain = {"name": "plain", "value": "1", "url": demo.tool, "sameSite": "None", "secure": True}
    context.add_cookies([plain])
    seen = Seen(context, demo)
    page = enter(context, demo, LEARNER)
    page.get_by_text(LINK).first.click()
    tool(page, demo).get_by_role("heading", name="Your progress").wait_for()
    assert any("__Host-quoin-" in cookies for cookies in seen.cookies)
    assert not any("plain" in cookies for cookies in seen.cookies)
    assert seen.bearers == set()


def test_without_storage_partitioned_cookies_are_found_before_the_launch(
    demo_without_storage: Demo, careful_browser: Any
) -> None:
    page = enter(careful_browser(THIRD_PARTIES), demo_without_storage, LEARNER)
    page.get_by_text(LINK).first.click()
    frame = tool(page, demo_without_storage)
    frame.get_by_role("heading", name="Your progress").wait_for()


def test_a_learner_whose_every_cookie_is_refused_reads_and_hands_in(
    demo: Demo, careful_browser: Any
) -> None:
    context = careful_browser(EVERY_COOKIE, width=360)
    seen = Seen(context, demo)
    page = enter(context, demo, LEARNER)
    page.get_by_text(LINK).first.click()
    frame = frame_of(page, demo, "Your progress")
    assert violations(frame) == []
    assert "Your progress" in frame.title()
    assert frame.evaluate("document.activeElement.tagName") == "BODY"

    frame.locator("a.hand-in", has_text=COMPETENCY).first.click()
    frame.get_by_role("heading", name=COMPETENCY).wait_for()
    assert frame.evaluate("document.activeElement.tagName") == "H1"
    frame.get_by_role("button", name="Hand in").click()
    frame.get_by_role("alert").wait_for()
    assert frame.evaluate("document.activeElement.getAttribute('role')") == "alert"
    frame.get_by_label("What you did").fill("My proof for coins.")
    frame.get_by_role("button", name="Hand in").click()
    frame.get_by_text("My proof for coins.").first.wait_for()
    assert violations(frame) == []
    assert frame.url == f"{demo.tool}/lti/launch"

    assert set(seen.cookies) == {""}
    assert len(seen.bearers) == 1
    assert not [url for url in seen.addresses for token in seen.bearers if token in url]


def test_a_teacher_whose_every_cookie_is_refused_places_and_records(
    demo: Demo, careful_browser: Any
) -> None:
    page = enter(careful_browser(EVERY_COOKIE), demo, TEACHER)
    page.get_by_text("Add from Quoin").first.click()
    picker = frame_of(page, demo, "Add to the course")
    picker.get_by_label(COMPETENCY).first.check()
    picker.get_by_role("button", name="Add to the course").click()
    page.wait_for_url("**/courses/algorithms")

    page.get_by_text(LINK).first.click()
    roster = frame_of(page, demo, "Learners")
    roster.get_by_label("Learner", exact=True).select_option(label=LEARNER)
    roster.get_by_label("What is completed").select_option(label=f"{COMPETENCY} (1 credit)")
    roster.get_by_label("Grade (if there is one)").fill("92")
    roster.get_by_role("button", name="Record", exact=True).click()
    roster.get_by_text("The completion is recorded.").wait_for()
    roster.get_by_text("Score in the gradebook").first.wait_for()
    roster.get_by_role("link", name=LEARNER).click()
    frame_of(page, demo, f"Progress of {LEARNER}")
    assert "92" in row_of(page, demo, LEARNER, full="92").split()


def test_a_reload_without_cookies_says_to_open_the_tool_again(
    demo: Demo, careful_browser: Any
) -> None:
    page = enter(careful_browser(EVERY_COOKIE), demo, LEARNER)
    page.get_by_text(LINK).first.click()
    frame = frame_of(page, demo, "Your progress")
    frame.evaluate("location.href = location.href")
    page.frame_locator("iframe.tool").get_by_text("open the tool again from your course").wait_for()


def test_back_and_downloads_work_as_with_cookies(demo: Demo, careful_browser: Any) -> None:
    page = enter(careful_browser(EVERY_COOKIE), demo, LEARNER)
    page.get_by_text(LINK).first.click()
    frame = frame_of(page, demo, "Your progress")
    frame.locator("a.hand-in", has_text=COMPETENCY).first.click()
    frame.get_by_role("heading", name=COMPETENCY).wait_for()
    frame.evaluate("history.back()")
    frame_of(page, demo, "Your progress")
    attached = {"Content-Disposition": 'attachment; filename="record.csv"'}
    page.route(
        "**/courses/*/progress",
        lambda route: route.fulfill(body="a,b", content_type="text/csv", headers=attached),
    )
    with page.expect_download() as download:
        frame.get_by_role("link", name="Work it out again").click()
    assert download.value.suggested_filename == "record.csv"
    frame_of(page, demo, "Your progress")


def test_without_cookies_and_storage_the_tool_opens_in_a_new_tab(
    demo_without_storage: Demo, careful_browser: Any
) -> None:
    demo, context = demo_without_storage, careful_browser(IN_FRAMES, width=360)
    page = enter(context, demo, LEARNER)
    page.get_by_text(LINK).first.click()
    frame = frame_of(page, demo, "Open Quoin in a new tab")
    assert violations(frame) == []
    with context.expect_page() as opened:
        frame.get_by_role("button", name="Open in a new tab").click()
    tab = opened.value
    tab.get_by_role("heading", name="Your progress").wait_for()
    assert tab.url.startswith(f"{demo.tool}/courses/")


def test_a_link_that_was_used_up_before_cookies_failed_is_said_plainly(
    demo: Demo, careful_browser: Any
) -> None:
    """The storage was offered and is silent: the login was used, and the LMS takes it once."""
    context = careful_browser(IN_FRAMES, width=360)
    page = enter(context, demo, LEARNER)
    page.route("**/lti/storage", lambda route: route.abort())
    page.get_by_text(LINK).first.click()
    frame = frame_of(page, demo, "Open Quoin in a new tab")
    assert violations(frame) == []
    with context.expect_page() as opened:
        frame.get_by_role("button", name="Open in a new tab").click()
    tab = opened.value
    tab.get_by_text("open your course itself in a new tab").wait_for()
    assert violations(tab) == []
