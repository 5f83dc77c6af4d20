"""Anybody checks a credential on a page: every outcome in words, and nothing of it is active."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.app import create_app
from lti_tool.credentials.recognition import png
from lti_tool.credentials.recognition.documents import LARGEST
from lti_tool.errors import LTIServiceError
from lti_tool.lti.http_client import Answer, HTTPClient
from lti_tool.outside_documents import OutsideDocuments
from lti_tool.persistence.base import Database
from lti_tool.web import verifying
from lti_tool.web.parts import Parts, build_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import public
from tests.credentials.bad_pictures import tiny_png
from tests.credentials.outside import LIST, Issuer, Web, raw
from tests.web.world import CONFIG, ORIGIN


class WebClient(HTTPClient):
    """Answers as the issuers of the test's web do, instead of calling them."""

    def __init__(self, web: Web) -> None:
        super().__init__()
        self._web = web

    def request(self, method: str, url: str, **options: Any) -> Answer:  # type: ignore[override]
        """Return what stands at an address."""
        assert (method, options) == ("GET", {"max_bytes": LARGEST})
        found = self._web.fetch(url)
        if not found.status:
            raise LTIServiceError("nobody answers")
        return Answer(url, found.status, {}, found.body)


@pytest.fixture
def web() -> Web:
    """The documents of others."""
    return Web()


@pytest.fixture
def uni(web: Web) -> Issuer:
    """A university."""
    return Issuer(web)


@pytest.fixture
def client(
    sqlite_database: Database, now: datetime, web: Web, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FlaskClient]:
    """A browser without any cookie."""
    monkeypatch.setattr(verifying, "check_limit", RateLimit(verifying.CHECKS_PER_MINUTE))
    built = build_parts(CONFIG, database=sqlite_database, clock=lambda: now)
    parts = Parts(
        built.config,
        built.database,
        built.keyring,
        built.http,
        built.keysets,
        built.platforms,
        built.clock,
        outside=OutsideDocuments(WebClient(web)),
    )
    yield create_app(CONFIG, parts=parts).test_client(use_cookies=False)
    parts.checking.close()


def send(client: FlaskClient, pasted: Any = "", file: bytes = b"", **headers: str) -> TestResponse:
    """Send the form as a browser does."""
    text = pasted if isinstance(pasted, str) else raw(pasted).decode()
    data = {"credential": text, "file": (io.BytesIO(file), "photo.jpg")}
    given = {"Origin": ORIGIN, **headers}
    return client.post("/verify", data=data, headers=given, base_url=ORIGIN)


def test_the_form_is_open_to_everybody_and_fetches_nothing(client: FlaskClient, web: Web) -> None:
    page = client.get("/verify?url=https://evil.example/%22%3E%3Cscript%3E", base_url=ORIGIN)
    assert page.status_code == 200
    assert "Check a credential" in page.text
    assert "<script>" not in page.text
    assert 'enctype="multipart/form-data"' in page.text
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert web.asked == []


def test_a_pasted_credential_of_an_unknown_issuer_shows_its_address(
    client: FlaskClient, uni: Issuer
) -> None:
    page = send(client, uni.sign(uni.credential()))
    assert page.status_code == 200
    assert "Good signature, unknown issuer" in page.text
    assert f"<b>{uni.did}</b>" in page.text
    assert "SQL foundations" in page.text
    assert "frame-ancestors" in page.headers["Content-Security-Policy"]


def test_a_picture_is_told_by_its_content(client: FlaskClient, uni: Issuer) -> None:
    baked = png.bake(tiny_png(), uni.jwt(uni.credential()).encode())
    page = send(client, file=baked)
    assert "Good signature, unknown issuer" in page.text
    assert "PNG: JWT RS256" in page.text


def test_an_address_is_followed(client: FlaskClient, web: Web, uni: Issuer) -> None:
    url = f"{uni.base}/credentials/1"
    web.put(url, uni.sign(uni.credential()))
    assert "Good signature, unknown issuer" in send(client, f" {url}\n").text
    assert web.asked == [url, uni.document]


@pytest.mark.parametrize(
    ("changes", "headline"),
    [
        ({"validUntil": "2026-05-01T00:00:00Z"}, "Expired"),
        ({"validFrom": "2999-01-01T00:00:00Z"}, "Invalid"),
        ({"grade": "A"}, "Invalid"),
    ],
)
def test_each_outcome_has_its_words(
    client: FlaskClient, uni: Issuer, changes: dict[str, str], headline: str
) -> None:
    page = send(client, uni.sign(uni.credential(**changes)))
    assert f"{headline}</h1>" in page.text
    assert ("SQL foundations" in page.text) == (headline != "Invalid")


def test_revoked_and_suspended_are_told_apart(client: FlaskClient, web: Web, uni: Issuer) -> None:
    web.put(LIST, uni.status_list(7))
    assert "Revoked</h1>" in send(client, uni.with_status()).text


def test_a_list_that_cannot_be_had_is_no_verdict_on_the_credential(
    client: FlaskClient, uni: Issuer
) -> None:
    page = send(client, uni.with_status())
    assert "It cannot be checked</h1>" in page.text
    assert "Try again later" in page.text


def test_a_transcript_shows_every_member(client: FlaskClient, uni: Issuer) -> None:
    page = send(client, uni.transcript([uni.member(1), uni.member(2)]))
    assert page.text.count("<article") == 2


def test_markup_in_a_credential_is_shown_as_text(client: FlaskClient, uni: Issuer) -> None:
    document = copy.deepcopy(uni.credential())
    achievement = document["credentialSubject"]["achievement"]
    achievement["name"] = "<script>alert(1)</script>"
    achievement["description"] = '[x](javascript:alert(1)) <img src="data:text/html,x">'
    page = send(client, uni.sign(document))
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<img" not in page.text
    assert 'href="javascript' not in page.text


def test_machines_get_json(client: FlaskClient, uni: Issuer) -> None:
    answer = send(client, uni.sign(uni.credential()), Accept="application/json")
    assert answer.json is not None
    assert answer.json["outcome"] == "unknown issuer"
    assert answer.json["reasons"][0]["code"] == "unknown-issuer"


def test_nothing_and_too_much_are_answered_in_words(client: FlaskClient) -> None:
    empty = send(client)
    assert empty.status_code == 422
    assert "choose a file" in empty.text
    assert "larger than a credential may be" in send(client, "x" * 400_000).text
    # Sent as one body: the test client would leave a large form in a temporary file.
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    large = client.post(
        "/verify",
        data=head + bytes(3_000_000) + b"\r\n--b--\r\n",
        content_type="multipart/form-data; boundary=b",
        headers={"Origin": ORIGIN},
        base_url=ORIGIN,
    )
    assert "larger than a credential may be" in large.text


def test_a_flood_is_slowed_down(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "check_limit", RateLimit(2))
    assert [send(client, "{}").status_code for _ in range(3)] == [200, 200, 422]


def test_the_form_of_another_site_is_refused(client: FlaskClient) -> None:
    assert send(client, "{}", Origin="https://evil.example").status_code == 403


def test_a_credential_of_this_tool_is_checked_without_a_network(
    client: FlaskClient, web: Web
) -> None:
    own = Issuer(web, "did:web:127.0.0.1%3A8000:issuers:one")
    document = json.loads(web.documents[own.document].body)

    @public
    def serve() -> Any:
        assert not request.cookies
        return document

    client.application.add_url_rule("/issuers/one/did.json", view_func=serve)
    signed = own.sign(own.credential())
    assert "Valid</h1>" in send(client, signed).text
    assert "Invalid</h1>" in send(client, {**signed, "name": "Another"}).text
    assert web.asked == []


def test_pages_that_are_not_for_everybody_are_not_seen_by_a_check(client: FlaskClient) -> None:
    course = "courses:00000000-0000-4000-8000-000000000000:progress"
    fake = Issuer(Web(), f"did:web:127.0.0.1%3A8000:{course}")
    page = send(client, fake.sign(fake.credential()))
    assert "It cannot be checked</h1>" in page.text
