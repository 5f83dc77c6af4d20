"""Everybody and every course of all institutions that share this LMS."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from demo_lms.course_changes import CourseCopy, Enrolment
from demo_lms.people import Course, Institution, Person, load_institution, student_view_of


class Directory:
    """Look-ups over several institutions; usernames and course ids are unique in all of them."""

    def __init__(self, institutions: Iterable[Institution]) -> None:
        self.institutions: dict[str, Institution] = {}
        self._people: dict[str, Person] = {}
        self._courses: dict[str, Course] = {}
        for institution in institutions:
            _merge(self.institutions, {institution.key: institution})
            _merge(self._people, institution.people)
            _merge(self._courses, institution.courses)
        self.apply((), ())

    def apply(self, copies: Iterable[CourseCopy], enrolments: Iterable[Enrolment]) -> None:
        """Take over what has changed since the files: copied courses, who came and who went."""
        courses = dict(self._courses)
        for copy in copies:
            if copy.origin in courses:
                courses[copy.id] = _copied(courses[copy.origin], copy)
        for entry in enrolments:
            if entry.course in courses:
                courses[entry.course] = _enrolled(courses[entry.course], entry)
        visitors = [student_view_of(course) for course in courses.values()]
        # People first: another thread may be reading, and a course names people.
        self.people = self._people | {person.username: person for person in visitors}
        self._by_sub = {person.sub: person for person in self.people.values()}
        self.courses = courses

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
        """Teachers first, learners last, each in the file's order."""
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


def _copied(origin: Course, copy: CourseCopy) -> Course:
    history = (origin.context_id, *origin.history)
    return replace(
        origin, id=copy.id, title=copy.title, context_id=copy.context_id, history=history
    )


def _enrolled(course: Course, entry: Enrolment) -> Course:
    others = tuple(username for username in course.learners if username != entry.username)
    learners = (*others, entry.username) if entry.status == "Active" else others
    return replace(course, learners=learners)
