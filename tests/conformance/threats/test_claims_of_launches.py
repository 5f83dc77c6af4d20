"""Threats in what a launch says: custom values, names, return addresses, language (B16 to B19)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from lti_tool.persistence.courses import Context
from lti_tool.persistence.learners import Learner
from tests.conformance.threats.arena import Arena, refused
from tests.lti.platform import INSTRUCTOR, ISSUER, PUBLIC_URL

SCRIPT = "<script>alert(1)</script>"
OVERRIDE = "\u202e"


@pytest.mark.parametrize(
    "custom",
    [
        {"quoin_placement": "$ResourceLink.id", "context_history": "$Context.id.history"},
        {"quoin_placement": 7, "context_history": True, "other": 1.5},
        {"quoin_placement": None, "context_history": ""},
        {"quoin_placement": SCRIPT, "context_history": SCRIPT, "other": SCRIPT},
        {"quoin_placement": "00000000-0000-4000-8000-000000000001", "role": "admin"},
    ],
)
def test_b16(arena: Arena, custom: dict[str, object]) -> None:
    """B16: unresolved, non-string, 1 MB or HTML custom values. Absent or plain text, no right."""
    launched = arena.launch(custom=custom)
    page = arena.page(launched)
    assert page.status_code == 200
    assert SCRIPT not in page.text
    assert launched.location.endswith("/progress")


@pytest.mark.parametrize("custom", [{"other": "x" * 1_000_000}, "text", ["a"], 7])
def test_b16_refused(arena: Arena, custom: object) -> None:
    """B16: unresolved, non-string, 1 MB or HTML custom values. Here those that are refused."""
    answer = arena.launch(custom=custom)
    assert answer.status_code in (400, 413)
    assert arena.count(Learner) == 0


def test_b17(arena: Arena) -> None:
    """B17: script, direction override, emoji, NUL in names. Escaped, and NUL is gone."""
    name = f"Ada {SCRIPT}\u0000 \U0001f600"
    title = f"Course {SCRIPT}\u0000{OVERRIDE} \U0001f600"
    arena.launch(name=name, context={"id": "course-1", "title": title})
    context = {"id": "course-1", "title": title}
    page = arena.page(arena.launch(sub="teacher", name="Tia", roles=[INSTRUCTOR], context=context))
    assert SCRIPT not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "\U0001f600" in page.text
    assert "\u0000" not in page.text
    with arena.world.database.reading() as session:
        learner = session.scalars(select(Learner).where(Learner.name.contains("Ada"))).one()
        course = session.scalars(select(Context)).one()
    assert "\u0000" not in f"{learner.name}{course.title}"
    assert OVERRIDE not in course.title, "it could turn around what stands beside it"


def _way_back(arena: Arena, return_url: object) -> list[str]:
    """Return the links that a refused launch with this return address shows."""
    begun = arena.started()
    platform = arena.world.platform
    claims = platform.claims(
        now=arena.world.now, nonce="another", presentation={"return_url": return_url}
    )
    answer = arena.post(begun["state"], platform.sign(claims))
    refused(answer, "lti-nonce")
    links = re.findall(r'href="([^"]+)"', answer.text)
    return [link for link in links if not link.startswith(("/", PUBLIC_URL, "#"))]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://evil.example/",
        "https://lms.example.edu@evil.example/",
        "https://lms.example.edu.evil.example/",
        "//evil.example/",
        "http://lms.example.edu/",
        7,
    ],
)
def test_b18_unsafe(arena: Arena, url: object) -> None:
    """B18: return URL with script scheme, foreign host, own query. Unsafe ones are ignored."""
    assert _way_back(arena, url) == []


def test_b18_query(arena: Arena) -> None:
    """B18: return URL with script scheme, foreign host, own query. Its query is kept."""
    (link,) = _way_back(arena, f"{ISSUER}/back?sesskey=a&b=c d".replace(" ", "%20"))
    assert link.startswith(f"{ISSUER}/back?sesskey=a&amp;b=c%20d&amp;lti_errormsg=")
    assert link.count("?") == 1
    assert " " not in link


@pytest.mark.parametrize("locale", ["../../etc/passwd", "x" * 5000, "en/../../x", SCRIPT, 7, None])
def test_b19(arena: Arena, locale: object) -> None:
    """B19: locale as a path or 5 kB long. The default language, no error."""
    answer = arena.launch(presentation={"locale": locale})
    if answer.status_code == 400:
        refused(answer, "lti-claim-invalid")
        assert not isinstance(locale, str)
        return
    assert '<html lang="en"' in arena.page(answer).text
