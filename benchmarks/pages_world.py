"""The institution of ``quoin bench pages``: 20 stacks, a course of 300, a hundred people in it.

Everything is written by the use cases that a running tool has, so that awards, promised
credentials and news are there as they would be.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID, uuid4

from lti_tool.awarding import NewCompletion
from lti_tool.building.catalogue import Place
from lti_tool.entering.opened import hash_token
from lti_tool.issuing.signing import build_signing
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.courses import ensure_context
from lti_tool.persistence.deliveries import CREDENTIAL
from lti_tool.persistence.learners import ensure_learner, ensure_membership
from lti_tool.persistence.platforms import DeploymentState, ensure_deployment, ensure_registration
from lti_tool.persistence.sessions import LaunchSession, add_session
from lti_tool.services.issue_credentials import issue_credentials
from lti_tool.services.keep_standings import keep_standings
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_completions import record_completions
from lti_tool.services.start_draft import start_draft
from lti_tool.services.submit_evidence import submit_evidence
from lti_tool.web.session import session_cookie
from lti_tool.worker import Together, run_once

PLATFORM = "https://lms.example"
ROSTER, LEARNERS, INSTRUCTORS = 300, 90, 10
FIELDS, PER_FIELD = 13, 6
"""Competencies: so many in each of so many fields, each field with a stack of its own."""

MODULES, PROGRAMMES = 5, 2
DONE = (12, 45)
"""How many competencies a learner has completed: at least, at most."""

SECRET = "bench" * 8
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an open session; ``cookie`` is what their browser sends."""

    is_instructor: bool
    cookie: str


@dataclass(frozen=True, slots=True)
class School:
    """The course, who is signed in there, and ids of what pages are about."""

    course: UUID
    users: tuple[User, ...]
    learners: tuple[UUID, ...]
    competencies: tuple[UUID, ...]
    drafts: tuple[UUID, ...]
    stacks: tuple[str, ...]


def stacks_text() -> str:
    """Return the stacks: 13 of a field, 5 modules that ask for awards, 2 programmes on top."""
    names = [f"c{field}-{number}" for field in range(FIELDS) for number in range(PER_FIELD)]
    lines = ["quoin: 2", "achievements:"]
    lines += [f'  {name}: {{name: "Competency {name[1:]}", credits: 2.5}}' for name in names]
    lines.append("stacks:")
    lines += [_field(field) for field in range(FIELDS)]
    lines += [_module(number) for number in range(MODULES)]
    lines += [_programme(number) for number in range(PROGRAMMES)]
    return "\n".join(lines)


def _field(field: int) -> str:
    a, b, c, d, e, f = (f"c{field}-{number}" for number in range(PER_FIELD))
    lasts = ", lasts: {years: 2}" if field % 4 == 0 else ""
    return (
        f"- {{key: field-{field}, title: Field {field}, requires: {{all: "
        f"[{{completed: {a}, grade: 60}}, {b}, {{at_least: 2, of: [{c}, {d}, {e}]}}, "
        f"{{credits: 2.5, of: [{d}, {e}, {f}]}}]}}{lasts}}}"
    )


def _module(number: int) -> str:
    first, second = 2 * number, 2 * number + 1
    other = (2 * number + 4) % FIELDS
    return (
        f"- {{key: module-{number}, title: Module {number}, requires: {{all: "
        f"[{{award: field-{first}}}, {{award: field-{second}}}, "
        f"{{credits: 7.5, of: [c{other}-0, c{other}-1, c{other}-4, c{other}-5]}}]}}}}"
    )


def _programme(number: int) -> str:
    awards = ", ".join(f"{{award: module-{one}}}" for one in range(MODULES))
    return (
        f"- {{key: programme-{number}, title: Programme {number}, requires: {{all: "
        f"[{{at_least: {2 + number}, of: [{awards}]}}, c12-{number}]}}}}"
    )


def build(database: Database, now: datetime) -> School:
    """Write the institution and sign a hundred people in; ``now`` is when that is."""
    random = Random(7)  # noqa: S311  -- the same school in every run, no secret
    institution = open_institution(database, key="bench", name="Bench University", now=now)
    publish_stacks(
        database,
        institution_key="bench",
        text=stacks_text(),
        actor="bench",
        now=now - 400 * DAY,
    )
    context_id, course = open_course(database, institution, now)
    people = _people(database, institution, context_id, now)
    with database.reading() as session:
        found = list_achievements(session, institution)
        competencies = {one.key: one for one in found if one.key.startswith("c")}
    ids = {key: one.id for key, one in competencies.items()}
    for learner_id, _ in people[:ROSTER]:
        entries = history(random, ids, learner_id, context_id, now)
        record_completions(
            database, institution_id=institution, entries=entries, actor="bench", now=now
        )
    uuids = [competencies[key].uuid for key in sorted(competencies)]
    for learner_id, _ in people[:60]:
        submit_evidence(
            database,
            context_id=context_id,
            learner_id=learner_id,
            achievement_uuid=random.choice(uuids),
            text="What I did, and where it can be seen. " * 8,
            url="https://portfolio.example/work",
            form_id=str(uuid4()),
            now=now,
        )
    teacher_id, teacher_uuid = people[ROSTER]
    draft = start_draft(
        database,
        Place(institution, context_id, teacher_id, teacher_uuid),
        form_id=str(uuid4()),
        key="field-3",
        now=now,
    )
    _issue(database, now)
    users = _sign_in(database, people, context_id, course, now)
    while keep_standings(database, now=now):
        pass
    keys = tuple(f"field-{number}" for number in range(FIELDS))
    learners = tuple(uuid for _, uuid in people[:ROSTER])
    return School(course, users, learners, tuple(uuids), (draft,), keys)


def _issue(database: Database, now: datetime) -> None:
    """Issue all credentials, so that the server's worker has nothing left of them to do."""
    signing = build_signing("http://127.0.0.1", SECRET.encode())
    work = Together(lambda ids, at: issue_credentials(database, signing, ids, now=at))
    # Its log is written to standard output, where the figures go.
    with redirect_stdout(io.StringIO()):
        while run_once(database, {CREDENTIAL: work}, clock=lambda: now):
            pass


def count_awards(database: Database) -> int:
    """Return how many awards the school has made."""
    with database.reading() as session:
        return session.query(Award).count()


def open_course(database: Database, institution: int, now: datetime) -> tuple[int, UUID]:
    """Register a platform with one course; return the course's internal id and uuid."""
    with database.writing() as session:
        registration = ensure_registration(
            session,
            PLATFORM,
            "bench",
            now,
            name="Bench LMS",
            authorization_url=f"{PLATFORM}/auth",
            token_url=f"{PLATFORM}/token",
            jwks_url=f"{PLATFORM}/jwks",
        )
        deployment = ensure_deployment(
            session,
            registration.id,
            "1",
            now,
            institution_id=institution,
            state=DeploymentState.APPROVED,
        )
        context = ensure_context(session, deployment.id, "c1", now, title="Data skills")
        return context.id, context.uuid


def _people(
    database: Database, institution: int, context_id: int, now: datetime
) -> list[tuple[int, UUID]]:
    """Return internal id and uuid of the roster's learners, then of the instructors."""
    people = []
    with database.writing() as session:
        for number in range(ROSTER + INSTRUCTORS):
            teaches = number >= ROSTER
            name = f"Teacher {number}" if teaches else f"Learner {number:03} of the course"
            learner = ensure_learner(
                session, institution, "lti:bench", f"user-{number}", now, name=name
            )
            ensure_membership(session, context_id, learner.id, now, is_instructor=teaches)
            people.append((learner.id, learner.uuid))
    return people


def history(
    random: Random, ids: dict[str, int], learner_id: int, context_id: int, now: datetime
) -> list[NewCompletion]:
    """Return what one learner has completed: whole fields first, then here and there."""
    fields = random.sample(range(FIELDS), FIELDS)
    order = [f"c{field}-{number}" for field in fields for number in range(PER_FIELD)]
    chosen = [key for key in order[: random.randint(*DONE)] if random.random() < 0.85]
    return [
        NewCompletion(
            learner_id,
            ids[key],
            (now - random.randint(1, 380) * DAY).date(),
            "teacher",
            f"bench:{learner_id}:{key}",
            grade=Decimal(random.randint(50, 100)),
            context_id=context_id,
        )
        for key in chosen
    ]


def _sign_in(
    database: Database,
    people: Sequence[tuple[int, UUID]],
    context_id: int,
    course: UUID,
    now: datetime,
) -> tuple[User, ...]:
    here = [(one, False) for one in people[:LEARNERS]] + [(one, True) for one in people[ROSTER:]]
    users = []
    with database.writing() as session:
        for (learner_id, _), is_instructor in here:
            token = f"bench-{learner_id}"
            add_session(
                session,
                LaunchSession(
                    token_hash=hash_token(token),
                    learner_id=learner_id,
                    context_id=context_id,
                    is_instructor=is_instructor,
                    created_at=now,
                    expires_at=now + timedelta(hours=8),
                ),
            )
            users.append(User(is_instructor, f"{session_cookie(course)}={token}"))
    return tuple(users)
