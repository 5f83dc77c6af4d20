"""Fixtures of the plugin's tests. They are collected only in the process that has its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.django_block.plugin.events import BLOCK, COURSE
from tests.django_block.plugin.local_tool import KEYS, LocalTool

RULES = [
    {"when": "course_passed", "competency": "sql"},
    {"when": "course_grade", "at_least": 0.8, "competency": "sql-advanced"},
    {"when": "certificate", "modes": ["verified"], "competency": "sql-certified"},
    {"when": "block_completed", "block": BLOCK, "competency": "joins"},
]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave these tests to the process that was started with this folder's settings."""
    is_ours = config.inipath == Path(__file__).resolve().with_name("pytest.ini")
    return None if is_ours else True


@pytest.fixture(autouse=True)
def clean_cache() -> Iterator[None]:
    """Pauses, failures and rules of one test are none of the next."""
    from django.core.cache import cache
    from xmodule.modulestore.django import OTHER_COURSE_SETTINGS

    cache.clear()
    OTHER_COURSE_SETTINGS.clear()
    OTHER_COURSE_SETTINGS[COURSE] = {"quoin": RULES}
    yield
    cache.clear()


@pytest.fixture
def tool() -> Iterator[LocalTool]:
    """The tool, listening."""
    tool = LocalTool()
    tool.start()
    yield tool
    tool.stop()


@pytest.fixture
def configure(settings: Any, tool: LocalTool) -> Callable[..., None]:
    """Set QUOIN_XBLOCK as an operator does; what is named replaces the usual."""

    def configure(**changed: Any) -> None:
        keys = [{"KEY_ID": key_id, "SECRET": secret} for key_id, secret in KEYS.items()]
        usual = {"TOOL_URL": tool.url, "KEYS": keys, "GATHER_SECONDS": 0}
        settings.QUOIN_XBLOCK = {**usual, **changed}

    configure()
    return configure


@pytest.fixture
def user(db: None, configure: Callable[..., None]) -> Any:
    """A learner of the LMS, which gives LTI ids."""
    from django.contrib.auth import get_user_model
    from openedx.core.djangoapps.external_user_ids.models import ExternalIdType

    ExternalIdType.objects.get_or_create(name="lti")
    return get_user_model().objects.create(username="amara")


@pytest.fixture
def lms(user: Any, transactional_db: None) -> Any:
    """The same learner, in tests whose transactions really are committed."""
    return user
