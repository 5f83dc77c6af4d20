"""The people and courses of one institution, read from one YAML file."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SUBJECT_NAMESPACE = uuid.UUID("6f0d4a0e-3c0c-5a1b-9a52-2d8f4c1f7a10")
ALL_COURSES = ("registrar", "administrator")
TEST_STUDENT = "test-student"


@dataclass(frozen=True)
class Person:
    """Someone with an account; ``role`` says on which list the person stands at the sign-in.

    Names and e-mail may be missing; ``institution_roles`` are more short words of the LIS
    vocabulary of institution roles; an empty ``locale`` means the LMS's.
    """

    username: str
    role: str
    institution: str
    name: str = ""
    given: str = ""
    family: str = ""
    email: str = ""
    locale: str = ""
    institution_roles: tuple[str, ...] = ()

    @property
    def sub(self) -> str:
        """The stable, opaque id that tools get to see."""
        return str(uuid.uuid5(SUBJECT_NAMESPACE, self.username))

    @property
    def label(self) -> str:
        """What our own pages call the person."""
        return self.name or self.username


@dataclass(frozen=True)
class Course:
    """One course with the usernames of those in it.

    ``id`` is its address inside this LMS; ``context_id`` is what tools are told, unique inside its
    institution only. ``mentors`` says whom each mentor sees, which may be nobody. ``history`` has
    the context ids of the courses it was copied from, nearest first.
    """

    id: str
    title: str
    institution: str
    context_id: str
    teachers: tuple[str, ...] = ()
    assistants: tuple[str, ...] = ()
    designers: tuple[str, ...] = ()
    mentors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    learners: tuple[str, ...] = ()
    history: tuple[str, ...] = ()

    @property
    def usernames(self) -> tuple[str, ...]:
        """Everybody in the course once, teachers first."""
        groups = (self.teachers, self.assistants, self.designers, self.mentors, self.learners)
        return tuple(dict.fromkeys(username for group in groups for username in group))

    @property
    def test_student(self) -> str:
        """The username of the course's test student, who is on no list."""
        return f"{TEST_STUDENT}:{self.id}"

    def has_member(self, person: Person) -> bool:
        """Whether this person may open the course."""
        members = (*self.usernames, self.test_student)
        return self._administered_by(person) or person.username in members

    def sees_everyone(self, person: Person) -> bool:
        """Whether this person sees all grades of the course."""
        graders = self.teachers + self.assistants
        return self._administered_by(person) or person.username in graders

    def is_graded_by(self, person: Person) -> bool:
        """Whether this person may change grades."""
        return person.username in self.teachers + self.assistants

    def _administered_by(self, person: Person) -> bool:
        return person.role in ALL_COURSES and person.institution == self.institution


@dataclass(frozen=True)
class Institution:
    """One tenant of the LMS; ``guid`` is its name in the claim tool_platform."""

    key: str
    name: str
    guid: str
    people: dict[str, Person]
    courses: dict[str, Course]


def load_institution(path: Path) -> Institution:
    """Read the YAML file at ``path``; a course naming an unknown person is a KeyError at once."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    key = data["institution"]["key"]
    people = [_person(entry, key) for entry in data["people"]]
    courses = [_course(entry, key) for entry in data["courses"]]
    institution = Institution(
        key=key,
        name=data["institution"]["name"],
        guid=f"{key}-practice-lms",
        people={person.username: person for person in people},
        courses={course.id: course for course in courses},
    )
    for course in courses:
        for username in course.usernames:
            institution.people[username]  # the KeyError is the check
    return institution


def _person(entry: dict[str, Any], institution: str) -> Person:
    more = tuple(entry.get("institution_roles", ()))
    return Person(**{**entry, "institution": institution, "institution_roles": more})


def _course(entry: dict[str, Any], institution: str) -> Course:
    lists = ("teachers", "assistants", "designers", "learners")
    return Course(
        id=entry["id"],
        title=entry["title"],
        institution=institution,
        context_id=entry.get("context_id", entry["id"]),
        mentors={name: tuple(seen) for name, seen in entry.get("mentors", {}).items()},
        **{name: tuple(entry.get(name, ())) for name in lists},
    )


def student_view_of(course: Course) -> Person:
    """The person as whom a teacher sees the course in the student view."""
    return Person(
        username=course.test_student,
        role=TEST_STUDENT,
        institution=course.institution,
        name="Test Student",
        given="Test",
        family="Student",
    )
