"""quoin bench load: completions through the signed API for minutes, then the deliveries.

Two processes serve pages, PostgreSQL is on loopback, the senders run on the same processors. No
worker runs meanwhile, as when it has stopped: the promises of credentials pile up. Then ``quoin
serve`` is started as usual, and it is measured how fast its worker takes them off. At the end every
award is to have its promise, and every promise its credential.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import yaml
from sqlalchemy import func, select

from benchmarks.event_world import document
from benchmarks.harness import InvalidRunError, Report
from benchmarks.load_senders import ISSUER, Load, Sent
from benchmarks.pages_load import percentile
from benchmarks.postgres import postgresql
from benchmarks.serving import ROOT, answers, free_port, served, wait_until
from lti_tool.cli.processes import listen
from lti_tool.persistence import schema
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Base, Database
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.credentials import Credential
from lti_tool.persistence.deliveries import Delivery, DeliveryState
from lti_tool.services.add_api_key import APIKeyAdded, add_api_key
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks

SECONDS = float(os.environ.get("QUOIN_LOAD_SECONDS", "600"))
RATE = float(os.environ.get("QUOIN_LOAD_RATE", "330"))
PROCESSES = 2
SECRET = "load" * 10
AIMS = {"accepted_per_s": 300.0, "visible_p95_s": 2.0, "resident_growth_percent": 5.0}
SETTLE_SECONDS = 3600.0


def run(report: Report) -> None:
    """Serve, load, count, drain, count again; ``InvalidRunError`` for an error or a loss."""
    with tempfile.TemporaryDirectory() as name, postgresql() as url:
        folder, port = Path(name), free_port()
        environ = {
            **os.environ,
            "QUOIN_DATABASE_URL": url,
            "QUOIN_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "QUOIN_SECRET_KEY": SECRET,
        }
        database = Database(url)
        load = Load(port, _open(database), RATE, SECONDS)
        with _pages(port, environ, folder / "pages.log") as processes, _resident(processes) as seen:
            sent = load.run()
        _report_load(report, sent, seen)
        promised = _check_stored(database, sent)
        _drain(report, database, environ, folder / "worker.log", promised)
        database.dispose()


def _open(database: Database) -> APIKeyAdded:
    schema.upgrade(database)
    now = datetime.now(UTC)
    open_institution(database, key="bench", name="Bench", now=now)
    text = yaml.safe_dump(document())
    publish_stacks(database, institution_key="bench", text=text, actor="bench", now=now)
    return add_api_key(
        database,
        SECRET.encode(),
        institution_key="bench",
        issuers=[ISSUER],
        actor="bench",
        now=now,
    )


@contextmanager
def _pages(
    port: int, environ: dict[str, str], log: Path
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run the processes that serve pages, without the first one, which has the worker."""
    listening = listen(port)
    command = [sys.executable, "-m", "lti_tool.cli", "serve"]
    command += ["--socket", str(listening.fileno()), "--parent", str(os.getpid())]
    with log.open("wb") as output:
        processes = [
            subprocess.Popen(  # noqa: S603
                command,
                env=environ,
                cwd=ROOT,
                stdout=output,
                stderr=output,
                pass_fds=[listening.fileno()],
            )
            for _ in range(PROCESSES)
        ]
    try:
        wait_until(lambda: answers(port), processes[0], log)
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)
        listening.close()


@contextmanager
def _resident(processes: list[subprocess.Popen[bytes]]) -> Iterator[list[float]]:
    """Note the resident memory (MiB) of these processes together, every second of the block."""
    found, stop = list[float](), threading.Event()

    def note() -> None:
        while not stop.wait(1.0):
            found.append(sum(map(_mebibytes, processes)))

    thread = threading.Thread(target=note)
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()


def _mebibytes(process: subprocess.Popen[bytes]) -> float:
    pages = Path(f"/proc/{process.pid}/statm").read_text("utf-8").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _report_load(report: Report, sent: Sent, seen: list[float]) -> None:
    for error in sent.errors[:3]:
        report.remark(error)
    if not sent.visible_seconds or not sent.accepted:
        raise InvalidRunError("nothing was accepted, or no award was seen")
    # Of a run of ten minutes these are minutes; of a shorter one as large a part.
    part = max(1, len(seen) // 10)
    second, last = seen[part : 2 * part], seen[-part:]
    before, after = sum(second) / len(second), sum(last) / len(last)
    growth = max(0.0, 100 * (after / before - 1))
    found = {
        "accepted_per_s": round(sent.accepted / SECONDS, 1),
        "visible_p95_s": round(percentile(sent.visible_seconds, 95), 3),
        "resident_growth_percent": round(growth, 2),
    }
    report.figure("accepted_per_s", found["accepted_per_s"], "1/s", better="higher")
    report.figure("errors", len(sent.errors), "errors")
    report.figure("visible_p95_s", found["visible_p95_s"], "s")
    report.figure("batch_p95_s", round(percentile(sent.batch_seconds, 95), 3), "s")
    report.figure("resident_growth_percent", found["resident_growth_percent"], "%")
    report.figure("resident_mib", round(after, 1), "MiB")
    report.remark(f"{sent.accepted} accepted, {len(sent.visible_seconds)} awards looked for")
    for name, aim in AIMS.items():
        is_met = found[name] >= aim if name == "accepted_per_s" else found[name] <= aim
        if not is_met:
            report.remark(f"aim missed: {name} is {found[name]}, the aim {aim}")
    if sent.errors:
        raise InvalidRunError(f"{len(sent.errors)} errors")


def _check_stored(database: Database, sent: Sent) -> int:
    """Return how many deliveries wait; what was accepted is to be stored, once."""
    stored, awards = _count(database, Completion), _count(database, Award)
    if stored != sent.accepted:
        raise InvalidRunError(f"{sent.accepted} were accepted and {stored} are stored")
    with database.reading() as session:
        query = select(func.count()).where(Delivery.kind == "credential")
        promised = session.scalar(query) or 0
    if promised != awards:
        raise InvalidRunError(f"{awards} awards have {promised} promises")
    return _count(database, Delivery)


def _drain(
    report: Report, database: Database, environ: dict[str, str], log: Path, promised: int
) -> None:
    """Let the worker of ``quoin serve`` deliver everything; none may be lost."""
    port = free_port()
    command = [sys.executable, "-m", "lti_tool.cli", "serve", "--port", str(port)]
    with served(command, environ, port, log):
        started = time.perf_counter()
        while waiting := _waiting(database):
            if time.perf_counter() - started > SETTLE_SECONDS:
                break
            time.sleep(0.2)
        took = time.perf_counter() - started
    with database.reading() as session:
        query = select(func.count()).where(Delivery.state == DeliveryState.DONE)
        done = session.scalar(query) or 0
    awards, issued = _count(database, Award), _count(database, Credential)
    lost = promised - done + awards - issued
    report.remark(f"{promised} deliveries in {took:.0f} s: {waiting} wait, {issued} credentials")
    report.figure("drained_per_s", round(done / took, 1), "1/s", better="higher")
    report.figure("lost", max(lost, 0), "deliveries")
    if lost:
        raise InvalidRunError(f"{lost} deliveries or credentials are lost")


def _waiting(database: Database) -> int:
    with database.reading() as session:
        query = select(func.count()).where(Delivery.settled_at.is_(None))
        return session.scalar(query) or 0


def _count(database: Database, table: type[Base]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
