"""Threats at deep linking: the request, who sends it, and the form of the picker (B20 to B22)."""

from __future__ import annotations

import re
from typing import Any

import jwt
import pytest
from werkzeug.test import TestResponse

from lti_tool.persistence.catalog import ensure_achievement, ensure_institution
from lti_tool.persistence.placements import Placement
from tests.conformance.threats.arena import Arena, refused
from tests.lti.platform import ISSUER, LEARNER, REMOVED

CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SETTINGS = {
    "deep_link_return_url": f"{ISSUER}/return",
    "accept_types": ["ltiResourceLink"],
    "accept_presentation_document_targets": ["iframe"],
}


def _settings(**changed: Any) -> dict[str, Any]:
    wanted = SETTINGS | changed
    return {name: value for name, value in wanted.items() if value is not REMOVED}


def _claims(reply: TestResponse) -> dict[str, Any]:
    """Return the claims of the signed reply on a page."""
    assert reply.status_code == 200, reply.text
    found = re.search(r'name="JWT" value="([^"]+)"', reply.text)
    assert found is not None
    return dict(jwt.decode(found[1], options={"verify_signature": False}))


def _pick(arena: Arena, launched: TestResponse, *fields: tuple[str, str]) -> TestResponse:
    """Send the form of the picker; by default with the one achievement."""
    page = arena.page(launched)
    chosen = list(fields) or [("achievement", str(arena.world.achievement_uuid))]
    return arena.send(launched.location, page, chosen)


@pytest.mark.parametrize(
    "url",
    [
        REMOVED,
        "",
        7,
        "http://lms.example.edu/return",
        "https://evil.example/return",
        "javascript:alert(1)",
        "https://lms.example.edu@evil.example/",
    ],
)
def test_b20_return_url(arena: Arena, url: object) -> None:
    """B20: deep-link return URL unsafe or missing; odd accept_types; single choice with three
    picks; data absent or 5 kB. Here the return URL."""
    answer = arena.deep_link(settings=_settings(deep_link_return_url=url))
    assert answer.status_code == 400
    refused(answer, "lti-")


@pytest.mark.parametrize("types", [["file"], "ltiResourceLink", 7, ["html", "nonsense"]])
def test_b20_accept_types(arena: Arena, types: object) -> None:
    """B20: deep-link return URL unsafe or missing; odd accept_types; single choice with three
    picks; data absent or 5 kB. A type that was not accepted is never sent."""
    answer = arena.deep_link(settings=_settings(accept_types=types))
    if answer.status_code == 303:
        answer = _pick(arena, answer)
    assert answer.status_code == 400, "nothing of ours fits, or it is no list"
    assert "lti-" in answer.text


def test_b20_plain_links(arena: Arena) -> None:
    """B20: deep-link return URL unsafe or missing; odd accept_types; single choice with three
    picks; data absent or 5 kB. Where only plain links are accepted, they are sent."""
    answer = _pick(arena, arena.deep_link(settings=_settings(accept_types=["link", "file"])))
    (item,) = _claims(answer)[CLAIM + "content_items"]
    assert item["type"] == "link"


def test_b20_single_choice(arena: Arena) -> None:
    """B20: deep-link return URL unsafe or missing; odd accept_types; single choice with three
    picks; data absent or 5 kB. Three picks are asked down to one."""
    with arena.world.database.writing() as session:
        more = [
            ensure_achievement(
                session, arena.world.institution_id, key, arena.world.now, name=key
            ).uuid
            for key in ("sql", "charts")
        ]
    launched = arena.deep_link(settings=_settings(accept_multiple=False))
    picks = [("achievement", str(uuid)) for uuid in (arena.world.achievement_uuid, *more)]
    answer = _pick(arena, launched, *picks)
    assert answer.status_code == 422
    assert "JWT" not in answer.text
    assert len(_claims(_pick(arena, launched, picks[0]))[CLAIM + "content_items"]) == 1


@pytest.mark.parametrize("data", [REMOVED, "<&\" 'é" + "x" * 5000])
def test_b20_data(arena: Arena, data: object) -> None:
    """B20: deep-link return URL unsafe or missing; odd accept_types; single choice with three
    picks; data absent or 5 kB. Echoed exactly, or not at all."""
    claims = _claims(_pick(arena, arena.deep_link(settings=_settings(data=data))))
    assert claims.get(CLAIM + "data", REMOVED) == data


def test_b21(arena: Arena) -> None:
    """B21: learner opens deep linking. Refused; nor does a learner's session open the picker."""
    refused(arena.deep_link(roles=[LEARNER]), "lti-role")
    launched = arena.launch()
    course = launched.location.rsplit("/", 1)[0]
    assert arena.open(f"{course}/link").status_code == 403


def test_b22_altered(arena: Arena) -> None:
    """B22: picker form replayed or altered. Items come only from ids of the server."""
    with arena.world.database.writing() as session:
        hill = ensure_institution(session, "hill", "Hill College", arena.world.now)
        foreign = ensure_achievement(
            session, hill.id, "theirs", arena.world.now, name="Theirs"
        ).uuid
    launched = arena.deep_link(settings=_settings())
    assert _pick(arena, launched, ("achievement", str(foreign))).status_code == 404
    for odd in ("1", "' OR 1=1", "<script>", "00000000-0000-4000-8000-000000000001"):
        assert _pick(arena, launched, ("achievement", odd)).status_code in (404, 422)
    own = ("achievement", str(arena.world.achievement_uuid))
    extra = [("url", "https://evil.example/"), ("title", "Evil"), ("deep_link_return_url", "x")]
    answer = _pick(arena, launched, own, *extra)
    (item,) = _claims(answer)[CLAIM + "content_items"]
    assert "evil" not in str(item).lower()
    assert f'action="{ISSUER}/return"' in answer.text


def test_b22_replayed(arena: Arena) -> None:
    """B22: picker form replayed or altered. A second sending places nothing twice."""
    launched = arena.deep_link(settings=_settings())
    first, second = (_claims(_pick(arena, launched)) for _ in range(2))
    assert first["nonce"] != second["nonce"]
    assert first[CLAIM + "content_items"] == second[CLAIM + "content_items"]
    assert arena.count(Placement) == 1
