"""quoin credentials verify: a line per reason, JSON, and an exit code for each kind of outcome."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lti_tool.cli import main
from lti_tool.cli.credential_checks import EXIT_CODES
from lti_tool.credentials.recognition.outcomes import Outcome
from lti_tool.outside_documents import OutsideDocuments
from tests.credentials.outside import HOST, Issuer, Web, raw


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    """The documents of others, where the command asks for them."""
    web = Web()
    monkeypatch.setattr(OutsideDocuments, "fetch", lambda _self, url: web.fetch(url))
    return web


def test_the_exit_code_tells_the_kind_of_outcome(web: Web, tmp_path: Path) -> None:
    uni = Issuer(web)
    signed, run = uni.sign(uni.credential()), CliRunner().invoke
    file = tmp_path / "badge.pdf"
    for content, options, code, words in (
        (raw(signed), ["--trust", HOST], 0, "valid (trusted-issuer)"),
        (raw(signed), [], 3, "unknown issuer (unknown-issuer)"),
        (raw({**signed, "name": "Another"}), ["--trust", HOST], 1, "invalid (signature-wrong)"),
        (raw(uni.with_status()), [], 4, "cannot be checked (status-unreachable)"),
        (b"PK", [], 4, "not supported (zip-or-pdf)"),
    ):
        file.write_bytes(content)
        done = run(main, ["credentials", "verify", str(file), *options])
        assert (done.exit_code, done.output.splitlines()[0]) == (code, words)


def test_json_is_one_object(web: Web, tmp_path: Path) -> None:
    uni = Issuer(web)
    file = tmp_path / "transcript.json"
    file.write_bytes(raw(uni.transcript([uni.member(1)])))
    done = CliRunner().invoke(main, ["credentials", "verify", str(file), "--json"])
    found = json.loads(done.output)
    assert done.exit_code == EXIT_CODES[Outcome.UNKNOWN_ISSUER]
    assert found["members"][0]["told"]["achievement"].endswith("/achievements/1")


def test_without_a_file_the_use_is_wrong() -> None:
    assert CliRunner().invoke(main, ["credentials", "verify"]).exit_code == 2
