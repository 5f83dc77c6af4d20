"""quoin serve: pages and worker in one process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Any

import click
from flask import Flask

from lti_tool import worker
from lti_tool.cli.common import friendly
from lti_tool.cli.opening import open_database
from lti_tool.cli.processes import (
    beside,
    counting_together,
    ends_with_parent,
    listen,
    stop_on_sigterm,
)
from lti_tool.config import Config
from lti_tool.logs import prepare_logs
from lti_tool.persistence.marks import WORKER
from lti_tool.services.enforce_retention import enforce_retention
from lti_tool.services.forget_expired import forget_expired
from lti_tool.services.keep_standings import keep_standings
from lti_tool.services.note_mark import note_mark
from lti_tool.services.read_evidence import read_evidence
from lti_tool.services.recheck_credentials import recheck_credentials
from lti_tool.services.request_notices import request_notices
from lti_tool.services.seal_audit import seal_audit
from lti_tool.services.send_news_mails import send_news_mails
from lti_tool.services.send_sign_in_mails import send_sign_in_mails
from lti_tool.services.sweep_time import sweep_next
from lti_tool.web.parts import Parts

THREADS = 8
"""Requests served at the same time by ``quoin serve``."""

RECHECK_SECONDS = 15.0
"""How often it is looked whether credentials of other issuers are to be checked again."""

SOURCES_SECONDS = 1.0
"""How often it is looked whether a course is to be read from its evidence source."""

SIMULATION_SECONDS = 1.0
"""How often it is looked whether a simulation is wanted."""

BEAT = timedelta(seconds=15)
"""How often the worker says that it is there."""


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many serve pages; as many as the machine has processors.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen at; 0.0.0.0 in a container, behind a proxy with https.",
)
@click.option("--no-worker", is_flag=True, help="Pages alone; 'quoin work run' does the rest.")
@click.option("--socket", "inherited", type=int, hidden=True, help="A socket of the first process.")
@click.option("--parent", type=int, default=0, hidden=True, help="The id of the first process.")
@friendly
def serve(
    port: int,
    processes: int,
    host: str,
    no_worker: bool,  # noqa: FBT001
    inherited: int | None,
    parent: int,
) -> None:
    """Serve the pages on loopback, and send what is due.

    SIGTERM ends it: what has begun to be answered is answered first.

    Example: quoin serve --port 8000
    """
    if inherited is not None:
        ends_with_parent(parent)
    stop_on_sigterm()
    open_database()
    if inherited is not None:
        _server(build_app(), socket.socket(fileno=inherited)).run()
        return
    try:
        listening = listen(port, host)
    except OSError as error:
        raise click.ClickException(
            f"Port {port} cannot be used ({error.strerror}); choose another one with --port."
        ) from None
    with counting_together() if processes > 1 else nullcontext():
        app = build_app()
        server = _server(app, listening)
        click.echo(f"Quoin listens at {host}:{port} (Ctrl-C stops it)")
        with beside(listening, processes - 1), nullcontext() if no_worker else working(app):
            server.run()


@contextmanager
def working(app: Flask) -> Iterator[None]:
    """Do all that is done beside pages, in threads of this process, while the block runs."""
    parts: Parts = app.extensions["quoin"]
    with _worker(parts), _rechecks(app), _sources(parts), _simulations(parts):
        yield


def build_app() -> Flask:
    """Return the web service of the settings."""
    from lti_tool.app import create_app

    prepare_logs()
    return create_app(Config.from_environ())


def _server(app: Flask, listening: socket.socket) -> Any:
    from lti_tool.cli.server import create_server

    parts: Parts = app.extensions["quoin"]
    proxies = parts.config.trusted_proxies
    return create_server(app, listening, threads=THREADS, proxies=proxies)


def _upkeep(parts: Parts) -> list[worker.Periodic]:
    """Return what is done beside deliveries, and how often."""
    url = parts.config.public_url
    return [
        worker.Periodic(
            timedelta(seconds=10),
            lambda now: request_notices(parts.database, parts.platforms, public_url=url, now=now),
        ),
        worker.Periodic(timedelta(minutes=1), lambda now: forget_expired(parts.database, now=now)),
        worker.Periodic(timedelta(hours=1), lambda now: enforce_retention(parts.database, now=now)),
        worker.Periodic(timedelta(seconds=5), lambda now: keep_standings(parts.database, now=now)),
        worker.Periodic(
            timedelta(seconds=20),
            lambda now: send_news_mails(
                parts.database,
                parts.mailer,
                parts.config.secret_key,
                public_url=url,
                now=now,
            ),
        ),
        # Somebody waits for these.
        worker.Periodic(
            timedelta(seconds=1),
            lambda now: send_sign_in_mails(
                parts.database, parts.mailer, parts.config.secret_key, now=now
            ),
        ),
        worker.Periodic(timedelta(minutes=1), lambda now: seal_audit(parts.database, now=now)),
        worker.Periodic(timedelta(seconds=1), lambda now: sweep_next(parts.database, now=now)),
    ]


@contextmanager
def _worker(parts: Parts) -> Iterator[None]:
    """Send due deliveries in a thread of this process while the block runs."""
    stop = threading.Event()
    thread = threading.Thread(
        target=worker.run,
        args=(
            parts.database,
            worker.build_handlers(parts.database, parts.platforms, parts.signing),
        ),
        kwargs={
            "clock": parts.clock,
            "stop": stop,
            "poll_seconds": parts.config.poll_seconds,
            "upkeep": _upkeep(parts),
            "beat": worker.Periodic(BEAT, lambda now: note_mark(parts.database, WORKER, now=now)),
        },
        name="worker",
        daemon=True,
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)


@contextmanager
def _sources(parts: Parts) -> Iterator[None]:
    """Read evidence sources, in a thread that keeps nothing else waiting."""
    every = timedelta(seconds=parts.config.source_seconds)
    stop = threading.Event()

    def read(now: datetime) -> None:
        while read_evidence(parts.database, parts.sources, every=every, now=now):
            if stop.is_set():
                return
            now = parts.clock()

    with _repeated("sources", read, parts, stop, SOURCES_SECONDS):
        yield


@contextmanager
def _rechecks(app: Flask) -> Iterator[None]:
    """Ask other issuers again, in a thread that keeps nothing else waiting."""
    from lti_tool.web.fetching import fetch_outside_requests

    parts: Parts = app.extensions["quoin"]
    fetch, stop = fetch_outside_requests(app), threading.Event()
    home = parts.config.public_url

    def recheck(now: datetime) -> None:
        recheck_credentials(parts.database, parts.checking, fetch, home=home, now=now)

    with _repeated("rechecks", recheck, parts, stop, RECHECK_SECONDS):
        yield


@contextmanager
def _simulations(parts: Parts) -> Iterator[None]:
    """Compute what drafts would do, in a thread of its own: a portion may take a second."""
    try:
        from lti_tool.services.run_simulations import run_next_simulation
    except ImportError:  # NumPy and Arrow are an extra; whoever asks for one is told.
        yield
        return
    stop = threading.Event()

    def compute(now: datetime) -> None:
        while not stop.is_set() and run_next_simulation(parts.database, now=now):
            pass

    with _repeated("simulations", compute, parts, stop, SIMULATION_SECONDS):
        yield


@contextmanager
def _repeated(
    name: str,
    task: Callable[[datetime], None],
    parts: Parts,
    stop: threading.Event,
    seconds: float,
) -> Iterator[None]:
    """Do ``task`` every ``seconds`` in a thread of this process while the block runs."""
    thread = threading.Thread(
        target=worker.repeat,
        args=(task,),
        kwargs={"clock": parts.clock, "stop": stop, "seconds": seconds},
        name=name,
        daemon=True,
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)
