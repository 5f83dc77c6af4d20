"""Serve the LMS on both loopback addresses: browsers may take localhost for ::1 or 127.0.0.1."""

import errno
import socket
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from waitress import wasyncore
from waitress.server import create_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 16


class PortTakenError(Exception):
    """Somebody else listens at this port; the text is fit for a terminal."""


def bind_loopback(port: int) -> list[socket.socket]:
    """Sockets at ``port`` (0: any free one) of 127.0.0.1 and, where there is one, of ::1.

    Raises PortTakenError when either of them is in use.
    """
    first = _bind(socket.AF_INET, "127.0.0.1", port)
    port = first.getsockname()[1]
    try:
        return [first, _bind(socket.AF_INET6, "::1", port)]
    except PortTakenError:
        first.close()
        raise
    except OSError:  # this machine has no IPv6
        return [first]


def bind_any_loopback() -> list[socket.socket]:
    """Sockets at a port that is free on both addresses."""
    for _ in range(20):
        try:
            return bind_loopback(0)
        except PortTakenError:
            continue
    raise PortTakenError("No free port was found on 127.0.0.1 and ::1")


def _bind(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((host, port))
        bound.listen()
    except OSError as problem:
        bound.close()
        if _is_taken(problem):
            raise PortTakenError(
                f"Port {port} is taken: another program listens at {host}:{port}. "
                "Stop it, or choose another port"
            ) from problem
        raise
    return bound


def _is_taken(problem: OSError) -> bool:
    return problem.errno in {errno.EADDRINUSE, errno.EACCES}


class Server:
    """waitress over given sockets, with a ``stop`` that works from any thread."""

    def __init__(self, application: "WSGIApplication", sockets: Sequence[socket.socket]) -> None:
        self._map: dict[int, object] = {}
        self._stopping = threading.Event()
        self._server = create_server(
            application,
            map=self._map,
            sockets=list(sockets),
            threads=THREADS,
            ident="practice-lms",
            clear_untrusted_proxy_headers=True,
        )

    def run(self) -> None:
        """Answer requests until ``stop`` or Ctrl-C."""
        try:
            while not self._stopping.is_set():
                wasyncore.loop(timeout=0.2, map=self._map, count=1, use_poll=True)
        except KeyboardInterrupt:
            pass
        finally:
            self._server.task_dispatcher.shutdown(timeout=2)
            wasyncore.close_all(self._map)

    def stop(self) -> None:
        """End ``run`` within a fraction of a second."""
        self._stopping.set()
