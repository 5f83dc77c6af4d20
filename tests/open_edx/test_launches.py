"""Open edX as the platform: registration by hand and in bulk, launches, forgeries, deep linking."""

from __future__ import annotations

import base64
import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from demo_lms.testing import LaunchForm, Visitor, read_form
from lti_tool.web.parts import Parts
from tests.cli.conftest import Quoin
from tests.open_edx.conftest import Connect, choose, reply_to
from tests.open_edx.running import EdXBlock, RunningOpenEdX

REFERENCE = re.compile(r"[0-9A-F]{4}-[0-9A-F]{4}")
COLUMNS = {
    "issuer": "issuer",
    "client_id": "client-id",
    "auth_login_url": "auth-login-url",
    "auth_token_url": "auth-token-url",
    "jwks_url": "jwks-url",
    "deployment_id": "deployment",
}
"""Of the file to import, by the names of ``quoin platform add``."""


def _refused(browser: Visitor, form: LaunchForm, code: str) -> None:
    """Post a form that must not open anything: a page with its reference, and no session."""
    before = set(browser.cookies.keys())
    page = browser.submit(form)
    assert 400 <= page.status_code < 500
    assert code in page.text
    assert REFERENCE.search(page.text)
    assert set(browser.cookies.keys()) <= before, "a refusal gives nobody a session"


def test_a_platform_added_by_hand_brings_learner_and_teachers_to_their_pages(
    connect: Connect,
) -> None:
    block = connect()
    for username, page_of_role in [("amara", "progress"), ("maria", "roster"), ("tom", "roster")]:
        _, page = block.launch(username)
        assert page.status_code == 200
        assert page.url.endswith(f"/{page_of_role}"), username
        assert "Data Skills - Harbour" in page.text
        assert "id_token" not in page.url


def test_many_client_ids_are_imported_at_once_and_each_launches(
    open_edx: RunningOpenEdX, tool: Parts, quoin: Quoin, connect: Connect, tmp_path: Path
) -> None:
    connect()
    blocks = [open_edx.add_block(tool.config.public_url) for _ in range(3)]
    assert len({block.shown["client_id"] for block in blocks}) == 3
    file = tmp_path / "edx.csv"
    with file.open("w", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(COLUMNS)
        writer.writerows([block.details[name] for name in COLUMNS.values()] for block in blocks)
    words = ("platform", "import", str(file), "--institution", "harbour", "--json")
    assert "https://" in quoin(*words, code=1).output, "nothing but the option opens loopback"
    for judgement in ("new", "unchanged"):
        found = json.loads(quoin(*words, "--allow-loopback").output)
        assert [line["judgement"] for line in found["lines"]] == [judgement] * 3
    for block in blocks:
        _, page = block.launch("amara")
        assert page.url.endswith("/progress")


def test_the_check_of_the_platform_finds_nothing_wrong(connect: Connect, quoin: Quoin) -> None:
    connect().launch("maria")
    (found,) = json.loads(quoin("platform", "list", "--json").output)
    checks = json.loads(quoin("platform", "check", found["id"], "--json").output)
    assert {check["topic"]: check["verdict"] for check in checks} == dict.fromkeys(
        ("registration", "keyset", "clock", "token", "deployment 1"), "ok"
    )


def test_a_client_id_that_is_not_registered_is_told_so(
    open_edx: RunningOpenEdX, tool: Parts, connect: Connect
) -> None:
    connect()
    stranger = open_edx.add_block(tool.config.public_url)
    browser = Visitor(open_edx, "amara")
    begun = browser.get(f"{open_edx.url}/blocks/{stranger.name}/open")
    assert 400 <= begun.status_code < 500
    assert "lti-unknown-platform" in begun.text


class TestForgedLaunches:
    """What the platform has really signed, altered afterwards: refused, and no session."""

    @pytest.fixture
    def block(self, connect: Connect) -> EdXBlock:
        return connect()

    def test_an_altered_signature(self, block: EdXBlock) -> None:
        browser, form = block.form("amara")
        token = form.fields["id_token"]
        head, payload, signature = token.split(".")
        altered = ("A" if signature[0] != "A" else "B") + signature[1:]
        _refused(browser, _with(form, id_token=f"{head}.{payload}.{altered}"), "lti-token")

    def test_another_role_under_the_old_signature(self, block: EdXBlock) -> None:
        browser, form = block.form("amara")
        head, payload, signature = form.fields["id_token"].split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
        roles = "https://purl.imsglobal.org/spec/lti/claim/roles"
        claims[roles] = ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]
        forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
        _refused(browser, _with(form, id_token=f"{head}.{forged}.{signature}"), "lti-token")

    def test_the_same_launch_twice(self, block: EdXBlock) -> None:
        browser, form = block.form("amara")
        assert browser.submit(form).status_code == 200
        _refused(browser, form, "lti-state")

    def test_the_token_of_one_block_with_the_state_of_another(
        self, block: EdXBlock, connect: Connect
    ) -> None:
        _, other = connect().form("amara")
        browser, form = block.form("amara")
        _refused(browser, _with(form, id_token=other.fields["id_token"]), "lti-")


def _with(form: LaunchForm, **fields: str) -> LaunchForm:
    return replace(form, fields=form.fields | fields, pairs=())


def test_content_that_a_teacher_chooses_is_stored_by_the_platform_and_opens(
    connect: Connect,
) -> None:
    block = connect()
    saved = choose(block, "SQL foundations")
    assert saved.status_code == 200
    assert "successfully saved" in saved.text
    (item,) = block.state()["contents"]
    assert (item["type"], item["title"]) == ("ltiResourceLink", "SQL foundations")
    _, page = block.launch("amara")
    assert page.status_code == 200
    assert "SQL foundations" in page.text


def test_several_contents_are_stored_and_no_choice_leaves_none(connect: Connect) -> None:
    block = connect()
    choose(block, "SQL foundations", "Data ethics")
    titles = [item["title"] for item in block.state()["contents"]]
    assert titles == ["SQL foundations", "Data ethics"]
    choose(block)
    assert block.state()["contents"] == []


def test_the_platform_refuses_a_reply_that_we_did_not_sign(connect: Connect) -> None:
    """The positive tests mean something: the consumer looks at the signature."""
    block = connect()
    browser, page = block.launch("maria", "add")
    form = read_form(reply_to(browser, page, "SQL foundations").text)
    head, payload, signature = form.fields["JWT"].split(".")
    other = ("A" if signature[0] != "A" else "B") + signature[1:]
    answer = browser.post(form.action, data={"JWT": f"{head}.{payload}.{other}"})
    assert answer.status_code in (400, 403)
    assert block.state()["contents"] == []


def test_a_learner_cannot_choose_content(connect: Connect) -> None:
    block = connect()
    with pytest.raises(requests.HTTPError, match="403"):
        block.launch("amara", "add")
