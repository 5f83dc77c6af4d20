"""The parts of the running tool that the API needs; ``app.py`` puts them there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from flask import current_app

from lti_tool.config import Config
from lti_tool.persistence.base import Database


class Parts(Protocol):
    """Settings, database and clock."""

    @property
    def config(self) -> Config:
        """Return the settings."""

    @property
    def database(self) -> Database:
        """Return the database."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """Return what tells the time, aware and in UTC."""


def current_parts() -> Parts:
    """Return the parts of the running application."""
    parts: Parts = current_app.extensions["quoin"]
    return parts
