"""The practice LMS for tests: running in a thread, and a visitor who behaves like a browser."""

import tempfile
import threading
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import get_cookie_header

from demo_lms.app import create_lms
from demo_lms.links import list_links
from demo_lms.lms import LMS, open_lms
from demo_lms.quizzes import Result, put_result
from demo_lms.service_tokens import make_token
from demo_lms.serving import Server, bind_any_loopback
from demo_lms.settings import CLIENT_ID, PEOPLE, Settings, registration_details
from demo_lms.state import describe_state
from demo_lms.web_services import FUNCTIONS

PATIENCE_SECONDS = 10.0
FORGOTTEN = (
    "scores",
    "gradebook_columns",
    "links",
    "tool_registrations",
    "course_copies",
    "enrolments",
    "notice_handlers",
    "notices",
    "quiz_results",
    "service_tokens",
    "used_once",
)


@dataclass(frozen=True)
class LaunchForm:
    """The form that would be posted to the tool: its address and its hidden fields."""

    action: str
    fields: dict[str, str]
    pairs: tuple[tuple[str, str], ...] = ()
    method: str = "post"


class RunningLMS:
    """A practice LMS on a free port: ``with RunningLMS(tool_url) as lms: ... lms.url``.

    ``database`` is a path to keep data at; by default they vanish with the LMS. ``people`` has one
    file per institution (``(PEOPLE, HILL)``: two tenants), ``flavour`` is whose habits it has.
    """

    def __init__(
        self,
        tool_url: str = "http://127.0.0.1:8000",
        *,
        database: Path | None = None,
        people: tuple[Path, ...] = (PEOPLE,),
        flavour: str = "plain",
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="practice-lms-")
        self._sockets = bind_any_loopback()
        self.port: int = self._sockets[0].getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.settings = Settings(
            public_url=self.url,
            tool_url=tool_url,
            database=database or Path(self._folder.name) / "lms.sqlite3",
            people=people,
            flavour=flavour,
        )
        self.app = create_lms(self.settings)
        self.lms: LMS = self.app.extensions["lms"]
        self._server = Server(self.app, self._sockets)
        self._thread = threading.Thread(target=self._server.run, name="practice-lms", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.lms.faults.clear()
        self._server.stop()
        self._thread.join(PATIENCE_SECONDS)
        self._folder.cleanup()

    @property
    def registration(self) -> dict[str, str]:
        """What the tool registers of this LMS."""
        return registration_details(self.url)

    def state(self) -> dict[str, Any]:
        """What GET /state answers."""
        return describe_state(self.lms)

    def sub(self, username: str) -> str:
        """The LTI sub of a person."""
        return self.lms.directory.people[username].sub

    def first_link(self, course_id: str) -> str:
        """The id of the course's "My microcredentials"."""
        with self.lms.database.reading() as connection:
            return list_links(connection, course_id)[0].id

    def fault(
        self, service: str, kind: str, *, method: str | None = None, seconds: float = 2.0
    ) -> None:
        """Arm a fault (see ``faults``)."""
        body = {"service": service, "kind": kind, "method": method, "seconds": seconds}
        answer = requests.post(f"{self.url}/faults", json=body, timeout=PATIENCE_SECONDS)
        answer.raise_for_status()

    def control(self, name: str, **order: Any) -> dict[str, Any]:
        """Turn one control (see ``controls_page``) and give how all stand."""
        return self._order(f"controls/{name}", order)

    def service_token(self, *without: str, institution: str = "harbour") -> str:
        """A token of the web services, ``without`` some of its functions."""
        functions = [name for name in FUNCTIONS if name not in without]
        with self.lms.database.writing() as connection:
            return make_token(connection, institution, functions).token

    def revoke_tokens(self) -> None:
        """Let no token of the web services open anything any more."""
        with self.lms.database.writing() as connection:
            connection.execute("DELETE FROM service_tokens")

    def put_result(self, quiz: int, username: str, points: float | None) -> None:
        """Let so many points stand in a quiz."""
        with self.lms.database.writing() as connection:
            put_result(connection, Result(quiz, username, points, time.time()))

    def copy_course(self, course_id: str, title: str = "") -> dict[str, Any]:
        """Copy a course; gives id, context_id, title and history of the copy."""
        return self._order("copies", {"course": course_id, "title": title})

    def _order(self, path: str, order: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(f"{self.url}/{path}", json=order, timeout=PATIENCE_SECONDS)
        answer.raise_for_status()
        return dict(answer.json())

    def wait_until_held(self) -> None:
        """Return once a held request has done its work; TimeoutError after ten seconds."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.lms.faults.describe()["held"]:
            if time.monotonic() > end:
                raise TimeoutError("No request was held")
            time.sleep(0.01)

    def release(self) -> None:
        """Disarm all faults and let held requests go."""
        self.lms.faults.clear()

    def forget(self) -> None:
        """Back to the first day: no columns, no scores, only the first links, no faults."""
        self.lms.faults.clear()
        self.lms.controls.reset()
        self.lms.sent_forms.clear()
        self.lms.tool_keysets.forget()
        with self.lms.database.writing() as connection:
            for table in FORGOTTEN:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608  # names of our own
        open_lms(self.settings)
        self.lms.refresh()

    def visit(self, username: str) -> "Visitor":
        """A browser of its own in which this person has signed in."""
        return Visitor(self, username)


class Visitor(requests.Session):
    """A signed-in person's browser: keeps Secure cookies on loopback as real browsers do."""

    def __init__(self, running: RunningLMS, username: str) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self.mount("http://", _LoopbackAdapter(self))
        self.running = running
        answer = self.post(f"{running.url}/sign-in", data={"username": username})
        answer.raise_for_status()

    def start_link(self, course_id: str, link_id: str | None = None) -> str:
        """Open a link (default: the first) and give the tool's login address it leads to."""
        link_id = link_id or self.running.first_link(course_id)
        return self._location(f"/courses/{course_id}/links/{link_id}/start")

    def start_deep_linking(self, course_id: str, client_id: str = CLIENT_ID) -> str:
        """Choose "Add from Quoin" and give the tool's login address it leads to."""
        return self._location(f"/courses/{course_id}/add/start?client_id={client_id}")

    def start_bad_launch(self, name: str, course_id: str) -> str:
        """Begin a broken launch (see ``broken_launches``) and give the tool's login address."""
        return self._location(f"/bad-launches/{name}?course={course_id}")

    def start_review(self, course_id: str, column_id: int, username: str) -> str:
        """Open a learner's submission from the gradebook; gives the tool's login address."""
        return self._location(f"/courses/{course_id}/grades/{column_id}/{username}/review/start")

    def start_privacy(self, username: str, client_id: str = CLIENT_ID) -> str:
        """Ask what the tool knows of a person; gives the tool's login address."""
        return self._location(f"/privacy/{client_id}/{username}/start")

    def follow_login(self, login_url: str) -> LaunchForm:
        """Let the tool answer its login address and give the form that the LMS makes of it."""
        answer = self.get(login_url, timeout=PATIENCE_SECONDS)
        answer.raise_for_status()
        return read_form(answer.text)

    def submit(self, form: LaunchForm) -> requests.Response:
        """Post a form to the tool, as the page would do."""
        pairs = list(form.pairs or form.fields.items())
        headers = {"Origin": self.running.url}
        if form.method == "get":
            return self.get(form.action, params=pairs, headers=headers, timeout=PATIENCE_SECONDS)
        return self.post(form.action, data=pairs, headers=headers, timeout=PATIENCE_SECONDS)

    def _location(self, path: str) -> str:
        answer = self.get(self.running.url + path, allow_redirects=False, timeout=PATIENCE_SECONDS)
        if answer.status_code != 302:
            raise AssertionError(f"{path} answered {answer.status_code}")
        return answer.headers["Location"]


class _LoopbackAdapter(HTTPAdapter):
    """Sends what the session's own cookie policy allows; requests would use a stricter one."""

    def __init__(self, session: requests.Session) -> None:
        super().__init__()
        self._session = session

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """Called by the session for each request, redirects included."""
        request.headers.pop("Cookie", None)
        cookies = get_cookie_header(  # type: ignore[no-untyped-call]
            self._session.cookies, request
        )
        if cookies:
            request.headers["Cookie"] = cookies
        return super().send(request, *args, **kwargs)


def read_form(page: str) -> LaunchForm:
    """The first form of a page with its hidden fields, or those that say no type."""
    parser = _FormParser()
    parser.feed(page)
    if parser.action is None:
        raise AssertionError("The page has no form")
    return LaunchForm(parser.action, dict(parser.pairs), tuple(parser.pairs), parser.method)


class _FormParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.method = "post"
        self.pairs: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None:
            self.action = values.get("action", "")
            self.method = values.get("method", "get")
        elif tag == "input" and values.get("type", "hidden") == "hidden" and "name" in values:
            self.pairs.append((values["name"], values.get("value", "")))
