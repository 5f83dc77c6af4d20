"""The running LMS as one object, found from any request."""

import sqlite3
from dataclasses import dataclass, field
from typing import cast

from flask import current_app

from demo_lms.controls import Controls
from demo_lms.course_changes import list_copies, list_enrolments
from demo_lms.database import Database
from demo_lms.directory import Directory, load_directory
from demo_lms.faults import FaultMenu
from demo_lms.keys import SigningKeys, load_cookie_secret
from demo_lms.links import ensure_first_link
from demo_lms.people import Course, Institution
from demo_lms.platform import LmsPlatform
from demo_lms.quizzes import Quiz, load_quizzes
from demo_lms.registration import (
    Deployment,
    ToolRegistration,
    find_registration,
    list_registrations,
    put_registration,
)
from demo_lms.settings import CLIENT_ID, Settings
from demo_lms.tool_keys import ToolKeysets


@dataclass(frozen=True)
class LMS:
    """Everything a request may need; ``sent_forms`` has each person's last launch, for replays."""

    settings: Settings
    database: Database
    directory: Directory
    keys: SigningKeys
    secret: bytes = field(repr=False)
    tool_keysets: ToolKeysets = field(default_factory=ToolKeysets)
    controls: Controls = field(default_factory=Controls)
    sent_forms: dict[str, list[tuple[str, str]]] = field(default_factory=dict, repr=False)
    faults: FaultMenu = field(default_factory=FaultMenu)
    quizzes: dict[int, Quiz] = field(default_factory=load_quizzes)

    def platform(self, tool: ToolRegistration | None = None) -> LmsPlatform:
        """A fresh conversation with a tool; without one, what is received says which it is."""
        return LmsPlatform(self.settings, self.database, self.keys, self.tool_keysets, tool=tool)

    def tool(self, client_id: object) -> ToolRegistration | None:
        """The tool of that client id."""
        with self.database.reading() as connection:
            return find_registration(connection, client_id)

    def tools(self) -> list[ToolRegistration]:
        """All tools, oldest first."""
        with self.database.reading() as connection:
            return list_registrations(connection)

    def tools_at(self, institution: str) -> list[ToolRegistration]:
        """The tools that are deployed at an institution, oldest first."""
        return [tool for tool in self.tools() if tool.deployment_at(institution) is not None]

    def refresh(self) -> None:
        """Take over copied courses and changed enrolments; every new course gets its links."""
        with self.database.writing() as connection:
            _refresh(connection, self.directory)

    def put_tool(self, registration: ToolRegistration) -> ToolRegistration:
        """Add a tool, or replace what is known of it; where it is deployed, courses get a link."""
        with self.database.writing() as connection:
            stored = put_registration(connection, registration)
            _refresh(connection, self.directory)
            return stored

    def course(self, course_id: str) -> Course | None:
        """The course of that id."""
        return self.directory.courses.get(course_id)

    def quizzes_of(self, course: Course) -> list[Quiz]:
        """The quizzes of a course, in the file's order."""
        return [quiz for quiz in self.quizzes.values() if quiz.course == course.id]

    def institution_of(self, course: Course) -> Institution:
        """The institution that offers the course."""
        return self.directory.institution_of(course)


def open_lms(settings: Settings) -> LMS:
    """Open (and on the first run make) the LMS's database, keys and first links."""
    database = Database(settings.database)
    folder = settings.database.parent
    directory = load_directory(settings.people)
    with database.writing() as connection:
        put_registration(connection, first_tool(settings, directory))
        _refresh(connection, directory)
    return LMS(
        settings=settings,
        database=database,
        directory=directory,
        keys=SigningKeys(folder),
        secret=load_cookie_secret(folder),
    )


def first_tool(settings: Settings, directory: Directory) -> ToolRegistration:
    """The tool of the settings: one client, deployed as 1, 2, … at the institutions."""
    return ToolRegistration(
        issuer=settings.public_url,
        client_id=CLIENT_ID,
        name="Quoin",
        login_url=settings.tool_login_url,
        launch_url=settings.tool_launch_url,
        jwks_url=settings.tool_keyset_url,
        redirect_uris=(settings.tool_launch_url,),
        deployments=tuple(
            Deployment(id=str(number), institution=key)
            for number, key in enumerate(directory.institutions, start=1)
        ),
        flavour=settings.flavour,
    )


def _refresh(connection: sqlite3.Connection, directory: Directory) -> None:
    directory.apply(list_copies(connection), list_enrolments(connection))
    for tool in list_registrations(connection):
        for course in directory.courses.values():
            # A copied course has got copies of all links, the first ones among them.
            if not course.history and tool.deployment_at(course.institution) is not None:
                ensure_first_link(connection, course, tool)


def current_lms() -> LMS:
    """The LMS of the application that answers this request."""
    return cast("LMS", current_app.extensions["lms"])
