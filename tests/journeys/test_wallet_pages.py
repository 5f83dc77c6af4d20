"""The pages about wallets on a narrow screen: hand a credential over, consent, end it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_offers import Way
from tests.journeys.accessibility import violations
from tests.wallet_protocols.test_access import CALLBACK, REQUEST, VERIFIER
from tests.wallet_protocols.world import WalletWorld, served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

NARROW = {"width": 320, "height": 700}


@pytest.fixture
def world(sqlite_database: Database) -> Iterator[WalletWorld]:
    with served(sqlite_database, datetime.now(UTC), is_local=True) as found:
        found.let(*Way)
        yield found


@pytest.fixture
def page(world: WalletWorld, browser: Any) -> Iterator[Any]:
    """A page of a browser that has the learner's session."""
    context = browser.new_context(viewport=NARROW)
    name, _, value = world.learner.cookie.partition("=")
    address = {"domain": "127.0.0.1", "path": "/"}
    context.add_cookies([{"name": name, "value": value, "secure": True, **address}])
    yield context.new_page()
    context.close()


def _is_well_made(page: Any) -> None:
    assert violations(page) == []
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_credential_is_handed_over_by_link_and_picture(world: WalletWorld, page: Any) -> None:
    page.goto(f"{world.local}{world.learner.course}/credentials")
    _is_well_made(page)
    page.get_by_role("link", name=re.compile("Send it to a wallet")).first.click()
    _is_well_made(page)
    page.get_by_role("button", name=re.compile("Open in the wallet")).click()
    link = page.get_by_role("link", name="Open the wallet").get_attribute("href")
    assert link.startswith("https://lcw.app/request.html?")
    _is_well_made(page)
    assert _read_picture(page) == link
    page.get_by_role("button", name=re.compile("Make a new link.*OpenID")).click()
    link = page.get_by_role("link", name="Open the wallet").get_attribute("href")
    assert link.startswith("openid-credential-offer://?")
    assert re.fullmatch(r"\d{6}", page.locator("b.whole").first.inner_text())
    _is_well_made(page)


def _read_picture(page: Any) -> str:
    reader = pytest.importorskip("zxingcpp", reason="nothing that reads QR codes is installed")
    from PIL import Image

    picture = page.get_by_alt_text("QR code of the link that opens the wallet")
    (found,) = reader.read_barcodes(Image.open(io.BytesIO(picture.screenshot())))
    return str(found.text)


def test_a_learner_consents_and_ends_it(world: WalletWorld, page: Any) -> None:
    body = {
        "client_name": "A portfolio",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "none",
    }
    oauth = f"{world.local}/ims/ob/v3p0/oauth"
    client = page.request.post(f"{oauth}/register", data=body).json()
    wallets = f"{world.local}{world.learner.course}/wallets"
    page.goto(wallets)
    _is_well_made(page)
    page.get_by_role("button", name="Show a code").click()
    _is_well_made(page)
    code = page.locator("b.whole").first.inner_text()

    asked = {**REQUEST, "client_id": client["client_id"]}
    page.goto(f"{oauth}/authorize?{urlencode(asked)}")
    _is_well_made(page)
    page.get_by_label("Your code").fill("wrong")
    page.get_by_role("button", name="Let it read", exact=True).click()
    page.get_by_text("This needs one correction").wait_for()
    _is_well_made(page)
    page.get_by_label("Your code").fill(code)
    with page.expect_event("requestfailed", lambda sent: sent.url.startswith(CALLBACK)) as failed:
        page.get_by_role("button", name="Let it read", exact=True).click()
    # The policy of the page let the browser go there; only, nobody is there.
    answer = failed.value
    assert "NAME_NOT_RESOLVED" in answer.failure
    # The browser's own page about it comes a moment later, and would end a navigation of ours.
    page.wait_for_url(re.compile("^chrome-error:"))

    form = {
        "grant_type": "authorization_code",
        "client_id": client["client_id"],
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        "code": parse_qs(urlsplit(answer.url).query)["code"][0],
    }
    assert page.request.post(f"{oauth}/token", form=form).status == 200
    page.goto(wallets)
    page.get_by_role("heading", name="A portfolio").wait_for()
    _is_well_made(page)
    page.get_by_role("button", name=re.compile("End this")).click()
    page.get_by_text("No wallet reads your credentials now.").wait_for()
