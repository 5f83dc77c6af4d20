"""The people and courses of the practice LMS, read from one YAML file."""

import uuid
from dataclasses import dataclass
from pathlib import Path

import yaml

SUBJECT_NAMESPACE = uuid.UUID("6f0d4a0e-3c0c-5a1b-9a52-2d8f4c1f7a10")


@dataclass(frozen=True)
class Person:
    """Someone with an account; ``role`` is teacher, registrar or learner."""

    username: str
    name: str
    given: str
    family: str
    email: str
    role: str

    @property
    def sub(self) -> str:
        """The stable, opaque id that tools get to see."""
        return str(uuid.uuid5(SUBJECT_NAMESPACE, self.username))


@dataclass(frozen=True)
class Course:
    """One course with the usernames of those in it."""

    id: str
    title: str
    teachers: tuple[str, ...]
    learners: tuple[str, ...]

    def has_member(self, person: Person) -> bool:
        """Whether this person may open the course: its members, and the registrar everywhere."""
        return person.role == "registrar" or person.username in self.teachers + self.learners

    def sees_everyone(self, person: Person) -> bool:
        """Whether this person sees all grades of the course."""
        return person.role == "registrar" or person.username in self.teachers


class Institution:
    """Everybody and every course, by name."""

    def __init__(self, name: str, people: list[Person], courses: list[Course]) -> None:
        self.name = name
        self.people = {person.username: person for person in people}
        self.courses = {course.id: course for course in courses}
        self._by_sub = {person.sub: person for person in people}

    def person_of(self, sub: object) -> Person | None:
        """The person a tool means by ``sub``, if there is one."""
        return self._by_sub.get(sub) if isinstance(sub, str) else None

    def courses_of(self, person: Person) -> list[Course]:
        """The courses this person may open, in the file's order."""
        return [course for course in self.courses.values() if course.has_member(person)]

    def members_of(self, course: Course) -> list[Person]:
        """Teachers first, then learners, each in the file's order."""
        return [self.people[username] for username in course.teachers + course.learners]

    def learners_of(self, course: Course) -> list[Person]:
        """Those whose work is graded in the course."""
        return [self.people[username] for username in course.learners]


def load_institution(path: Path) -> Institution:
    """Read the YAML file at ``path``; a course naming an unknown person is a KeyError at once."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    people = [Person(**entry) for entry in data["people"]]
    courses = [
        Course(
            id=entry["id"],
            title=entry["title"],
            teachers=tuple(entry["teachers"]),
            learners=tuple(entry["learners"]),
        )
        for entry in data["courses"]
    ]
    institution = Institution(data["institution"]["name"], people, courses)
    for course in courses:
        institution.members_of(course)
    return institution
