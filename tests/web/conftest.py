"""Fixtures of the pages' tests: a world of two courses, and the application over it."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from lti_tool.persistence.base import Database
from tests.web.world import World


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> World:
    """Two courses of two institutions with open sessions."""
    return World(sqlite_database, now)


@pytest.fixture
def app(world: World) -> Flask:
    """The application of the world."""
    return world.app
