"""The documentation as a site: strict, complete, and nothing in it comes from elsewhere."""

from __future__ import annotations

import functools
import html
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from lti_tool.cli import main
from lti_tool.config import SETTINGS
from tests.docs.reading import ROOT
from tools.docs_site import FROM_ELSEWHERE, commands

pytestmark = pytest.mark.xdist_group("docs-site")
FETCHED = re.compile(
    r"""(?:<(?:script|img|iframe)[^>]*\ssrc=|<link[^>]*\shref=)["']?(https?:)?//"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


def test_every_page_of_the_folder_is_in_it(site: Path) -> None:
    pages = {path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")}
    names = {path.with_suffix(".html").as_posix() for path in pages}
    names |= {page.replace(".md", ".html") for page in FROM_ELSEWHERE.values()}
    made = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert names <= made
    front = (site / "index.html").read_text("utf-8")
    unreached = [name for name in names if f'href="{name}"' not in front and name != "index.html"]
    assert not unreached, "these pages are not in the navigation"


def test_every_command_and_setting_is_documented(site: Path) -> None:
    said = html.unescape(re.sub(r"<[^>]+>", "", (site / "commands.html").read_text("utf-8")))
    every = list(commands(main))
    assert len(every) > 100
    assert not [path for path, _ in every if f"quoin {path}" not in said]
    for path, command in every:
        options = [name for one in command.params for name in one.opts if name.startswith("--")]
        hidden = {n for one in command.params if getattr(one, "hidden", False) for n in one.opts}
        assert not [name for name in options if name not in said and name not in hidden], path
    settings = (site / "settings.html").read_text("utf-8")
    assert not [name for name in SETTINGS if name not in settings]


def test_no_page_names_anything_to_fetch_from_elsewhere(site: Path) -> None:
    pages = [*site.rglob("*.html")]
    assert len(pages) > 40
    assert not [page.name for page in pages if FETCHED.search(page.read_text("utf-8"))]
    sheets = "".join(sheet.read_text("utf-8") for sheet in site.rglob("*.css"))
    assert not re.findall(r"""(?:url\(|@import )["']?(?:https?:)?//[^)"']*""", sheets)


@pytest.fixture
def served(site: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
def test_a_browser_asks_nobody_else_and_finds_by_searching(served: str, browser: Any) -> None:
    asked: list[str] = []
    page = browser.new_context().new_page()
    page.on("request", lambda request: asked.append(request.url))
    for name in ("index", "building-stacks", "commands", "operating"):
        page.goto(f"{served}/{name}.html")
    page.locator("input.md-search__input").fill("downgrade")
    page.locator(".md-search-result__item a").first.wait_for()
    if folder := os.environ.get("QUOIN_TEST_PICTURES"):
        page.goto(f"{served}/building-stacks.html")
        page.screenshot(path=f"{folder}/docs-site.png")
    page.context.close()
    assert len(asked) > 10
    assert not [url for url in asked if not url.startswith((served, "data:", "blob:"))]
