"""A hundred people who each open a page every five seconds, as browsers do over real HTTP."""

from __future__ import annotations

import gzip
import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from benchmarks.pages_world import School, User

EVERY = 5.0
"""Seconds between two pages of one person."""

LEARNERS_OPEN = (
    ("progress", 10),
    ("what-if", 2),
    ("credentials", 3),
    ("requests", 1),
    ("requests/new?stack={stack}", 1),
    ("evidence/{competency}", 2),
    ("news", 1),
    ("outside-credentials", 1),
)
INSTRUCTORS_OPEN = (
    ("roster", 6),
    ("learners/{learner}", 4),
    ("attest", 2),
    ("queue", 2),
    ("stacks", 2),
    ("stacks/drafts/{draft}", 2),
    ("stacks/drafts/{draft}/learners", 1),
    ("stacks/versions/{stack}", 1),
    ("analytics", 1),
    ("scores", 1),
    ("tables", 1),
)
"""Pages of a course and how often they are opened, relative to each other."""


@dataclass(slots=True)
class Pages:
    """What came of many pages: seconds of each (as the browser waits), sizes, and errors."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def all_seconds(self) -> list[float]:
        """Return the seconds of every page that was opened."""
        return [value for values in self.seconds.values() for value in values]


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that ``percent`` of ``values`` (at least one) do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def open_pages(port: int, school: School, seconds: float) -> Pages:
    """Let everybody of the school open pages for so many seconds; each begins at another moment."""
    pages, lock = Pages(), threading.Lock()
    begin = time.perf_counter() + 1.0
    threads = [
        threading.Thread(
            target=_browse, args=(port, school, user, number, begin, seconds, pages, lock)
        )
        for number, user in enumerate(school.users)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return pages


def _browse(
    port: int,
    school: School,
    user: User,
    number: int,
    begin: float,
    seconds: float,
    pages: Pages,
    lock: threading.Lock,
) -> None:
    random = Random(number)  # noqa: S311  -- the same walk in every run, no secret
    at = begin + EVERY * number / len(school.users)
    while at < begin + seconds:
        time.sleep(max(0.0, at - time.perf_counter()))
        page, path = _choose(random, school, user)
        started = time.perf_counter()
        status, body = _get(port, path, user.cookie)
        took = time.perf_counter() - started
        with lock:
            if status != http.client.OK:
                pages.errors.append(f"{page}: {status}")
            else:
                pages.seconds.setdefault(page, []).append(took)
                pages.bodies.setdefault(page, body)
        at += EVERY


def _choose(random: Random, school: School, user: User) -> tuple[str, str]:
    offered = INSTRUCTORS_OPEN if user.is_instructor else LEARNERS_OPEN
    names = [name for name, _ in offered]
    page = random.choices(names, [weight for _, weight in offered])[0]
    path = page.format(
        competency=random.choice(school.competencies),
        learner=random.choice(school.learners),
        draft=random.choice(school.drafts),
        stack=random.choice(school.stacks),
    )
    return page, f"/courses/{school.course}/{path}"


def _get(port: int, path: str, cookie: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Cookie": cookie, "Accept": "text/html"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def get_asset(port: int, path: str) -> bytes:
    """Return a static file that a page names."""
    return _get(port, path, "")[1]


def zipped(body: bytes) -> int:
    """Return the bytes of ``body`` as gzip packs them."""
    return len(gzip.compress(body, 6))
