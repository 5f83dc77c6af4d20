"""A calendar that other programs subscribe to: opt-in, secret, renewed, ended, erased."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lti_tool.persistence.base import Database
from lti_tool.persistence.calendars import CalendarAddress
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.personal_data import erase_person, read_person
from tests.web.student import Student
from tests.web.world import ORIGIN


@pytest.fixture
def student(database: Database, now: datetime) -> Student:
    """A student whose awards end."""
    return Student(database, now)


def _address(student: Student) -> str:
    page = student.world.learner.get("calendar").text
    found = re.search(rf'value="{ORIGIN}(/calendars/[^"]+)"', page)
    assert found is not None, page
    assert f'href="webcal://127.0.0.1:8000{found[1]}"' in page
    return found[1]


def _read(student: Student, address: str) -> tuple[int, str]:
    client = student.world.app.test_client(use_cookies=False)
    answer = client.get(address, base_url=ORIGIN)
    return answer.status_code, answer.text


def test_nobody_has_an_address_before_they_ask_and_then_it_says_what_ends(student: Student) -> None:
    learner = student.world.learner
    assert "You have no address" in learner.get("calendar").text
    assert learner.post("calendar", {"act": "start"}).status_code == 303
    address = _address(student)
    assert re.fullmatch(r"/calendars/[0-9a-f-]{36}/[0-9a-f]{32}\.ics", address)
    client = student.world.app.test_client(use_cookies=False)
    answer = client.get(address, base_url=ORIGIN)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
    assert "BEGIN:VEVENT" in answer.text
    unfolded = learner.get("deadlines.ics").text
    assert answer.text == unfolded


def test_beginning_twice_keeps_the_address_and_renewing_replaces_it(student: Student) -> None:
    learner = student.world.learner
    learner.post("calendar", {"act": "start"})
    first = _address(student)
    learner.post("calendar", {"act": "start"})
    assert _address(student) == first
    learner.post("calendar", {"act": "renew"})
    second = _address(student)
    assert second != first
    assert _read(student, first)[0] == 404
    assert _read(student, second)[0] == 200
    learner.post("calendar", {"act": "end"})
    assert _read(student, second)[0] == 404
    assert "You have no address" in learner.get("calendar").text


def test_a_guessed_token_another_person_and_a_suspended_institution_show_nothing(
    student: Student,
) -> None:
    learner = student.world.learner
    learner.post("calendar", {"act": "start"})
    address = _address(student)
    other = str(student.world.teacher.learner_uuid)
    for wrong in (
        address[:-5] + ("0" if address[-5] != "0" else "1") + ".ics",
        address.replace(str(learner.learner_uuid), other),
        f"/calendars/{learner.learner_uuid}/é.ics",
    ):
        assert _read(student, wrong)[0] == 404, wrong
    with student.database.writing() as session:
        for found in session.scalars(select(Institution)):
            found.suspended_at = student.now
    assert _read(student, address)[0] == 404


def test_it_is_exported_without_its_secret_and_erased(student: Student) -> None:
    learner = student.world.learner
    learner.post("calendar", {"act": "start"})
    address = _address(student)
    with student.database.reading() as session:
        exported = read_person(session, learner.learner_id)
        (row,) = exported["calendar_addresses"]
        assert "salt" not in row
    with student.database.writing() as session:
        erase_person(session, learner.learner_id, student.now)
        assert session.scalar(select(func.count()).select_from(CalendarAddress)) == 0
    assert _read(student, address)[0] == 404


def test_the_token_stands_in_no_log_line(
    student: Student, caplog: pytest.LogCaptureFixture
) -> None:
    learner = student.world.learner
    learner.post("calendar", {"act": "start"})
    address = _address(student)
    _read(student, address)
    assert "/calendars/<uuid:learner_uuid>/<token>.ics" in caplog.text
    assert Path(address).stem not in caplog.text


def test_it_speaks_the_language_of_the_learner_not_of_the_program(student: Student) -> None:
    learner = student.world.learner
    learner.post("calendar", {"act": "start"})
    address = _address(student)
    learner.post("language", {"language": "de"})
    text = _read(student, address)[1].replace("\r\n ", "")
    assert "Der Abschluss Laboratory safety ist bis" in text
    assert ": deadlines" not in text
