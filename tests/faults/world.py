"""The world of the faults: a practice LMS with its course, the tool over a database, a log.

The log holds what was acknowledged, in its order: what the tool said that it has.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from sqlalchemy import select

from demo_lms.people import SUBJECT_NAMESPACE, uuid
from demo_lms.settings import CLIENT_ID
from demo_lms.testing import RunningLMS
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.courses import Context
from lti_tool.persistence.learners import Membership
from lti_tool.persistence.placements import ensure_placement
from lti_tool.services.add_api_key import add_api_key
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.register_platform import PlatformDetails, register_platform
from lti_tool.services.sync_roster import sync_roster
from tests.faults.found import count_promises, read_names, read_state
from tests.faults.oracle import Difference, Event, Replay, compare
from tests.faults.steps import INSTITUTION, SECRET, SOON
from tests.services.practice import open_tool

ROOT = Path(__file__).resolve().parent.parent.parent
ISSUER = "https://learn.example.edu"
COURSE = "faults"
TEACHER = "tess"
COMPETENCIES = ("sql", "charts", "ethics", "maps", "models", "python")


def stacks_text(grade: int = 60) -> str:
    """Return the stacks: awards of awards, choices, grades; ``grade`` makes another version."""
    return f"""
quoin: 2
achievements: {{sql: {{name: Sql}}, charts: {{name: Charts}}, ethics: {{name: Ethics}},
  maps: {{name: Maps}}, models: {{name: Models}}, python: {{name: Python}}}}
stacks:
- {{key: basics, title: Basics, requires: {{all: [{{completed: sql, grade: {grade}}}, charts]}}}}
- {{key: breadth, title: Breadth, requires: {{at_least: 3, of: [sql, ethics, maps, models]}}}}
- {{key: practice, title: Practice, requires: {{all: [{{award: basics}}, ethics]}}}}
- {{key: master, title: Master, requires: {{all: [{{award: practice}}, {{award: breadth}},
    {{at_least: 1, of: [python, models]}}]}}}}
"""


class Grades:
    """Grades from 40 on, each of which is given once."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> Decimal:
        """Return the next one."""
        self.count += 1
        return Decimal(f"{40 + self.count * 7 % 60}.{self.count:06d}".rstrip("0"))


class World:
    """Everything of one run; steps go to the launcher, in whose forks they may be killed."""

    def __init__(self, database: Database, setup: dict[str, Any], lms: RunningLMS | None) -> None:
        self.database, self.setup, self.lms = database, setup, lms
        self.now = datetime.fromisoformat(setup["now"])
        self.events: list[Event] = []
        self.counts: Counter[str] = Counter()
        self.grade = Grades()
        command = [sys.executable, "-m", "tests.faults.launcher", json.dumps(setup)]
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the launcher
        self.launcher = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        assert self.launcher.stdout is not None
        assert self.launcher.stdout.readline() == "ready\n"

    def close(self) -> None:
        """End the launcher."""
        assert self.launcher.stdin is not None
        self.launcher.stdin.close()
        self.launcher.wait(20)
        assert self.launcher.stdout is not None
        self.launcher.stdout.close()
        self.log.close()

    def logged(self) -> str:
        """Return the end of what the tool has logged."""
        self.log.seek(0)
        return self.log.read()[-8000:]

    def order(self, step: str, point: str | None = None, **arguments: Any) -> dict[str, Any]:
        """Carry a step out in a process of its own; it dies at ``point`` if it gets there."""
        assert self.launcher.stdin is not None
        assert self.launcher.stdout is not None
        order = {"step": step, "arguments": arguments, "now": self.now.isoformat(), "point": point}
        self.launcher.stdin.write(json.dumps(order) + "\n")
        self.launcher.stdin.flush()
        found: dict[str, Any] = json.loads(self.launcher.stdout.readline())
        assert "crashed" not in found, f"{step}: {found['crashed']}"
        assert "refused" not in found, f"{step}: {found}"
        return found

    def told(self, person: str, competency: str, grade: Decimal) -> dict[str, Any]:
        """Return a completion of now, as an LMS reports it."""
        return item(self.now, person, competency, grade)

    def wait(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by

    def drain(self) -> None:
        """Let the worker do all that waits, leases of the dead included."""
        for _ in range(400):
            if self.order("work", passes=50)["answer"] == 0:
                # What is held back, or leased by a dead worker, is due later.
                self.wait(SOON)
                if self.order("work", passes=50)["answer"] == 0:
                    break
        else:
            raise AssertionError("the outbox does not come to an end")

    def differences(self) -> Difference:
        """Compare everything with a replay of what was acknowledged."""
        return differences(self.database, self.events, self.lms)


def item(now: datetime, person: str, competency: str, grade: Decimal) -> dict[str, Any]:
    """Return a completion as an LMS reports it."""
    return {
        "key": str(uuid4()),
        "issuer": ISSUER,
        "subject": person,
        "competency": competency,
        "completed_at": now.isoformat(timespec="seconds"),
        "grade": str(grade),
    }


def differences(
    database: Database, events: list[Event], lms: RunningLMS | None = None
) -> Difference:
    """Compare everything with a replay; credentials as they are promised where there is no LMS."""
    names = read_names(database)
    expected = Replay(stacks_text(), placed=["practice"], names=names).take(events).state()
    found = read_state(database, [] if lms is None else lms.state()["columns"])
    if lms is None:
        promises = count_promises(database)
        found.credentials, found.transcripts = promises.credentials, promises.transcripts
    return compare(expected, found, with_scores=lms is not None)


def people_text(learners: int) -> str:
    """Return the practice LMS's people: a teacher, and so many learners of one course."""
    people: list[dict[str, Any]] = [{"username": TEACHER, "name": "Tess Moe", "role": "teacher"}]
    names = [f"learner{n}" for n in range(learners)]
    people += [{"username": name, "name": name.title(), "role": "learner"} for name in names]
    course = {"id": COURSE, "title": "Faults", "teachers": [TEACHER], "learners": names}
    institution = {"key": INSTITUTION, "name": "Harbour"}
    return yaml.safe_dump({"institution": institution, "people": people, "courses": [course]})


def subject_of(username: str) -> str:
    """Return the LTI sub of a person of the practice LMS."""
    return str(uuid.uuid5(SUBJECT_NAMESPACE, username))


def prepare(database: Database, now: datetime, **more: Any) -> dict[str, Any]:
    """Open the institution with its stacks and a key of its site; return what steps are told."""
    institution_id = open_institution(database, key=INSTITUTION, name="Harbour", now=now)
    publish_stacks(database, institution_key=INSTITUTION, text=stacks_text(), actor="test", now=now)
    made = add_api_key(
        database, SECRET, institution_key=INSTITUTION, issuers=(ISSUER,), actor="test", now=now
    )
    warm = [item(now, "warm", competency, Decimal(70)) for competency in COMPETENCIES]
    return {
        "database": database.engine.url.render_as_string(hide_password=False),
        "public_url": "http://127.0.0.1:8000",
        "now": now.isoformat(),
        "institution_id": institution_id,
        "key_id": made.key_id,
        "key_secret": made.secret,
        "warm": [("report", {"items": warm}), ("sweep", {}), ("work", {}), ("rotate", {})],
        **more,
    }


@contextmanager
def open_world(database: Database) -> Iterator[World]:
    """Run the tool without an LMS while the block lasts."""
    world = World(database, prepare(database, datetime.now(UTC)), None)
    try:
        yield world
    finally:
        world.close()


@contextmanager
def open_course(database: Database, folder: Path, *, learners: int) -> Iterator[World]:
    """Run the tool beside a practice LMS whose teacher has launched, while the block lasts."""
    people = folder / "people.yaml"
    people.write_text(people_text(learners))
    now = datetime.now(UTC)
    with (
        open_tool(database) as parts,
        RunningLMS(parts.config.public_url, people=(people,)) as lms,
    ):
        setup = prepare(database, now, public_url=parts.config.public_url)
        _register(database, lms, now)
        browser = lms.visit(TEACHER)
        answer = browser.submit(browser.follow_login(browser.start_link(COURSE)))
        answer.raise_for_status()
        with database.reading() as session:
            context_id = session.scalars(select(Context.id)).one()
        sync_roster(database, parts.platforms, context_id=context_id, now=now)
        with database.writing() as session:
            teacher = select(Membership.learner_id).where(Membership.is_instructor)
            teacher_id = session.scalars(teacher).one()
            catalogue = list_achievements(session, setup["institution_id"])
            placed = next(one.id for one in catalogue if one.key == "practice")
            ensure_placement(session, context_id, placed, teacher_id, now)
        setup |= {"context_id": context_id, "teacher_id": teacher_id}
        setup["warm"] += _warm_steps(now)
        world = World(database, setup, lms)
        try:
            yield world
        finally:
            world.close()


def _warm_steps(now: datetime) -> list[tuple[str, dict[str, Any]]]:
    one, form = subject_of("learner0"), str(uuid4())
    told = {"competency": "sql", "grade": "70", "on": now.date().isoformat(), "form": form}
    table = "learner,competency,date,grade"
    return [
        ("record", {"person": one, **told}),
        ("attest", {"people": [one], **told}),
        ("stage", {"text": table}),
        ("submit", {"person": one, "competency": "sql", "form": form}),
        ("publish", {"text": stacks_text(61)}),
    ]


def _register(database: Database, lms: RunningLMS, now: datetime) -> None:
    details = lms.registration
    register_platform(
        database,
        INSTITUTION,
        PlatformDetails(
            issuer=details["issuer"],
            client_id=CLIENT_ID,
            name="Practice LMS",
            authorization_url=details["authorization_url"],
            token_url=details["token_url"],
            jwks_url=details["jwks_url"],
            allows_loopback=True,
        ),
        [details["deployment_id"]],
        actor="test",
        now=now,
    )
