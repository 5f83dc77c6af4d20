"""python -m demo_lms.demo: the tool beside the practice LMS, with a demo institution.

Keeps its data under var/demo between runs; --reset throws them away.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, date, datetime
from datetime import time as clock_time
from decimal import Decimal
from pathlib import Path

import yaml

from demo_lms.people import Institution, load_institution
from demo_lms.serving import PortTakenError, bind_loopback
from demo_lms.settings import CLIENT_ID, PEOPLE, registration_details
from lti_tool.awarding import NewCompletion
from lti_tool.config import Config
from lti_tool.credentials.element_text import read_descriptions
from lti_tool.persistence import schema
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.learners import ensure_learner
from lti_tool.services.describe_achievements import describe_achievements
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_completions import record_completions
from lti_tool.services.register_platform import PlatformDetails, register_platform

HOME = Path("var/demo")
"""Holds a folder per port of the LMS: its address is a part of who the learners are."""
DATA = Path(__file__).parent / "institution"
ACTOR = "demo"
INSTITUTION = "harbour"
PATIENCE = 30
"""Seconds to wait for a server that has just been started."""


def main(arguments: list[str] | None = None) -> int:
    """Start everything and wait; return the exit code (1: it could not start)."""
    options = _parser().parse_args(arguments)
    if options.reset:
        shutil.rmtree(HOME, ignore_errors=True)
        _say("The demo's data are gone; make demo starts anew.")
        return 0
    try:
        _refuse_taken("TOOL_PORT", options.tool_port)
        _refuse_taken("LMS_PORT", options.lms_port)
    except PortTakenError as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 1
    home = HOME / str(options.lms_port)
    home.mkdir(parents=True, exist_ok=True)
    environ = build_environ(options.tool_port, home)
    _say("preparing the database and the demo institution ...")
    seed(Config.from_environ(environ), _lms_url(options.lms_port))
    lms_options = ["--no-storage"] if options.no_storage else []
    return _serve(options.tool_port, options.lms_port, home, environ, lms_options)


def seed(config: Config, lms_url: str) -> None:
    """Bring the institution, its stacks and its history in, by the use cases; repeatable."""
    now = datetime.now(UTC)
    database = Database(config.database_url)
    schema.upgrade(database)
    people = load_institution(PEOPLE)
    institution_id = open_institution(database, key=INSTITUTION, name=people.name, now=now)
    publish_stacks(
        database,
        institution_key=INSTITUTION,
        text=(DATA / "stacks.yaml").read_text("utf-8"),
        actor=ACTOR,
        now=now,
    )
    describe_achievements(
        database,
        institution_key=INSTITUTION,
        descriptions=read_descriptions((DATA / "achievements.yaml").read_text("utf-8")),
        pictures={},
        actor=ACTOR,
        now=now,
    )
    details = registration_details(lms_url)
    platform = register_platform(
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
        actor=ACTOR,
        now=now,
    )
    _replay(database, institution_id, f"lti:{platform.uuid}", people)
    database.dispose()


def _replay(database: Database, institution_id: int, authority: str, people: Institution) -> None:
    """Record the learners' history fact by fact, each on its own day, as it would have come."""
    history: dict[str, list[tuple[str, date, int]]] = yaml.safe_load(
        (DATA / "history.yaml").read_text("utf-8")
    )
    facts = sorted(
        (on, username, key, grade) for username, rows in history.items() for key, on, grade in rows
    )
    with database.writing() as session:
        ids = {a.key: a.id for a in list_achievements(session, institution_id)}
        learners = {
            username: ensure_learner(
                session,
                institution_id,
                authority,
                people.people[username].sub,
                datetime.now(UTC),
                name=people.people[username].name,
            ).id
            for username in history
        }
    for on, username, key, grade in facts:
        entry = NewCompletion(
            learner_id=learners[username],
            achievement_id=ids[key],
            completed_on=on,
            source="history",
            idempotency_key=f"demo:{username}:{key}",
            grade=Decimal(grade),
        )
        record_completions(
            database,
            institution_id=institution_id,
            entries=[entry],
            actor=ACTOR,
            now=datetime.combine(on, clock_time(18), UTC),
        )


def _serve(
    tool_port: int, lms_port: int, home: Path, environ: dict[str, str], lms_options: list[str]
) -> int:
    tool = [sys.executable, "-m", "lti_tool.cli", "serve", "--port", str(tool_port)]
    lms = [sys.executable, "-m", "demo_lms", "--port", str(lms_port)]
    lms += [
        "--tool-url",
        _tool_url(tool_port),
        "--database",
        str(home / "lms.sqlite3"),
        *lms_options,
    ]
    servers = [
        _start(tool, home / "quoin.log", environ),
        _start(lms, home / "lms.log", environ),
    ]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _wait_for(f"{_tool_url(tool_port)}/healthz", servers)
        _wait_for(_lms_url(lms_port), servers)
        _say(
            f"""
ready

  Practice LMS   {_lms_url(lms_port)}
  Quoin          {_tool_url(tool_port)}   (opens from a course)

  Log in at the practice LMS as
    María Fernández Soto (teacher): open "Algorithms in Practice", then "Add from Quoin"
    Amara Nwosu (learner): one course short of her pathway, and of the master's admission
    Chloé Lefèvre-Martin (learner): one competency short of Data explorer

  Ctrl-C stops both; data and logs stay in {home} (make demo-reset throws them away)
"""
        )
        while all(server.poll() is None for server in servers):
            time.sleep(0.5)
        print(f"A server ended; the logs in {home} say why.", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 0
    except TimeoutError as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 1
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(10)


def _start(command: list[str], log: Path, environ: dict[str, str]) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603
            command, env=environ, stdout=output, stderr=subprocess.STDOUT
        )


def _wait_for(url: str, servers: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if any(server.poll() is not None for server in servers):
            break
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"{url} did not answer; the logs in {HOME} say why.")


def build_environ(tool_port: int, home: Path) -> dict[str, str]:
    """Give the settings of the demo's tool; its secret is made with the first call."""
    secret = home / "secret.key"
    if not secret.exists():
        secret.touch(0o600)
        secret.write_text(os.urandom(32).hex())
    return {
        **os.environ,
        "QUOIN_DATABASE_URL": f"sqlite:///{(home / 'quoin.sqlite3').resolve()}",
        "QUOIN_PUBLIC_URL": _tool_url(tool_port),
        "QUOIN_SECRET_KEY_FILE": str(secret.resolve()),
    }


def _refuse_taken(name: str, port: int) -> None:
    try:
        for bound in bind_loopback(port):
            bound.close()
    except PortTakenError as problem:
        raise PortTakenError(f"{problem}: make demo {name}={port + 100}") from None


def _tool_url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _lms_url(port: int) -> str:
    # Another host name than the tool's: two ports of one host are the same site to a browser.
    return f"http://localhost:{port}"


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo_lms.demo", description=__doc__)
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away")
    parser.add_argument("--tool-port", type=int, default=8000)
    parser.add_argument("--lms-port", type=int, default=8001)
    parser.add_argument(
        "--no-storage", action="store_true", help="let the LMS keep no values for the tool"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
