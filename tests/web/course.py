"""What the tests about many learners share: people of a course, and what is recorded of them."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import func, select

from lti_tool.lti.registrations import registration_of
from lti_tool.persistence.attested import list_course_learners
from lti_tool.persistence.base import Base, Database
from lti_tool.persistence.courses import get_context_registration, get_institution_id
from lti_tool.persistence.learners import ensure_learners
from lti_tool.persistence.rosters import Place, note_names, note_places
from tests.web.world import World

BOTH = pytest.mark.parametrize(
    "engine", ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql])]
)
"""Marks a test of a ``world`` that runs on each database; the others are about pages alone."""


def of_test(request: pytest.FixtureRequest) -> Database:
    """Return the migrated, empty database that the test asks for, SQLite if it does not."""
    callspec = getattr(request.node, "callspec", None)
    engine = callspec.params.get("engine", "sqlite") if callspec else "sqlite"
    found: Database = request.getfixturevalue(f"{engine}_database")
    return found


def enrol(world: World, names: dict[str, str]) -> dict[str, UUID]:
    """Put people (user id to name) into the first course, as its platform would."""
    context_id = world.context_of("harbour")
    with world.database.writing() as session:
        registration = registration_of(get_context_registration(session, context_id))
        institution_id = get_institution_id(session, context_id)
        ids = ensure_learners(
            session, institution_id, registration.authority, list(names), world.now
        )
        note_names(session, {ids[subject]: name for subject, name in names.items()})
        places = [Place(ids[subject], is_instructor=False, is_active=True) for subject in names]
        note_places(session, context_id, places, world.now)
        found = list_course_learners(session, context_id, registration.authority)
    return {one.user_id: one.uuid for one in found if one.user_id in names}


def count(world: World, table: type[Base]) -> int:
    """Return how many rows a table has."""
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
