"""The university of ``quoin bench sizes``: the stacks and histories of ``quoin bench pages``."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from random import Random

from benchmarks.pages_world import SECRET, history, open_course, stacks_text
from lti_tool.issuing.signing import build_signing
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.deliveries import CREDENTIAL, TRANSCRIPT
from lti_tool.persistence.learners import ensure_learner, ensure_membership
from lti_tool.services.compute_standings import compute_standings
from lti_tool.services.issue_credentials import issue_credentials
from lti_tool.services.issue_transcript import issue_transcript
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_completions import record_completions
from lti_tool.services.seal_audit import seal_audit
from lti_tool.services.sweep_time import sweep_institution
from lti_tool.worker import Handler, Together, run_once

DAY = timedelta(days=1)
KEY = "bench"


class University:
    """One institution with one course; it grows, and counts the processor time of this process."""

    def __init__(self, database: Database, now: datetime) -> None:
        """Publish the stacks; ``now`` is the day of everything."""
        self._database, self._now = database, now
        self._random = Random(7)  # noqa: S311  -- the same university in every run, no secret
        self._learners: list[int] = []
        self._seconds = dict.fromkeys(("completion", "document", "swept_learner"), 0.0)
        self._count = dict.fromkeys(self._seconds, 0)
        self._institution = open_institution(database, key=KEY, name="Bench University", now=now)
        publish_stacks(
            database, institution_key=KEY, text=stacks_text(), actor=KEY, now=now - 400 * DAY
        )
        self._context, _ = open_course(database, self._institution, now)
        with database.reading() as session:
            found = list_achievements(session, self._institution)
        self._ids = {one.key: one.id for one in found if one.key.startswith("c")}
        signing = build_signing("https://quoin.example.edu", SECRET.encode())
        self._handlers: dict[str, Handler] = {
            CREDENTIAL: Together(lambda ids, at: issue_credentials(database, signing, ids, now=at)),
            TRANSCRIPT: lambda each, at: issue_transcript(database, signing, each, now=at),
        }

    def grow_to(self, learners: int) -> None:
        """Add learners with their history, issue what was promised, keep standings, seal."""
        for number in range(len(self._learners), learners):
            self._learners.append(self._add(number))
        while self._timed("document", self._issue):
            pass
        while compute_standings(
            self._database,
            institution_id=self._institution,
            context_id=self._context,
            now=self._now,
        ):
            pass
        while seal_audit(self._database, now=self._now):
            pass

    def sweep(self) -> None:
        """Look at everybody once, as is done every day."""
        is_finished = False
        while not is_finished:
            before = time.process_time()
            swept = sweep_institution(self._database, institution_key=KEY, now=self._now)
            self._seconds["swept_learner"] += time.process_time() - before
            self._count["swept_learner"] = swept.learners
            is_finished = swept.is_finished

    def spent(self) -> list[tuple[str, float, str]]:
        """Return milliseconds of CPU of what was done most."""
        return [
            (f"cpu_ms_per_{name}", seconds * 1000 / self._count[name], "ms")
            for name, seconds in self._seconds.items()
        ]

    def _add(self, number: int) -> int:
        with self._database.writing() as session:
            name = f"Learner {number:07} of the university"
            learner = ensure_learner(
                session, self._institution, "lti:bench", f"user-{number:07}", self._now, name=name
            ).id
            ensure_membership(session, self._context, learner, self._now, is_instructor=False)
        entries = history(self._random, self._ids, learner, self._context, self._now)
        self._timed(
            "completion",
            lambda: (
                record_completions(
                    self._database,
                    institution_id=self._institution,
                    entries=entries,
                    actor="bench",
                    now=self._now,
                ).added
            ),
        )
        return learner

    def _issue(self) -> int:
        # The worker's log is written to standard output, where the figures go.
        with redirect_stdout(io.StringIO()):
            return run_once(self._database, self._handlers, clock=lambda: self._now)

    def _timed(self, name: str, work: Callable[[], int]) -> int:
        before = time.process_time()
        count = work()
        self._seconds[name] += time.process_time() - before
        self._count[name] += count
        return count
