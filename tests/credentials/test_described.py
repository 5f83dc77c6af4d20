"""Achievements described in the ledger: what is refused, what is issued, what anybody reads."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.credentials.element_text import read_descriptions
from lti_tool.credentials.pictures import Picture, read_picture
from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.elements import AchievementElements, AchievementImage
from lti_tool.services.describe_achievements import describe_achievements
from lti_tool.services.publish_stacks import publish_stacks
from tests.credentials.descriptions import FULL
from tests.credentials.issuing import PUBLIC_URL, IssuingWorld
from tests.credentials.test_pictures import a_png
from tests.web.world import STACKS

LACKING = FULL.replace("    participation: blended\n", "")
WITHOUT_HOURS = FULL.replace("    workload_hours: 50\n", "")
CREDITS = STACKS.replace("title: Data basics,", "title: Data basics, credits: 2,")


@pytest.fixture
def world(database: Database, now: datetime) -> IssuingWorld:
    return IssuingWorld(database, now)


def describe(world: IssuingWorld, text: str = FULL, **changes: Any) -> tuple[Any, ...]:
    """Describe achievements of the first institution by a file."""
    values: dict[str, Any] = {
        "institution_key": "harbour",
        "descriptions": read_descriptions(text),
        "pictures": {},
        "actor": "test",
        "now": world.now,
    }
    return describe_achievements(world.database, **{**values, **changes})


def publish(world: IssuingWorld, text: str = CREDITS, **changes: Any) -> None:
    """Publish the stacks of the first institution again."""
    values = {"institution_key": "harbour", "text": text, "actor": "test", "now": world.now}
    publish_stacks(world.database, **{**values, **changes})  # type: ignore[arg-type]


def page_of(world: IssuingWorld, key: str = "data-basics") -> str:
    """The address of the public page of an achievement."""
    return world.issuer().achievement_url(world.achievement(key))


def last_event(world: IssuingWorld) -> AuditEvent:
    with world.database.reading() as session:
        return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()


def test_a_credential_says_what_was_said_when_it_was_issued(world: IssuingWorld) -> None:
    publish(world)
    describe(world)
    world.complete(world.learner.learner_id, ["sql", "charts"])
    world.work()
    (before,) = world.documents()
    achievement = before["credentialSubject"]["achievement"]
    assert "Asks a database exact questions" in str(achievement["resultDescription"])
    assert before["credentialSubject"]["creditsEarned"] == 2

    world.now += timedelta(days=1)
    describe(world, FULL.replace("Asks a database exact questions", "Knows SQL"))
    assert world.documents() == [before]
    (stranger,) = world.strangers(1)
    world.complete(stranger, ["sql", "charts"])
    world.work()
    assert "Knows SQL" in json.dumps(world.documents()[1])
    assert world.documents()[0] == before


def test_every_credential_names_a_picture_that_is_served_and_stays(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id, ["sql", "charts"])
    world.work()
    (document,) = world.documents()
    image = document["credentialSubject"]["achievement"]["image"]["id"]
    first = world.fetch(image)
    assert first.status_code == 200
    assert b"Data basics" in first.data

    describe(world, pictures={"data-basics": read_picture(a_png())})
    publish(world, CREDITS.replace("title: Data basics", "title: Other name"))
    assert world.fetch(image).data == first.data
    now = world.fetch(f"{page_of(world)}/image")
    assert (now.content_type, now.data) == ("image/png", a_png())


def test_described_in_the_same_words_it_is_the_same_description(world: IssuingWorld) -> None:
    assert [(t.number, t.is_new) for t in describe(world)] == [(1, True)]
    assert [(t.number, t.is_new) for t in describe(world)] == [(1, False)]
    picture = {"data-basics": read_picture(a_png())}
    assert [(t.number, t.is_new) for t in describe(world, pictures=picture)] == [(2, True)]
    assert last_event(world).detail == {"descriptions": {"data-basics": 2}}


def test_what_is_missing_is_listed_and_needs_a_reason(world: IssuingWorld) -> None:
    with pytest.raises(InvalidInputError, match="form of participation") as refused:
        describe(world, LACKING)
    assert refused.value.code == "elements-missing"
    with world.database.reading() as session:
        assert session.scalars(select(AchievementElements)).all() == []
    for reason in ("x" * 501, "bell \x07"):
        with pytest.raises(InvalidInputError):
            describe(world, LACKING, despite=reason)
    (told,) = describe(world, LACKING, despite=" decided in spring ")
    assert told.despite == "decided in spring"
    assert last_event(world).detail["despite"] == {"data-basics": "decided in spring"}


def test_a_reason_holds_for_what_was_missing_when_it_was_given(world: IssuingWorld) -> None:
    describe(world, LACKING, despite="decided in spring")
    (again,) = describe(world, LACKING.replace("tags: [data]", "tags: [other]"))
    assert (again.number, again.despite) == (2, "decided in spring")
    with pytest.raises(InvalidInputError, match="quality"):
        describe(world, LACKING.replace("  quality_assurance:", "  # "))
    (whole,) = describe(world)
    assert whole.despite == ""
    with pytest.raises(InvalidInputError, match="participation"):
        describe(world, LACKING)


def test_publishing_asks_again_where_the_credits_were_the_workload(world: IssuingWorld) -> None:
    publish(world)
    describe(world, WITHOUT_HOURS)
    publish(world)
    less = CREDITS.replace("credits: 2,", "credits: 0,")
    with pytest.raises(InvalidInputError, match="workload") as refused:
        publish(world, less)
    assert refused.value.code == "elements-missing"
    with world.database.reading() as session:
        query = select(Achievement.credits).where(Achievement.key == "data-basics")
        assert Decimal(2) in list(session.scalars(query))
    publish(world, less, despite="hours are being counted")
    detail = last_event(world).detail
    assert detail["elements despite"] == {"data-basics": "hours are being counted"}
    publish(world, less)


def test_what_is_not_meant_to_be_european_may_lack_anything(world: IssuingWorld) -> None:
    describe(world, "quoin-achievements: 1\nachievements: {sql: {tags: [data]}}\n")
    publish(world)


def test_an_achievement_of_another_institution_is_not_described(world: IssuingWorld) -> None:
    with pytest.raises(NotFoundError, match="no achievement 'elsewhere'"):
        describe(world, FULL.replace("data-basics", "elsewhere"))
    describe(world)
    with world.database.reading() as session:
        (row,) = session.scalars(select(AchievementElements))
        owner = session.get_one(Achievement, row.achievement_id)
    assert (row.institution_id, owner.institution_id) == (owner.institution_id,) * 2
    foreign = world.issuer("hill").achievement_url(world.achievement("data-basics"))
    assert world.fetch(foreign).status_code == 404
    assert world.fetch(f"{foreign}/image").status_code == 404


def test_the_page_shows_definition_elements_and_rule(world: IssuingWorld) -> None:
    publish(world)
    describe(world)
    page = world.fetch(page_of(world))
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    for words in (
        "Data basics",
        "Three graded tasks on open data.",
        "50 hours, 2 ECTS credits",
        '<li class="breaking" lang="en" id="outcome-2">',
        'id="level"',
        'id="quality"',
        "Dublin, Ireland",
        "/rules/",
        "/image?v=",
    ):
        assert words in page.text, words
    assert "Accept" in page.headers["Vary"]
    assert page.headers["Cache-Control"].startswith("public")
    undescribed = world.fetch(page_of(world, "ethics"))
    assert "Not stated" not in undescribed.text
    assert "counts towards larger awards" in undescribed.text


def test_the_page_gives_json_to_whoever_asks_for_it(world: IssuingWorld) -> None:
    publish(world)
    describe(world)
    found = world.fetch(page_of(world), Accept="application/json").get_json()
    assert found["achievement"]["id"] == f"urn:uuid:{world.achievement('data-basics')}"
    assert found["achievement"]["creator"]["id"] == world.issuer().did
    assert found["elements"]["participation"] == "blended"
    assert found["european_summary"][0]["label"] == "Title of the micro-credential"
    assert [rule["version"] for rule in found["rules"]] == [2, 1]
    assert world.fetch(found["rules"][0]["url"]).get_json()["version"] == 2


def test_texts_of_a_description_are_never_markup(world: IssuingWorld) -> None:
    text = FULL.replace("Three graded tasks on open data.", "<script>alert(1)</script>")
    describe(world, text)
    page = world.fetch(page_of(world)).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_picture_can_do_nothing_and_is_kept_for_long_by_its_hash(world: IssuingWorld) -> None:
    page = world.fetch(page_of(world)).text
    address = f"{page_of(world)}/image"
    assert page.count("/image?v=") == 1
    named = page.partition("/image?v=")[2][:64]
    answer = world.fetch(f"{address}?v={named}")
    assert answer.content_type.startswith("image/svg+xml")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "immutable" not in world.fetch(address).headers["Cache-Control"]
    assert world.fetch(f"{address}?v={'0' * 64}").status_code == 404
    assert Picture("image/svg+xml", answer.data).content_hash == named


def test_reading_a_page_keeps_no_picture_and_a_credential_keeps_one(world: IssuingWorld) -> None:
    world.fetch(f"{page_of(world)}/image")
    with world.database.reading() as session:
        assert session.scalars(select(AchievementImage)).all() == []
    world.complete_many(world.strangers(3), ["sql", "charts"])
    while world.work():
        pass
    assert len(world.documents()) == 3
    with world.database.reading() as session:
        assert len(session.scalars(select(AchievementImage)).all()) == 1
    assert PUBLIC_URL in str(world.documents()[0]["credentialSubject"]["achievement"]["image"])
