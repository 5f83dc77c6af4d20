"""Where do you want to go? The page over a real database: found, explained, planned, not kept."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from sqlalchemy import inspect, text

from lti_tool.persistence.base import Database
from tests.web.student import AWARD, Student

GOAL = "Ich möchte Datenschutzbeauftragte werden und mich auf die Auditvorbereitung verstehen"
MARKER = "Zweckentfremdungsmarker4711"


@pytest.fixture
def student(sqlite_database: Database, now: datetime) -> Student:
    """A student among stacks with long German names."""
    return Student(sqlite_database, now)


def words(page: str) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def ask(student: Student, goal: str, status: int = 200) -> str:
    answer = student.world.learner.post("goal", {"text": goal})
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    return str(answer.text)


def everything(database: Database) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with database.reading() as session:
        names = inspect(session.connection()).get_table_names()
        return {
            n: [repr(row) for row in session.execute(text(f'select * from "{n}"'))] for n in names
        }


def test_the_students_page_leads_there(student: Student) -> None:
    assert "Where do you want to go?" in student.world.learner.get("progress").text
    page = student.world.learner.get("goal").text
    assert "Your text is not kept" in page
    assert "Awards that lead there" not in page


def test_a_goal_finds_competencies_and_stacks_and_says_why(student: Student) -> None:
    page = ask(student, GOAL)
    assert "<mark>Auditvorbereitungsgespräche</mark></h3>" in page
    assert '<mark dir="auto">Auditvorbereitung</mark>' in page
    said = words(page)
    assert "Fits closely" in said
    assert "Brings you: Auditvorbereitungsgespräche" in said
    assert not re.search(r"\d\.\d{2,}|\d ?%", said)
    assert GOAL in page


def test_the_way_is_the_least_that_the_engine_finds(student: Student) -> None:
    said = words(ask(student, AWARD))
    assert "A way there (5 credits) Darstellungsformen Rechtsgrundlagen der Verarb" in said
    assert "No way is shorter than 2 completions." in said


def test_a_larger_award_names_what_its_smaller_ones_need(student: Student) -> None:
    said = words(ask(student, "Datenschutzbeauftragte"))
    way = said.split("Datenschutzbeauftragte Fits closely.")[1].split("there may be")[0]
    for part in ("Abschlussprojekt", "Rechtsgrundlagen", "Auditvorbereitungsgespräche"):
        assert part in way
    assert "First aid" not in way


def test_what_is_held_is_said(student: Student) -> None:
    said = words(ask(student, "Verschlüsselungsverfahren"))
    assert "You have already: Verschlüsselungsverfahren" in said
    assert "You have this already." in said


def test_what_is_typed_is_shown_as_text(student: Student) -> None:
    page = ask(student, "<script>alert(1)</script> <b>Darstellungsformen</b>")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert '<mark dir="auto">Darstellungsformen</mark>' in page


@pytest.mark.parametrize(
    "goal",
    ["データ分析を学びたい", "أريد أن أتعلم الطبخ", "zzz qqq", "🙂", "the of and", "'\"%;--"],
)
def test_nothing_that_fits_is_said_honestly(student: Student, goal: str) -> None:
    assert "Nothing found" in ask(student, goal)


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ("  ", "Say in a few words where you want to go"),
        ("a" * 100_001, "Shorten this to 100,000 characters"),
        ("sql\x00", "invisible characters"),
    ],
)
def test_bad_input_is_refused_and_kept(student: Student, goal: str, said: str) -> None:
    page = ask(student, goal, 422)
    assert said in words(page)
    if goal.startswith("sql"):
        assert "sql" in page


@pytest.mark.parametrize(
    "word", ["Datenschutz und Verschlüsselung, ", "データ分析と統計 ", "x1y2 "]
)
def test_a_hundred_kilobytes_are_answered(student: Student, word: str) -> None:
    ask(student, "Darstellungsformen")
    goal = "".join(f"{word}{n} " for n in range(30_000))[:100_000]
    page = ask(student, goal)
    assert "Nothing found" in page or "Competencies that fit" in page


def test_nothing_of_the_goal_is_kept_or_logged(
    student: Student, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    before = everything(student.database)
    with caplog.at_level(0):
        ask(student, f"{MARKER} und Datenschutz")
        ask(student, f"{MARKER} {'x' * 100_000}", 422)
    assert everything(student.database) == before
    assert MARKER not in caplog.text
    assert MARKER not in "".join(capfd.readouterr())


def test_a_preview_may_ask(student: Student) -> None:
    preview = student.world.come_as("student", purpose="preview")
    answer = preview.post("goal", {"text": GOAL})
    assert answer.status_code == 200
    assert "Datenschutzbeauftragte" in answer.text


def test_the_catalogue_of_another_institution_is_not_looked_into(student: Student) -> None:
    answer = student.world.other_learner.post("goal", {"text": "Auditvorbereitungsgespräche"})
    assert "Nothing found" in answer.text
