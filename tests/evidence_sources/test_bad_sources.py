"""Whatever a source does wrong is reported with what to do; nothing is guessed or half-applied."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from lti_tool.errors import SourceError
from lti_tool.gathering.opening import SourceDoor
from lti_tool.persistence.base import Database
from lti_tool.persistence.courses import get_context
from lti_tool.persistence.evidence_sources import EvidenceMapping
from lti_tool.persistence.personal_data import erase_person, read_person
from lti_tool.services.ask_for_reading import ask_for_reading
from lti_tool.services.change_evidence_source import SourceAct, change_evidence_source
from lti_tool.services.check_evidence_source import check_evidence_source
from lti_tool.services.read_evidence import read_evidence
from lti_tool.services.reseal_keys import reseal_keys
from lti_tool.services.show_mappings import show_mappings
from lti_tool.sources import moodle
from tests.evidence_sources.flowing import EVERY, GRAPHS, SEARCHING, Flow, open_flow


@pytest.fixture
def flow(sqlite_database: Database) -> Iterator[Flow]:
    """Both run; what differs by the database is tested elsewhere."""
    with open_flow(sqlite_database) as found:
        found.map("grade:2101", "searching")
        found.read()
        found.put(SEARCHING, 9)
        yield found


def _problem(flow: Flow) -> str:
    row = show_mappings(flow.database, context_id=flow.context_id).rows[0]
    return row.problem


FAULTS = (
    ("html-for-json", 0, "source-not-json"),
    ("half-json", 0, "source-not-json"),
    ("wrong-types", 0, "source-wrong-shape"),
    ("other-people", 0, "source-foreign"),
    ("ahead", 172_800, "source-clock"),
    ("revoked-token", 0, "source-token"),
    ("500", 0, "source-server-error"),
    ("answer-lost", 0, "source-no-answer"),
    ("gone", 0, "source-status"),
    ("429", 90, "source-busy"),
)


def test_a_bad_answer_is_reported_and_nothing_of_it_is_used(flow: Flow) -> None:
    flow.poll()
    for number, (kind, seconds, code) in enumerate(FAULTS):
        before = (flow.completions(), len(flow.facts()))
        flow.put(SEARCHING, 8 if number % 2 else 7)
        flow.lms.fault("webservice", kind, seconds=seconds)
        (done,) = flow.poll()
        assert (kind, done.problem, _problem(flow)) == (kind, code, code)
        assert (flow.completions(), len(flow.facts())) == before
        flow.wait(timedelta(hours=2))
        flow.read()
        assert _problem(flow) == ""
        assert len(flow.completions()) == len(before[0]) + 1, "as if it had not been"
        assert [row[2] for row in flow.completions()].count(True) == 1


def test_a_source_that_asks_to_wait_is_left_alone_so_long(flow: Flow) -> None:
    flow.lms.fault("webservice", "429", seconds=90)
    flow.poll()
    flow.wait(timedelta(seconds=80))
    assert flow.read() == []
    flow.wait(timedelta(seconds=11))
    assert len(flow.read()) == 1


def test_read_now_goes_past_our_own_pause_and_never_past_theirs(flow: Flow) -> None:
    flow.lms.fault("webservice", "gone")
    flow.poll()
    assert flow.read() == []
    ask_for_reading(flow.database, context_id=flow.context_id, now=flow.now)
    assert [done.problem for done in flow.read()] == [""]
    flow.lms.fault("webservice", "429", seconds=90)
    flow.poll()
    ask_for_reading(flow.database, context_id=flow.context_id, now=flow.now)
    assert flow.read() == []


def test_a_million_rows_are_not_read_and_people_are_asked_about_one_by_one(flow: Flow) -> None:
    flow.lms.fault("webservice", "million-rows")
    flow.poll()
    assert _problem(flow) == ""
    assert [row[0] for row in flow.completions()] == ["searching"]


def test_a_million_rows_about_one_person_are_refused(flow: Flow) -> None:
    flow.lms.fault("webservice", "million-rows")
    flow.lms.fault("webservice", "million-rows")
    flow.poll()
    assert _problem(flow) == "source-too-large"
    assert flow.completions() == []


def test_ids_that_have_changed_are_reported_and_nothing_is_taken_back(flow: Flow) -> None:
    flow.poll()
    assert len(flow.completions()) == 1
    flow.lms.fault("webservice", "changed-ids")
    flow.poll()
    assert _problem(flow) == "item-gone"
    assert [row[2] for row in flow.completions()] == [True]


def test_an_id_that_stands_for_another_quiz_completes_nothing(flow: Flow) -> None:
    with flow.database.writing() as session:
        session.execute(update(EvidenceMapping).values(item_detail="assign 5"))
    flow.poll()
    assert _problem(flow) == "item-changed"
    assert flow.completions() == []


def test_a_reading_that_breaks_off_goes_on_where_it_was(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moodle, "PEOPLE_AT_ONCE", 3)
    flow.map("activity:1102", "graphs", None)
    for username in ("amara", "ben", "chloe", "daniel", "elif"):
        flow.put(GRAPHS, 10, username)
    for _ in range(2):
        read_evidence(flow.database, flow.door, every=EVERY, now=flow.now)
        flow.wait(timedelta(seconds=1))
    halfway = flow.reading().cursor
    assert halfway is not None
    flow.lms.fault("webservice", "500")
    read_evidence(flow.database, flow.door, every=EVERY, now=flow.now)
    assert (flow.reading().cursor, _problem(flow)) == (halfway, "source-server-error")
    flow.wait(timedelta(minutes=2))
    assert len(flow.read()) == 2, "the three people before are not asked about again"
    done = [row[0] for row in flow.completions()]
    assert sorted(done) == ["graphs"] * 5 + ["searching"]


def test_a_course_that_the_source_does_not_know_is_reported(flow: Flow) -> None:
    with flow.database.writing() as session:
        get_context(session, flow.context_id).lti_context_id = "restored-elsewhere"
    flow.poll()
    assert _problem(flow) == "source-course"


def test_a_check_names_the_function_that_is_missing(flow: Flow) -> None:
    flow.lms.revoke_tokens()
    token = flow.lms.service_token("gradereport_user_get_grade_items")
    checked = check_evidence_source(flow.database, flow.door, flow.source, now=flow.now)
    assert [one.code for one in checked.findings] == ["source-token"]
    change_evidence_source(
        flow.database, flow.door, flow.source, SourceAct.TOKEN, token=token, actor="a", now=flow.now
    )
    checked = check_evidence_source(flow.database, flow.door, flow.source, now=flow.now)
    bad = [one for one in checked.findings if not one.is_good]
    assert [one.name for one in bad] == ["gradereport_user_get_grade_items"]
    assert "external service" in bad[0].words
    assert checked.course == "Algorithms in Practice"


def test_a_new_token_lets_everything_be_read_at_once(flow: Flow) -> None:
    flow.lms.revoke_tokens()
    flow.poll()
    assert _problem(flow) == "source-token"
    change_evidence_source(
        flow.database,
        flow.door,
        flow.source,
        SourceAct.TOKEN,
        token=flow.lms.service_token(),
        actor="a",
        now=flow.now,
    )
    flow.read()
    assert _problem(flow) == ""
    assert len(flow.completions()) == 1


def test_the_token_is_kept_encrypted_and_shown_nowhere(flow: Flow) -> None:
    token = flow.lms.service_token()
    flow.database.dispose()
    change_evidence_source(
        flow.database, flow.door, flow.source, SourceAct.TOKEN, token=token, actor="a", now=flow.now
    )
    sealed = flow.source_row().sealed_token
    assert sealed is not None
    assert token.encode() not in sealed


def test_another_secret_key_opens_the_token_once_it_is_resealed(flow: Flow) -> None:
    old, new = flow.parts.config.secret_key, b"n" * 40
    door = SourceDoor(flow.parts.http, new, lambda: flow.now)
    checked = check_evidence_source(flow.database, door, flow.source, now=flow.now)
    assert [one.code for one in checked.findings] == ["source-secret"]
    reseal_keys(flow.database, old, new, actor="test", now=flow.now)
    assert check_evidence_source(flow.database, door, flow.source, now=flow.now).is_good


def test_an_export_has_what_was_read_and_erasure_takes_it_away(flow: Flow) -> None:
    flow.poll()
    amara = flow.learner_called("amara")
    with flow.database.writing() as session:
        (fact,) = read_person(session, amara.id)["evidence_facts"]
        assert fact["original"]["graderaw"] == 9.0
        erase_person(session, amara.id, flow.now)
    assert flow.facts() == []
    flow.poll()
    assert flow.facts() == [], "somebody without an identity is nobody to the source"


def test_a_source_that_is_removed_is_asked_nothing_more(flow: Flow) -> None:
    flow.poll()
    change_evidence_source(
        flow.database, flow.door, flow.source, SourceAct.REMOVE, actor="a", now=flow.now
    )
    assert flow.poll() == []
    assert flow.source_row().sealed_token is None
    assert [row[2] for row in flow.completions()] == [True]


def test_a_platform_that_is_switched_off_is_not_asked(flow: Flow) -> None:
    change_evidence_source(
        flow.database, flow.door, flow.source, SourceAct.DISABLE, actor="a", now=flow.now
    )
    assert flow.poll() == []
    assert _problem(flow) == "source-disabled"
    with pytest.raises(SourceError):
        flow.map("grade:2102", "graphs")
