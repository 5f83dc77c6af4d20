"""Threats in what a platform's services answer: tokens, scores, pages, rosters (B40 to B45)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.errors import LTIServiceError
from lti_tool.lti.http_client import HTTPClient
from lti_tool.lti.line_items import list_columns
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.persistence.courses import Context
from lti_tool.persistence.deliveries import DeliveryState
from lti_tool.persistence.learners import Learner, Membership
from lti_tool.scoring.jobs import Job, prepare
from lti_tool.services.sync_roster import sync_roster
from tests.conformance.threats.arena import Arena, served
from tests.lti.local_server import LocalServer, Reply, json_reply
from tests.lti.platform import INSTRUCTOR, LEARNER
from tests.services.score_course import SCOPES, Course, open_course


@pytest.fixture
def course(sqlite_database: Database) -> Iterator[Course]:
    """A learner in a course whose gradebook is on loopback."""
    with open_course(sqlite_database) as found:
        yield found


@pytest.mark.parametrize("life", [None, 0, "soon", "3600", -1, 10**12, [1]])
def test_b40_life(course: Course, life: object) -> None:
    """B40: token errors: invalid_scope, odd token type, expires_in missing, 0 or text, 1 MB token.
    An odd life gives a sane one."""
    answer = {"access_token": "t"} | ({} if life is None else {"expires_in": life})
    course.server.on("POST /token", json_reply(answer))
    assert course.send_one().state is DeliveryState.DONE
    assert course.given == [80]


@pytest.mark.parametrize(
    "answer",
    [
        {"access_token": "t", "token_type": "mac"},
        {"access_token": "t" * 1_000_000},
        {"access_token": "a b"},
        {"access_token": 7},
        ["t"],
    ],
)
def test_b40_token(course: Course, answer: object) -> None:
    """B40: token errors: invalid_scope, odd token type, expires_in missing, 0 or text, 1 MB token.
    What is no token is never sent, and the score waits or stops in words."""
    course.server.on("POST /token", json_reply(answer))
    attempt = course.send_one()
    assert attempt.state in (DeliveryState.PENDING, DeliveryState.HELD, DeliveryState.FAILED)
    assert attempt.answer
    assert [r for r in course.server.requests if r.path != "/token"] == []


def test_b40_scope(course: Course) -> None:
    """B40: token errors: invalid_scope, odd token type, expires_in missing, 0 or text, 1 MB token.
    Where the whole wish is refused, it is asked for scope by scope."""

    def grant(request: Any) -> Reply:
        if " " in request.form["scope"]:
            return json_reply({"error": "invalid_scope"}, 400)
        return json_reply({"access_token": "t", "expires_in": 3600})

    course.server.on("POST /token", grant)
    assert course.send_one().state is DeliveryState.DONE


ANSWERS = [
    (Reply(201), DeliveryState.DONE),
    (Reply(500), DeliveryState.PENDING),
    (Reply(503), DeliveryState.PENDING),
    (Reply(429, b"", {"Retry-After": "7"}), DeliveryState.PENDING),
    (Reply(write=lambda _: None), DeliveryState.PENDING),
    (Reply(401), DeliveryState.HELD),
    (Reply(403), DeliveryState.FAILED),
    (Reply(400), DeliveryState.FAILED),
    (Reply(404), DeliveryState.FAILED),
    (Reply(412), DeliveryState.FAILED),
    (Reply(422), DeliveryState.FAILED),
    (Reply(413), DeliveryState.FAILED),
    (Reply(415), DeliveryState.FAILED),
    (Reply(418), DeliveryState.FAILED),
]


@pytest.mark.parametrize(("reply", "state"), ANSWERS)
def test_b41(course: Course, reply: Reply, state: DeliveryState) -> None:
    """B41: each AGS error class, and time-out after the platform stored it. Waits, or stops in
    words for the teacher."""
    course.lms.score_replies = [reply] * 3
    attempt = course.send_one()
    assert attempt.state is state
    assert attempt.answer.endswith((".", ")"))


def test_b41_lost_answer(course: Course) -> None:
    """B41: each AGS error class, and time-out after the platform stored it. The same message again;
    that it is stored already is no conflict."""
    course.lms.score_replies = [Reply(write=lambda _: None), Reply(409)]
    delivery = course.promise("80")
    assert course.send(delivery).state is DeliveryState.PENDING
    course.result(80)
    assert course.send(delivery).state is DeliveryState.DONE
    first, second = course.lms.scores
    assert first == second


def _columns(course: Course, link: str) -> Any:
    course.lms.next_link = link.replace("HERE", course.server.url)
    delivery = course.promise("80")
    with course.database.writing() as session:
        job = prepare(session, delivery, course.now)
    assert isinstance(job, Job)
    return list_columns(course.client, job.book, "any")


@pytest.mark.parametrize(
    "link",
    [
        '<https://evil.example/items?page=2>; rel="next"',
        '<http://169.254.169.254/>; rel="next"',
        '<HERE/items?type_id=1&resource_id=any&tag=quoin>; rel="next"',
        '</items?page=2>; rel="next"',
    ],
)
def test_b42_stopped(course: Course, link: str) -> None:
    """B42: next link to another host, http, itself, 10k pages, mixed case, unquoted, several,
    relative. A list without end or elsewhere is stopped, and counts as incomplete."""
    found = _columns(course, link)
    assert not found.is_complete
    assert course.server.count("GET /items") <= 500


def test_b42_endless(course: Course) -> None:
    """B42: next link to another host, http, itself, 10k pages, mixed case, unquoted, several,
    relative. Pages without end are read up to a bound."""

    def page(request: Any) -> Reply:
        number = int(request.query.get("page", 1)) + 1
        return json_reply([], Link=f'<{course.server.url}/items?page={number}>; rel="next"')

    course.server.on("GET /items", page)
    assert not _columns(course, "").is_complete
    assert course.server.count("GET /items") <= 500


@pytest.mark.parametrize(
    "link",
    [
        "<HERE/more>; rel=next",
        '</more>; REL="next"',
        '<HERE/first>; rel="first", <HERE/more>; rel="last next"',
        '<more?Cursor=AbC>; title="a, b; c"; rel="next"',
    ],
)
def test_b42_followed(course: Course, link: str) -> None:
    """B42: next link to another host, http, itself, 10k pages, mixed case, unquoted, several,
    relative. What is a good link in any spelling is followed."""
    course.server.on("GET /more", json_reply([]))
    assert _columns(course, link).is_complete
    assert course.server.count("GET /more") == 1


def _roster(arena: Arena, server: LocalServer, members: list[dict[str, Any]]) -> Any:
    """Read this roster as the product does."""
    server.on("POST /token", json_reply({"access_token": "t", "expires_in": 3600}))
    server.on("GET /members", Reply(200, json.dumps({"members": members}).encode()))
    arena.launch(
        sub="teacher",
        roles=[INSTRUCTOR],
        roster={"context_memberships_url": f"{server.url}/members"},
    )
    with arena.world.database.reading() as session:
        context_id = session.scalars(select(Context.id)).one()
    http = HTTPClient()
    client = PlatformClient(http, arena.world.keyring, clock=lambda: arena.world.now)
    try:
        return sync_roster(arena.world.database, client, context_id=context_id, now=arena.world.now)
    finally:
        http.close()


def _members(arena: Arena) -> dict[str | None, tuple[bool, bool]]:
    query = select(Learner.name, Membership.is_instructor, Membership.is_active).join(
        Membership, Membership.learner_id == Learner.id
    )
    with arena.world.database.reading() as session:
        return {name: (teaches, active) for name, teaches, active in session.execute(query)}


def test_b43(called: tuple[Arena, LocalServer]) -> None:
    """B43: roster with duplicates, no roles, inactive users, 50k members, no names. Merged, and
    nobody is made a teacher by what is not said."""
    arena, server = called
    synced = _roster(
        arena,
        server,
        [
            {"user_id": "ada", "name": "Ada", "roles": [LEARNER]},
            {"user_id": "ada", "name": "Ada", "roles": [LEARNER]},
            {"user_id": "ben", "name": "Ben"},
            {"user_id": "cleo", "name": "Cleo", "roles": [], "status": "Inactive"},
            {"user_id": "dan"},
            {"name": "Nobody", "roles": [INSTRUCTOR]},
            {"user_id": "teacher", "name": "Tia", "roles": ["Instructor"]},
        ],
    )
    assert synced.members == 5
    found = _members(arena)
    assert (found["Ada"], found["Ben"]) == ((False, True), (False, True))
    assert found["Cleo"] == (False, False)
    assert "Nobody" not in found
    assert arena.count(Award) == 0


def test_b43_pages(called: tuple[Arena, LocalServer]) -> None:
    """B43: roster with duplicates, no roles, inactive users, 50k members, no names. They
    come page by page and are stored so; how many there are in all makes no difference."""
    arena, server = called
    size, pages = 500, 10

    def page(request: Any) -> Reply:
        number = int(request.query.get("page", 1))
        start = (number - 1) * size
        members = [{"user_id": f"u{n}", "roles": ["Learner"]} for n in range(start, start + size)]
        url = f"{server.url}/members?page={number + 1}"
        links = {"Link": f'<{url}>; rel="next"'} if number < pages else {}
        return json_reply({"members": members}, **links)

    _roster(arena, server, [{"user_id": "teacher", "roles": ["Instructor"]}])
    server.on("GET /members", page)
    with arena.world.database.reading() as session:
        context_id = session.scalars(select(Context.id)).one()
    http = HTTPClient()
    client = PlatformClient(http, arena.world.keyring, clock=lambda: arena.world.now)
    synced = sync_roster(arena.world.database, client, context_id=context_id, now=arena.world.now)
    http.close()
    assert (synced.members, synced.is_complete) == (size * pages, True)


def test_b44(called: tuple[Arena, LocalServer]) -> None:
    """B44: line item URL on a foreign host in the claim. Not noted, and no token goes there."""
    arena, server = called
    endpoint = {
        "scope": SCOPES,
        "lineitems": "https://evil.example/items",
        "lineitem": "https://evil.example/items/1",
    }
    roster = {"context_memberships_url": "https://evil.example/members"}
    assert arena.launch(endpoint=endpoint, roster=roster).status_code == 303
    with arena.world.database.reading() as session:
        course = session.scalars(select(Context)).one()
    assert (course.line_items_url, course.memberships_url) == (None, None)
    with pytest.raises(LTIServiceError):
        sync_roster(
            arena.world.database,
            arena.parts.platforms,
            context_id=course.id,
            now=arena.world.now,
        )
    assert server.sent("POST /token") == []


@pytest.mark.parametrize(
    ("given", "maximum"),
    [("NaN", "100"), ("Infinity", "100"), ("101", "100"), ("-1", "100"), ("1", "0")],
)
def test_b45_values(course: Course, given: str, maximum: str) -> None:
    """B45: score NaN, above maximum, negative, user not in course, two processes for one user.
    Never sent."""
    assert course.send(course.promise(given, maximum)).state is DeliveryState.FAILED
    assert course.lms.scores == []


def test_b45_not_in_course(course: Course) -> None:
    """B45: score NaN, above maximum, negative, user not in course, two processes for one user.
    Who has left, or teaches, gets none."""
    course.change(Membership, is_active=False)
    assert course.send_one().state is DeliveryState.HELD
    course.change(Membership, is_active=True, is_instructor=True)
    assert course.send_one().state is DeliveryState.HELD
    assert course.lms.scores == []


def test_b45_two_processes(course: Course) -> None:
    """B45: score NaN, above maximum, negative, user not in course, two processes for one user.
    While one sends, the other waits; the newest stands at the end."""
    first = course.promise("80")
    passes: list[int] = []
    course.lms.after_score = lambda: passes.append(course.work())
    course.work()
    assert course.given == [80]
    assert course.row(first).state == DeliveryState.DONE
    assert passes == [0], "a second worker finds the lane taken"


def test_the_arena_is_served(sqlite_database: Database) -> None:
    """The platform of these tests is really called."""
    with served(sqlite_database) as (arena, server):
        assert arena.launch().status_code == 303
        assert server.count("GET /jwks") == 1
