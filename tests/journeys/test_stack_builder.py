"""From an empty form to a two-level stack that makes awards, as an instructor does it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.accessibility import violations
from tests.journeys.conftest import Demo
from tests.journeys.steps import sign_in, tool

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

TEACHER, LEARNER = "María Fernández Soto", "Amara Nwosu"
MOST_ACTIONS, MOST_SECONDS = 25, 300
PER_ACTION, PER_CHARACTER = 1.5, 0.2


class Hands:
    """Acts in the tool's frame as a person does, and counts: each click, choice, filled field."""

    def __init__(self, page: Any, demo: Demo) -> None:
        self.page, self.demo = page, demo
        self.actions, self.characters = 0, 0

    @property
    def frame(self) -> Any:
        return tool(self.page, self.demo)

    def fill(self, field: Any, text: str) -> None:
        field.fill(text)
        self.actions += 1
        self.characters += len(text)

    def choose(self, field: Any, label: str) -> None:
        field.select_option(label=label)
        self.actions += 1

    def click(self, button: Any, *, then: str) -> None:
        button.click()
        self.actions += 1
        self.frame.get_by_text(then).first.wait_for()

    @property
    def seconds(self) -> float:
        return self.actions * PER_ACTION + self.characters * PER_CHARACTER


def _look(frame: Any) -> None:
    assert violations(frame) == []
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _build(hands: Hands) -> None:
    """Build and publish "Field practice", which asks for "Field basics"."""
    frame = hands.frame
    hands.fill(frame.get_by_label("Title of the award"), "Field practice")
    hands.click(frame.get_by_role("button", name="Begin"), then="To receive it")
    frame = hands.frame
    whole = frame.get_by_label("New achievements, one title per line")
    hands.fill(whole.nth(0), "Crossing a river\nWriting a field report")
    hands.fill(frame.get_by_label("A smaller award that is made here").nth(0), "Field basics")
    hands.click(
        frame.get_by_role("button", name="Add to this group").nth(0), then="Award: Field basics"
    )
    frame = hands.frame
    smaller = frame.get_by_role("region", name="Award: Field basics")
    hands.fill(
        smaller.get_by_label("New achievements, one title per line"),
        "Reading maps\nTaking samples\nFirst aid outdoors",
    )
    hands.choose(smaller.get_by_label("What is needed"), "at least this many of these")
    hands.click(
        smaller.get_by_role("button", name="Add to this group"), then="Complete Taking samples"
    )
    frame = hands.frame
    hands.fill(frame.get_by_label("How many", exact=True), "2")
    hands.click(frame.get_by_role("button", name="Save", exact=True), then="complete at least 2 of")
    frame = hands.frame
    frame.get_by_text("Ada qualifies").first.wait_for()
    hands.click(
        frame.get_by_role("button", name="Check the effect and publish"), then="What changes in"
    )
    hands.click(
        hands.frame.get_by_role("button", name="Publish", exact=True),
        then="The stack is published.",
    )


def test_a_two_level_stack_is_built_and_published_and_makes_awards(
    demo: Demo, browser: Any
) -> None:
    page = sign_in(browser, demo, TEACHER)
    page.get_by_text("My microcredentials").first.click()
    tool(page, demo).get_by_role("link", name="Stacks").click()
    tool(page, demo).get_by_role("heading", name="Begin a new stack").wait_for()
    hands = Hands(page, demo)
    _build(hands)
    assert hands.actions <= MOST_ACTIONS
    assert hands.seconds <= MOST_SECONDS

    for name in (
        "Reading maps",
        "Taking samples",
        "Crossing a river",
        "Writing a field report",
    ):
        _record(page, demo, name)
    learner = sign_in(browser, demo, LEARNER, width=360)
    learner.get_by_text("My microcredentials").first.click()
    text = tool(learner, demo).inner_text("main")
    held = text[text.index("Awards held") : text.index("What counts, and")]
    assert "Field basics" in held
    assert "Field practice" in held


def _record(page: Any, demo: Demo, name: str) -> None:
    frame = tool(page, demo)
    if frame.get_by_role("link", name="Learners").count():
        frame.get_by_role("link", name="Learners").click()
        tool(page, demo).get_by_role("heading", name="Record a completion").wait_for()
    roster = tool(page, demo)
    roster.get_by_label("Learner", exact=True).select_option(label=LEARNER)
    roster.get_by_label("What is completed").select_option(label=name)
    roster.get_by_role("button", name="Record", exact=True).click()
    roster.get_by_text("The completion is recorded.").wait_for()


def test_the_pages_are_accessible_and_work_by_keyboard_alone(demo: Demo, browser: Any) -> None:
    for width in (320, 1000):
        _by_keyboard(demo, browser, width)
    _two_at_once(demo, browser, 320)


def _open_stacks(page: Any, demo: Demo) -> Any:
    page.get_by_text("My microcredentials").first.click()
    tool(page, demo).get_by_role("link", name="Stacks").click()
    tool(page, demo).get_by_role("heading", name="Published stacks").wait_for()
    return tool(page, demo)


def _two_at_once(demo: Demo, browser: Any, width: int) -> None:
    """Change a draft in two windows at once, and look at the page where both changes meet."""
    pages = [sign_in(browser, demo, TEACHER, width=width) for _ in range(2)]
    for page in pages:
        frame = _open_stacks(page, demo)
        _look(frame)
        frame.get_by_role("link", name="Keys <alone>").first.click()
        tool(page, demo).get_by_label("New achievements, one title per line").wait_for()
    for page, name in zip(pages, ("Fourth", "Fifth"), strict=True):
        frame = tool(page, demo)
        frame.get_by_label("New achievements, one title per line").fill(name)
        frame.get_by_role("button", name="Save", exact=True).click()
        frame.get_by_text(name).first.wait_for()
    frame = tool(pages[1], demo)
    frame.get_by_role("heading", name="Put both together").wait_for()
    _look(frame)
    frame.get_by_role("button", name="Take the other change").click()
    tool(pages[1], demo).get_by_text("Complete Fifth", exact=True).wait_for()
    tool(pages[1], demo).get_by_role("link", name="All stacks").click()
    tool(pages[1], demo).get_by_role("link", name="Algorithms pathway").click()
    tool(pages[1], demo).get_by_text("This is the first version.").wait_for()
    _look(tool(pages[1], demo))


def _by_keyboard(demo: Demo, browser: Any, width: int) -> None:
    page = sign_in(browser, demo, TEACHER, width=width)
    page.get_by_text("My microcredentials").first.click()
    tool(page, demo).get_by_role("link", name="Stacks").click()
    frame = tool(page, demo)
    frame.get_by_label("Title of the award").focus()
    _look(frame)
    page.keyboard.type("Keys <alone>")
    page.keyboard.press("Enter")
    tool(page, demo).get_by_text("Nothing stands in this group yet").first.wait_for()
    frame = tool(page, demo)
    _look(frame)
    frame.get_by_label("New achievements, one title per line").focus()
    page.keyboard.type("One\nTwo\nThree")
    frame.get_by_role("button", name="Add to this group").focus()
    page.keyboard.press("Enter")
    tool(page, demo).get_by_text("Complete Three").first.wait_for()
    tool(page, demo).get_by_role("button", name="Move up Three").focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    frame = tool(page, demo)
    frame.get_by_text("Complete Three").first.wait_for()
    _look(frame)
    frame.get_by_text("Ada qualifies").first.wait_for()
    _look(frame)
    names = frame.locator(".parts .single b").all_inner_texts()
    assert names == ["One", "Three", "Two"]
    for link in ("Write it as text", "Check the effect and publish"):
        frame.get_by_role("button", name=link).click()
        tool(page, demo).get_by_role("link", name="Back to the form").wait_for()
        _look(tool(page, demo))
        tool(page, demo).get_by_role("link", name="Back to the form").click()
        tool(page, demo).get_by_role("button", name=link).wait_for()
        frame = tool(page, demo)
