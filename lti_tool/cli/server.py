"""The web server of ``quoin serve``; what it refuses by itself gets a problem document, too."""

from __future__ import annotations

import json
import socket
from http import HTTPStatus
from typing import Any

import waitress
from flask import Flask
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from lti_tool.api.auth import LARGEST_BODY
from lti_tool.problem_documents import MEDIA_TYPE, problem_document


class ProblemTask(ErrorTask):  # type: ignore[misc]  # it has no types
    """Answers a request that the server does not take, such as one with too large a body.

    The server sees the length before it reads the body, and does not read it.
    """

    def execute(self) -> None:
        """Write the answer and close the connection."""
        status = HTTPStatus(self.request.error.code)
        document = problem_document(
            status, code=f"http-{status}", title=status.phrase, detail=status.description
        )
        body = json.dumps(document).encode()
        self.status = f"{status} {status.phrase}"
        self.response_headers.append(("Content-Type", MEDIA_TYPE))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]  # it has no types
    """A connection of ours."""

    error_task_class = ProblemTask

    def writable(self) -> bool:
        """Say whether there is something that the loop could write now.

        waitress 3.0.2 says so while an answer's own thread still sends it. ``select`` then
        returns at once, over and over, and takes the interpreter from that very thread: 300
        launches at once took 4 s of CPU, and take 1.5.
        """
        if 0 < self.total_outbufs_len <= self.adj.outbuf_high_watermark:
            if not self.outbuf_lock.acquire(blocking=False):
                return False
            self.outbuf_lock.release()
        return bool(super().writable())

    def write_soon(self, data: Any) -> int:
        """Send ``data``; have the loop look again when a rest is left, now that it may write."""
        written: int = super().write_soon(data)
        if self.total_outbufs_len:
            self.server.pull_trigger()
        return written


def create_server(app: Flask, listening: socket.socket, *, threads: int, proxies: int = 0) -> Any:
    """Return waitress on a socket that listens, perhaps beside other processes.

    Behind ``proxies`` of ours the address of a browser is what the outermost of them saw. Nothing
    else is taken from their headers: no address is ever built from one.
    """
    behind: dict[str, Any] = {}
    if proxies:
        behind = {
            "trusted_proxy": "*",
            "trusted_proxy_count": proxies,
            "trusted_proxy_headers": {"x-forwarded-for"},
        }
    server = waitress.create_server(
        app,
        sockets=[listening],
        threads=threads,
        # It refuses bodies of this many bytes unread; otherwise it reads them whole before us.
        max_request_body_size=LARGEST_BODY + 1,
        clear_untrusted_proxy_headers=True,
        **behind,
    )
    server.channel_class = Channel
    return server
