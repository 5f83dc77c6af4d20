"""The outbox under way: order in a lane, whole registrations that wait, rosters (section 7.3)."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.lti.platform_client import PlatformClient
from lti_tool.persistence.catalog import ensure_achievement
from lti_tool.persistence.courses import Context
from lti_tool.persistence.deliveries import Delivery, DeliveryState
from lti_tool.persistence.learners import Identity, ensure_learner, ensure_membership
from lti_tool.services.sync_roster import sync_roster
from lti_tool.worker import LEASE, build_handlers, run_once
from tests.lti.local_server import Reply, json_reply
from tests.lti.platform import LEARNER, NOW
from tests.services.score_course import SIGNING


def another_learner(course, name="ben"):
    with course.database.writing() as session:
        authority = _authority(course)
        learner = ensure_learner(session, course.world.institution_id, authority, name, NOW)
        context_id = course.launched.context_id
        ensure_membership(session, context_id, learner.id, NOW, is_instructor=False)
        return learner.id


def _authority(course):
    with course.database.reading() as session:
        return session.scalars(select(Identity.authority)).first()


def test_too_fast_slows_the_whole_registration_and_no_other(course):
    """B41: 429 with Retry-After; what waits for the same platform waits as well."""
    first = course.promise()
    second = course.promise(learner_id=another_learner(course))
    course.lms.score_replies = [Reply(429, headers={"Retry-After": "120"})]
    course.work()
    until = course.now + timedelta(seconds=120)
    assert [course.row(d).due_at for d in (first, second)] == [until, until]
    assert course.row(first).state == DeliveryState.PENDING
    course.now += timedelta(seconds=119)
    assert course.work() == 0
    course.now += timedelta(seconds=1)
    assert course.work() == 2
    assert [course.row(d).state for d in (first, second)] == [DeliveryState.DONE] * 2


def test_another_process_keeps_the_pause_too(course):
    """What was learnt about a platform stands in the database, not in one process alone."""
    course.promise()
    later = course.promise(learner_id=another_learner(course))
    course.lms.score_replies = [Reply(429, headers={"Retry-After": "120"})]
    course.work()
    sent = len(course.lms.scores)
    fresh = PlatformClient(course.http, course.world.keyring, clock=lambda: course.now)
    assert (
        run_once(
            course.database,
            build_handlers(course.database, fresh, SIGNING),
            clock=lambda: course.now,
        )
        == 0
    )
    assert len(course.lms.scores) == sent
    assert "left alone for a while" in course.row(later).last_answer


def test_a_token_that_is_refused_holds_the_registration_and_loses_nothing(course):
    """B41: 401 after one refresh."""
    first = course.promise()
    second = course.promise(learner_id=another_learner(course))
    course.lms.score_replies = [Reply(401), Reply(401)]
    course.work()
    row = course.row(first)
    assert (row.state, row.reason) == (DeliveryState.HELD, "unauthorised")
    assert "administrator has to look" in row.last_answer
    assert course.row(second).due_at == row.due_at == course.now + timedelta(minutes=5)
    with course.database.writing() as session:
        session.get_one(Delivery, first).attempts = 5000
    course.lms.score_replies = [Reply(401), Reply(401)]
    course.now += timedelta(minutes=5)
    course.work()
    assert course.row(first).state == DeliveryState.HELD, "however often, it is kept"
    course.now += timedelta(minutes=5)
    course.work()
    assert [course.row(d).state for d in (first, second)] == [DeliveryState.DONE] * 2


def test_an_outage_opens_the_circuit_and_uses_up_nobodys_attempts(course):
    """B41: five calls without an answer; a long outage must not end in giving up."""
    delivery = course.promise()
    course.server.on("POST /token", Reply(write=lambda _: None))
    for _ in range(12):
        course.work()
        course.now = course.row(delivery).due_at
    row = course.row(delivery)
    assert row.state == DeliveryState.PENDING
    assert row.attempts < 12
    course.server.on("POST /token", json_reply({"access_token": "t", "expires_in": 3600}))
    course.now += timedelta(minutes=10)
    course.work()
    assert course.row(delivery).state == DeliveryState.DONE


def test_a_client_that_the_platform_does_not_know_is_held_as_well(course):
    """B40."""
    course.server.on("POST /token", json_reply({"error": "invalid_client"}, 400))
    delivery = course.promise()
    course.work()
    assert (course.row(delivery).state, course.row(delivery).reason) == (
        DeliveryState.HELD,
        "unauthorised",
    )


def test_a_newer_score_waits_for_the_older_that_is_being_sent(course):
    """B45: two processes, one learner; the second never goes beside the first."""
    course.send_one("60")
    course.lms.scores.clear()
    course.now += timedelta(minutes=1)
    course.promise("70")
    entered, go_on = threading.Event(), threading.Event()

    def hold():
        entered.set()
        assert go_on.wait(20)

    course.lms.after_score = hold
    first = threading.Thread(target=course.work)
    first.start()
    assert entered.wait(20)
    course.lms.after_score = lambda: None
    newer = course.promise("90")
    other = PlatformClient(course.http, course.world.keyring, clock=lambda: course.now)
    handlers = build_handlers(course.database, other, SIGNING)
    assert run_once(course.database, handlers, clock=lambda: course.now) == 0
    assert course.given == [70]
    go_on.set()
    first.join(20)
    course.now += timedelta(seconds=1)
    course.work()
    assert course.given == [70, 90]
    assert course.row(newer).state == DeliveryState.DONE
    older, younger = (score["timestamp"] for score in course.lms.scores)
    assert younger > older


def test_two_workers_at_once_send_each_score_once_and_in_order(course):
    """B45: many scores of several learners, two processes' worth of workers."""
    learners = [course.launched.learner_id, another_learner(course), another_learner(course, "cem")]
    for round_number in range(3):
        for learner_id in learners:
            course.promise(str(60 + round_number), learner_id=learner_id)
        clients = [
            PlatformClient(course.http, course.world.keyring, clock=lambda: course.now)
            for _ in range(2)
        ]
        workers = [
            threading.Thread(
                target=run_once,
                args=(course.database, build_handlers(course.database, client, SIGNING)),
                kwargs={"clock": lambda: course.now},
            )
            for client in clients
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        for _ in range(5):
            course.now += timedelta(seconds=10)
            course.work()
    by_user = {}
    for score in course.lms.scores:
        by_user.setdefault(score["userId"], []).append((score["timestamp"], score["scoreGiven"]))
    assert set(by_user) == {"user-7", "ben", "cem"}
    for sent in by_user.values():
        assert sent == sorted(sent)
        assert [given for _, given in sent] == [60, 61, 62]
    assert len(course.lms.items) == 1


def test_a_worker_that_lost_its_lease_sends_nothing_and_notes_nothing(course):
    """It stood still before sending while another one sent a newer score."""
    older = course.promise("70")
    course.work()
    course.lms.scores.clear()
    course.now += timedelta(minutes=1)
    older = course.promise("80")
    newer = []

    def meanwhile(_request):
        # The first worker asks what stands; its lease runs out and the newer score goes.
        course.server.on("GET /items/1/results", json_reply([]))
        course.now += LEASE
        newer.append(course.promise("90"))
        course.work()
        return json_reply([])

    course.server.on("GET /items/1/results", meanwhile)
    course.work()
    assert course.given == [90]
    assert course.row(older).state == DeliveryState.SUPERSEDED
    assert course.row(newer[0]).state == DeliveryState.DONE


def test_a_clock_that_goes_back_never_makes_an_older_timestamp(course):
    """B45."""
    course.promise("70")
    course.work()
    course.now -= timedelta(minutes=3)
    delivery = course.promise("90")
    course.work()
    assert course.row(delivery).due_at == NOW + timedelta(seconds=1)
    course.now = NOW + timedelta(seconds=1)
    course.work()
    assert [score["timestamp"] for score in course.lms.scores] == [
        "2026-06-30T12:00:00.000000Z",
        "2026-06-30T12:00:01.000000Z",
    ]


def test_a_failed_score_is_replaced_by_a_newer_one(course):
    course.lms.score_replies = [Reply(403)]
    older = course.promise("70")
    course.work()
    course.now += timedelta(minutes=1)
    course.promise("90")
    course.work()
    assert course.row(older).state == DeliveryState.SUPERSEDED


@pytest.fixture
def roster(course):
    course.change(Context, memberships_url=f"{course.server.url}/members")

    def sync(*user_ids, status="Active"):
        members = [{"user_id": u, "roles": [LEARNER], "status": status} for u in user_ids]
        course.server.on("GET /members", Reply(200, json.dumps({"members": members}).encode()))
        course.now += timedelta(minutes=1)
        context_id = course.launched.context_id
        sync_roster(course.database, course.client, context_id=context_id, now=course.now)

    return sync


def test_scores_that_wait_follow_the_roster(course, roster):
    """B43: who left is not graded; who comes back is."""
    delivery = course.promise()
    roster("ben")
    row = course.row(delivery)
    assert (row.state, row.reason) == (DeliveryState.HELD, "left-course")
    assert "not in this course at present" in row.last_answer
    assert course.work() == 0
    roster("ben", "user-7")
    course.work()
    assert course.row(delivery).state == DeliveryState.DONE


def test_scores_of_two_columns_of_one_learner_are_lanes_of_their_own(course):
    with course.database.writing() as session:
        other = ensure_achievement(session, course.world.institution_id, "other", NOW, name="Other")
    first = course.promise("70")
    course.world.achievement_id = other.id
    second = course.promise("80")
    course.work()
    assert [course.row(d).state for d in (first, second)] == [DeliveryState.DONE] * 2
    assert len(course.lms.items) == 2
