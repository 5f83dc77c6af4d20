"""The steps that are carried out under faults: use cases of the product as their doors call them.

Every step may be repeated after a death: what it was told is then done once all the same. A step
gets plain JSON and gives plain JSON.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from lti_tool.app import create_app
from lti_tool.config import Config
from lti_tool.errors import ConflictError
from lti_tool.persistence import schema
from lti_tool.persistence.awards import Award, AwardReview, AwardRevocation, ReviewState
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement, Stack, list_achievements
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.learners import Identity, Learner
from lti_tool.services.attest_learners import attest_learners
from lti_tool.services.back_up import back_up
from lti_tool.services.decide_evidence import decide_evidence
from lti_tool.services.decide_review import Answer, decide_review
from lti_tool.services.import_sheet import import_sheet
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_in_course import record_in_course
from lti_tool.services.restore_backup import restore_backup
from lti_tool.services.rotate_issuer_keys import rotate_issuer_keys
from lti_tool.services.seal_audit import seal_audit
from lti_tool.services.stage_sheet import stage_sheet
from lti_tool.services.submit_evidence import submit_evidence
from lti_tool.services.sweep_time import sweep_institution
from lti_tool.services.sync_roster import sync_roster
from lti_tool.services.withdraw_completion import withdraw_completion
from lti_tool.web.parts import build_parts
from lti_tool.worker import LEASE, build_handlers, run_once

INSTITUTION = "harbour"
SECRET = b"k" * 40
ACTOR = "faults"


class Tool:
    """The tool over a database, with the clock of the orders.

    Platforms are called by the clock of this machine, because the practice LMS goes by it.
    """

    def __init__(self, setup: dict[str, Any]) -> None:
        self.setup = setup
        self.now = datetime.now(UTC)
        self.database = Database(setup["database"])
        config = Config(setup["database"], setup["public_url"], SECRET)
        self.parts = build_parts(config, database=self.database, clock=lambda: self.now)
        self.app = create_app(config, parts=self.parts)
        self.outward = build_parts(config, database=self.database)
        platforms = self.outward.platforms
        self.handlers = build_handlers(self.database, platforms, self.parts.signing)

    @property
    def course(self) -> dict[str, int]:
        """The course in which the teacher works."""
        return {
            "institution_id": self.setup["institution_id"],
            "context_id": self.setup["context_id"],
        }

    def learner(self, person: str) -> Learner:
        """Find a person by the name that an authority gives them."""
        query = select(Learner).join(Identity).where(Identity.subject == person)
        with self.database.reading() as session:
            return session.scalars(query).one()

    def achievement(self, key: str) -> Achievement:
        """Find an entry of the catalogue."""
        with self.database.reading() as session:
            found = list_achievements(session, self.setup["institution_id"])
        return next(one for one in found if one.key == key)

    def call(self, method: str, target: str, document: Any) -> tuple[int, dict[str, Any]]:
        """Send a signed request to the application; give status and document."""
        body = json.dumps(document).encode()
        at, nonce = str(int(self.now.timestamp())), secrets.token_hex(16)
        lines = [method, target, at, nonce, hashlib.sha256(body).hexdigest()]
        secret = self.setup["key_secret"].encode()
        signature = hmac.new(secret, "\n".join(lines).encode(), hashlib.sha256).hexdigest()
        headers = {
            "Quoin-Key-Id": self.setup["key_id"],
            "Quoin-Timestamp": at,
            "Quoin-Nonce": nonce,
            "Quoin-Signature": f"v1={signature}",
            "Content-Type": "application/json",
        }
        answer = self.app.test_client(use_cookies=False).open(
            target, method=method, data=body, headers=headers, base_url=self.setup["public_url"]
        )
        return answer.status_code, answer.get_json()


def report(tool: Tool, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Report completions through the signed API."""
    status, document = tool.call("POST", "/api/v1/completions", {"completions": items})
    return {"status": status, "document": document}


def record(tool: Tool, person: str, competency: str, grade: str, on: str, form: str) -> None:
    """Record one completion, as a teacher does."""
    record_in_course(
        tool.database,
        **tool.course,
        recorded_by=tool.setup["teacher_id"],
        learner_uuid=tool.learner(person).uuid,
        achievement_uuid=tool.achievement(competency).uuid,
        grade=grade,
        completed_on=date.fromisoformat(on),
        note="",
        form_id=form,
        now=tool.now,
    )


def attest(
    tool: Tool, people: list[str], competency: str, grade: str, on: str, form: str
) -> list[str]:
    """Record the same for many people at once."""
    found = attest_learners(
        tool.database,
        **tool.course,
        recorded_by=tool.setup["teacher_id"],
        learner_uuids=[tool.learner(person).uuid for person in people],
        achievement_uuid=tool.achievement(competency).uuid,
        level="",
        grade=grade,
        completed_on=date.fromisoformat(on),
        note="",
        form_id=form,
        is_dry_run=False,
        now=tool.now,
    )
    return [row.outcome for row in found.rows]


def stage(tool: Tool, text: str) -> str:
    """Upload a table."""
    made = stage_sheet(
        tool.database,
        context_id=tool.setup["context_id"],
        uploaded_by=tool.setup["teacher_id"],
        content=text.encode(),
        now=tool.now,
    )
    return str(made)


def import_rows(tool: Tool, sheet: str) -> int:
    """Record a table that was uploaded; give how many rows were refused."""
    found = import_sheet(
        tool.database,
        **tool.course,
        recorded_by=tool.setup["teacher_id"],
        sheet_uuid=UUID(sheet),
        is_dry_run=False,
        now=tool.now,
    )
    return found.refused


def submit(tool: Tool, person: str, competency: str, form: str) -> None:
    """Hand evidence in, as a learner does."""
    submit_evidence(
        tool.database,
        context_id=tool.setup["context_id"],
        learner_id=tool.learner(person).id,
        achievement_uuid=tool.achievement(competency).uuid,
        text="See the attached chart.",
        url=None,
        form_id=form,
        now=tool.now,
    )


def decide(tool: Tool, form: str, grade: str) -> str:
    """Accept evidence; what was accepted before is accepted."""
    try:
        decide_evidence(
            tool.database,
            **tool.course,
            evidence_uuid=UUID(form),
            is_accepted=True,
            grade=grade,
            note="",
            decided_by=tool.setup["teacher_id"],
            now=tool.now,
        )
    except ConflictError:
        return "known"
    return "accepted"


def withdraw(tool: Tool, person: str, competency: str, on: str) -> str:
    """Withdraw the completions of a competency on a day; those withdrawn before are."""
    query = select(Completion.uuid).where(
        Completion.learner_id == tool.learner(person).id,
        Completion.achievement_id == tool.achievement(competency).id,
        Completion.completed_on == date.fromisoformat(on),
    )
    with tool.database.reading() as session:
        found = session.scalars(query).all()
    for uuid in found:
        try:
            withdraw_completion(
                tool.database,
                institution_id=tool.setup["institution_id"],
                completion_uuid=uuid,
                reason="Entered by mistake.",
                actor=ACTOR,
                now=tool.now,
            )
        except ConflictError:
            continue
    return "withdrawn"


def revoke(tool: Tool, person: str, stack: str) -> bool:
    """Take the latest award of a stack back where a person is asked; give whether it is gone."""
    query = (
        select(Award.id)
        .join(Stack, Stack.id == Award.stack_id)
        .where(Award.learner_id == tool.learner(person).id, Stack.key == stack)
        .order_by(Award.number.desc())
    )
    with tool.database.reading() as session:
        award_id = session.scalars(query).first()
        asked = select(AwardReview.uuid).where(
            AwardReview.award_id == award_id, AwardReview.state == ReviewState.OPEN
        )
        reviews = session.scalars(asked).all()
    for uuid in reviews[:1]:
        decide_review(
            tool.database, uuid, Answer.REVOKE, reason="Not met.", actor=ACTOR, now=tool.now
        )
    with tool.database.reading() as session:
        gone = select(AwardRevocation.id).where(AwardRevocation.award_id == award_id)
        return session.scalars(gone).first() is not None


def publish(tool: Tool, text: str) -> None:
    """Publish stacks."""
    publish_stacks(tool.database, institution_key=INSTITUTION, text=text, actor=ACTOR, now=tool.now)


def sweep(tool: Tool) -> int:
    """Look at everybody for what follows from time alone."""
    found = sweep_institution(tool.database, institution_key=INSTITUTION, now=tool.now, anew=True)
    while not found.is_finished:
        found = sweep_institution(tool.database, institution_key=INSTITUTION, now=tool.now)
    return found.awards


def work(tool: Tool, passes: int = 1) -> int:
    """Let the worker pass; give how many deliveries it tried."""
    tried = 0
    for _ in range(passes):
        count = run_once(tool.database, tool.handlers, clock=lambda: tool.now)
        tried += count
        if not count:
            break
    return tried


def roster(tool: Tool) -> bool:
    """Read the course's roster from the platform."""
    found = sync_roster(
        tool.database, tool.outward.platforms, context_id=tool.setup["context_id"], now=tool.now
    )
    return found.is_complete


def rotate(tool: Tool) -> int:
    """Renew the keys that sign credentials."""
    made = rotate_issuer_keys(
        tool.database,
        tool.parts.signing,
        institution_key=INSTITUTION,
        actor=ACTOR,
        now=tool.now,
    )
    return len(made)


def seal(tool: Tool) -> int:
    """Take new events into the chain of the audit trail."""
    return seal_audit(tool.database, now=tool.now + timedelta(minutes=10))


def backup(tool: Tool, path: str) -> int:
    """Back the database up."""
    if Path(path).exists():
        return 0
    held = back_up(
        tool.database, Path(path), release="1", now=tool.now, tell=lambda _name, _rows: None
    )
    return sum(held.rows.values())


def restore(_tool: Tool, path: str, into: str) -> str:
    """Restore a backup; a database that is not empty holds it already."""
    database = Database(into)
    try:
        restore_backup(database, Path(path), tell=lambda _name, _rows: None)
    except ConflictError:
        return "known"
    finally:
        database.dispose()
    return "restored"


def migrate(_tool: Tool, url: str, revision: str = "head") -> str | None:
    """Migrate a database."""
    database = Database(url)
    schema.upgrade(database, revision)
    found = schema.current(database)
    database.dispose()
    return found


STEPS: dict[str, Callable[..., Any]] = {
    step.__name__: step
    for step in (
        report,
        record,
        attest,
        stage,
        import_rows,
        submit,
        decide,
        withdraw,
        revoke,
        publish,
        sweep,
        work,
        roster,
        rotate,
        seal,
        backup,
        restore,
        migrate,
    )
}

SOON = LEASE + timedelta(seconds=1)
"""After so long what a dead worker held is taken up again."""
