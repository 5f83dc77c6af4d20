"""From a real event of the platform to a signed request at the tool."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from openedx_events.tooling import OpenEdxPublicSignal

from quoin_xblock.plugin import batches, outbox, receivers, recording
from quoin_xblock.plugin.models import OutboxRow, State
from tests.django_block.plugin import events
from tests.django_block.plugin.local_tool import LocalTool

Configure = Callable[..., None]


def subject_of(user: Any) -> str:
    from openedx.core.djangoapps.external_user_ids.models import ExternalId

    return str(ExternalId.objects.get(user=user).external_user_id)


def test_a_passed_course_reaches_the_tool_signed(lms: Any, tool: LocalTool) -> None:
    events.pass_course(lms.id)

    (item,) = tool.received
    row = OutboxRow.objects.get()
    assert item == {
        "key": row.key,
        "issuer": "https://lms.example.edu",
        "subject": subject_of(lms),
        "competency": "sql",
        "completed_at": row.completed_at.isoformat(),
    }
    assert row.state == State.DONE
    assert tool.refused_signatures == 0


def test_the_key_is_the_id_of_the_event_and_the_competency(
    lms: Any, tool: LocalTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    make = OpenEdxPublicSignal.generate_signal_metadata

    def keep(self: Any, **more: Any) -> Any:
        seen.append(make(self, **more))
        return seen[-1]

    monkeypatch.setattr(OpenEdxPublicSignal, "generate_signal_metadata", keep)
    events.pass_course(lms.id)

    assert [item["key"] for item in tool.received] == [f"{seen[0].id}/sql"]


def test_a_completed_block_of_edx_completion_reaches_the_tool(lms: Any, tool: LocalTool) -> None:
    from completion.waffle import ENABLE_COMPLETION_TRACKING_SWITCH
    from edx_toggles.toggles.testutils import override_waffle_switch

    with override_waffle_switch(ENABLE_COMPLETION_TRACKING_SWITCH, active=True):
        events.complete_block(lms)
        events.complete_block(lms, block=events.BLOCK.replace("joins", "other"))

    assert [item["competency"] for item in tool.received] == ["joins"]


@pytest.mark.parametrize(
    ("grade", "sent"),
    [(0.79, []), (0.8, [("sql-advanced", "80")]), (1.0, [("sql-advanced", "100")])],
)
def test_a_grade_counts_from_its_threshold_on(
    lms: Any, tool: LocalTool, grade: float, sent: list[tuple[str, str]]
) -> None:
    events.change_grade(lms.id, grade)

    assert [(item["competency"], item["grade"]) for item in tool.received] == sent


def test_a_certificate_reaches_the_tool_once_however_often_it_changes(
    lms: Any, tool: LocalTool
) -> None:
    events.certify(lms.id)
    events.certify(lms.id, signal="CHANGED")
    events.certify(lms.id, signal="CHANGED", status="error")

    assert [(item["competency"], item["grade"]) for item in tool.received] == [
        ("sql-certified", "91")
    ]


def test_a_subsection_grade_is_read_from_the_platform(lms: Any, tool: LocalTool) -> None:
    from lms.djangoapps.grades.models import PersistentSubsectionGrade
    from opaque_keys.edx.keys import CourseKey, UsageKey
    from openedx.core.djangoapps.signals.signals import COURSE_ASSESSMENT_GRADE_CHANGED
    from xmodule.modulestore.django import OTHER_COURSE_SETTINGS

    place = "block-v1:Harbour+SQL+2026+type@sequential+block@exam"
    rule = {"when": "subsection_grade", "block": place, "at_least": 0.5, "competency": "exam"}
    OTHER_COURSE_SETTINGS[events.COURSE] = {"quoin": [rule]}
    course, usage = CourseKey.from_string(events.COURSE), UsageKey.from_string(place)
    PersistentSubsectionGrade.objects.create(
        user_id=lms.id,
        course_id=course,
        usage_key=usage,
        earned_graded=3,
        possible_graded=4,
        modified=events.AT,
    )
    COURSE_ASSESSMENT_GRADE_CHANGED.send(
        sender=None, user=lms, course_id=course, subsection_id=usage, subsection_grade=3
    )

    assert [(item["competency"], item["grade"]) for item in tool.received] == [("exam", "75")]


def test_the_operators_rules_hold_beside_those_of_the_course(
    lms: Any, tool: LocalTool, configure: Configure
) -> None:
    rule = {"when": "course_passed", "competency": "any-course-of-harbour"}
    configure(MAPPING={"course-v1:Harbour+*": [rule], "course-v1:Other+*": [rule]})
    events.pass_course(lms.id)

    assert [item["competency"] for item in tool.received] == ["sql", "any-course-of-harbour"]


def test_a_rule_that_cannot_be_used_is_logged_and_the_others_hold(
    lms: Any, tool: LocalTool, configure: Configure, caplog: pytest.LogCaptureFixture
) -> None:
    good = {"when": "course_passed", "competency": "kept"}
    configure(MAPPING={"*": [{"when": "someday", "competency": "x"}, good]})
    events.pass_course(lms.id)

    assert [item["competency"] for item in tool.received] == ["sql", "kept"]
    assert "Rule 1: 'when' is one of" in caplog.text


def test_nothing_is_written_in_a_course_without_rules(lms: Any, tool: LocalTool) -> None:
    events.pass_course(lms.id, course="course-v1:Harbour+None+2026")

    assert not OutboxRow.objects.exists()


def test_nothing_is_recorded_until_a_tool_is_set(lms: Any, configure: Configure) -> None:
    configure(TOOL_URL="")
    events.pass_course(lms.id)
    outbox.enqueue(**one(lms.id))

    assert not OutboxRow.objects.exists()


def test_a_kind_of_event_can_be_switched_off(
    lms: Any, tool: LocalTool, configure: Configure
) -> None:
    configure(EVENTS={"course_passed": False})
    events.pass_course(lms.id)
    events.change_grade(lms.id, 0.9)

    assert [item["competency"] for item in tool.received] == ["sql-advanced"]


def test_an_event_about_a_whole_organisation_or_about_nobody_is_skipped(lms: Any) -> None:
    events.pass_course(lms.id, course=None)
    events.pass_course(0)

    assert not OutboxRow.objects.exists()


@pytest.mark.parametrize(
    ("mask", "is_recorded"),
    [
        (SimpleNamespace(role="student", user_name=None), False),
        (SimpleNamespace(role="student", user_name="amara"), False),
        (SimpleNamespace(role="staff", user_name=None), True),
    ],
    ids=["as a learner", "as this learner", "as staff"],
)
def test_nothing_is_recorded_while_staff_masquerade_as_a_learner(
    lms: Any, mask: Any, is_recorded: bool
) -> None:
    import crum
    from opaque_keys.edx.keys import CourseKey

    staff = SimpleNamespace(masquerade_settings={CourseKey.from_string(events.COURSE): mask})
    request = SimpleNamespace(user=SimpleNamespace(real_user=staff))
    crum.set_current_request(request)
    try:
        events.pass_course(lms.id)
    finally:
        crum.set_current_request(None)

    assert OutboxRow.objects.exists() is is_recorded


def test_a_request_that_is_rolled_back_leaves_no_row(
    lms: Any, tool: LocalTool, client: Any
) -> None:
    client.raise_request_exception = False
    assert client.get(f"/submit/{lms.id}?fail=1").status_code == 500
    assert not OutboxRow.objects.exists()
    assert not tool.received

    assert client.get(f"/submit/{lms.id}").content == b"stored"
    assert len(tool.received) == 1


def test_nothing_is_sent_before_the_commit(lms: Any, tool: LocalTool) -> None:
    with transaction.atomic():
        events.pass_course(lms.id)
        assert OutboxRow.objects.count() == 1
        assert not tool.received

    assert len(tool.received) == 1


@pytest.mark.parametrize("place", ["record", "insert", "read"])
def test_a_broken_receiver_does_not_break_the_request(
    lms: Any,
    client: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    place: str,
) -> None:
    def break_sql(*_: Any, **__: Any) -> Any:
        list(OutboxRow.objects.raw("SELECT * FROM no_such_table"))

    broken = {
        "record": (receivers, "record"),
        "insert": (recording, "add_row"),
        "read": (recording, "rules_of"),
    }
    monkeypatch.setattr(*broken[place], break_sql)

    assert client.get(f"/submit/{lms.id}").content == b"stored"
    assert "quoin_resync" in caplog.text


def test_what_the_request_wrote_besides_stays_when_the_receiver_breaks(
    lms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_sql(*_: Any, **__: Any) -> Any:
        list(OutboxRow.objects.raw("SELECT * FROM no_such_table"))

    monkeypatch.setattr(receivers, "record", break_sql)
    with transaction.atomic():
        lms.username = "amara2"
        lms.save()
        events.pass_course(lms.id)

    lms.refresh_from_db()
    assert lms.username == "amara2"


def test_a_queue_that_is_away_does_not_break_the_request(
    lms: Any,
    client: Any,
    tool: LocalTool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from quoin_xblock.plugin import tasks

    def no_broker(*_: Any, **__: Any) -> None:
        raise ConnectionError("the broker does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(tasks.flush, "delay", no_broker)
        assert client.get(f"/submit/{lms.id}").content == b"stored"
    assert "the periodic flush does it" in caplog.text
    assert not tool.received

    tasks.flush()
    assert len(tool.received) == 1


def test_events_close_together_share_a_task(
    lms: Any, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quoin_xblock.plugin import tasks

    queued: list[float] = []
    monkeypatch.setattr(tasks.flush, "apply_async", lambda countdown: queued.append(countdown))
    configure(GATHER_SECONDS=2)
    events.pass_course(lms.id)
    events.change_grade(lms.id, 0.9)
    events.certify(lms.id)

    assert OutboxRow.objects.count() == 3
    assert queued == [3]


def test_the_block_may_hand_over_the_same_completion_twice(lms: Any, tool: LocalTool) -> None:
    outbox.enqueue(**one(lms.id))
    outbox.enqueue(**one(lms.id))

    (item,) = tool.received
    assert item["grade"] == "12.5"
    assert item["evidence"] == [{"text": "essay"}]


@pytest.mark.parametrize("competency", ["joins", "uniões", "c" * 300])
def test_every_key_is_one_that_the_tool_takes(competency: str) -> None:
    key = outbox.key_of("e1", competency)

    assert key.isascii()
    assert len(key) <= 200
    assert key != outbox.key_of("e2", competency)


def test_the_block_is_never_broken_by_the_outbox(
    lms: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.enqueue(**{**one(lms.id), "completed_at": "no date"})

    assert not OutboxRow.objects.exists()
    assert "not written down" in caplog.text


def test_the_same_state_told_again_is_nothing_new(lms: Any, tool: LocalTool) -> None:
    for _ in range(3):
        events.pass_course(lms.id)
        events.change_grade(lms.id, 0.9)
    events.change_grade(lms.id, 0.85)

    assert [(item["competency"], item.get("grade")) for item in tool.received] == [
        ("sql", None),
        ("sql-advanced", "90"),
        ("sql-advanced", "85"),
    ]


def test_a_completion_taken_back_before_it_was_sent_is_not_sent(
    lms: Any, tool: LocalTool, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction.atomic():
        events.certify(lms.id)
        events.certify(lms.id, signal="REVOKED", status="unavailable")

    assert not OutboxRow.objects.exists()
    assert not tool.received


def test_a_completion_taken_back_after_it_was_sent_is_listed_for_a_person(
    lms: Any, tool: LocalTool
) -> None:
    events.certify(lms.id)
    events.certify(lms.id, signal="REVOKED", status="unavailable")
    events.certify(lms.id, signal="REVOKED", status="unavailable")

    assert len(tool.received) == 1
    row = OutboxRow.objects.get(state=State.BY_HAND)
    assert row.problem == recording.TAKEN_BACK

    events.certify(lms.id)
    assert len(tool.received) == 2


def test_a_completion_taken_back_while_it_is_on_its_way_is_listed_for_a_person(
    lms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        events.certify(lms.id)
        find = recording._find_latest

        def find_and_take(*arguments: Any) -> Any:
            found = find(*arguments)
            OutboxRow.objects.update(claim="of a task")
            return found

        monkeypatch.setattr(recording, "_find_latest", find_and_take)
        events.certify(lms.id, signal="REVOKED", status="unavailable")

    assert OutboxRow.objects.filter(state=State.BY_HAND).count() == 1


def test_a_learner_without_an_lti_id_waits_until_there_is_one(lms: Any, tool: LocalTool) -> None:
    from openedx.core.djangoapps.external_user_ids.models import ExternalIdType

    ExternalIdType.objects.all().delete()
    events.pass_course(lms.id)
    row = OutboxRow.objects.get()
    assert (row.state, row.problem) == (State.PENDING, batches.NO_SUBJECT)

    ExternalIdType.objects.create(name="lti")
    row.due_at = row.created_at
    row.save()
    events.change_grade(lms.id, 0.9)
    assert {item["competency"] for item in tool.received} == {"sql", "sql-advanced"}


def test_no_secret_and_no_name_is_logged(
    lms: Any, tool: LocalTool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tool.refuse = lambda item: "no"
    events.pass_course(lms.id)

    assert "quoin_resync --dead" in caplog.text
    for word in ("first secret", "amara", subject_of(lms)):
        assert word not in caplog.text


def one(user_id: int) -> dict[str, Any]:
    return {
        "kind": "block",
        "user_id": user_id,
        "course_key": events.COURSE,
        "competency": "joins",
        "completed_at": events.AT,
        "grade": "12.5",
        "evidence": [{"text": "essay"}],
        "event_id": "0b5c6c5e-block",
    }
