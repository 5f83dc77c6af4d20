"""Use case: ask the sources of a course what they can tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from lti_tool.errors import SourceError
from lti_tool.gathering.course import SourceCourse, load_course
from lti_tool.gathering.opening import SourceDoor
from lti_tool.persistence.base import Database
from lti_tool.persistence.evidence_sources import list_sources_for
from lti_tool.sources.evidence import Item


@dataclass(frozen=True, slots=True)
class Offers:
    """What one source has in a course; ``problem`` is the code of why that is not known."""

    source_uuid: UUID
    source_name: str
    items: Sequence[Item]
    problem: str = ""


def list_offers(database: Database, door: SourceDoor, *, context_id: int) -> Sequence[Offers]:
    """Return what each source of the course offers now, asked over the network."""
    found: list[Offers] = []
    courses: list[SourceCourse] = []
    with database.reading() as session:
        for source in list_sources_for(session, context_id):
            try:
                courses.append(load_course(session, source, context_id))
            except SourceError as error:
                found.append(Offers(source.uuid, source.name, [], error.code))
    for course in courses:
        try:
            items = course.open(door).offers(course.key, course.somebody)
        except SourceError as error:
            found.append(Offers(course.source_uuid, course.source_name, [], error.code))
        else:
            found.append(Offers(course.source_uuid, course.source_name, items))
    return found
