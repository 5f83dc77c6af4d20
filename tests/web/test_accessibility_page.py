"""The page about accessibility: open to everybody, and it says whom to tell of a barrier."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lti_tool.app import create_app
from lti_tool.config import Config
from lti_tool.errors import ConfigurationError
from lti_tool.persistence.base import Database
from lti_tool.web.parts import build_parts
from tests.conftest import NOW
from tests.web.world import CONFIG, ORIGIN


def _page(database: Database, contact: str) -> str:
    config = replace(CONFIG, accessibility_contact=contact)
    app = create_app(config, parts=build_parts(config, database=database, clock=lambda: NOW))
    answer = app.test_client().get("/accessibility", base_url=ORIGIN)
    assert answer.status_code == 200
    return answer.text


def test_it_names_the_contact_of_the_installation(sqlite_database: Database) -> None:
    mail = _page(sqlite_database, "access@harbour.example")
    assert 'href="mailto:access@harbour.example"' in mail
    form = _page(sqlite_database, "https://harbour.example/access")
    assert 'href="https://harbour.example/access"' in form


def test_without_a_contact_it_says_who_can_help(sqlite_database: Database) -> None:
    page = _page(sqlite_database, "")
    assert "mailto:" not in page
    assert "whoever looks after your learning platform" in page


@pytest.mark.parametrize("contact", ["nobody", "http://harbour.example", "a@b@c", "a b@c"])
def test_a_contact_that_is_no_address_is_refused_when_the_tool_starts(contact: str) -> None:
    environ = {"QUOIN_ACCESSIBILITY_CONTACT": contact, "QUOIN_DATABASE_URL": "sqlite://"}
    with pytest.raises(ConfigurationError, match="QUOIN_ACCESSIBILITY_CONTACT"):
        Config.from_environ(environ)


def test_every_page_leads_to_it_also_one_that_refuses(sqlite_database: Database) -> None:
    app = create_app(CONFIG, parts=build_parts(CONFIG, database=sqlite_database, clock=lambda: NOW))
    for path in ("/", "/nowhere", "/admin/sign-in"):
        assert 'href="/accessibility"' in app.test_client().get(path, base_url=ORIGIN).text
