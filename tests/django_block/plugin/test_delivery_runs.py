"""A tool that is away, refuses, redirects, is slow, or changes its keys; over real HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import F

from quoin_xblock.plugin import batches, results
from quoin_xblock.plugin.config import read_config
from quoin_xblock.plugin.models import OutboxRow, State
from quoin_xblock.plugin.tasks import flush
from tests.django_block.plugin import events
from tests.django_block.plugin.local_tool import LocalTool

Configure = Callable[..., None]
MANY = 10_000


def enqueue_many(user: Any, count: int, **changed: Any) -> None:
    """Put ``count`` completions into the outbox at once, due now."""
    now = datetime.now(UTC)
    common = {"user_id": user.id, "course_key": events.COURSE, "kind": "block"}
    times = {"completed_at": events.AT, "due_at": now, "created_at": now}
    rows = [
        OutboxRow(key=f"e{n}/c", competency="c", **common, **times, **changed) for n in range(count)
    ]
    OutboxRow.objects.bulk_create(rows)


def later(seconds: float) -> None:
    """Let a time-out pass: as if the clock had gone on for ``seconds``."""
    cache.delete(results.PAUSE)
    pending = OutboxRow.objects.filter(state=State.PENDING)
    pending.update(due_at=F("due_at") - timedelta(seconds=seconds))


def test_a_tool_away_during_ten_thousand_events_misses_none(lms: Any, tool: LocalTool) -> None:
    tool.stop()
    learners = [make_learner(number) for number in range(50)]
    for number in range(MANY // 10):
        events.change_grade(learners[number % 50].id, 0.8 + (number // 50) / 1000)
    enqueue_many(lms, MANY - OutboxRow.objects.count())
    flush()
    assert OutboxRow.objects.filter(state=State.DONE).count() == 0

    tool.start()
    flush()
    assert not tool.received, "it is left alone for a while"
    later(batches.LEASE.total_seconds())
    flush()

    assert OutboxRow.objects.filter(state=State.DONE).count() == MANY
    assert len(tool.received) == MANY
    assert set(tool.counts.values()) == {1}
    assert max(tool.batches) == 200


def make_learner(number: int) -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.create(username=f"learner{number}")


def test_a_tool_that_is_away_is_asked_once_and_not_by_every_event(
    lms: Any, tool: LocalTool, caplog: pytest.LogCaptureFixture
) -> None:
    tool.answer = lambda path, content: (503, {"title": "not now"})
    for grade in range(80, 100):
        events.change_grade(lms.id, grade / 100)

    assert OutboxRow.objects.filter(state=State.PENDING).count() == 20
    assert len(tool.nonces) == 1
    assert caplog.text.count("Trying again in") == 1


def test_a_task_that_finds_the_tool_away_comes_back_by_itself(
    lms: Any, tool: LocalTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[float] = []
    monkeypatch.setattr(flush, "apply_async", lambda countdown: queued.append(countdown))
    tool.stop()
    enqueue_many(lms, 1)
    flush()
    assert len(queued) == 1
    assert 3.5 <= queued[0] <= 6

    flush()
    assert len(queued) == 1, "while the tool is left alone, one is enough"


def test_pauses_grow_while_the_tool_stays_away_and_end_when_it_is_back(
    lms: Any, tool: LocalTool
) -> None:
    tool.stop()
    config = read_config()
    assert config is not None
    enqueue_many(lms, 1)
    pauses = []
    for _ in range(4):
        later(3600)
        pauses.append(batches.send_due(config, lambda: datetime.now(UTC)))
    assert 2.5 <= pauses[0] <= 5
    assert 20 <= pauses[3] <= 40

    tool.start()
    later(3600)
    assert batches.send_due(config, lambda: datetime.now(UTC)) is None
    assert len(tool.received) == 1
    assert cache.get(results.FAILURES) is None


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_what_may_pass_is_tried_again_with_a_new_nonce(
    lms: Any, tool: LocalTool, status: int
) -> None:
    answers = iter([(status, {"title": "later"})])
    tool.answer = lambda path, content: next(answers, None) or tool.take(path, content)
    events.pass_course(lms.id)
    row = OutboxRow.objects.get()
    assert (row.state, row.attempts, row.problem) == (State.PENDING, 1, f"{status}: later")

    later(3600)
    flush()
    assert OutboxRow.objects.get().state == State.DONE
    assert len(tool.nonces) == 2
    assert tool.refused_signatures == 0


def test_a_tool_that_names_a_time_is_not_asked_before(lms: Any, tool: LocalTool) -> None:
    tool.answer = lambda path, content: (429, {"headers": {"Retry-After": "900"}})
    events.pass_course(lms.id)

    row = OutboxRow.objects.get()
    assert row.due_at - datetime.now(UTC) > timedelta(seconds=890)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 413, 422])
def test_what_will_never_pass_is_a_dead_letter_that_names_the_repair(
    lms: Any, tool: LocalTool, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    tool.answer = lambda path, content: (status, {"detail": "not like this"})
    events.pass_course(lms.id)

    row = OutboxRow.objects.get()
    assert (row.state, row.problem) == (State.DEAD, f"{status}: not like this")
    assert "manage.py lms quoin_resync --dead" in caplog.text


def test_one_refused_completion_does_not_hold_the_others(lms: Any, tool: LocalTool) -> None:
    tool.refuse = lambda item: "There is no such competency." if item["key"] == "e3/c" else None
    enqueue_many(lms, 10)
    flush()

    dead = OutboxRow.objects.get(state=State.DEAD)
    assert (dead.key, dead.problem) == ("e3/c", "There is no such competency.")
    assert OutboxRow.objects.filter(state=State.DONE).count() == 9


def test_a_request_that_is_refused_as_a_whole_is_halved_until_the_bad_one_is_alone(
    lms: Any, tool: LocalTool
) -> None:
    def answer(path: str, content: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if any(item["key"] == "e5/c" for item in content["completions"]):
            return 400, {"detail": "unreadable"}
        return tool.take(path, content)

    tool.answer = answer
    enqueue_many(lms, 16)
    flush()

    assert OutboxRow.objects.get(state=State.DEAD).key == "e5/c"
    assert OutboxRow.objects.filter(state=State.DONE).count() == 15


def test_what_was_not_sent_when_the_tool_went_away_waits_and_is_not_lost(
    lms: Any, tool: LocalTool
) -> None:
    answers = iter([(400, {"detail": "unreadable"}), (503, {"title": "going down"})])
    tool.answer = lambda path, content: next(answers, None) or tool.take(path, content)
    enqueue_many(lms, 16)
    flush()
    assert len(tool.nonces) == 2, "the other half is not tried at a tool that is away"
    waiting = OutboxRow.objects.filter(state=State.PENDING, claim="")
    assert sorted(waiting.values_list("attempts", flat=True)) == [0] * 8 + [1] * 8

    later(10)
    flush()
    assert OutboxRow.objects.filter(state=State.DONE).count() == 16
    assert set(tool.counts.values()) == {1}


def test_a_page_instead_of_an_answer_is_tried_again(lms: Any, tool: LocalTool) -> None:
    tool.answer = lambda path, content: (200, {"welcome": "to the hotel network"})
    events.pass_course(lms.id)

    assert OutboxRow.objects.get().state == State.PENDING


def test_a_redirect_is_not_followed(lms: Any, tool: LocalTool) -> None:
    elsewhere = {"headers": {"Location": f"{tool.url}/elsewhere"}}
    tool.answer = lambda path, content: (302, dict(elsewhere))
    events.pass_course(lms.id)

    assert len(tool.nonces) == 1
    assert OutboxRow.objects.get().state == State.PENDING


def test_a_slow_tool_is_given_up_after_the_time_out(
    lms: Any, tool: LocalTool, configure: Configure
) -> None:
    def answer(path: str, content: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        time.sleep(1.5)
        return tool.take(path, content)

    tool.answer = answer
    configure(DELIVERY_TIMEOUT=0.2)
    started = time.monotonic()
    events.pass_course(lms.id)

    assert time.monotonic() - started < 1.4
    row = OutboxRow.objects.get()
    assert (row.state, row.problem) == (State.PENDING, "The tool did not answer (TimeoutError).")


def test_the_time_out_is_five_seconds_unless_the_operator_says_otherwise(
    lms: Any, configure: Configure
) -> None:
    config = read_config()

    assert config is not None
    assert config.timeout == 5


def test_a_tool_below_a_path_is_signed_as_it_is_called(
    lms: Any, tool: LocalTool, configure: Configure
) -> None:
    tool.answer = lambda path, content: tool.take(path.removeprefix("/quoin"), content)
    configure(TOOL_URL=f"{tool.url}/quoin/")
    events.pass_course(lms.id)

    assert len(tool.received) == 1
    assert tool.refused_signatures == 0


def test_keys_rotate_without_a_completion_lost(lms: Any, tool: LocalTool) -> None:
    events.change_grade(lms.id, 0.81)
    assert tool.headers["Quoin-Key-Id"] == "edx-1"

    del tool.keys["edx-1"]
    events.change_grade(lms.id, 0.82)
    assert tool.headers["Quoin-Key-Id"] == "edx-2"
    assert tool.refused_signatures == 1
    assert len(tool.received) == 2


def test_two_wrong_keys_are_a_dead_letter_and_are_repaired(lms: Any, tool: LocalTool) -> None:
    from django.core.management import call_command

    keys, tool.keys = tool.keys, {}
    events.pass_course(lms.id)
    assert OutboxRow.objects.get().state == State.DEAD
    assert tool.refused_signatures == 2

    tool.keys = keys
    call_command("quoin_resync", "--dead")
    assert len(tool.received) == 1


def test_one_key_may_be_set_as_the_blocks_want_it(
    lms: Any, tool: LocalTool, configure: Configure
) -> None:
    configure(KEYS=None, KEY_ID="edx-2", SECRET="second secret")
    events.pass_course(lms.id)

    assert len(tool.received) == 1


def test_rows_that_one_task_has_taken_are_not_taken_by_another(lms: Any) -> None:
    now = datetime.now(UTC)
    enqueue_many(lms, 5)
    first = batches.take(3, datetime.now(UTC))
    second = batches.take(10, datetime.now(UTC))
    assert [row.key for row in first + second] == [f"e{n}/c" for n in range(5)]
    assert not batches.take(10, datetime.now(UTC))

    again = batches.take(10, now + batches.LEASE + timedelta(minutes=1))
    assert len(again) == 5, "a task that died lets them go"


def test_a_task_that_died_in_the_middle_sends_nothing_that_counts_twice(
    lms: Any, tool: LocalTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    enqueue_many(lms, 5)
    with monkeypatch.context() as patched:
        patched.setattr(results, "judge_batch", die)
        with pytest.raises(KeyboardInterrupt):
            flush()
    later(batches.LEASE.total_seconds())
    flush()

    assert OutboxRow.objects.filter(state=State.DONE).count() == 5
    assert len(tool.received) == 5
    assert set(tool.counts.values()) == {2}
