"""The picker of deep linking, and the page that carries the signed reply to the platform."""

from __future__ import annotations

import re

import jwt

from tests.web.world import PLATFORM, World


def _items(page: str) -> list[dict[str, object]]:
    found = re.search(r'name="JWT" value="([^"]+)"', page)
    assert found
    claims = jwt.decode(found[1], options={"verify_signature": False})
    items = claims["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"]
    assert isinstance(items, list)
    return items


def test_the_picker_offers_competencies_and_awards_with_their_worth(world: World) -> None:
    page = world.linking_teacher.get("link").text
    for words in ("Competencies", "Awards", "SQL foundations", "Ask a database.", "2.5 credits"):
        assert words in page, words
    assert "already in this course" not in page


def test_each_choice_becomes_a_link_and_the_reply_may_be_posted_to_the_platform(
    world: World,
) -> None:
    chosen = [str(world.achievement(key)) for key in ("sql", "charts")]
    answer = world.linking_teacher.post("link", {"achievement": chosen})
    assert answer.status_code == 200
    assert f'action="{PLATFORM}/deep-links"' in answer.text
    assert "leave.js" in answer.text
    assert f"form-action 'self' {PLATFORM};" in answer.headers["Content-Security-Policy"]
    assert [item["title"] for item in _items(answer.text)] == [
        "SQL foundations",
        "Charts that tell the truth",
    ]
    assert "already in this course" in world.linking_teacher.get("link").text


def test_nothing_chosen_is_asked_for_again(world: World) -> None:
    answer = world.linking_teacher.post("link")
    assert answer.status_code == 422
    assert '<a href="#link-achievement">Choose at least one.</a>' in answer.text
    assert 'id="link-achievement"' in answer.text
    assert world.linking_teacher.post("link", {"achievement": "sql"}).status_code == 422


def test_going_back_sends_a_reply_without_links(world: World) -> None:
    answer = world.linking_teacher.post("link", {"cancel": "1"})
    assert _items(answer.text) == []


def test_an_achievement_of_another_institution_cannot_be_linked(world: World) -> None:
    foreign = str(world.achievement("sql", "hill"))
    answer = world.linking_teacher.post("link", {"achievement": foreign})
    assert answer.status_code == 404
