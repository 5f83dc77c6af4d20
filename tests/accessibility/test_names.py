"""What a screen reader says of the main page of each journey, kept as YAML.

``QUOIN_TEST_UPDATE_NAMES=1`` writes the files anew; look at the difference before it is kept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.accessibility.audiences import Audiences
from tests.accessibility.looking import Looker
from tests.accessibility.pages import PAGES, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

FOLDER = Path(__file__).parent / "names"
IS_UPDATE = os.environ.get("QUOIN_TEST_UPDATE_NAMES") == "1"
MAIN = {
    "progress": "learner: progress",
    "nothing-yet": "newcomer: progress of nothing",
    "what-if": "newcomer: what if from nothing",
    "goal": "learner: goal answered",
    "evidence": "learner: evidence",
    "request": "learner: request",
    "refused-request": "learner: empty request",
    "public-page": "learner: public page",
    "queue": "teacher: queue",
    "record-for-many": "teacher: look before recording",
    "builder": "teacher: draft",
    "publication": "teacher: publication",
    "case": "registrar: case",
    "effect": "registrar: effect",
    "sign-in": "public: sign in",
    "shared-award": "public: shared award",
}
"""File -> page of the inventory."""
CHANGES = (
    (re.compile(r"^ *- /url:.*\n?", re.M), ""),
    (re.compile(r"https?://127\.0\.0\.1[:%][\w/.?=&%-]*"), "ADDRESS"),
    (re.compile(r"127\.0\.0\.1(%3A\d+)?"), "HOST"),
    (re.compile(r"[0-9a-f]{64}"), "HASH"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "ID"),
)
"""What differs from run to run: ports, ids, tokens and what is hashed with them."""


@pytest.fixture(scope="module")
def looker(browser: Any, audiences: Audiences) -> Iterator[Looker]:
    """A browser that opens what is folded away, too."""
    made = Looker(browser, audiences)
    yield made
    made.close()


@pytest.mark.parametrize("name", MAIN)
def test_the_names_of_a_page_are_those_that_were_looked_at(looker: Looker, name: str) -> None:
    found = names_of(looker, next(page for page in PAGES if str(page) == MAIN[name]))
    path = FOLDER / f"{name}.yaml"
    if IS_UPDATE:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(found, "utf-8")
    assert found == path.read_text("utf-8")


def names_of(looker: Looker, page: Page) -> str:
    """Return the accessibility tree of a page as YAML, without what is never the same."""
    tab = looker.look(page)
    tab.wait_for_load_state("networkidle")
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    tree: str = tab.locator("body").aria_snapshot()
    for pattern, word in CHANGES:
        tree = pattern.sub(word, tree)
    return tree + "\n"
