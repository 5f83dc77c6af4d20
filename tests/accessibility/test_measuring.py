"""The measures see what they are for: each is shown a page with that fault, and one without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.accessibility.measuring import sizes, spaced
from tests.journeys.accessibility import violations

pytestmark = pytest.mark.browser

HEAD = "<!doctype html><html lang='en'><title>x</title><body><main><h1>Progress</h1>"


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A narrow tab."""
    made = browser.new_page(viewport={"width": 320, "height": 800})
    yield made
    made.close()


def test_a_page_without_faults_has_none(tab: Any) -> None:
    tab.set_content(f"{HEAD}<p>See <a href='/x'>it</a>.</p><button>Record this</button>")
    tab.add_style_tag(content="button { min-height: 44px } ")
    assert sizes(tab) == spaced(tab) == violations(tab) == []


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_what_is_wider_than_the_window_is_seen(tab: Any, direction: str) -> None:
    tab.set_content(f"{HEAD}<div dir={direction}><p class=long style='width: 400px'>x</p></div>")
    tab.evaluate("direction => { document.dir = direction }", direction)
    assert sizes(tab) == ["wider than the window: p.long"]


def test_what_is_too_small_to_be_pressed_is_seen(tab: Any) -> None:
    tab.set_content(f"{HEAD}<button style='padding: 0; border: 0; height: 20px'>Record</button>")
    (found,) = sizes(tab)
    assert found.startswith("target of")
    assert found.endswith("x 20: Record")


def test_a_box_that_is_ticked_by_its_large_label_is_large(tab: Any) -> None:
    tab.set_content(f"{HEAD}<label style='display: block; height: 44px'><input type=checkbox>Ada")
    assert sizes(tab) == []
    tab.set_content(f"{HEAD}<input type=checkbox aria-label=Ada style='width: 12px'>")
    assert len(sizes(tab)) == 1


def test_what_spaced_text_does_not_fit_into_is_seen(tab: Any) -> None:
    tab.set_content(f"{HEAD}<p style='height: 1.5em; overflow: hidden'>{'What counts. ' * 3}</p>")
    assert spaced(tab) == ["cut off: P What counts. What counts. What counts. (spaced)"]
    tab.set_content(f"{HEAD}<b style='white-space: nowrap'>{'01234' * 7}</b>")
    assert spaced(tab) == ["wider than the window: b (spaced)"]
    assert sizes(tab) == []


def test_contrast_and_labels_are_looked_at_in_the_colours_of_the_reader(tab: Any) -> None:
    css = "@media (prefers-color-scheme: dark) { p { color: #eee } }"
    tab.set_content(f"{HEAD}<style>{css}</style><p>Pale</p>")
    assert violations(tab) == []
    tab.emulate_media(color_scheme="dark")
    assert violations(tab) == ["color-contrast: p"]
