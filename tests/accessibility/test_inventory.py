"""The list of pages is complete: no route and no template is looked at by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import template_rendered

from tests.accessibility.audiences import Audiences
from tests.accessibility.pages import FOR_MACHINES, PAGES, PIECES, Page
from tests.accessibility.rare import RARE

TEMPLATES = Path(__file__).resolve().parents[2] / "lti_tool" / "web" / "templates"
NO_PAGES = ("signed", "token")
"""Policies of routes that programs alone call."""


def endpoint_of(audiences: Audiences, page: Page) -> str:
    """Return the route that answers a page."""
    adapter = audiences.app.url_map.bind(urlsplit(audiences.campus.origin).netloc)
    path = urlsplit(audiences.address(page.address)).path
    return str(adapter.match(path, method="POST" if page.form else "GET")[0])


def test_every_page_of_the_tool_is_in_the_list(audiences: Audiences) -> None:
    app = audiences.app
    shown = {
        endpoint_of(audiences, page)
        for page in PAGES
        if not page.form and page.status in (200, 400, 422) and page.address != "/nowhere"
    }
    asked = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set())
        and getattr(app.view_functions[rule.endpoint], "policy", "") not in NO_PAGES
    }
    assert asked - shown == FOR_MACHINES | PIECES


@pytest.fixture
def drawn(audiences: Audiences) -> Iterator[set[str]]:
    """The names of the templates that are rendered meanwhile."""
    names: set[str] = set()

    def note(_sender: Any, template: Any, **_context: Any) -> None:
        names.add(template.name)

    with template_rendered.connected_to(note, audiences.app):
        yield names


def test_every_page_is_answered_as_the_list_says_and_every_template_is_drawn(
    audiences: Audiences, drawn: set[str]
) -> None:
    wrong = []
    for page in PAGES:
        answer = audiences.visit(page)
        is_page = answer.mimetype == "text/html" and "<h1" in answer.text
        if answer.status_code != page.status or not is_page:
            wrong.append(f"{page}: {answer.status_code} {answer.mimetype} {answer.location}")
    assert not wrong, "\n".join(wrong)
    for _, draw in RARE:
        draw(audiences)
    extending = {
        path.name for path in TEMPLATES.glob("*.html") if "{% extends" in path.read_text("utf-8")
    }
    assert extending - drawn == {"admin_base.html", "own_base.html"}
