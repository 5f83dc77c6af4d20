"""The worker: leases, retries, and one bad delivery among good ones."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from lti_tool.persistence.deliveries import (
    Attempt,
    Delivery,
    DeliveryState,
    add_delivery,
    lease_due,
)
from lti_tool.worker import (
    LEASE,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    MOST_CRASHES,
    Together,
    backoff,
    build_handlers,
    repeat,
    run,
    run_once,
)
from tests.lti.platform import NOW
from tests.lti.world import World

DONE = Attempt(DeliveryState.DONE, "It stands.")
AGAIN = Attempt(DeliveryState.PENDING, "No answer.")


class Outbox:
    """A course with deliveries, and a handler that answers by delivery key."""

    def __init__(self, database):
        self.world = World(database)
        self.launched = self.world.launched(self.world.launch())
        self.database = database
        self.now = NOW
        self.answers = {}
        self.tried = []

    def add(self, key, answer=DONE, lane=None, kind="score"):
        self.answers[key] = answer
        with self.database.writing() as session:
            add_delivery(
                session,
                {
                    "kind": kind,
                    "key": key,
                    "lane": lane or key,
                    "learner_id": self.launched.learner_id,
                    "context_id": self.launched.context_id,
                    "achievement_id": self.world.achievement_id,
                    "payload": {},
                    "due_at": self.now,
                    "created_at": self.now,
                },
            )

    def handle(self, delivery_id, now):
        assert now == self.now
        with self.database.reading() as session:
            key = session.get_one(Delivery, delivery_id).key
        self.tried.append(key)
        answer = self.answers[key]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def work(self, jitter=0.5):
        return run_once(
            self.database, {"score": self.handle}, clock=lambda: self.now, jitter=lambda: jitter
        )

    def row(self, key):
        with self.database.reading() as session:
            return session.scalars(select(Delivery).where(Delivery.key == key)).one()

    def set(self, key, **values):
        with self.database.writing() as session:
            row = session.scalars(select(Delivery).where(Delivery.key == key)).one()
            for name, value in values.items():
                setattr(row, name, value)


@pytest.fixture
def outbox(database):
    return Outbox(database)


def test_what_is_done_is_settled_and_not_taken_again(outbox):
    outbox.add("a")
    assert outbox.work() == 1
    row = outbox.row("a")
    assert (row.state, row.last_answer, row.attempts) == (DeliveryState.DONE, "It stands.", 1)
    assert row.settled_at == NOW
    assert outbox.work() == 0


def test_what_has_no_answer_is_tried_again_later_and_later(outbox):
    outbox.add("a", AGAIN)
    waits = []
    for _ in range(4):
        outbox.work(jitter=1.0)
        row = outbox.row("a")
        waits.append((row.due_at - outbox.now).total_seconds())
        assert outbox.work() == 0
        outbox.now = row.due_at
    assert waits == [2, 4, 8, 16]
    assert (row.state, row.last_answer) == (DeliveryState.PENDING, "No answer.")


def test_a_wish_to_wait_is_followed(outbox):
    outbox.add("a", Attempt(DeliveryState.PENDING, "Slow down.", 120.0))
    outbox.work()
    assert outbox.row("a").due_at == NOW + timedelta(seconds=120)


def test_a_delivery_that_crashes_never_stops_the_others(outbox):
    outbox.add("bad", RuntimeError("defect"))
    for key in "abc":
        outbox.add(key)
    assert outbox.work() == 4
    assert [outbox.row(key).state for key in "abc"] == [DeliveryState.DONE] * 3
    row = outbox.row("bad")
    assert row.state == DeliveryState.PENDING
    assert row.last_answer == "The tool stumbled over this itself (RuntimeError); see its log."


def test_after_some_crashes_a_delivery_has_failed(outbox):
    outbox.add("bad", RuntimeError("defect"))
    outbox.set("bad", attempts=MOST_CRASHES - 1)
    outbox.work()
    assert outbox.row("bad").state == DeliveryState.FAILED


def test_after_many_attempts_a_delivery_has_failed_in_words(outbox):
    outbox.add("a", AGAIN)
    outbox.set("a", attempts=MOST_ATTEMPTS - 1)
    outbox.work()
    row = outbox.row("a")
    assert row.state == DeliveryState.FAILED
    assert row.last_answer == "No answer. Given up after 100 attempts."


def test_work_of_a_kind_that_nobody_knows_here_waits_for_who_does(outbox):
    """A release that was taken back has left it."""
    outbox.add("a", kind="other")
    assert outbox.work() == 0
    assert outbox.row("a").state == DeliveryState.PENDING


def test_what_waits_is_found_in_order_and_nothing_else_is_read(outbox):
    """With ten thousand waiting, each pass read all of them."""
    if not outbox.database.is_sqlite:
        pytest.skip("its planner looks at how many rows there are")
    with outbox.database.writing() as session:
        said = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *at: said.append(at[2:4]))
        lease_due(session, "score", NOW, LEASE, 10)
        statement, values = next(each for each in said if "is_bulk" in each[0])
        driver = session.connection().connection.dbapi_connection
        plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert plan[0].startswith(
        "SEARCH deliveries USING INDEX ix_deliveries_in_order (kind=? AND settled_at=?"
    )
    assert not any("TEMP B-TREE" in step for step in plan)


def test_a_newer_score_of_a_lane_goes_and_the_older_is_superseded(outbox):
    for key in ("old", "newer", "newest"):
        outbox.add(key, lane="lane")
    outbox.set("old", due_at=NOW + timedelta(hours=1))
    outbox.work()
    assert outbox.tried == ["newest"]
    states = [outbox.row(key).state for key in ("old", "newer", "newest")]
    assert states == [DeliveryState.SUPERSEDED, DeliveryState.SUPERSEDED, DeliveryState.DONE]
    assert outbox.row("old").last_answer == "A newer score took its place."


def test_a_lease_that_ran_out_is_taken_again(outbox):
    """The worker was killed between sending and settling."""
    outbox.add("a")
    outbox.set("a", leased_until=NOW + LEASE)
    assert outbox.work() == 0
    outbox.now = NOW + LEASE
    assert outbox.work() == 1
    assert outbox.row("a").state == DeliveryState.DONE


class DeathError(BaseException):
    """The end of a worker in the middle of its work: nothing is noted any more."""


@pytest.mark.parametrize("is_together", [False, True])
def test_one_that_ends_every_worker_is_put_aside_and_the_others_go_on(outbox, is_together):
    """It came first again after each restart, and what was due later never got its turn."""
    for key in ("bad", *"abcdefghijklmno"):
        outbox.add(key)
    deaths = 0

    def work(delivery_ids, _now):
        if outbox.row("bad").id in delivery_ids:
            raise DeathError
        return dict.fromkeys(delivery_ids, DONE)

    handler = Together(work) if is_together else lambda each, now: work([each], now)[each]
    finished = []
    while outbox.row("bad").state == DeliveryState.PENDING:
        try:
            while run_once(outbox.database, {"score": handler}, clock=lambda: outbox.now):
                pass
        except DeathError:
            deaths += 1
        finished.append(sum(outbox.row(key).settled_at is not None for key in "abcdefghijklmno"))
        outbox.now += LEASE + timedelta(seconds=LONGEST_WAIT)
    assert deaths == MOST_CRASHES
    assert finished[2] == 15, "two restarts, and all the others are done"
    row = outbox.row("bad")
    assert (row.state, row.reason) == (DeliveryState.FAILED, "our-defect")
    assert row.last_answer == "A worker of the tool ended over this each time; see its log."


def test_one_that_was_answered_before_is_not_given_up_because_workers_die(outbox):
    outbox.add("a")
    outbox.set("a", attempts=50, tried_at=NOW, leased_until=NOW - LEASE)
    assert outbox.work() == 1
    assert outbox.row("a").state == DeliveryState.DONE


def test_an_award_made_now_does_not_stand_behind_a_bulk_run(outbox):
    for number in range(40):
        outbox.add(f"bulk{number}")
        outbox.set(f"bulk{number}", is_bulk=True, due_at=NOW - timedelta(hours=1))
    outbox.add("now")
    outbox.work()
    assert outbox.tried[0] == "now"
    assert len(outbox.tried) == 10


def test_what_waited_too_long_in_a_batch_is_left_to_others(outbox):
    outbox.add("a")
    outbox.add("b")

    def slow(_delivery_id, _now):
        outbox.now += LEASE
        return DONE

    tried = run_once(outbox.database, {"score": slow}, clock=lambda: outbox.now)
    assert tried == 1
    assert outbox.row("b").state == DeliveryState.PENDING


def test_the_worker_runs_until_it_is_stopped_and_survives_trouble(outbox):
    outbox.add("a")
    stop = threading.Event()
    passes = []

    def clock():
        passes.append(1)
        if len(passes) == 1:
            raise OSError("the database is away")
        if outbox.tried:
            stop.set()
        return outbox.now

    handlers = {"score": outbox.handle}
    worker = threading.Thread(
        target=run,
        args=(outbox.database, handlers),
        kwargs={"clock": clock, "stop": stop, "poll_seconds": 0.01},
    )
    worker.start()
    worker.join(timeout=20)
    assert not worker.is_alive()
    assert outbox.row("a").state == DeliveryState.DONE


def test_what_is_repeated_outlives_its_trouble_until_it_is_stopped():
    stop, times = threading.Event(), []

    def task(now):
        times.append(now)
        if len(times) == 3:
            stop.set()
        raise RuntimeError

    repeat(task, clock=lambda: NOW, stop=stop, seconds=0.001)
    assert times == [NOW] * 3


def test_waits_double_up_to_a_limit_and_are_spread():
    assert [backoff(n, 1.0) for n in (1, 2, 3)] == [2, 4, 8]
    assert backoff(50, 1.0) == LONGEST_WAIT
    assert backoff(50, 0.0) == LONGEST_WAIT / 2


def test_scores_and_credentials_have_their_use_cases(outbox):
    handlers = build_handlers(outbox.database, None, None)
    assert set(handlers) == {"score", "credential", "transcript"}


def test_what_is_done_together_shares_one_call_and_a_bad_one_stops_itself_alone(outbox):
    calls = []

    def work(delivery_ids, now):
        calls.append(len(delivery_ids))
        if outbox.row("b").id in delivery_ids:
            raise RuntimeError
        return {each: Attempt(DeliveryState.DONE, "done") for each in delivery_ids}

    for key in "abc":
        outbox.add(key)
    run_once(outbox.database, {"score": Together(work)}, clock=lambda: outbox.now)
    assert calls == [3, 1, 1, 1]
    states = [outbox.row(key).state for key in "abc"]
    assert states == [DeliveryState.DONE, DeliveryState.PENDING, DeliveryState.DONE]
