"""The pages of teachers and administrators, over the practice LMS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.base import Database
from lti_tool.persistence.courses import Context
from lti_tool.persistence.evidence_sources import EvidenceMapping
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.sessions import LaunchSession, add_session
from lti_tool.web.session import hash_token
from tests.evidence_sources.flowing import SEARCHING, Flow, open_flow
from tests.web.world import Person

ITEM = "grade:2101"


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory, sqlite_template: bytes) -> Iterator[Flow]:
    """One course for all tests here; each says what it needs."""
    path = tmp_path_factory.mktemp("pages") / "quoin.sqlite3"
    path.write_bytes(sqlite_template)
    database = Database(f"sqlite:///{path}")
    with open_flow(database) as found:
        yield found
    database.dispose()


@pytest.fixture(scope="module")
def teacher(flow: Flow) -> Person:
    """The teacher, in a browser of her own."""
    from datetime import timedelta

    from lti_tool.app import create_app

    app = create_app(flow.parts.config, parts=flow.parts)
    with flow.database.writing() as session:
        learner = session.get_one(Learner, flow.teacher_id)
        context = session.get_one(Context, flow.context_id)
        add_session(
            session,
            LaunchSession(
                token_hash=hash_token("teacher"),
                learner_id=learner.id,
                context_id=context.id,
                is_instructor=True,
                created_at=flow.now,
                expires_at=flow.now + timedelta(hours=8),
            ),
        )
        return Person(app, context.uuid, learner.id, learner.uuid, "teacher")


@pytest.fixture(autouse=True)
def _clean(flow: Flow) -> Iterator[None]:
    yield
    flow.lms.release()
    with flow.database.writing() as session:
        for mapping in session.scalars(select(EvidenceMapping)):
            mapping.ended_at = flow.now


def _form(flow: Flow, **changes: str) -> dict[str, str]:
    return {
        "item": f"{flow.source}|{ITEM}",
        "achievement": str(flow.achievement_of("searching")),
        "threshold": "70",
        "evidence_text": "The quiz of week 3",
        "act": "save",
        **changes,
    }


def test_the_form_offers_what_the_course_has(flow: Flow, teacher: Person) -> None:
    page = teacher.get("connect").text
    assert "Sorting and searching: grade" in page
    assert "Graphs: completion" in page
    assert "Models a problem as a graph: competency" in page
    assert "Completion of the course" in page


def test_trying_it_records_nothing(flow: Flow, teacher: Person) -> None:
    flow.put(SEARCHING, 6.95, "amara")
    flow.put(SEARCHING, 8, "ben")
    answer = teacher.post("connect", _form(flow, act="try", achievement="", threshold="69.6"))
    assert answer.status_code == 200
    assert "It would complete this for 1 of 8 learners." in answer.text
    assert "69.5 of 100, not completed" in answer.text
    assert (flow.completions(), flow.problems()) == ([], [])


def test_a_connection_is_added_changed_and_ended(flow: Flow, teacher: Person) -> None:
    flow.put(SEARCHING, 8, "ben")
    assert teacher.post("connect", _form(flow)).status_code == 303
    again = teacher.post("connect", _form(flow))
    assert again.status_code == 422
    assert "There is such a connection already." in again.text
    flow.poll()
    page = teacher.get("connections").text
    assert "From 70 of 100 on." in page
    assert "1 completion stands." in page
    with flow.database.reading() as session:
        uuid = session.scalars(
            select(EvidenceMapping.uuid).where(EvidenceMapping.ended_at.is_(None))
        ).one()
    wrong = teacher.post(f"connections/{uuid}", {"threshold": "0", "evidence_text": "x"})
    assert wrong.status_code == 422
    assert "over 0, up to 100" in wrong.text
    assert teacher.post(f"connections/{uuid}", {"threshold": "90"}).status_code == 303
    flow.poll()
    assert "0 completions stand." in teacher.get("connections").text
    assert teacher.post(f"connections/{uuid}/end").status_code == 303
    assert "Nothing is connected" in teacher.get("connections").text
    with flow.database.reading() as session:
        actions = set(session.scalars(select(AuditEvent.action)))
    assert {"evidence-rule-added", "evidence-rule-changed", "evidence-rule-ended"} <= actions


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"threshold": ""}, "Say from which result on"),
        ({"threshold": "abc"}, "Enter a number of percent"),
        ({"threshold": "101"}, "Enter a number of percent"),
        ({"item": "nothing"}, "Choose something that the course has now."),
        ({"achievement": ""}, "Choose what is completed."),
        ({"evidence_text": "x" * 2001}, "Shorten this"),
    ],
)
def test_wrong_input_is_refused_at_its_field_and_kept(
    flow: Flow, teacher: Person, changes: dict[str, str], words: str
) -> None:
    answer = teacher.post("connect", _form(flow, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert "The quiz of week 3" in answer.text or "evidence_text" in changes


def test_an_item_of_another_course_is_not_offered(flow: Flow, teacher: Person) -> None:
    answer = teacher.post("connect", _form(flow, item=f"{flow.source}|course:data-skills"))
    assert answer.status_code == 422


def test_a_source_that_does_not_answer_is_said_so(flow: Flow, teacher: Person) -> None:
    flow.lms.fault("webservice", "outage")
    page = teacher.get("connect")
    assert page.status_code == 200
    assert "The source asks to wait." in page.text
    answer = teacher.post("connect", _form(flow))
    assert answer.status_code == 502
    assert flow.problems().count("") == len(flow.problems())


def test_read_now_makes_the_course_due(flow: Flow, teacher: Person) -> None:
    teacher.post("connect", _form(flow))
    flow.read()
    assert flow.read() == []
    assert teacher.post("connections/reading").status_code == 303
    assert len(flow.read()) == 1
