"""The only way out to a platform: bounded in time and size, never to a private address."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from lti_tool.errors import LTIServiceError
from lti_tool.lti.guarded_connection import guarded_pool_classes
from lti_tool.lti.urls import host_and_port, is_secure, origin_of, split_url

USER_AGENT = "Quoin/0.1 (LTI 1.3 tool)"
"""Always sent: some Moodle sites answer 403 without one."""

MOST_BYTES = 5 * 1024 * 1024
MOST_REDIRECTS = 3
CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP answer; header names of ``headers`` are case-insensitive."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take: to connect, between two pieces of an answer, and in all (s)."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 45.0


class HTTPClient:
    """Calls platforms. ``private_hosts`` (host:port) may be at private addresses.

    Names are resolved and the addresses checked at connect time, so that an answer of the name
    server cannot change between the check and the connection.
    """

    def __init__(
        self, private_hosts: Collection[str] = (), *, patience: Patience | None = None
    ) -> None:
        self.private_hosts = frozenset(private_hosts)
        self._patience = patience or Patience()
        self._sessions = {
            allows_loopback: _session(self.private_hosts, allows_loopback=allows_loopback)
            for allows_loopback in (False, True)
        }

    def close(self) -> None:
        """Close the connections that are kept open."""
        for session in self._sessions.values():
            session.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_bytes: int = MOST_BYTES,
        allows_loopback: bool = False,
    ) -> Answer:
        """Send one request and return the answer, whatever its status.

        A GET follows redirects on the same origin. ``LTIServiceError`` (without a status) when
        there is no complete answer in time and size, or the address may not be called: it must
        be https and public; ``allows_loopback`` is for a registration that an administrator
        made for a platform on this machine, which may then speak http.
        """
        send = partial(self._exchange, method, headers or {}, body, max_bytes)
        deadline = time.monotonic() + self._patience.total
        for _ in range(MOST_REDIRECTS + 1):
            _check(url, allows_loopback=allows_loopback)
            answer = send(self._sessions[allows_loopback], url, deadline)
            target = answer.headers.get("Location")
            if not (method == "GET" and answer.status in (301, 302, 303, 307, 308) and target):
                return answer
            url = _same_origin(url, target)
        raise LTIServiceError(f"{_host(url)} redirects without end.", code="lti-service-redirect")

    def _exchange(
        self,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None,
        max_bytes: int,
        session: requests.Session,
        url: str,
        deadline: float,
    ) -> Answer:
        try:
            with session.request(
                method,
                url,
                headers={"User-Agent": USER_AGENT, **headers},
                data=body,
                timeout=(self._patience.connect, self._patience.read),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = _read(response, max_bytes, deadline)
                return Answer(url, response.status_code, response.headers, content)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise LTIServiceError(
                f"{_host(url)} did not answer ({type(error).__name__}).", code="lti-no-answer"
            ) from error


def _session(private_hosts: frozenset[str], *, allows_loopback: bool) -> requests.Session:
    session = requests.Session()
    # Neither proxies nor passwords of the environment, and no cookies between platforms.
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, _GuardedAdapter(private_hosts, allows_loopback=allows_loopback))
    return session


def _check(url: str, *, allows_loopback: bool) -> None:
    if not is_secure(url, allows_loopback=allows_loopback):
        raise LTIServiceError(
            f"The address at {_host(url)} is not https.", code="lti-address-refused"
        )


class _GuardedAdapter(HTTPAdapter):
    def __init__(self, private_hosts: frozenset[str], *, allows_loopback: bool) -> None:
        self._private_hosts, self._allows_loopback = private_hosts, allows_loopback
        super().__init__(max_retries=0, pool_maxsize=16)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = guarded_pool_classes(
            self._private_hosts, allows_loopback=self._allows_loopback
        )


def _read(response: requests.Response, max_bytes: int, deadline: float) -> bytes:
    """Read the body as it comes; its size counts after decompression."""
    content = bytearray()
    # read1 gives what is there: read(n) would wait for n bytes of a body that drips.
    while piece := response.raw.read1(CHUNK_BYTES, decode_content=True):
        content += piece
        if len(content) > max_bytes:
            raise LTIServiceError(
                f"The answer of {_host(response.url)} is too large.", code="lti-answer-too-large"
            )
        if time.monotonic() > deadline:
            raise TimeoutError
    return bytes(content)


def _same_origin(url: str, target: str) -> str:
    joined = urljoin(url, target)
    if origin_of(joined) != origin_of(url):
        raise LTIServiceError(
            f"{_host(url)} redirects to another host.", code="lti-service-redirect"
        )
    return joined


def _host(url: str) -> str:
    parts = split_url(url)
    return "the platform" if parts is None else host_and_port(parts)
