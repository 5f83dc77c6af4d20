"""Systems that report completions over real HTTP at a steady pace, and one that looks for awards.

What follows from a completion is known here by hand-written Python: of each award that some stacks
without windows of time lead to, it is looked whether the progress API shows it.
"""

from __future__ import annotations

import http.client
import json
import queue
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode

from benchmarks import s1m
from benchmarks.api_signing import signed
from benchmarks.rule_peers import Facts, recursive
from lti_tool.services.add_api_key import APIKeyAdded

ISSUER = "https://learn.example.edu"
TARGET = "/api/v1/completions"
BATCH = 10
SENDERS = 4
TIMELESS = frozenset({"s0", "s1", "s5", "s6"})
"""Stacks that ask for nothing recent: what they award does not depend on the day."""

LOOKS_PER_SECOND = 2.0
PATIENCE = 30.0
"""Seconds after which an award that is not shown counts as an error."""


@dataclass(slots=True)
class Sent:
    """What came of the load: completions that were accepted, when, seconds, and errors."""

    accepted: int = 0
    batch_seconds: list[float] = field(default_factory=list)
    visible_seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Look:
    """An award that must show: of whom, of which stack, and when its completion was sent."""

    subject: str
    stack: str
    since: float


class Load:
    """So many completions a second for so many seconds, through one port."""

    def __init__(self, port: int, key: APIKeyAdded, rate: float, seconds: float) -> None:
        self.port, self.key = port, key
        self.rate, self.seconds = rate, seconds
        self.people = max(200, int(rate * seconds / 12))
        self.sent, self.looks = Sent(), queue.Queue[Look | None]()
        self.ask = recursive(s1m.stacks())
        self.begin = 0.0

    def run(self) -> Sent:
        """Send everything, and wait until the last award that is looked for was seen."""
        self.begin = time.perf_counter() + 0.5
        senders = [threading.Thread(target=self._send, args=(n,)) for n in range(SENDERS)]
        looking = threading.Thread(target=self._look)
        for thread in (*senders, looking):
            thread.start()
        for thread in senders:
            thread.join()
        self.looks.put(None)
        looking.join()
        return self.sent

    def _send(self, number: int) -> None:
        """Send every fourth batch; each sender has people of its own, and so knows their order."""
        chance, facts = Random(number), dict[str, Facts]()  # noqa: S311 - made-up data
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        every, turn, next_look = BATCH / self.rate, number, 0.0
        while (at := turn * every) < self.seconds:
            time.sleep(max(0.0, self.begin + at - time.perf_counter()))
            batch = [self._completion(chance, number, turn, n) for n in range(BATCH)]
            since = time.perf_counter()
            is_good = self._post(connection, batch)
            expected = [look for one in batch for look in self._learn(facts, one, since)]
            if is_good and expected and since >= next_look:
                self.looks.put(expected[-1])
                next_look = since + SENDERS / LOOKS_PER_SECOND
            turn += SENDERS
        connection.close()

    def _completion(self, chance: Random, number: int, turn: int, place: int) -> dict[str, Any]:
        person = chance.randrange(self.people // SENDERS) * SENDERS + number
        achievement = chance.randrange(s1m.ACHIEVEMENTS)
        if chance.random() < 0.75:
            achievement = 20 * (person % 10) + min(chance.randrange(20), chance.randrange(24))
        at = datetime.now(UTC) - timedelta(days=chance.randrange(1, 200))
        return {
            "key": f"event-{turn}-{place}",
            "issuer": ISSUER,
            "subject": f"person-{person}",
            "competency": f"a{achievement}",
            "completed_at": at.isoformat(timespec="seconds"),
            "grade": str(min(100, max(0, int(chance.gauss(70, 15))))),
        }

    def _post(self, connection: http.client.HTTPConnection, batch: list[dict[str, Any]]) -> bool:
        body = json.dumps({"completions": batch}).encode()
        started = time.perf_counter()
        try:
            connection.request("POST", TARGET, body, signed(self.key, "POST", TARGET, body))
            answer = connection.getresponse()
            text = answer.read()
            found = [one["status"] for one in json.loads(text)["results"]]
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            connection.close()
            return self._fail(repr(error))
        if answer.status != http.client.OK or found != ["recorded"] * len(batch):
            return self._fail(f"{answer.status} {text[:200]!r}")
        with self.sent.lock:
            self.sent.accepted += len(batch)
            self.sent.batch_seconds.append(time.perf_counter() - started)
        return True

    def _fail(self, text: str) -> bool:
        with self.sent.lock:
            self.sent.errors.append(text)
        return False

    def _learn(self, facts: dict[str, Facts], one: dict[str, Any], since: float) -> list[Look]:
        """Note a completion; return what is awarded now and was not before it."""
        subject, known = one["subject"], facts.setdefault(one["subject"], {})
        before = self.ask(known) & TIMELESS
        known.setdefault(one["competency"], []).append((int(one["grade"]), 10**6, 1))
        made = (self.ask(known) & TIMELESS) - before
        return [Look(subject, stack, since) for stack in sorted(made)]

    def _look(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while (look := self.looks.get()) is not None:
            while not self._is_shown(connection, look):
                if time.perf_counter() - look.since > PATIENCE:
                    self._fail(f"{look.subject} has no award of {look.stack}")
                    break
                time.sleep(0.05)
            else:
                self.sent.visible_seconds.append(time.perf_counter() - look.since)
        connection.close()

    def _is_shown(self, connection: http.client.HTTPConnection, look: Look) -> bool:
        query = {"issuer": ISSUER, "subject": look.subject, "stack": look.stack}
        target = f"/api/v1/progress?{urlencode(query)}"
        try:
            connection.request("GET", target, headers=signed(self.key, "GET", target, b""))
            answer = connection.getresponse()
            stacks = json.loads(answer.read()).get("stacks", [])
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            return self._fail(repr(error))
        return bool(stacks) and stacks[0]["award"] is not None
