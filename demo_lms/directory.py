"""Everybody and every course of all institutions that share this LMS."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from demo_lms.people import Course, Institution, Person, load_institution


class Directory:
    """Look-ups over several institutions; usernames and course ids are unique in all of them."""

    def __init__(self, institutions: Iterable[Institution]) -> None:
        self.institutions: dict[str, Institution] = {}
        self.people: dict[str, Person] = {}
        self.courses: dict[str, Course] = {}
        for institution in institutions:
            _merge(self.institutions, {institution.key: institution})
            _merge(self.people, institution.people)
            _merge(self.courses, institution.courses)
        self._by_sub = {person.sub: person for person in self.people.values()}

    def person_of(self, sub: object) -> Person | None:
        """The person a tool means by ``sub``, if there is one."""
        return self._by_sub.get(sub) if isinstance(sub, str) else None

    def institution_of(self, course: Course) -> Institution:
        """The institution that offers the course."""
        return self.institutions[course.institution]

    def courses_of(self, person: Person) -> list[Course]:
        """The courses this person may open, in the files' order."""
        return [course for course in self.courses.values() if course.has_member(person)]

    def members_of(self, course: Course) -> list[Person]:
        """Teachers first, then learners, each in the file's order."""
        return [self.people[username] for username in course.usernames]

    def learners_of(self, course: Course) -> list[Person]:
        """Those whose work is graded in the course."""
        return [self.people[username] for username in course.learners]


def load_directory(paths: Sequence[Path]) -> Directory:
    """Read one file per institution; ValueError when two of them use the same name or id."""
    return Directory([load_institution(path) for path in paths])


def _merge(known: dict[str, Any], more: dict[str, Any]) -> None:
    twice = known.keys() & more.keys()
    if twice:
        raise ValueError(f"Two institutions use the same id: {', '.join(sorted(twice))}")
    known.update(more)
