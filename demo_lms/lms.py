"""The running LMS as one object, found from any request."""

from dataclasses import dataclass, field
from typing import cast

from flask import current_app

from demo_lms.database import Database
from demo_lms.faults import FaultMenu
from demo_lms.keys import load_cookie_secret, load_signing_key
from demo_lms.links import ensure_first_link
from demo_lms.people import Course, Institution, load_institution
from demo_lms.platform import LmsPlatform
from demo_lms.registration import ToolRegistration
from demo_lms.settings import Settings


@dataclass(frozen=True)
class LMS:
    """Everything a request may need."""

    settings: Settings
    database: Database
    institution: Institution
    registration: ToolRegistration
    secret: bytes = field(repr=False)
    faults: FaultMenu = field(default_factory=FaultMenu)

    def platform(self) -> LmsPlatform:
        """A fresh conversation with the tool."""
        return LmsPlatform(self.settings, self.database, self.registration)

    def course(self, course_id: str) -> Course | None:
        """The course of that id."""
        return self.institution.courses.get(course_id)


def open_lms(settings: Settings) -> LMS:
    """Open (and on the first run make) the LMS's database, keys and first links."""
    database = Database(settings.database)
    folder = settings.database.parent
    institution = load_institution(settings.people)
    with database.writing() as connection:
        for course in institution.courses.values():
            ensure_first_link(connection, course)
    return LMS(
        settings=settings,
        database=database,
        institution=institution,
        registration=ToolRegistration(settings, load_signing_key(folder)),
        secret=load_cookie_secret(folder),
    )


def current_lms() -> LMS:
    """The LMS of the application that answers this request."""
    return cast("LMS", current_app.extensions["lms"])
