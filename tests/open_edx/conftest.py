"""Fixtures: Open edX once for all tests, the tool for each, and a block registered by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import requests

from demo_lms.testing import Visitor, read_form
from lti_tool.persistence.base import Database
from lti_tool.web.parts import Parts
from tests.cli.conftest import Quoin
from tests.cli.conftest import quoin as quoin  # the fixture, for the tests here
from tests.open_edx.running import EdXBlock, RunningOpenEdX
from tests.services.practice import SECRET, open_tool
from tests.web.world import STACKS

OPTION = re.compile(r'name="achievement" value="([^"]+)"[^>]*>\s*<b>([^<]+)</b>')
Connect = Callable[..., EdXBlock]


@pytest.fixture(scope="session")
def open_edx() -> Iterator[RunningOpenEdX]:
    """The platform, running."""
    if find_spec("lti_consumer") is None:
        pytest.skip("lti-consumer-xblock is not installed (extra xblock-dev)")
    with RunningOpenEdX() as found:
        yield found


@pytest.fixture
def tool(sqlite_database: Database) -> Iterator[Parts]:
    """The tool, served; what differs by the database is tested elsewhere."""
    with open_tool(sqlite_database) as parts:
        yield parts


@pytest.fixture
def connect(
    open_edx: RunningOpenEdX,
    tool: Parts,
    quoin: Quoin,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Connect:
    """Add a block with these fields and register it as ``docs/connect-openedx.md`` says."""
    monkeypatch.setenv("QUOIN_SECRET_KEY", SECRET.decode())
    stacks = tmp_path / "stacks.yaml"
    stacks.write_text(STACKS, "utf-8")
    quoin("stack", "publish", str(stacks), "--institution", "harbour", "--name", "Harbour")

    def add(**fields: Any) -> EdXBlock:
        block = open_edx.add_block(tool.config.public_url, **fields)
        words = [word for name, value in block.details.items() for word in (f"--{name}", value)]
        rest = ("--family", "openedx", "--institution", "harbour", "--allow-loopback")
        quoin("platform", "add", *words, *rest)
        return block

    return add


def choose(block: EdXBlock, *names: str) -> requests.Response:
    """Add content to a block as its teacher; no name: go back without. The platform's answer."""
    browser, page = block.launch("maria", "add")
    reply = read_form(reply_to(browser, page, *names).text)
    return browser.post(reply.action, data=reply.fields)


def reply_to(browser: Visitor, page: requests.Response, *names: str) -> requests.Response:
    """Choose on the tool's page by names; the page that sends the signed reply."""
    found = {name: uuid for uuid, name in OPTION.findall(page.text)}
    fields = list(read_form(page.text).fields.items())
    fields += [("achievement", found[name]) for name in names] or [("cancel", "1")]
    origin = "/".join(page.url.split("/")[:3])
    reply = browser.post(page.url, data=fields, headers={"Origin": origin})
    assert reply.status_code == 200, reply.text
    return reply
