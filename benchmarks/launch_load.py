"""Launches as browsers make them, one after the other or many at once, over real HTTP."""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.harness import InvalidRunError
from benchmarks.launch_platform import Platform, login_query, read_login

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Begun:
    """A login under way: what the browser and the platform hold of it."""

    cookie: str
    body: bytes


class Browser:
    """One kept connection to a tool; each person that comes through it has their own cookies."""

    def __init__(self, port: int, platform: Platform) -> None:
        self.target = f"http://127.0.0.1:{port}/lti/launch"
        self.platform = platform
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def log_in(self, number: int) -> Begun:
        """Log in as learner ``number``; the platform's answer is signed."""
        query = urlencode(login_query(self.platform, self.target))
        self.connection.request("GET", f"/lti/login?{query}")
        answer = self.connection.getresponse()
        answer.read()
        _expect(answer, 302)
        state, nonce = read_login(answer.headers["Location"])
        cookies = [text.split(";")[0] for text in answer.headers.get_all("Set-Cookie", [])]
        token = self.platform.token(nonce, self.target, number)
        return Begun("; ".join(cookies), urlencode({"state": state, "id_token": token}).encode())

    def launch(self, begun: Begun) -> None:
        """Post the platform's answer to the tool, as the browser would."""
        headers = {**FORM, "Cookie": begun.cookie}
        self.connection.request("POST", "/lti/launch", begun.body, headers)
        answer = self.connection.getresponse()
        answer.read()
        _expect(answer, 303)


@dataclass(slots=True)
class Load:
    """What came of many launches: seconds from the login to the page, and errors."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def percentile(self, percent: float) -> float:
        """Return the seconds that ``percent`` of the launches did not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def offer(port: int, platform: Platform, starts: list[float]) -> Load:
    """Make a complete login and launch at each of ``starts`` (seconds from now)."""
    load, lock = Load(), threading.Lock()
    begin = time.perf_counter() + 0.5

    def one(number: int, at: float) -> None:
        time.sleep(max(0.0, begin + at - time.perf_counter()))
        started = time.perf_counter()
        try:
            browser = Browser(port, platform)
            browser.launch(browser.log_in(number))
            browser.connection.close()
        except (OSError, http.client.HTTPException, InvalidRunError) as error:
            with lock:
                load.errors.append(repr(error))
            return
        with lock:
            load.seconds.append(time.perf_counter() - started)

    threads = [threading.Thread(target=one, args=item) for item in enumerate(starts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return load


def _expect(answer: http.client.HTTPResponse, status: int) -> None:
    if answer.status != status:
        raise InvalidRunError(f"a {status} was expected and a {answer.status} came")
