"""The pages about wallets and consent, and what machines are told when something is wrong."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from werkzeug.test import TestResponse

from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_offers import Way
from lti_tool.web import badge_oauth, consent, oid4vci
from tests.credentials.issuing import PUBLIC_URL
from tests.wallet_protocols.test_access import CALLBACK, ReadingWorld

OAUTH = "/ims/ob/v3p0/oauth"


@pytest.fixture
def world(
    sqlite_database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> ReadingWorld:
    # The limits live as long as the process: each test has them to itself.
    for module, name in (
        (consent, "consent_limit"),
        (badge_oauth, "register_limit"),
        (oid4vci, "token_limit"),
    ):
        limit = getattr(module, name)
        monkeypatch.setattr(module, name, type(limit)(limit._per_minute))
    return ReadingWorld(sqlite_database, now)


def _send(world: ReadingWorld, method: str, path: str, **values: Any) -> TestResponse:
    client = world.public.test_client(use_cookies=False)
    return client.open(path, method=method, base_url=PUBLIC_URL, **values)


def _post_consent(world: ReadingWorld, origin: str = PUBLIC_URL, **form: str) -> TestResponse:
    data = {**world.fields(), "decision": "allow", **form}
    return _send(world, "POST", f"{OAUTH}/authorize", data=data, headers={"Origin": origin})


def test_the_page_of_a_credential_offers_the_ways_that_are_on(world: ReadingWorld) -> None:
    path = f"credentials/{world.award()}/wallet"
    assert "hands no credentials over" in world.learner.get(path).text
    assert world.learner.post(path, {"way": "vc-api"}).status_code == 403
    world.let(Way.VC_API, Way.OID4VCI)
    page = world.learner.get(path).text
    assert page.count("<h1") == 1
    assert 'value="vc-api"' in page
    assert 'value="oid4vci"' in page
    assert world.learner.post(path, {"way": "ob-api"}).status_code == 422
    assert path in world.learner.get("credentials").text


def test_a_teacher_and_a_stranger_get_no_offer_of_a_learners_credential(
    world: ReadingWorld,
) -> None:
    world.let(Way.VC_API)
    path = f"credentials/{world.award()}/wallet"
    for person in (world.teacher, world.come_as("noor")):
        assert person.get(path).status_code == 404
        assert person.post(path, {"way": "vc-api"}).status_code == 404


def test_the_picture_is_a_qr_code_of_the_link(world: ReadingWorld) -> None:
    world.let(Way.VC_API)
    page = world.learner.post(f"credentials/{world.award()}/wallet", {"way": "vc-api"}).text
    link = re.search(r'href="(https://lcw.app/[^"]+)"', page)
    picture = re.search(r'<img src="(data:image/svg\+xml[^"]+)"', page)
    assert link is not None
    assert picture is not None
    expected = segno.make(link[1].replace("&amp;", "&"), error="l")
    drawn = expected.svg_data_uri(scale=4, light="#fff")
    assert picture[1].replace("&#39;", "'").replace("&amp;", "&") == drawn


def test_the_page_of_consent_names_the_wallet_and_is_in_no_frame(world: ReadingWorld) -> None:
    page = _send(world, "GET", f"{OAUTH}/authorize", query_string=world.fields())
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://portfolio.example;" in policy
    assert "portfolio.example</b>" in page.text
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in page.headers


def test_consent_leads_back_to_the_wallet_with_a_code(world: ReadingWorld) -> None:
    told = _post_consent(world, code=world.pairing().lower())
    assert told.status_code == 303
    there = urlsplit(told.headers["Location"])
    query = parse_qs(there.query)
    assert there._replace(query="").geturl() == CALLBACK
    assert (query["state"], query["iss"]) == (["s"], [f"{PUBLIC_URL}/ims/ob/v3p0"])
    assert world.tokens(query["code"][0]).access


def test_consent_from_another_site_or_with_a_wrong_code_gives_nothing(
    world: ReadingWorld,
) -> None:
    code = world.pairing()
    assert _post_consent(world, "https://evil.example", code=code).status_code == 403
    wrong = _post_consent(world, code="AAAAA-AAAAA")
    assert wrong.status_code == 422
    assert "This code is wrong" in wrong.text
    assert 'value="AAAAA-AAAAA"' in wrong.text
    bad = _post_consent(world, redirect_uri="https://evil.example/")
    assert bad.status_code == 422
    assert "Location" not in bad.headers
    assert world.grants() == []


def test_codes_are_not_tried_without_end(world: ReadingWorld) -> None:
    for _ in range(30):
        assert "This code is wrong" in _post_consent(world, code="AAAAA-AAAAA").text
    page = _post_consent(world, code=world.pairing())
    assert page.status_code == 422
    assert "Too many codes were tried" in page.text


def test_a_wrong_request_leads_back_to_the_wallet_with_the_error(world: ReadingWorld) -> None:
    fields = world.fields(scope="credential.upsert")
    told = _send(world, "GET", f"{OAUTH}/authorize", query_string=fields)
    assert told.status_code == 303
    assert "error=invalid_scope" in told.headers["Location"]
    unknown = world.fields(redirect_uri="https://evil.example/")
    page = _send(world, "GET", f"{OAUTH}/authorize", query_string=unknown)
    assert page.status_code == 422
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_errors_have_the_form_of_their_protocol(world: ReadingWorld) -> None:
    world.let(Way.OID4VCI, Way.BADGES_API)
    here = world.issuer_url().removeprefix(PUBLIC_URL)
    basic = base64.b64encode(b"nobody:x").decode()
    asked = [
        ("POST", f"{OAUTH}/token", {"data": {"grant_type": "password"}}, "unsupported_grant_type"),
        ("POST", f"{OAUTH}/register", {"data": "no json"}, "invalid_client_metadata"),
        ("POST", f"{here}/oid4vci/token", {"data": {}}, "unsupported_grant_type"),
        ("POST", f"{here}/oid4vci/token", {"data": "grant_type=a&grant_type=b"}, None),
    ]
    for method, path, values, code in asked:
        form = {"content_type": "application/x-www-form-urlencoded"}
        answer = _send(world, method, path, **values, **form)
        assert answer.status_code == 400, path
        assert answer.get_json()["error"] == code or code is None
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    data = {"grant_type": "refresh_token", "refresh_token": "x"}
    headers = {"Authorization": f"Basic {basic}"}
    refused = _send(world, "POST", f"{OAUTH}/token", data=data, headers=headers)
    assert (refused.status_code, refused.get_json()["error"]) == (401, "invalid_client")
    assert refused.headers["WWW-Authenticate"].startswith("Basic ")
    unknown = _send(world, "POST", "/wallet/exchanges/unknown", json={})
    assert (unknown.status_code, unknown.content_type) == (404, "application/problem+json")


def test_a_query_that_cannot_be_read_is_refused(world: ReadingWorld) -> None:
    headers = {"Authorization": f"Bearer {world.tokens(world.code()).access}"}
    for query in ("limit=0", "limit=x", "offset=-1", "since=yesterday"):
        answer = _send(world, "GET", f"/ims/ob/v3p0/credentials?{query}", headers=headers)
        assert answer.status_code == 400, query
        assert answer.get_json()["imsx_codeMajor"] == "failure"


def test_writing_is_not_offered_and_refused(world: ReadingWorld) -> None:
    headers = {"Authorization": f"Bearer {world.tokens(world.code()).access}"}
    for method, name in (("POST", "credentials"), ("PUT", "profile")):
        answer = _send(world, method, f"/ims/ob/v3p0/{name}", headers=headers, json={})
        assert answer.status_code == 405
        assert "GET" in answer.headers["Allow"]


def test_where_a_protocol_is_off_it_is_not_there(world: ReadingWorld) -> None:
    here = world.issuer_url().removeprefix(PUBLIC_URL)
    for path in (
        f"/.well-known/openid-credential-issuer{here}",
        f"{here}/.well-known/oauth-authorization-server",
    ):
        assert _send(world, "GET", path).status_code == 404
    world.let(Way.OID4VCI)
    assert _send(world, "GET", f"/.well-known/openid-credential-issuer{here}").status_code == 200
    assert _send(world, "GET", "/ims/ob/v3p0/discovery").status_code == 404
    assert _send(world, "POST", f"{OAUTH}/register", json={}).status_code == 400
    body = {"client_name": "x", "redirect_uris": [CALLBACK]}
    assert _send(world, "POST", f"{OAUTH}/register", json=body).status_code == 404


def test_many_registrations_in_a_minute_are_refused(world: ReadingWorld) -> None:
    body = {"client_name": "x", "redirect_uris": [CALLBACK]}
    statuses = [_send(world, "POST", f"{OAUTH}/register", json=body).status_code for _ in range(11)]
    assert statuses == [201] * 10 + [429]


def test_a_preview_offers_nothing(world: ReadingWorld) -> None:
    world.let(Way.VC_API, Way.BADGES_API)
    preview = world.come_as("amara-preview", purpose="preview")
    assert preview.post("wallets/code").status_code == 403
