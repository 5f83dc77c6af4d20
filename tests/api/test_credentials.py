"""The credential of an award through the API: for the person who holds it, as it was issued."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import uuid4

import pytest

from lti_tool.services.open_institution import open_institution
from tests.api.site import ISSUER, Site, item


def _target(award: object, subject: str = "ada", issuer: str = ISSUER) -> str:
    return f"/api/v1/credentials/{award}?{urlencode({'issuer': issuer, 'subject': subject})}"


def _award(site: Site) -> dict[str, object]:
    site.report(item("1", grade="80"), item("2", competency="charts"))
    site.report(item("3", subject="ben"))
    found: dict[str, object] = site.progress(stack="data-basics")["stacks"][0]["award"]
    return found


def test_a_credential_is_told_once_it_is_issued(site: Site) -> None:
    award = _award(site)
    assert award["has_credential"] is False
    early = site.send("GET", _target(award["uuid"]))
    assert (early.status_code, early.get_json()["code"]) == (404, "unknown-credential")
    site.work()
    assert site.progress(stack="data-basics")["stacks"][0]["award"]["has_credential"] is True
    answer = site.send("GET", _target(award["uuid"]))
    assert answer.status_code == 200
    assert answer.get_json()["id"].endswith(f"/credentials/{award['uuid']}")
    assert answer.get_json()["proof"][0]["cryptosuite"] == "eddsa-rdfc-2022"
    again = site.send(
        "GET", _target(award["uuid"]), headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("subject", ["ben", "nobody"])
def test_nobody_else_gets_it(site: Site, subject: str) -> None:
    award = _award(site)
    site.work()
    answer = site.send("GET", _target(award["uuid"], subject))
    assert (answer.status_code, answer.get_json()["code"]) == (404, "unknown-credential")


def test_another_institution_and_another_issuer_get_nothing(sqlite_site: Site) -> None:
    site = sqlite_site
    award = _award(site)
    site.work()
    open_institution(site.database, key="other", name="Other", now=site.now)
    stranger = site.add_key(institution="other")
    assert site.send("GET", _target(award["uuid"]), key=stranger).status_code == 404
    elsewhere = _target(award["uuid"], issuer="https://elsewhere.example")
    assert site.send("GET", elsewhere).status_code == 403
    assert site.send("GET", _target(uuid4())).status_code == 404
    assert site.send("GET", _target("1")).status_code == 404
