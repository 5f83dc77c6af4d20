"""A served tool whose learner has credentials, a browser for them, and wallets of others."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import requests

from lti_tool.app import create_app
from lti_tool.cli.processes import listen
from lti_tool.cli.server import create_server
from lti_tool.errors import QuoinError
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.wallet_offers import Way
from lti_tool.web.parts import build_parts
from tests.credentials.issuing import ALL, PUBLIC_URL, IssuingWorld
from tests.credentials.node import bring
from tests.web.world import CONFIG, Person

NODE = Path(__file__).parent / "node"


class WalletWorld(IssuingWorld):
    """Two institutions; the learner of the first has two awards, the other learner one.

    Served, it is reached at ``local``.
    """

    local = ""

    def __init__(self, database: Database, now: datetime) -> None:
        super().__init__(database, now)
        self.complete(self.learner.learner_id)
        self.complete(self.other_learner.learner_id, ALL[:2], institution="hill")
        self.work()

    def award(self, person: Person | None = None) -> UUID:
        """The first award of a person, by default of the learner of the first institution."""
        return self.awards((person or self.learner).learner_id)[0]

    def let(self, *ways: Way, institution: str = "harbour") -> None:
        """Switch exactly these protocols on."""
        with self.database.writing() as session:
            found = session.get_one(Institution, self._institutions[institution])
            found.wallet_ways = [str(way) for way in ways]

    def suspend(self, institution: str = "harbour") -> None:
        """Suspend an institution."""
        with self.database.writing() as session:
            found = session.get_one(Institution, self._institutions[institution])
            found.suspended_at = self.now

    def institution_id(self, key: str = "harbour") -> int:
        """The internal id of an institution."""
        return self._institutions[key]

    def issuer_url(self, key: str = "harbour") -> str:
        """The address of an institution as an issuer."""
        return self.issuer(key).url


class Browser:
    """Somebody's browser over HTTP, with the session of a launch."""

    def __init__(self, world: WalletWorld, person: Person) -> None:
        self._course = f"{world.local}{person.course}"
        self._headers = {"Cookie": person.cookie, "Origin": PUBLIC_URL}

    def open(self, path: str) -> str:
        """Open a page of the course."""
        answer = requests.get(f"{self._course}/{path}", headers=self._headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.text

    def press(self, page: str, path: str, **form: str) -> str:
        """Send a form of the course that stands on ``page``, and return what comes."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.open(page))
        assert found is not None
        data = {"csrf_token": found[1], **form}
        url = f"{self._course}/{path}"
        answer = requests.post(
            url, data=data, headers=self._headers, timeout=30, allow_redirects=False
        )
        if answer.status_code == 303:
            return self.open(answer.headers["Location"].rpartition("/")[2])
        assert answer.status_code == 200, answer.text
        return answer.text


def link_on(page: str, scheme: str) -> str:
    """Return the link of a page that begins with ``scheme``."""
    found = re.search(rf'href="({re.escape(scheme)}[^"]+)"', page)
    assert found is not None, page
    return unescape(found[1])


def wallet(world: WalletWorld, script: str, question: dict[str, Any]) -> dict[str, Any]:
    """Let a wallet of the folder node do its work; it finds the public name at loopback."""
    bring(NODE)
    done = subprocess.run(
        ["node", script],
        cwd=NODE,
        input=json.dumps({"name": PUBLIC_URL, "local": world.local, **question}),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def at_once(count: int, act: Callable[[], object]) -> list[object]:
    """Do something in several threads at the same time; return what came, or was raised."""
    start = threading.Barrier(count)

    def one() -> object:
        start.wait()
        try:
            return act()
        except QuoinError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(one) for _ in range(count)]]


@contextmanager
def served(database: Database, now: datetime, *, is_local: bool = False) -> Iterator[WalletWorld]:
    """Serve a tool at a free port of loopback, with a public https name.

    ``is_local`` lets that port be its public address, for a browser: its credentials were issued
    under the https name before.
    """
    world = WalletWorld(database, now)
    apps = [world.public]
    # The port is known before the application that has to know it.
    server = create_server(cast(Any, lambda *call: apps[0](*call)), listen(0), threads=4)
    world.local = f"http://127.0.0.1:{server.effective_port}"
    if is_local:
        config = replace(CONFIG, public_url=world.local)
        parts = build_parts(config, database=database, clock=lambda: world.now)
        apps[0] = create_app(config, parts=parts)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield world
    finally:
        server.task_dispatcher.shutdown()
        server.trigger.pull_trigger(server.close)
        thread.join(10)
