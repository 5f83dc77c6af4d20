"""The language of a page: by launch, by browser, by choice; right to left where need be."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lti_tool.mailing import Mailer
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.news import NewsSettings
from lti_tool.services.send_news_mails import _written
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
