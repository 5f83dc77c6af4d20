"""The people and courses of one institution, read from one YAML file."""

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
    institution: str

    @property
    def sub(self) -> str:
        """The stable, opaque id that tools get to see."""
        return str(uuid.uuid5(SUBJECT_NAMESPACE, self.username))


@dataclass(frozen=True)
class Course:
    """One course with the usernames of those in it.

    ``id`` is its address inside this LMS; ``context_id`` is what tools are told, unique inside its
    institution only.
    """

    id: str
    title: str
    teachers: tuple[str, ...]
    learners: tuple[str, ...]
    institution: str
    context_id: str

    @property
    def usernames(self) -> tuple[str, ...]:
        """Everybody in the course, teachers first."""
        return self.teachers + self.learners

    def has_member(self, person: Person) -> bool:
        """Whether this person may open the course: its members, and its registrar."""
        return self._administered_by(person) or person.username in self.usernames

    def sees_everyone(self, person: Person) -> bool:
        """Whether this person sees all grades of the course."""
        return self._administered_by(person) or person.username in self.teachers

    def _administered_by(self, person: Person) -> bool:
        return person.role == "registrar" and person.institution == self.institution


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
    people = [Person(**entry, institution=key) for entry in data["people"]]
    courses = [
        Course(
            id=entry["id"],
            title=entry["title"],
            teachers=tuple(entry["teachers"]),
            learners=tuple(entry["learners"]),
            institution=key,
            context_id=entry.get("context_id", entry["id"]),
        )
        for entry in data["courses"]
    ]
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
