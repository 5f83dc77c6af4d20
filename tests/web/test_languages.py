"""The language of a page: by launch, by browser, by choice; right to left where need be."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lti_tool.mailing import Mailer
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.news import NewsSettings
from lti_tool.services.change_language import change_language
from lti_tool.services.send_news_mails import _written
from lti_tool.services.set_definitions import NewDefinitions, set_definitions
from lti_tool.translating import speaking
from tests.web.admins import sign_in
from tests.web.student import Student
from tests.web.world import World


@pytest.mark.parametrize(
    ("locale", "accepted", "spoken"),
    [
        ("de-AT", "es", 'lang="de" dir="ltr"'),
        ("ar-SA", "", 'lang="ar" dir="rtl"'),
        ("fi", "es;q=0.5, de;q=0.9", 'lang="de" dir="ltr"'),
        (None, "fr", 'lang="en" dir="ltr"'),
    ],
)
def test_the_launch_comes_before_the_browser(
    world: World, locale: str | None, accepted: str, spoken: str
) -> None:
    person = world.come_as("zola", locale=locale)
    page = person.get("progress", **{"Accept-Language": accepted})
    assert f"<html {spoken}>" in page.text


def test_an_error_page_speaks_the_language_of_the_browser(world: World) -> None:
    page = world.learner.get("/nothing", **{"Accept-Language": "de"})
    assert page.status_code == 404
    assert '<html lang="de" dir="ltr">' in page.text
    assert "Diese Seite gibt es hier nicht" in page.text
    assert "Accept-Language" in page.headers["Vary"]


def test_pages_of_administrators_and_the_api_stay_english(world: World) -> None:
    page = world.learner.get("/admin/sign-in", **{"Accept-Language": "ar"})
    assert '<html lang="en"' in page.text
    answer = world.learner.get("/api/v1/catalogue", **{"Accept-Language": "ar"})
    assert answer.json["detail"].isascii()


def test_people_choose_another_language_and_keep_it(world: World) -> None:
    person = world.come_as("zola", locale="en")
    answer = person.post("language", {"language": "es"})
    assert answer.status_code == 303
    page = person.get(answer.headers["Location"])
    assert '<html lang="es" dir="ltr">' in page.text
    assert '<option value="es" lang="es" selected>Español</option>' in page.text
    assert "hablan" in page.text or "idioma" in page.text
    with world.database.reading() as session:
        learner = session.get_one(Learner, person.learner_id)
        assert learner.language == "es"


@pytest.mark.parametrize("language", ["", "qps", "fi", "de\x00"])
def test_a_language_that_is_not_offered_is_refused(world: World, language: str) -> None:
    person = world.come_as("zola", locale="de")
    assert person.post("language", {"language": language}).status_code == 422
    assert '<html lang="de"' in person.get("progress").text


def test_a_refused_form_keeps_what_was_typed_and_says_why_in_the_language(world: World) -> None:
    person = world.come_as("zola", locale="de")
    path = f"evidence/{world.achievement('sql')}"
    answer = person.post(path, {"text": "Meine Arbeit", "url": "ftp://x", "form_id": "x"})
    assert answer.status_code == 422
    assert "Meine Arbeit" in answer.text
    assert "Dieses Formular ist unvollständig" in answer.text


def test_the_calendar_speaks_the_language_of_its_reader(
    sqlite_database: Database, now: datetime
) -> None:
    world = Student(sqlite_database, now).world
    text = world.learner.get("deadlines.ics", **{"Accept-Language": "de"}).text
    assert "Der Abschluss Laboratory safety ist bis" in text.replace("\r\n ", "")
    assert "\u2066" not in world.learner.get("deadlines.ics", **{"Accept-Language": "ar"}).text


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "Sie haben"), ("es", "Ha obtenido"), ("ar", "لقد نلت"), (None, "You earned")],
)
def test_a_digest_is_written_in_the_language_of_its_reader(
    sqlite_database: Database, now: datetime, language: str | None, said: str
) -> None:
    student = Student(sqlite_database, now)
    learner_id = student.world.learner.learner_id
    with sqlite_database.writing() as session:
        learner = session.get_one(Learner, learner_id)
        learner.language = language
        settings = NewsSettings(
            learner_id=learner_id,
            institution_id=learner.institution_id,
            hidden=[],
            mailed=["award"],
            address="amara@example.edu",
            confirmed_at=now,
            code_tries=0,
            failures=0,
            changed_at=now - timedelta(days=100),
        )
        session.add(settings)
        session.flush()
        mailer = Mailer("127.0.0.1", 1, "quoin@example.edu", is_tls=False)
        letter = _written(session, settings, mailer, b"k" * 32, "https://quoin.example", now)
        assert letter is not None
        text = letter.mail.get_content()
    assert said in text
    assert "\u2066" not in text


def declare_zone(world: World, zone: str) -> None:
    new = NewDefinitions({"zone": zone}, ("zone",), reason="Where we are.")
    set_definitions(world.database, new, actor="admin:x", now=world.now, key="harbour")


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        (None, "30 June 2026, 12:00 UTC."),
        ("Europe/Helsinki", "30 June 2026, 15:00 UTC+3."),
        ("America/St_Johns", "30 June 2026, 09:30 UTC\N{MINUS SIGN}2:30."),
        ("Pacific/Auckland", "1 July 2026, 00:00 UTC+12."),
    ],
)
def test_moments_are_those_of_the_institution(world: World, zone: str | None, shown: str) -> None:
    if zone is not None:
        declare_zone(world, zone)
    assert f"Looked at under rule version 1 on {shown}" in world.learner.get("progress").text
    other = world.other_learner.get("progress").text
    assert "on 30 June 2026, 12:00 UTC." in other


def test_the_day_that_a_form_offers_is_that_of_the_institution(world: World) -> None:
    path = f"attest?achievement={world.achievement('sql')}"
    assert 'value="2026-06-30"' in world.teacher.get(path).text
    declare_zone(world, "Pacific/Kiritimati")
    assert 'value="2026-07-01"' in world.teacher.get(path).text


@pytest.mark.parametrize(
    ("locale", "accepted", "spoken"),
    [(None, "fr", "de"), (None, "fr, es;q=0.5", "es"), ("ar", "es", "ar"), ("fi", "", "de")],
)
def test_the_institution_comes_after_launch_and_browser(
    world: World, locale: str | None, accepted: str, spoken: str
) -> None:
    assert change_language(world.database, "harbour", "de", actor="test", now=world.now)
    assert not change_language(world.database, "harbour", "de", actor="test", now=world.now)
    page = world.come_as("zola", locale=locale).get("progress", **{"Accept-Language": accepted})
    assert f'<html lang="{spoken}"' in page.text
    other = world.other_learner.get("progress", **{"Accept-Language": "fr"})
    assert '<html lang="en"' in other.text


def test_an_administrator_says_the_language_and_the_trail_has_it(world: World) -> None:
    admin = sign_in(world, "harbour")
    assert admin.post("look/harbour/language", {"language": "es"}).status_code == 303
    assert '<option value="es" lang="es" selected>' in admin.get("look/harbour").text
    assert admin.post("look/harbour/language", {"language": "qps"}).status_code == 422
    assert admin.post("look/hill/language", {"language": "de"}).status_code == 404
    with world.database.reading() as session:
        assert get_institution(session, "harbour").language == "es"
        event = session.query(AuditEvent).filter_by(action="language-changed").one()
        assert event.detail == {"language": "es"}
    admin.post("look/harbour/language", {"language": ""})
    with world.database.reading() as session:
        assert get_institution(session, "harbour").language is None


def test_a_mail_to_who_never_said_a_language_speaks_that_of_the_institution(
    sqlite_database: Database, now: datetime
) -> None:
    world = Student(sqlite_database, now).world
    change_language(world.database, "harbour", "es", actor="test", now=now)
    with speaking("en"), world.database.writing() as session:
        learner = session.get_one(Learner, world.learner.learner_id)
        learner.language = None
        settings = NewsSettings(
            learner_id=learner.id,
            institution_id=learner.institution_id,
            hidden=[],
            mailed=["award"],
            address="amara@example.edu",
            confirmed_at=now,
            code_tries=0,
            failures=0,
            changed_at=now - timedelta(days=100),
        )
        session.add(settings)
        session.flush()
        mailer = Mailer("127.0.0.1", 1, "quoin@example.edu", is_tls=False)
        letter = _written(session, settings, mailer, b"k" * 32, "https://quoin.example", now)
    assert letter is not None
    assert "Ha obtenido" in letter.mail.get_content()
