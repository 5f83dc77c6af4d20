"""Tables over HTTP: down and up, looked at before they count, and nothing twice."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from lti_tool.persistence.awards import Award
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.staged_sheets import StagedSheet
from lti_tool.services.forget_expired import forget_expired
from lti_tool.services.withdraw_completion import withdraw_completion
from tests.web.course import BOTH, count, enrol, of_test
from tests.web.world import Person, World, origin_of

GOOD = "learner,competency,date,grade,note\n"
ROWS = "u1,sql,2026-06-01,80,oral\nu1,charts,2026-06-02,,\nu2,sql,2026-06-01,70,\n"


@pytest.fixture
def world(request: pytest.FixtureRequest, now: datetime) -> World:
    """A course with three more learners; on each database in turn where a test asks for it."""
    found = World(of_test(request), now)
    enrol(found, {"u1": "Bo Larsen", "u2": "Chloé Lefèvre", "u3": "=HYPERLINK()"})
    return found


def upload(person: Person, content: bytes) -> TestResponse:
    """Upload a table as the form of the page does, written out: the test client leaks files."""
    found = re.search(r'name="csrf_token" value="(\w+)"', person.get("tables").text)
    token = found[1] if found else ""
    parts = [
        b'--cut\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + token.encode(),
        b'--cut\r\nContent-Disposition: form-data; name="file"; filename="grades.csv"\r\n'
        b"Content-Type: text/csv\r\n\r\n" + content,
        b"--cut--\r\n",
    ]
    headers = {"Origin": origin_of(person.app), "Content-Type": "multipart/form-data; boundary=cut"}
    return person.send("POST", "tables", data=b"\r\n".join(parts), headers=headers)


def staged(person: Person, text: str) -> str:
    """Upload a good table and return the address of its dry run."""
    answer = upload(person, text.encode())
    assert answer.status_code == 303, answer.text
    assert answer.location is not None
    return answer.location.removeprefix(origin_of(person.app))


@BOTH
def test_a_dry_run_tells_every_row_and_records_nothing(world: World, engine: str) -> None:
    page = world.teacher.get(staged(world.teacher, GOOD + ROWS + "u9,sql,2026-06-01,,\n")).text
    assert "3 rows to record, 0 known already, 1 refused." in page
    assert "Column learner: Nobody in this course" in page
    assert "Data basics" in page
    assert "Record 3 rows and leave 1 out" in page
    assert count(world, Completion) == count(world, Award) == 0


@BOTH
def test_confirmed_the_good_rows_are_recorded_once_however_often_it_is_sent(
    world: World, engine: str
) -> None:
    address = staged(world.teacher, GOOD + ROWS)
    assert "3 rows recorded" in world.teacher.post(address).text
    assert "Nothing was left to record" in world.teacher.post(address).text
    again = staged(world.teacher, GOOD + ROWS + "u1,sql,2026-06-01,80.0,other note\n")
    assert "every row is recorded already" in world.teacher.get(again).text
    world.teacher.post(again)
    assert (count(world, Completion), count(world, Award)) == (3, 1)


def test_a_row_twice_in_a_file_is_one_and_a_withdrawn_one_stays_withdrawn(world: World) -> None:
    world.teacher.post(staged(world.teacher, GOOD + "u1,sql,2026-06-01,80,\n" * 2))
    with world.database.reading() as session:
        done = session.query(Completion).one()
    withdraw_completion(
        world.database,
        institution_id=done.institution_id,
        completion_uuid=done.uuid,
        reason="Mistake",
        actor="test",
        now=world.now,
    )
    page = world.teacher.get(staged(world.teacher, GOOD + "u1,sql,2026-06-01,80,\n")).text
    assert "is not brought back" in page


@BOTH
def test_what_is_downloaded_can_be_uploaded_and_says_nothing_new(world: World, engine: str) -> None:
    world.teacher.post(staged(world.teacher, GOOD + ROWS + "u3,sql,2026-06-03,60,=1+1\n"))
    answer = world.teacher.get("completions.csv?mark=1")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK()" in answer.text
    assert "'=1+1" in answer.text
    page = world.teacher.get(staged(world.teacher, answer.data.decode("utf-8-sig"))).text
    assert "every row is recorded already" in page


@BOTH
def test_the_roster_tells_progress_and_awards(world: World, engine: str) -> None:
    world.teacher.post(staged(world.teacher, GOOD + ROWS))
    lines = world.teacher.get("roster.csv").text.splitlines()
    assert lines[0].startswith("learner,name,in_course,data-basics: counted,data-basics: needed")
    assert "u1,Bo Larsen,yes,2,2 parts,2026-06-02,1,2 parts," in lines
    assert "u2,Chloé Lefèvre,yes,1,2 parts,,0,2 parts," in lines


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Choose a file"),
        (b"name,mark\n", "Column 2 is called"),
        (b"learner,competency\n", "is missing"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_at_its_field(
    world: World, content: bytes, message: str
) -> None:
    answer = upload(world.teacher, content)
    assert answer.status_code == 422
    assert 'href="#upload-file"' in answer.text
    assert message in answer.text
    assert count(world, StagedSheet) == 0


def test_a_file_may_have_a_megabyte_and_no_more_and_other_forms_may_not(world: World) -> None:
    row = "u1,sql,2026-06-01,80," + "x" * 1900 + "\n"
    large = (GOOD + row * 540).encode()
    assert 1_000_000 < len(large) < 1024 * 1024
    assert upload(world.teacher, large).status_code == 303
    assert upload(world.teacher, large + b"x" * 200_000).status_code == 413
    assert world.teacher.post("attest", {"note": "x" * 300_000}).status_code == 413


def test_a_file_is_its_uploaders_and_is_kept_for_an_hour(world: World) -> None:
    address = staged(world.teacher, GOOD + ROWS)
    colleague = world.come_as("tom", is_instructor=True)
    assert colleague.get(address).status_code == 404
    newer = staged(world.teacher, GOOD + ROWS)
    assert world.teacher.get(address).status_code == 404
    world.now += timedelta(hours=1, seconds=1)
    assert world.teacher.post(newer).status_code == 404
    forget_expired(world.database, now=world.now)
    assert count(world, StagedSheet) == 0
    assert count(world, Completion) == 0


def test_who_may_not_record_may_download_and_not_upload(world: World) -> None:
    world.allow(assistant=[])
    assistant = world.come_as("tom", is_instructor=True, role="assistant")
    assert assistant.get("roster.csv").status_code == 200
    assert "Bring completions" not in assistant.get("tables").text
    preview = world.come_as("pia", is_instructor=True, purpose="preview")
    for person in (assistant, world.learner, preview, world.come_as("mo", role="mentor")):
        answer = person.post("tables")
        assert answer.status_code == 403
        assert "csrf" not in answer.text
    assert world.learner.get("roster.csv").status_code == 403


def test_people_of_another_course_are_nobody_here(world: World) -> None:
    other: UUID = world.other_learner.learner_uuid
    page = world.teacher.get(staged(world.teacher, f"{GOOD}{other},sql,2026-06-01,,\n")).text
    assert "Nobody in this course" in page
    assert world.teacher.get(f"tables/{uuid4()}").status_code == 404
