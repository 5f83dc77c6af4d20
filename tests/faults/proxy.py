"""A TCP proxy before PostgreSQL that cuts connections."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading


class CuttingProxy:
    """Forwards 127.0.0.1:``port`` to a socket of PostgreSQL (a path), until it cuts."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listening.getsockname()[1]
        self.cuts = 0
        self._lock = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break all connections that there are, in the middle of whatever is under way."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            self.cuts += 1
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End."""
        self.listening.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listening.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self.target)
            with self._lock:
                self._pairs.append((near, far))
            threading.Thread(target=_forward, args=(near, far), daemon=True).start()


def _forward(near: socket.socket, far: socket.socket) -> None:
    with near, far, selectors.DefaultSelector() as ready, contextlib.suppress(OSError):
        ready.register(near, selectors.EVENT_READ, far)
        ready.register(far, selectors.EVENT_READ, near)
        while True:
            for key, _ in ready.select():
                heard = key.fileobj.recv(65536)  # type: ignore[union-attr]
                if not heard:
                    return
                key.data.sendall(heard)
