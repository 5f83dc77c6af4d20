"""A few checking processes, kept warm. Whatever somebody hands in, the tool itself goes on."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from lti_tool.credentials.recognition import wire
from lti_tool.credentials.recognition.documents import Fetch, Fetched
from lti_tool.credentials.recognition.outcomes import Outcome, Verdict, reason
from lti_tool.credentials.recognition.policy import Policy
from lti_tool.credentials.recognition.presented import LARGEST_PICTURE

CHILD = "lti_tool.credentials.recognition.child"
ENDED_FOR_MEMORY = (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one check may use: seconds of work, bytes of memory, seconds of waiting for others.

    ``checks`` is how many a process does before a fresh one takes its place, ``patience`` how
    long (s) a check waits for a free process, ``start`` how long one may take to get warm (s).
    """

    seconds: float = 1.9
    memory: int = 256 * 1024 * 1024
    fetching: float = 15.0
    checks: int = 200
    patience: float = 5.0
    start: float = 30.0


class _TooLongError(Exception):
    """The process used its time up."""


class _GoneError(Exception):
    """The process has ended."""


class _Child:
    """One checking process."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.checks = 0
        self._is_warm = False
        seconds = str(int(limits.seconds) + 1)
        # Only what Python needs to start: no secret of ours is in its surroundings.
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", CHILD, str(limits.memory), seconds],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def check(self, message: wire.Message, fetch: Fetch) -> Verdict:
        if not self._is_warm:
            self._receive(self._limits.start)
            self._is_warm = True
        self.checks += 1
        left, waited = self._limits.seconds, 0.0
        while True:
            begun = time.monotonic()
            self._send(message)
            answer = self._receive(left)
            left -= time.monotonic() - begun
            if "verdict" in answer:
                return wire.read_verdict(answer["verdict"])
            begun = time.monotonic()
            has_time = waited < self._limits.fetching
            message = wire.document(fetch(str(answer["fetch"])) if has_time else Fetched(0))
            waited += time.monotonic() - begun

    def end(self) -> int:
        """Kill the process and return how it ended."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        return self._process.wait()

    def ended(self) -> int | None:
        """Return how the process ended by itself, None when it has not."""
        try:
            return self._process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            return None

    def _send(self, message: wire.Message) -> None:
        left = memoryview(wire.pack(message))
        assert self._process.stdin is not None  # noqa: S101 - opened above
        try:
            while left:
                left = left[self._process.stdin.write(left) :]
        except OSError:
            raise _GoneError from None

    def _receive(self, seconds: float) -> wire.Message:
        deadline = time.monotonic() + seconds
        found = wire.read(lambda length: self._read(length, deadline))
        if found is None:
            raise _GoneError
        return found

    def _read(self, length: int, deadline: float) -> bytes:
        assert self._process.stdout is not None  # noqa: S101 - opened above
        number = self._process.stdout.fileno()
        waiting = select.poll()
        waiting.register(number, select.POLLIN)
        content = b""
        while len(content) < length:
            if not waiting.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise _TooLongError
            piece = os.read(number, length - len(content))
            if not piece:
                break
            content += piece
        return content


class CheckingPool:
    """Checks credentials in processes of their own; safe to use from several threads."""

    def __init__(self, *, size: int = 2, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._size = size
        self._free = threading.Semaphore(size)
        self._lock = threading.Lock()
        self._idle: deque[_Child] = deque()
        weakref.finalize(self, _end_all, self._idle)

    def warm(self) -> None:
        """Let a process get warm if none is idle, without waiting for it."""
        with self._lock:
            if not self._idle:
                self._idle.append(_Child(self._limits))

    def close(self) -> None:
        """End all processes that are not at work."""
        _end_all(self._idle)

    def check(
        self, raw: bytes, *, fetch: Fetch, now: datetime, policy: Policy | None = None
    ) -> Verdict:
        """Return the verdict about what somebody handed in; see ``pipeline.check``.

        A check that takes too much is a verdict too, and its process is replaced.
        """
        if len(raw) > LARGEST_PICTURE:
            return Verdict(Outcome.INVALID, (reason("too-large"),))
        if not self._free.acquire(timeout=self._limits.patience):
            return Verdict(Outcome.UNCHECKABLE, (reason("check-busy"),))
        try:
            return self._check(wire.request(raw, now, policy or Policy()), fetch)
        finally:
            self._free.release()

    def _check(self, message: wire.Message, fetch: Fetch) -> Verdict:
        try:
            child = self._idle.popleft()
        except IndexError:
            child = _Child(self._limits)
        try:
            verdict = child.check(message, fetch)
        except _TooLongError:
            self._replace(child)
            return Verdict(Outcome.INVALID, (reason("took-too-long"),))
        except _GoneError:
            return self._after_end(child)
        except BaseException:
            child.end()
            raise
        if child.checks >= self._limits.checks:
            self._replace(child)
        else:
            self._keep(child)
        return verdict

    def _after_end(self, child: _Child) -> Verdict:
        code = child.ended()
        self._replace(child)
        if code == -signal.SIGXCPU:
            return Verdict(Outcome.INVALID, (reason("took-too-long"),))
        if code in ENDED_FOR_MEMORY:
            return Verdict(Outcome.INVALID, (reason("took-too-much"),))
        return Verdict(Outcome.UNCHECKABLE, (reason("check-failed"),))

    def _replace(self, child: _Child) -> None:
        """End a process and let the next one get warm before it is needed."""
        child.end()
        self._keep(_Child(self._limits))

    def _keep(self, child: _Child) -> None:
        with self._lock:
            if len(self._idle) < self._size:
                self._idle.append(child)
                return
        child.end()


def _end_all(children: deque[_Child]) -> None:
    while children:
        children.popleft().end()
