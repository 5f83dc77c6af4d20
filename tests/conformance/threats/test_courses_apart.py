"""Threats between courses, tenants and roles, once somebody is in (B29 to B35)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import ensure_institution
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.courses import Context
from lti_tool.persistence.learners import Membership
from lti_tool.persistence.placements import Placement, ensure_line_item, ensure_placement
from lti_tool.persistence.sessions import LaunchSession
from tests.conformance.threats.arena import HERE, Arena, refused
from tests.lti.platform import INSTITUTION_ROLE, INSTRUCTOR, ISSUER, LEARNER, REMOVED, TestPlatform
from tests.web.scores import promise
from tests.web.world import World

ITEM = f"{ISSUER}/items/1"


@pytest.fixture
def courses(sqlite_database: Database, now: datetime) -> World:
    """Two courses of two institutions with open sessions."""
    return World(sqlite_database, now)


def _count(world: World | Arena, table: Any) -> int:
    with world.database.reading() as session:  # type: ignore[union-attr]
        return len(session.scalars(select(table)).all())


def _completion(world: World, learner: object, achievement: object) -> dict[str, str]:
    return {
        "learner": str(learner),
        "achievement": str(achievement),
        "grade": "80",
        "completed_on": "2026-06-01",
        "form_id": str(uuid4()),
    }


def test_b29(courses: World) -> None:
    """B29: teacher of course A opens ids of course B. 404 for every id, in every place."""
    theirs = courses.other_learner
    score = promise(courses, "sql", state="failed")
    foreign = courses.achievement("sql", "hill")
    teacher, stranger = courses.teacher, courses.other_teacher
    assert teacher.get(f"learners/{theirs.learner_uuid}").status_code == 404
    assert teacher.get(f"evidence/{foreign}").status_code == 404
    for learner, achievement in [
        (theirs.learner_uuid, courses.achievement("sql")),
        (courses.learner.learner_uuid, foreign),
    ]:
        form = _completion(courses, learner, achievement)
        assert teacher.post("completions", form).status_code in (404, 422)
    for act in ("again", "anyway", "leave"):
        assert stranger.post(f"scores/{score}/{act}").status_code == 404
    assert stranger.get(f"scores/{score}/row").status_code == 404
    for act in ("again", "rename", "delete"):
        assert teacher.post(f"columns/{foreign}/{act}").status_code == 404
    assert teacher.post("link", {"achievement": str(foreign)}).status_code in (403, 404)
    assert teacher.get(f"{theirs.course}/roster").status_code == 401
    assert _count(courses, Completion) == 0


def test_b30(courses: World) -> None:
    """B30: learner asks for roster or others' progress. Refused, and nothing is shown."""
    other = courses.come_as("ben")
    for path in (
        "roster",
        "scores",
        f"learners/{other.learner_uuid}",
        f"learners/{courses.learner.learner_uuid}",
        "mentees",
        f"mentees/{other.learner_uuid}",
        "privacy",
        "link",
        "copy",
    ):
        answer = courses.learner.get(path)
        assert answer.status_code in (403, 404), path
        assert "Ben" not in answer.text


def test_b31(courses: World) -> None:
    """B31: learner posts own score or completion. Impossible: only teachers and facts of the
    server make one."""
    learner, sql = courses.learner, courses.achievement("sql")
    form = _completion(courses, learner.learner_uuid, sql)
    assert learner.post("completions", form).status_code == 403
    evidence = {"text": "Mine", "url": "", "form_id": str(uuid4())}
    extra = {"grade": "100", "state": "accepted", "decision": "accept", "completed": "1"}
    assert learner.post(f"evidence/{sql}", evidence | extra).status_code in (200, 303)
    decision = {"decision": "accept", "grade": "100", "completed_on": "2026-06-01"}
    assert learner.post(f"evidence/{uuid4()}/decision", decision).status_code == 403
    assert learner.post(f"scores/{uuid4()}/anyway").status_code == 403
    assert _count(courses, Completion) == _count(courses, Award) == 0


def _review(arena: Arena, user_id: str, item: str, roles: list[str]) -> Any:
    return arena.launch(
        message_type="LtiSubmissionReviewRequest",
        roles=roles,
        sub="teacher",
        for_user={"user_id": user_id},
        endpoint={"lineitem": item, "scope": []},
    )


def test_b32(arena: Arena) -> None:
    """B32: submission review for a user or line item not ours. Refused; ours is opened."""
    arena.launch()
    with arena.world.database.writing() as session:
        course = session.scalars(select(Context)).one()
        achievement_id = arena.world.achievement_id
        ensure_line_item(session, course.id, achievement_id, arena.world.now, url=ITEM)
    teacher = [INSTRUCTOR]
    arena.launch(roles=teacher, sub="teacher")
    assert _review(arena, "user-7", ITEM, teacher).status_code == 303
    opened = arena.count(LaunchSession)
    refused(_review(arena, "nobody", ITEM, teacher), "lti-review-unknown")
    refused(_review(arena, "user-7", f"{ISSUER}/items/2", teacher), "lti-review-unknown")
    refused(_review(arena, "teacher", ITEM, teacher), "lti-review-unknown")
    refused(_review(arena, "user-7", ITEM, [LEARNER]), "lti-role")
    assert arena.count(LaunchSession) == opened


PRIVACY = {
    "message_type": "LtiDataPrivacyLaunchRequest",
    "roles": [INSTITUTION_ROLE + "Administrator"],
    "context": REMOVED,
    "resource_link": REMOVED,
    "target_link_uri": REMOVED,
    "sub": "administrator",
    "for_user": {"user_id": "user-7"},
}


def test_b33(arena: Arena) -> None:
    """B33: data privacy launch with context, or by a non-administrator. Refused."""
    arena.launch()
    refused(arena.launch(**PRIVACY | {"context": {"id": "course-1"}}), "lti-claim-invalid")
    refused(arena.launch(**PRIVACY | {"resource_link": {"id": "link-1"}}), "lti-claim-invalid")
    refused(arena.launch(**PRIVACY | {"for_user": REMOVED}), "lti-claim-missing")
    for roles in ([INSTRUCTOR], [LEARNER], []):
        refused(arena.launch(**PRIVACY | {"roles": roles}), "lti-role")
    assert arena.launch(**PRIVACY).location.endswith("/privacy")


LTI = "https://purl.imsglobal.org/spec/lti/claim/"


def _notice(arena: Arena, number: int, platform: TestPlatform | None = None, **changed: Any) -> str:
    asked = platform or arena.world.platform
    claims = {
        "iss": asked.issuer,
        "aud": asked.client_id,
        "iat": int(arena.world.now.timestamp()),
        "exp": int(arena.world.now.timestamp()) + 60,
        "nonce": f"n{number}",
        LTI + "version": "1.3.0",
        LTI + "deployment_id": asked.deployment_id,
        LTI + "context": {"id": "course-2", "title": "Copy"},
        LTI + "notice": {
            "id": f"notice-{number}",
            "timestamp": "2026-06-30T12:00:00Z",
            "type": "LtiContextCopyNotice",
        },
        LTI + "origin_contexts": ["course-1"],
    }
    return asked.sign(claims | changed)


def _send_notices(arena: Arena, *tokens: str) -> int:
    body = json.dumps({"notices": [{"jwt": token} for token in tokens]})
    answer = arena.browser.post("/lti/notices", data=body, content_type="application/json", **HERE)
    return answer.status_code


def _place(arena: Arena) -> None:
    """Place something in the course "course-1", which has a learner."""
    arena.launch()
    with arena.world.database.writing() as session:
        course = session.scalars(select(Context)).one()
        member = session.scalars(select(Membership)).one()
        ensure_placement(
            session, course.id, arena.world.achievement_id, member.learner_id, arena.world.now
        )


def _copies(arena: Arena, course: str = "course-2") -> int:
    """Return how many placements a course has."""
    query = select(Placement).join(Context).where(Context.lti_context_id == course)
    with arena.world.database.reading() as session:
        return len(session.scalars(query).all())


def test_b34(arena: Arena, caplog: pytest.LogCaptureFixture) -> None:
    """B34: notice unsigned, wrong key or audience, unknown deployment, replayed, expired, 10k in a
    batch, unknown type, foreign tenant. Each is judged alone, and acted on once."""
    _place(arena)
    head, payload, _ = _notice(arena, 1).split(".")
    deployment = {LTI + "deployment_id": "unknown"}
    kind = {LTI + "notice": {"id": "9", "type": "LtiHelloWorldNotice"}}
    bad = [
        f"{head}.{payload}.",
        "nonsense",
        _notice(arena, 2, TestPlatform(key_number=5)),
        _notice(arena, 3, aud="another-tool"),
        _notice(arena, 4, **deployment),
        _notice(arena, 5, iat=1, exp=2),
        _notice(arena, 6, TestPlatform(issuer="https://unknown.example.edu")),
        _notice(arena, 7, **kind),
    ]
    assert _send_notices(arena, *bad) == 202
    assert _copies(arena) == 0
    good = _notice(arena, 8)
    assert _send_notices(arena, *bad, good, good) == 202
    assert _send_notices(arena, good) == 202
    assert _copies(arena) == 1
    assert _send_notices(arena, *["x"] * 10_000) == 400
    lines = [json.loads(r.message) for r in caplog.records if '"notices"' in r.message]
    assert (lines[-2]["done"], lines[-1]["known"]) == (1, 1)


def test_b34_foreign_tenant(arena: Arena) -> None:
    """B34: notice unsigned, wrong key or audience, unknown deployment, replayed, expired, 10k in a
    batch, unknown type, foreign tenant. Here the tenant of another deployment."""
    _place(arena)
    with arena.world.database.writing() as session:
        ensure_institution(session, "hill", "Hill College", arena.world.now)
    arena.world.register(arena.world.platform, "deployment-2", institution="hill")
    foreign = {LTI + "deployment_id": "deployment-2"}
    assert _send_notices(arena, _notice(arena, 1, **foreign)) == 202
    assert _copies(arena) == 0


def _into_copy(arena: Arena, **login: str) -> Any:
    claims = {"deployment_id": login["lti_deployment_id"]} if login else {}
    return arena.launch(
        login=login,
        sub="teacher",
        roles=[INSTRUCTOR],
        context={"id": "course-2", "title": "Copy"},
        resource_link={"id": "link-2"},
        custom={"context_history": "course-1"},
        **claims,
    )


@pytest.mark.parametrize("when", ["before", "after", "never"])
def test_b35(arena: Arena, when: str) -> None:
    """B35: copy notice before, after, never; history naming another tenant's course. The same
    once, and no learner comes along."""
    _place(arena)
    if when == "before":
        _send_notices(arena, _notice(arena, 1))
    assert _into_copy(arena).status_code == 303
    if when == "after":
        _send_notices(arena, _notice(arena, 1))
    assert _copies(arena) == 1
    query = select(Membership).join(Context).where(Context.lti_context_id == "course-2")
    with arena.world.database.reading() as session:
        assert len(session.scalars(query).all()) == 1, "the teacher who launched, nobody else"


def test_b35_foreign_tenant(arena: Arena) -> None:
    """B35: copy notice before, after, never; history naming another tenant's course. Never across
    tenants."""
    _place(arena)
    with arena.world.database.writing() as session:
        ensure_institution(session, "hill", "Hill College", arena.world.now)
    arena.world.register(arena.world.platform, "deployment-2", institution="hill")
    assert _into_copy(arena, lti_deployment_id="deployment-2").status_code == 303
    assert _copies(arena) == 0
