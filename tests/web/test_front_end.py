"""Files that browsers get: small, cacheable, and nothing that the policy forbids."""

from __future__ import annotations

import gzip
import re

import pytest
from flask import Flask

from lti_tool.web.templating import STATIC, asset
from tests.web.world import ORIGIN

TEMPLATES = sorted((STATIC.parent / "templates").glob("*.html"))
OWN_SCRIPTS = sorted(STATIC.glob("*.js"))


def test_the_styles_are_at_most_12_kb_compressed() -> None:
    assert len(gzip.compress((STATIC / "quoin.css").read_bytes())) <= 12_000


def test_our_own_scripts_are_tiny() -> None:
    assert sum(len(gzip.compress(script.read_bytes())) for script in OWN_SCRIPTS) <= 4_500


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_script_style_or_a_foreign_address(template: object) -> None:
    text = template.read_text()  # type: ignore[attr-defined]
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|hx-on|js:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r'(src|href|action)="(https?:)?//', text)


def test_nothing_is_fixed_to_the_window_or_as_tall_as_it() -> None:
    styles = (STATIC / "quoin.css").read_text()
    assert "fixed" not in styles.replace("fixed elements", "")
    assert "vh" not in styles


def test_a_static_file_is_kept_for_long_under_its_version_only(app: Flask) -> None:
    client = app.test_client()
    with app.test_request_context(base_url=ORIGIN):
        address = asset("quoin.css")
    with client.get(address, base_url=ORIGIN) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
    with client.get("/static/quoin.css", base_url=ORIGIN) as answer:
        assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_a_missing_htmx_is_not_asked_for(app: Flask) -> None:
    template = app.jinja_env.get_template("roster.html")
    assert (STATIC / "vendor/htmx.min.js").exists() == app.jinja_env.globals["has_htmx"]
    assert template is not None
