"""A course whose platform is on loopback, for the tests of scores."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lti_tool.persistence.base import Database
from tests.services.score_course import Course, open_course


@pytest.fixture
def course(database: Database) -> Iterator[Course]:
    """A learner in a course, on each engine in turn."""
    with open_course(database) as found:
        yield found
