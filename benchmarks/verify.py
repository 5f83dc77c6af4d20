"""quoin bench verify: how long the page takes to check a credential that this tool has issued."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import requests
import structlog
from sqlalchemy import select

from benchmarks.harness import InvalidRunError, Report
from benchmarks.serving import free_port
from lti_tool.awarding import NewCompletion
from lti_tool.issuing.signing import build_signing
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.credentials import Credential
from lti_tool.persistence.deliveries import CREDENTIAL
from lti_tool.persistence.learners import ensure_learners
from lti_tool.services.issue_credentials import issue_credentials
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_completions import record_completions
from lti_tool.worker import Together, run_once

ROOT = Path(__file__).resolve().parents[1]
POSTS = int(os.environ.get("QUOIN_BENCH_POSTS", "200"))
PEOPLE = int(os.environ.get("QUOIN_BENCH_CREDENTIALS", "40"))
SECRET = "bench" * 8
SERVE = (
    "from lti_tool.web import verifying; from lti_tool.web.rate_limit import RateLimit; "
    # All posts come from one address here, which may check 60 times a minute.
    "verifying.check_limit = RateLimit(10**9); "
    "from lti_tool.cli import main; main()"
)
STACK = """
quoin: 2
achievements:
  sql: {name: SQL foundations, credits: 2.5}
  charts: {name: Charts that tell the truth, credits: 2.5}
  ethics: {name: Data ethics, credits: 5}
stacks:
- {key: basics, title: Data basics, requires: {all: [{completed: sql, grade: 60}, charts, ethics]}}
"""


def run(report: Report) -> None:
    """Post credentials of stacks to the served tool, one after the other."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with tempfile.TemporaryDirectory() as folder:
        url = f"http://127.0.0.1:{free_port()}"
        environ = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "QUOIN_DATABASE_URL": f"sqlite:///{Path(folder) / 'quoin.sqlite3'}",
            "QUOIN_PUBLIC_URL": url,
            "QUOIN_SECRET_KEY": SECRET,
        }
        command = [sys.executable, "-m", "lti_tool.cli", "db", "upgrade"]
        subprocess.run(  # noqa: S603
            command, env=environ, check=True, capture_output=True
        )
        documents = _issue(environ["QUOIN_DATABASE_URL"], url)
        with _served(environ, url):
            _post(url, documents[0])  # the processes that check get warm
            seconds = sorted(_post(url, documents[n % len(documents)]) for n in range(POSTS))
    report.figure("verify_p95_ms", round(seconds[int(0.95 * (POSTS - 1))] * 1000, 1), "ms")
    report.figure("verify_median_ms", round(seconds[POSTS // 2] * 1000, 1), "ms")
    report.remark(f"{POSTS} posts of {len(documents)} credentials of a stack, receipts included")


def _issue(database_url: str, url: str) -> list[str]:
    """Return credentials of awards made and issued by the real use cases."""
    database, now = Database(database_url), datetime.now(UTC)
    institution = open_institution(database, key="bench", name="Bench", now=now)
    publish_stacks(database, institution_key="bench", text=STACK, actor="bench", now=now)
    with database.writing() as session:
        names = [f"person {number}" for number in range(PEOPLE)]
        people = ensure_learners(session, institution, "bench", names, now)
        parts = [a for a in list_achievements(session, institution) if not a.is_award]
    entries = [
        NewCompletion(
            person, part.id, now.date(), "bench", f"{person}:{part.id}", grade=Decimal(80)
        )
        for person in people.values()
        for part in parts
    ]
    record_completions(
        database, institution_id=institution, entries=entries, actor="bench", now=now
    )
    signing = build_signing(url, SECRET.encode())
    work = Together(lambda ids, at: issue_credentials(database, signing, ids, now=at))
    while run_once(database, {CREDENTIAL: work}, clock=lambda: datetime.now(UTC)):
        pass
    with database.reading() as session:
        documents = list(session.scalars(select(Credential.document)))
    database.dispose()
    if len(documents) != PEOPLE:
        raise InvalidRunError(f"{len(documents)} of {PEOPLE} credentials are issued")
    return documents


@contextmanager
def _served(environ: dict[str, str], url: str) -> Iterator[None]:
    command = [sys.executable, "-c", SERVE, "serve", "--port", url.rpartition(":")[2]]
    process = subprocess.Popen(  # noqa: S603
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(150):
            try:
                requests.get(f"{url}/readyz", timeout=2).raise_for_status()
                break
            except requests.RequestException:
                time.sleep(0.2)
        else:
            raise InvalidRunError("the tool does not answer")
        yield
    finally:
        process.terminate()
        process.wait(20)


def _post(url: str, document: str) -> float:
    """Return how long the page took (s); it must say that all is well."""
    began = time.perf_counter()
    answer = requests.post(
        f"{url}/verify", data={"credential": document}, headers={"Origin": url}, timeout=60
    )
    seconds = time.perf_counter() - began
    if "Valid</h1>" not in answer.text or "Checked again just now" not in answer.text:
        page = re.sub(r"(<[^>]*>|\\s)+", " ", answer.text)
        raise InvalidRunError(f"the page answered {answer.status_code}: {page[:1000]}")
    return seconds
