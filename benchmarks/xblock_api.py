"""The API's part of quoin bench xblock: completions a second by batch, on one core with SQLite.

The whole application answers in this process: signature, JSON, ledger, every stack of every learner
evaluated, awards, commit. Signing and writing the batch are the sender's and are not measured; of
the server below, only the reading of the socket is missing.
"""

from __future__ import annotations

import json
import logging
import os
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from benchmarks.api_signing import signed
from benchmarks.harness import InvalidRunError, Report
from lti_tool.app import create_app
from lti_tool.config import Config
from lti_tool.persistence import schema
from lti_tool.persistence.base import Database
from lti_tool.services.add_api_key import APIKeyAdded, add_api_key
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.report_awards import report_awards
from lti_tool.web import access_log
from lti_tool.web.parts import build_parts

BATCH = 500
BATCHES = int(os.environ.get("QUOIN_BENCH_BATCHES", "20"))
LEARNERS, COMPETENCIES = 2500, 24
ISSUER = "https://learn.example.edu"
TARGET = "/api/v1/completions"
SECRET = b"bench" * 8


def measure(report: Report) -> None:
    """Report the figures of 20 batches of 500; each learner comes again, with more behind them."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.sqlite3")
        schema.upgrade(database)
        key = _open(database)
        config = Config("", secret_key=SECRET)
        app = create_app(config, parts=build_parts(config, database=database))
        logging.getLogger(access_log.LOGGER).setLevel(logging.WARNING)
        cpu, wall = _run(app.test_client(use_cookies=False), key)
        awards = report_awards(database)
        database.dispose()
    if not awards.get("foundations"):
        raise InvalidRunError(f"awards should follow, and these did: {awards}")
    count = BATCH * BATCHES
    report.remark(f"{count} completions in batches of {BATCH}, awards: {awards}")
    report.figure("api_completions_per_s", round(count / wall), "1/s", better="higher")
    report.figure("api_cpu_ms_per_completion", round(cpu * 1000 / count, 3), "ms")


def _open(database: Database) -> APIKeyAdded:
    """Open an institution with eight stacks over 24 competencies, two levels, and its key."""
    now = datetime.now(UTC)
    open_institution(database, key="bench", name="Bench", now=now)
    publish_stacks(
        database, institution_key="bench", text=json.dumps(_stacks()), actor="bench", now=now
    )
    return add_api_key(
        database, SECRET, institution_key="bench", issuers=[ISSUER], actor="bench", now=now
    )


def _stacks() -> dict[str, Any]:
    keys = [f"c{number:02}" for number in range(COMPETENCIES)]
    parts: list[dict[str, Any]] = [
        {
            "key": f"part-{number}",
            "title": f"Part {number}",
            "requires": {"at_least": 3, "of": keys[number * 4 : number * 4 + 4]},
        }
        for number in range(COMPETENCIES // 4)
    ]
    larger: list[dict[str, Any]] = [
        {
            "key": "foundations",
            "title": "Foundations",
            "requires": {"at_least": 2, "of": [{"award": part["key"]} for part in parts]},
        },
        {
            "key": "mastery",
            "title": "Mastery",
            "requires": {"all": [{"award": "foundations"}, {"credits": 40, "of": keys}]},
        },
    ]
    achievements = {key: {"name": f"Competency {key}", "credits": 2.5} for key in keys}
    return {"quoin": 2, "achievements": achievements, "stacks": [*parts, *larger]}


def _run(client: FlaskClient, key: APIKeyAdded) -> tuple[float, float]:
    """Send all batches and return the CPU and the seconds that the tool took for them."""
    chance = random.Random(5)  # noqa: S311 - made-up data
    started = datetime.now(UTC) - timedelta(days=200)
    cpu = wall = 0.0
    for number in range(BATCHES):
        body = json.dumps({"completions": _batch(chance, number, started)}).encode()
        headers = signed(key, "POST", TARGET, body)
        cpu_before, wall_before = time.process_time(), time.perf_counter()
        answer = client.post(TARGET, data=body, headers=headers)
        cpu, wall = cpu + time.process_time() - cpu_before, wall + time.perf_counter() - wall_before
        results = (answer.get_json() or {}).get("results", [])
        if [result["status"] for result in results] != ["recorded"] * BATCH:
            raise InvalidRunError(f"not all was recorded: {answer.status_code} {results[:1]}")
    return cpu, wall


def _batch(chance: random.Random, number: int, started: datetime) -> list[dict[str, Any]]:
    """Return what a flush of the LMS's outbox holds: a few learners busy, most with one event."""
    return [
        {
            "key": f"event-{number}-{place}",
            "issuer": ISSUER,
            "subject": f"learner-{int(LEARNERS * chance.random() ** 2)}",
            "competency": f"c{chance.randrange(COMPETENCIES):02}",
            "completed_at": (started + timedelta(hours=number * 4)).isoformat(timespec="seconds"),
            "grade": str(chance.randint(40, 100)),
            "evidence": [{"text": "Unit", "url": f"{ISSUER}/courses/unit-{place}"}],
        }
        for place in range(BATCH)
    ]
