"""An LMS registers the tool over HTTP by itself, and people launch (section 11)."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import pytest
import requests

from demo_lms.links import list_links
from demo_lms.registration import SCORE
from demo_lms.serving import Server, bind_any_loopback
from demo_lms.testing import RunningLMS, Visitor, read_form
from lti_tool.app import create_app
from lti_tool.config import Config
from lti_tool.lti.platform_checks import Verdict
from lti_tool.persistence.base import Database
from lti_tool.services.approve_deployment import approve_deployment
from lti_tool.services.check_platform import check_platform
from lti_tool.services.invite_platform import InvitationTerms, invite_platform
from lti_tool.services.invite_update import invite_update
from lti_tool.services.list_platforms import list_platforms
from lti_tool.services.open_institution import open_institution
from lti_tool.services.show_platform import show_platform
from lti_tool.web.parts import Parts, build_parts

SECRET = b"a secret key of more than thirty-two bytes"
COURSE = "algorithms"


@dataclass
class Pair:
    """The tool and a practice LMS, each at a port of its own."""

    lms: RunningLMS
    parts: Parts
    url: str

    @property
    def database(self) -> Database:
        return self.parts.database

    def invite(self, **terms: bool) -> str:
        made = invite_platform(
            self.database,
            "harbour",
            InvitationTerms(allows_loopback=True, **terms),
            actor="test",
            now=datetime.now(UTC),
        )
        return f"{self.url}/lti/register/{made.code}"

    def registrar(self) -> Visitor:
        return self.lms.visit("ingrid")

    def invite_update(self, platform: UUID) -> str:
        made = invite_update(
            self.database, platform, timedelta(hours=1), actor="test", now=datetime.now(UTC)
        )
        return f"{self.url}/lti/register/{made.code}"

    def open_frame(
        self, visitor: Visitor, address: str, product: str, form: str = "register"
    ) -> str:
        """Register at the LMS and give the address that its frame opens."""
        page = visitor.post(
            f"{self.lms.url}/admin/tools/{form}", data={"address": address, "product": product}
        )
        assert self.url in page.headers["Content-Security-Policy"]
        found = re.search(r'<iframe[^>]* src="([^"]+)"', page.text)
        assert found is not None
        return unescape(found[1])

    def click(self, source: str) -> requests.Response:
        """Look at the page in the frame, without any cookie, and press its button."""
        page = requests.get(source, headers={"Referer": f"{self.lms.url}/"}, timeout=20)
        assert page.status_code == 200, page.text
        assert page.headers["Content-Security-Policy"].endswith("frame-ancestors *")
        assert "Set-Cookie" not in page.headers
        address = source.split("?", 1)[0]
        fields = read_form(page.text).fields
        return requests.post(address, data=fields, headers={"Origin": "null"}, timeout=40)

    def activate(self, visitor: Visitor, client_id: str, *scopes: str) -> None:
        answer = visitor.post(
            f"{self.lms.url}/admin/tools/{client_id}/activate", data={"scope": scopes}
        )
        assert answer.status_code == 200

    def launch(self, client_id: str) -> requests.Response:
        """Open the course's link to the new tool as its teacher."""
        with self.lms.lms.database.reading() as connection:
            links = list_links(connection, COURSE)
        (link_id,) = [link.id for link in links if link.client_id == client_id]
        visitor = self.lms.visit("maria")
        return visitor.submit(visitor.follow_login(visitor.start_link(COURSE, link_id)))

    def platform(self) -> UUID:
        (row,) = list_platforms(self.database)
        return row.uuid


@pytest.fixture
def pair(database: Database) -> Iterator[Pair]:
    sockets = bind_any_loopback()
    url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    parts = build_parts(Config("", url, SECRET), database=database)
    server = Server(create_app(parts.config, parts=parts), sockets)
    thread = threading.Thread(target=server.run, daemon=True)
    open_institution(database, key="harbour", name="Harbour", now=datetime.now(UTC))
    thread.start()
    with RunningLMS(url) as lms:
        yield Pair(lms, parts, url)
    server.stop()
    thread.join(10)


def test_moodle_registers_the_tool_is_activated_and_launches(pair: Pair) -> None:
    visitor = pair.registrar()
    done = pair.click(pair.open_frame(visitor, pair.invite(), "moodle"))
    assert done.status_code == 200, done.text
    assert "Activate" in done.text
    assert "activity chooser" in done.text
    assert f'data-close="{pair.lms.url}"' in done.text
    assert "leave.js" in done.text

    view = show_platform(pair.database, pair.platform())
    assert (view.family, view.issuer, view.institution) == ("moodle", pair.lms.url, "harbour")
    (deployment,) = view.deployments
    assert deployment.state == "approved"

    tool = pair.lms.lms.tool(view.client_id)
    assert tool is not None
    pair.activate(visitor, view.client_id, *tool.scopes)
    landed = pair.launch(view.client_id)
    assert landed.status_code == 200
    assert "/roster" in landed.url


def test_moodle_updates_the_tool_by_an_invitation_for_it_and_links_go_on(pair: Pair) -> None:
    visitor = pair.registrar()
    pair.click(pair.open_frame(visitor, pair.invite(), "moodle"))
    view = show_platform(pair.database, pair.platform())
    pair.activate(visitor, view.client_id, SCORE)
    tool = pair.lms.lms.tool(view.client_id)
    assert tool is not None
    pair.lms.lms.put_tool(replace(tool, name="Old name", jwks_url=f"{pair.url}/elsewhere"))

    address = pair.invite_update(view.uuid)
    alone = requests.get(address, timeout=20).text
    assert "to update" in alone
    assert "“Update” beside its name" in alone
    source = pair.open_frame(visitor, address, "moodle", f"{view.client_id}/update")
    asked = requests.get(source, timeout=20).text
    assert "Quoin will update its registration" in asked
    done = pair.click(source)
    assert (done.status_code, "Quoin is updated" in done.text) == (200, True)
    assert "stays active" in done.text

    updated = pair.lms.lms.tool(view.client_id)
    assert updated is not None
    assert (updated.name, updated.jwks_url) == ("Quoin", f"{pair.url}/lti/jwks")
    assert len(updated.scopes) == 5
    assert show_platform(pair.database, view.uuid).granted_scopes == updated.scopes
    assert "/roster" in pair.launch(view.client_id).url
    assert requests.get(address, timeout=20).status_code == 400, "it was good once"


def test_an_invitation_to_update_makes_no_new_tool(pair: Pair) -> None:
    """B39."""
    visitor = pair.registrar()
    pair.click(pair.open_frame(visitor, pair.invite(), "moodle"))
    view = show_platform(pair.database, pair.platform())
    before = pair.lms.lms.tools()
    address = pair.invite_update(view.uuid)
    refused = pair.click(pair.open_frame(visitor, address, "moodle"))
    assert (refused.status_code, "lti-registration-other" in refused.text) == (400, True)
    assert pair.lms.lms.tools() == before
    assert pair.platform() == view.uuid
    source = pair.open_frame(visitor, address, "moodle", f"{view.client_id}/update")
    assert pair.click(source).status_code == 200, "the invitation stayed good"


def test_canvas_cuts_scopes_and_its_deployment_waits_for_approval(pair: Pair) -> None:
    visitor = pair.registrar()
    done = pair.click(pair.open_frame(visitor, pair.invite(), "canvas"))
    assert done.status_code == 200, done.text
    assert "waits for approval" in done.text
    view = show_platform(pair.database, pair.platform())
    assert (view.family, view.name, view.deployments) == ("canvas", "Harbour University", ())

    pair.activate(visitor, view.client_id, SCORE)
    refused = pair.launch(view.client_id)
    assert refused.status_code == 403
    assert "lti-deployment-pending" in refused.text
    (waiting,) = show_platform(pair.database, view.uuid).deployments
    assert waiting.last_error_code == "lti-deployment-pending"
    approve_deployment(
        pair.database,
        view.uuid,
        waiting.deployment_id,
        "harbour",
        actor="test",
        now=datetime.now(UTC),
    )
    assert "/roster" in pair.launch(view.client_id).url

    findings = check_platform(
        pair.database,
        pair.parts.http,
        pair.parts.keyring,
        view.uuid,
        clock=lambda: datetime.now(UTC),
    )
    by_topic = {finding.topic: finding for finding in findings}
    assert by_topic["token"].found == "Scopes granted: score."
    assert by_topic["scope lineitem"].verdict is Verdict.WARNING
    assert by_topic["configuration"].verdict is Verdict.OK
    assert not [finding for finding in findings if finding.verdict is Verdict.FAILURE]
    assert show_platform(pair.database, view.uuid).granted_scopes == (SCORE,)


def test_with_auto_approval_canvas_launches_at_once(pair: Pair) -> None:
    visitor = pair.registrar()
    address = pair.invite(approves_deployments=True)
    done = pair.click(pair.open_frame(visitor, address, "canvas"))
    assert "waits for approval" not in done.text
    view = show_platform(pair.database, pair.platform())
    pair.activate(visitor, view.client_id, SCORE)
    assert "/roster" in pair.launch(view.client_id).url


def test_looking_uses_nothing_up_and_a_used_token_of_the_lms_is_refused_in_words(
    pair: Pair,
) -> None:
    """A refusal names a code and a reference, and the invitation stays good (B38)."""
    visitor = pair.registrar()
    first, second = pair.invite(), pair.invite()
    source = pair.open_frame(visitor, first, "moodle")
    for _ in range(3):
        assert requests.get(source, timeout=20).status_code == 200
    assert pair.click(source).status_code == 200
    query = source.split("?", 1)[1]
    refused = pair.click(f"{second}?{query}")
    assert refused.status_code == 400
    assert "Its one-time token was used before. Start anew in the LMS." in refused.text
    assert "lti-registration-refused" in refused.text
    assert "reference" in refused.text
    again = pair.click(pair.open_frame(visitor, second, "moodle"))
    assert again.status_code == 200
    assert requests.get(second, timeout=20).status_code == 400


def test_the_address_alone_says_where_it_goes(pair: Pair) -> None:
    page = requests.get(pair.invite(), timeout=20)
    assert page.status_code == 200
    assert "copy the address of this page" in page.text
    assert "<form" not in page.text
    gone = requests.get(f"{pair.url}/lti/register/unknown", timeout=20)
    assert (gone.status_code, "lti-invitation" in gone.text) == (400, True)
