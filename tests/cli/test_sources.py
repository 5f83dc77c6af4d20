"""quoin source: the token out of a file or the environment, and never on the screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lti_tool.cli import main
from lti_tool.persistence.base import Database
from tests.evidence_sources.flowing import SEARCHING, Flow, open_flow


@pytest.fixture
def flow(sqlite_database: Database) -> Iterator[Flow]:
    """Both run."""
    with open_flow(sqlite_database) as found:
        yield found


def _run(flow: Flow, *words: str, code: int = 0, **environ: str) -> Result:
    config = flow.parts.config
    settings = {
        "QUOIN_DATABASE_URL": config.database_url,
        "QUOIN_PUBLIC_URL": config.public_url,
        "QUOIN_SECRET_KEY": config.secret_key.decode(),
        **environ,
    }
    done = CliRunner().invoke(main, ["source", *words], env=settings)
    assert done.exit_code == code, done.output
    return done


def test_from_adding_to_removing(flow: Flow, tmp_path: Path) -> None:
    token = flow.lms.service_token()
    (tmp_path / "token").write_text(token + "\n")
    _run(flow, "remove", str(flow.source))
    words = ("add", "harbour", "--url", flow.lms.url, "--name", "Practice")
    refused = _run(flow, *words, code=1, QUOIN_SOURCE_TOKEN="")
    assert "--token-file" in refused.output
    made = _run(flow, *words, "--token-file", str(tmp_path / "token")).stdout.split()[0]
    assert "ok    The token: Moodle 4.5.6" in _run(flow, "check", made).output
    (row,) = json.loads(_run(flow, "list", "--json").output)
    assert (row["id"], row["institution"], row["enabled"]) == (made, "harbour", True)
    _run(flow, "token", made, QUOIN_SOURCE_TOKEN="nonsense")
    bad = _run(flow, "check", made, code=1)
    assert "FAIL  The token: The source does not accept the token any more." in bad.output
    for said in (_run(flow, "list"), bad):
        assert token not in said.output
        assert "nonsense" not in said.output
    assert "source-token" in _run(flow, "list").output
    _run(flow, "remove", made)
    assert "0 sources" in _run(flow, "list").output


def test_reading_on_demand(flow: Flow) -> None:
    flow.map("grade:2101", "searching")
    flow.put(SEARCHING, 9)
    assert "1 courses read, 0 problems" in _run(flow, "read", str(flow.source)).output
    assert [row[0] for row in flow.completions()] == ["searching"]
    flow.lms.revoke_tokens()
    bad = _run(flow, "read", str(flow.source), code=1)
    assert "does not accept the token" in bad.output


def test_the_address_must_be_secure_and_the_installation_known(flow: Flow) -> None:
    words = ("add", "harbour", "--name", "X", "--url")
    for url in ("http://moodle.example", "ftp://x", "https://x/?a=1"):
        _run(flow, *words, url, code=1, QUOIN_SOURCE_TOKEN="t")
    _run(
        flow, *words, flow.lms.url, "--deployment", str(flow.source), code=1, QUOIN_SOURCE_TOKEN="t"
    )
