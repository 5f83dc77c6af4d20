"""A terminal with the settings of a test: each command runs as an operator types it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lti_tool.cli import main
from lti_tool.persistence.base import Database

Quoin = Callable[..., Result]


@pytest.fixture
def quoin(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Quoin:
    """Type a command against a migrated, empty database; ``code`` is the expected exit code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(
        "QUOIN_DATABASE_URL", sqlite_database.engine.url.render_as_string(hide_password=False)
    )

    def run(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, words)
        assert result.exit_code == code, result.output
        return result

    return run
