"""Who opens the pages, and what their browser brings with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.web.admin.access import COOKIE
from lti_tool.web.own_session import COOKIE as OWN
from tests.accessibility.campus import Campus
from tests.accessibility.happenings import Places
from tests.accessibility.pages import Page
from tests.web.admins import Admin, sign_in
from tests.web.world import Person, origin_of


@dataclass(frozen=True)
class Former:
    """Somebody who has left the course, and signed in with what they kept."""

    app: Flask
    token: str

    def get(self, path: str) -> TestResponse:
        """Open a page of one's own."""
        client = self.app.test_client(use_cookies=False)
        sent = {"Cookie": f"{OWN}={self.token}"}
        return client.get(path, headers=sent, base_url=origin_of(self.app))

    def post(self, path: str, form: dict[str, str]) -> TestResponse:
        """No page of the list is made by a form of theirs."""
        raise NotImplementedError(path, form)


def leave(person: Person) -> Former:
    """Use the link up that a course gives whoever wants to come back without it."""
    code = re.search(r'href="[^"#]*(/sign-in/[^"]*)#([A-Za-z0-9_-]+)"', person.post("access").text)
    assert code
    origin = origin_of(person.app)
    client = person.app.test_client(use_cookies=False)
    form, sent = {"code": f"#{code[2]}"}, {"Origin": origin}
    answer = client.post(code[1], data=form, headers=sent, base_url=origin)
    found = re.search(f"{OWN}=([^;]+)", ";".join(answer.headers.getlist("Set-Cookie")))
    assert found, answer.text
    return Former(person.app, found[1])


Somebody = Person | Admin | Former


class Audiences:
    """Everybody of a campus by the name of their audience; each signs in when first asked for."""

    def __init__(self, campus: Campus, places: Places) -> None:
        self.campus, self.places = campus, places
        self._known: dict[str, Somebody | None] = {"public": None}

    def somebody(self, audience: str) -> Somebody | None:
        """Return who opens the pages of an audience; None is anybody."""
        if audience not in self._known:
            self._known[audience] = self._arrivals()[audience]()
        return self._known[audience]

    def cookie(self, audience: str) -> tuple[str, str] | None:
        """Return name and value of the cookie that a browser of this audience holds."""
        found = self.somebody(audience)
        if found is None:
            return None
        if isinstance(found, Admin):
            return COOKIE, found.token
        if isinstance(found, Former):
            return OWN, found.token
        name, _, value = found.cookie.partition("=")
        return name, value

    def address(self, text: str) -> str:
        """Fill in the names of places."""
        for name, value in self.places.items():
            text = text.replace(f"{{{name}}}", value)
        assert "{" not in text, text
        return text

    def form(self, page: Page) -> dict[str, str]:
        """Return what a page is answered with, places filled in."""
        return {
            name: self.places.get(value[1:-1], value) if value[:1] == "{" else value
            for name, value in page.form.items()
        }

    def visit(self, page: Page) -> TestResponse:
        """Open a page without a browser."""
        found, address = self.somebody(page.audience), self.address(page.address)
        if found is not None:
            return found.post(address, self.form(page)) if page.form else found.get(address)
        client = self.app.test_client(use_cookies=False)
        origin = self.campus.origin
        if page.form:
            sent = {"Origin": origin}
            return client.post(address, data=self.form(page), headers=sent, base_url=origin)
        return client.get(address, base_url=origin)

    @property
    def app(self) -> Flask:
        """The application."""
        return self.campus.app

    def _arrivals(self) -> dict[str, Callable[[], Somebody]]:
        campus = self.campus
        return {
            "learner": lambda: campus.learner,
            "former learner": lambda: leave(campus.learner),
            "newcomer": lambda: campus.newcomer,
            "outsider": lambda: campus.amara,
            "preview": lambda: campus.preview,
            "teacher": lambda: campus.teacher,
            "linker": lambda: campus.linking_teacher,
            "recogniser": lambda: campus.registrar,
            "mentor": lambda: campus.mentor,
            "privacy": lambda: campus.privacy,
            "administrator": lambda: sign_in(campus, name="Ingrid Solheim"),
            "local administrator": lambda: sign_in(campus, "harbour", "Kofi Mensah"),
            "registrar": lambda: sign_in(campus, "harbour", "Rita Moreau", roles=("registrar",)),
        }
