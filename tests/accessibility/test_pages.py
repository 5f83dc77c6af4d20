"""Every page, at each width, in both directions: axe-core finds nothing, nothing is cut off.

``QUOIN_TEST_A11Y=full`` (``make test-a11y``) looks in dark and with forced colours, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.accessibility.audiences import Audiences
from tests.accessibility.looking import HEIGHT, SCHEMES, WIDTHS, Looker
from tests.accessibility.measuring import sizes, spaced
from tests.accessibility.pages import ADMINISTRATORS, LEARNERS, PUBLIC, STAFF, Page
from tests.accessibility.rare import RARE
from tests.journeys.accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

IS_FULL = os.environ.get("QUOIN_TEST_A11Y") == "full"
LOOKS = SCHEMES if IS_FULL else {"light": SCHEMES["light"]}
GROUPS = {
    "learners": LEARNERS,
    "staff": STAFF[: len(STAFF) // 2],
    "staff, too": STAFF[len(STAFF) // 2 :],
    "administrators": ADMINISTRATORS,
    "public": PUBLIC,
}


@pytest.fixture(params=["ltr", "rtl"])
def looker(request: pytest.FixtureRequest, browser: Any, audiences: Audiences) -> Iterator[Looker]:
    """A browser that reads from left to right, then one that reads from right to left."""
    made = Looker(browser, audiences, request.param)
    yield made
    made.close()


@pytest.mark.parametrize("group", GROUPS)
def test_every_page_can_be_read_and_used_by_everybody(looker: Looker, group: str) -> None:
    wrong: list[str] = []
    for page in GROUPS[group]:
        wrong += [f"{page}: {found}" for found in faults(looker, page)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_pages_that_are_rarely_seen_are_as_good(looker: Looker) -> None:
    wrong: list[str] = []
    for name, draw in RARE:
        tab = looker.show(draw(looker.audiences))
        wrong += [f"{name}: {found}" for found in at_every_width(tab)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def faults(looker: Looker, page: Page) -> list[str]:
    """Return what is wrong with a page."""
    tab = looker.look(page)
    if tab.locator("h1").count() != 1:
        return [f"{tab.locator('h1').count()} headings of the first level at {tab.url}"]
    if tab.evaluate("document.dir || 'ltr'") != looker.direction:
        return ["it has another direction"]
    return at_every_width(tab)


def at_every_width(tab: Any) -> list[str]:
    """Return what is wrong with an open page at any width, in any colours."""
    found: list[str] = []
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"{one} at {width}" for one in sizes(tab)]
        for name, media in LOOKS.items():
            if len(LOOKS) > 1:
                tab.emulate_media(**media)
            found += [f"{one} at {width}, {name}" for one in violations(tab)]
    tab.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    found += spaced(tab)
    return found
