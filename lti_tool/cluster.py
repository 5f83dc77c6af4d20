"""Parts of a cohort on several machines: Dask Distributed as an executor (extra ``cluster``).

Nothing else of the tool knows Dask. A worker is asked before it is given anything whether it has
the same release and sees the same folders, and again with every part, since workers come and go.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
from distributed import Client, KilledWorker, Security
from distributed.comm.core import CommClosedError

import stacking_rules
from lti_tool.errors import ClusterError
from lti_tool.release import release
from lti_tool.solver import solver
from stacking_rules.cohort.parts import RUN

PATIENCE = 30.0
"""Seconds for which a scheduler, and a first worker, are waited for."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Installed:
    """What has to be the same on all machines for the same answers, byte for byte."""

    release: str
    engine: str
    pyarrow: str
    has_solver: bool

    def __str__(self) -> str:
        """Name it as a person compares it; ``engine`` tells two checkouts of a release apart."""
        has = "with" if self.has_solver else "without"
        return f"Quoin {self.release} ({self.engine[:8]}), pyarrow {self.pyarrow}, {has} a solver"


@cache
def installed() -> Installed:
    """Return what this process has; ``engine`` is a hash of the files that it was started with."""
    home = Path(stacking_rules.__file__).parent
    files = sorted(home.rglob("*.py"))
    found = hashlib.sha256()
    for file in files:
        found.update(file.relative_to(home).as_posix().encode() + b"\0" + file.read_bytes())
    return Installed(release(), found.hexdigest(), pa.__version__, solver() is not None)


def difference(wanted: Installed) -> str:
    """Return what is wrong with what this machine has, as a sentence; "" if nothing is."""
    if installed() == wanted:
        return ""
    return (
        f"It has {installed()}; this machine has {wanted}: install the same on both, and start "
        "its process anew."
    )


def complaint(wanted: Installed, sources: Sequence[str], note: str) -> str:
    """Return why this machine cannot take part, as a sentence; "" if it can.

    ``note`` is a file in the folder of the run; the machine shows there that it can write.
    """
    if wrong := difference(wanted):
        return wrong
    for path in (*sources, note):
        if not Path(path).is_file():
            return f"It does not see {path}: share the folder, at the same path everywhere."
    mine = Path(f"{note}.{uuid4().hex}")
    try:
        mine.touch()
        mine.unlink()
    except OSError as error:
        return f"It cannot write to {mine.parent} ({error.strerror}): give its user the right to."
    return ""


def evaluate_here(
    wanted: Installed, work: Callable[..., Any], job: Any, part: Any, folder: Path
) -> Any:
    """Evaluate one part on a worker; ``ClusterError`` where this machine cannot take part."""
    wrong = complaint(wanted, [part.source], str(folder / RUN))
    if not wrong:
        try:
            return work(job, part, folder)
        except OSError as error:
            wrong = f"It could not read or write part {part.number} ({error})."
    raise ClusterError(f"A worker broke off. {wrong}")


class Cluster(Executor):
    """Runs parts on the workers of a cluster; what a lost worker had goes to another one."""

    def __init__(self, client: Client) -> None:
        self._inner = client.get_executor(pure=False)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand a part to whatever worker is free."""
        future: Future[Any] = self._inner.submit(evaluate_here, installed(), fn, *args, **kwargs)
        return future


@contextmanager
def cluster(address: str, sources: Sequence[Path], folder: Path, *, say: Say) -> Iterator[Executor]:
    """Give an executor on the cluster whose scheduler is at ``address`` (tcp:// or tls://).

    ``sources`` and ``folder`` are read and written by workers, so they are absolute. ``say`` is
    told when a worker is lost. ``ClusterError`` says what to do where the cluster cannot be
    reached, lacks something, or is lost; parts that are done are kept then.
    """
    with _quiet(), _connect(address) as client, _telling(address):
        _ask(client, address, [str(source) for source in sources], folder)
        client.subscribe_topic("all", _Watch(address, say))
        yield Cluster(client)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask from printing the tracebacks of what we say in a sentence."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def _telling(address: str) -> Iterator[None]:
    """Say what to do where the cluster is lost on the way."""
    try:
        yield
    except KilledWorker as error:
        raise ClusterError(
            f"Workers died of the same part as often as is allowed ({error.allowed_failures + 1}): "
            "their logs say why. If they lacked memory, take smaller parts (--learners)."
        ) from None
    except (CancelledError, CommClosedError):
        raise ClusterError(
            f"The scheduler at {address} is gone. Type the same again when it is back: what is "
            "done is kept."
        ) from None


@contextmanager
def _connect(address: str) -> Iterator[Client]:
    client = _client(address)
    try:
        yield client
    finally:
        # Nothing is lost with a connection that cannot be closed in order.
        with suppress(OSError, TimeoutError):
            client.close()


def _client(address: str) -> Client:
    if address.startswith("tls://") and not Security().get_connection_args("client")["ssl_context"]:
        raise ClusterError(
            f"{address} wants certificates: name the files in Dask's configuration, under "
            "distributed.comm.tls (docs/cohort.md)."
        )
    try:
        return Client(address, timeout=PATIENCE, set_as_default=False)
    except ValueError as error:
        raise ClusterError(
            f"'{address}' is no address of a Dask scheduler, such as tcp://10.0.0.1:8786 ({error})."
        ) from None
    except OSError:
        raise ClusterError(
            f"No Dask scheduler answers at {address}. Is it running (dask scheduler), is the "
            "address the one that it prints, and may this machine reach the port?"
        ) from None


def _ask(client: Client, address: str, sources: Sequence[str], folder: Path) -> None:
    """Ask the scheduler and all workers whether they can take part."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise ClusterError(
            f"The scheduler at {address} has no workers: start some with 'dask worker {address}'."
        ) from None
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / f".seen-{uuid4().hex}"
    note.touch()
    try:
        found = {f"The scheduler at {address}": _ask_scheduler(client)}
        answers = client.run(complaint, installed(), sources, str(note), on_error="return")
        found |= {f"The worker at {worker}": answer for worker, answer in answers.items()}
    finally:
        note.unlink()
    wrong = [f"{who} cannot take part. {_read(answer)}" for who, answer in found.items() if answer]
    if wrong:
        raise ClusterError("\n".join(wrong))


def _ask_scheduler(client: Client) -> str | Exception:
    """Ask the scheduler, through whose hands the parts go; it needs no folder."""
    try:
        answer: str = client.run_on_scheduler(difference, installed())
    except Exception as error:  # noqa: BLE001  -- what it raised there is raised here
        return error
    return answer


def _read(answer: str | Exception) -> str:
    if isinstance(answer, str):
        return answer
    return (
        f"It needs this release of Quoin in its own environment: pip install "
        f"'quoin[cluster]=={release()}' ({answer})."
    )


class _Watch:
    """Says what becomes of workers; Dask calls it with every event of the scheduler."""

    def __init__(self, address: str, say: Say) -> None:
        self._address, self._say = address, say

    def __call__(self, event: tuple[float, Any]) -> None:
        _, message = event
        if not isinstance(message, dict) or message.get("action") != "remove-worker":
            return
        if message.get("processing-tasks"):
            self._say(
                f"The worker at {message['worker']} is gone: others do its parts again. Without "
                f"any other this waits for one ('dask worker {self._address}')."
            )
