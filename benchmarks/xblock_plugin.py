"""The plugin's part of quoin bench xblock: what it adds to the request that fires an event.

In a process of its own, because Django's settings are one for a process, the same request is made
with and without the plugin's receiver: a view that writes a row and fires the platform's event of
a changed grade, in one transaction. Rounds of both kinds take turns; the difference of their CPU
times is the plugin's. The database is SQLite in memory: its work counts, as that of the LMS's own
database server would not, and no disk is waited for.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.harness import InvalidRunError, Report

ROUNDS = int(os.environ.get("QUOIN_BENCH_RUNS", "20"))
PER_ROUND = int(os.environ.get("QUOIN_BENCH_EVENTS", "200"))
COURSE, PLAIN_COURSE = "course-v1:Harbour+SQL+2026", "course-v1:Harbour+None+2026"
UID = "quoin_xblock.plugin.receivers.on_course_grade"
FIGURES = {
    "recorded": "plugin_cpu_ms_per_event",
    "repeated": "plugin_cpu_ms_per_repeated_event",
    "unmapped": "plugin_cpu_ms_per_event_without_rule",
}


def measure(report: Report) -> None:
    """Report CPU ms for an event that becomes a row, that tells nothing new, that no rule names."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.xblock_plugin"],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise InvalidRunError(f"the site did not run: {done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    expected = PER_ROUND * ROUNDS
    if found["rows"] != expected:
        raise InvalidRunError(f"{expected} events should be rows, {found['rows']} are")
    report.remark(f"the request without the plugin takes {found['request']:.3f} ms of CPU")
    for name, figure in FIGURES.items():
        report.figure(figure, round(max(found[name], 0.0), 3), "ms")


def main() -> None:
    """Run the site and print what was measured, as JSON."""
    _start()
    sys.stdout.write(json.dumps(_measure()))


def _start() -> None:
    import django
    from celery import Celery
    from django.conf import settings
    from django.core.management import call_command

    rule = {"when": "course_grade", "competency": "sql"}
    settings.configure(
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "quoin_xblock.plugin",
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": ":memory:",
                "ATOMIC_REQUESTS": True,
            }
        },
        USE_TZ=True,
        LMS_ROOT_URL="https://lms.example.edu",
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["testserver"],
        CELERY_BROKER_URL="memory://",
        QUOIN_XBLOCK={
            "TOOL_URL": "http://127.0.0.1:9",
            "KEYS": [{"KEY_ID": "bench", "SECRET": "bench"}],
            "MAPPING": {COURSE: [rule]},
        },
    )
    django.setup()
    call_command("migrate", verbosity=0)
    celery = Celery("bench")
    celery.config_from_object("django.conf:settings", namespace="CELERY")
    celery.set_default()
    _view_is_ready()


urlpatterns: list[Any] = []


def _view_is_ready() -> None:
    from django.contrib.auth.models import User
    from django.http import HttpResponse
    from django.urls import path

    user = User.objects.create(username="amara")

    def submit(request: Any) -> Any:
        user.save(update_fields=["last_name"])
        _fire(user.id, request.GET["course"], float(request.GET["grade"]))
        return HttpResponse("stored")

    urlpatterns.append(path("submit", submit))


def _fire(user_id: int, course: str, grade: float) -> None:
    from datetime import UTC, datetime

    from opaque_keys.edx.keys import CourseKey
    from openedx_events.learning.data import (
        CourseData,
        PersistentCourseGradeData,
    )
    from openedx_events.learning.signals import (
        PERSISTENT_GRADE_SUMMARY_CHANGED,
    )

    data = PersistentCourseGradeData(
        user_id=user_id,
        course=CourseData(course_key=CourseKey.from_string(course)),
        course_edited_timestamp=datetime.now(UTC),
        course_version="1",
        grading_policy_hash="x",
        percent_grade=grade,
        letter_grade="A",
        passed_timestamp=datetime.now(UTC),
    )
    PERSISTENT_GRADE_SUMMARY_CHANGED.send_event(grade=data)


def _measure() -> dict[str, float]:
    from django.test import Client

    from quoin_xblock.plugin.models import OutboxRow

    client = Client()
    without: list[float] = []
    added: dict[str, list[float]] = {name: [] for name in FIGURES}
    ask = _asker(client)
    for number in range(ROUNDS + 1):
        for name, course in (
            ("recorded", COURSE),
            ("repeated", COURSE),
            ("unmapped", PLAIN_COURSE),
        ):
            # Grades that were not told before become rows; one grade again and again does not.
            first = number * PER_ROUND if name == "recorded" else (number + 1) * PER_ROUND - 1
            step = 1 if name == "recorded" else 0
            bare = _round(ask, course, first, step, is_on=False)
            full = _round(ask, course, first, step, is_on=True)
            if number:
                without.append(bare)
                added[name].append(full - bare)
    return {
        "request": statistics.median(without),
        "rows": OutboxRow.objects.count() - PER_ROUND,
        **{name: statistics.median(values) for name, values in added.items()},
    }


def _asker(client: Any) -> Callable[[str, float], None]:
    def ask(course: str, grade: float) -> None:
        answer = client.get("/submit", {"course": course, "grade": f"{grade:.8f}"})
        if answer.content != b"stored":
            raise InvalidRunError("the request failed")

    return ask


def _round(
    ask: Callable[[str, float], None], course: str, first: int, step: int, *, is_on: bool
) -> float:
    """Return CPU ms per request of one round."""
    from openedx_events.learning.signals import (
        PERSISTENT_GRADE_SUMMARY_CHANGED,
    )

    from quoin_xblock.plugin.receivers import on_course_grade

    if is_on:
        PERSISTENT_GRADE_SUMMARY_CHANGED.connect(on_course_grade, dispatch_uid=UID)
    started = time.process_time()
    for number in range(PER_ROUND):
        # Percent with two decimals is what the tool is told: each step shows in it.
        ask(course, (first + number * step) / 10_000)
    spent = time.process_time() - started
    PERSISTENT_GRADE_SUMMARY_CHANGED.disconnect(dispatch_uid=UID)
    return spent * 1000 / PER_ROUND


if __name__ == "__main__":
    main()
