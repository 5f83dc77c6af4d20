"""quoin config check and quoin doctor: each thing that is wrong is named, no secret is shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from demo_lms.testing import RunningLMS
from lti_tool.checked_machine import check_clocks, check_disk
from lti_tool.checked_settings import check_settings
from lti_tool.cli import main
from lti_tool.config import SETTINGS
from lti_tool.lti.platform_checks import Finding, Verdict
from lti_tool.persistence import schema
from lti_tool.persistence.base import Database
from lti_tool.services.add_signing_key import add_signing_key
from lti_tool.services.read_clock import read_clock
from tests.cli.conftest import Quoin
from tests.cli.test_platforms import MOODLE

PASSWORD = "hunter2-and-more"
WRONG = {
    "QUOIN_DATABASE_URL": f"mysql://quoin:{PASSWORD}@db/quoin",
    "QUOIN_DATABASE_URL_FILE": "/nowhere/database",
    "QUOIN_PUBLIC_URL": "http://quoin.example.edu",
    "QUOIN_SECRET_KEY": PASSWORD,
    "QUOIN_SECRET_KEY_FILE": "/nowhere/secret",
    "QUOIN_PRIVATE_HOSTS": "lms.internal",
    "QUOIN_SMTP_URL": f"mail.example.edu/{PASSWORD}",
    "QUOIN_SMTP_URL_FILE": "/nowhere/smtp",
    "QUOIN_METRICS_TOKEN": PASSWORD[:9],
    "QUOIN_METRICS_TOKEN_FILE": "/nowhere/token",
    "QUOIN_ACCESSIBILITY_CONTACT": "our desk",
    "QUOIN_SENTRY_DSN": f"{PASSWORD}@sentry",
    "QUOIN_SENTRY_DSN_FILE": "/nowhere/dsn",
    "QUOIN_OTLP_ENDPOINT": "collector:4318",
    "QUOIN_TRUSTED_PROXIES": "all",
    "QUOIN_POLL_SECONDS": "soon",
}


def of(findings: tuple[Finding, ...], name: str) -> Finding:
    (found,) = [finding for finding in findings if finding.topic == name]
    return found


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_named_with_what_to_do_and_not_shown(name: str) -> None:
    found = of(check_settings({name: WRONG[name]}), name)
    assert found.verdict is Verdict.FAILURE
    assert name.removesuffix("_FILE") in found.found
    assert found.advice
    assert PASSWORD not in f"{found.found} {found.advice}"


def test_all_wrong_values_are_named_at_once() -> None:
    wrong = {f.topic for f in check_settings(WRONG) if f.verdict is Verdict.FAILURE}
    assert wrong == set(WRONG)


def test_an_address_without_sense_is_no_crash() -> None:
    found = of(check_settings({"QUOIN_DATABASE_URL": "quoin"}), "QUOIN_DATABASE_URL")
    assert "is no address" in found.found


def test_without_any_setting_a_trial_on_this_machine_is_well(tmp_path: Path) -> None:
    findings = check_settings({})
    assert {finding.topic for finding in findings} == set(SETTINGS)
    assert {finding.verdict for finding in findings} == {Verdict.OK}
    assert not list(tmp_path.iterdir())


def test_a_public_address_needs_a_secret() -> None:
    public = {"QUOIN_PUBLIC_URL": "https://quoin.example.edu"}
    found = of(check_settings(public), "QUOIN_SECRET_KEY")
    assert found.verdict is Verdict.FAILURE
    assert "QUOIN_SECRET_KEY_FILE" in found.advice
    with_file = {**public, "QUOIN_SECRET_KEY_FILE": "/run/secrets/key"}
    assert of(check_settings(with_file), "QUOIN_SECRET_KEY").verdict is Verdict.OK


def test_a_typing_error_is_noticed_and_the_neighbours_variables_are_not() -> None:
    values = {"QUOIN_PUBLC_URL": "https://quoin.example.edu", "QUOIN_TEST_DATA": "x"}
    unknown = [f for f in check_settings(values) if f.topic not in SETTINGS]
    assert [f.topic for f in unknown] == ["QUOIN_PUBLC_URL"]
    assert "QUOIN_PUBLIC_URL" in unknown[0].advice


def test_files_of_secrets_that_others_read_and_values_set_twice(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("s" * 40)
    file.chmod(0o644)
    values = {"QUOIN_SECRET_KEY_FILE": str(file), "QUOIN_SECRET_KEY": "s" * 40}
    findings = check_settings(values)
    assert "chmod 600" in of(findings, "QUOIN_SECRET_KEY_FILE").advice
    assert "counts" in of(findings, "QUOIN_SECRET_KEY").found
    file.chmod(0o600)
    found = of(check_settings({"QUOIN_SECRET_KEY_FILE": str(file)}), "QUOIN_SECRET_KEY_FILE")
    assert found.verdict is Verdict.OK


def test_the_command_shows_no_secret_and_ends_with_its_code(
    quoin: Quoin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "QUOIN_SMTP_URL", f"smtps://u:{PASSWORD}@mail.example.edu?from=q@example.edu"
    )
    monkeypatch.setenv("QUOIN_SECRET_KEY", PASSWORD * 3)
    monkeypatch.setenv("QUOIN_DATABASE_URL", f"postgresql+psycopg://quoin:{PASSWORD}@db/quoin")
    said = quoin("config", "check").output
    assert "QUOIN_SMTP_URL: Set; not shown." in said
    assert "postgresql+psycopg://quoin:***@db/quoin" in said
    assert PASSWORD not in said
    monkeypatch.setenv("QUOIN_POLL_SECONDS", "0")
    answer = json.loads(quoin("config", "check", "--json", code=1).output)
    assert [one["topic"] for one in answer if one["verdict"] == "failure"] == ["QUOIN_POLL_SECONDS"]


def test_the_database_may_be_named_in_a_file(
    quoin: Quoin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_database: Database
) -> None:
    file = tmp_path / "database"
    file.write_text(f"{sqlite_database.engine.url}\n")
    file.chmod(0o600)
    monkeypatch.delenv("QUOIN_DATABASE_URL")
    monkeypatch.setenv("QUOIN_DATABASE_URL_FILE", str(file))
    assert "The database is at" in quoin("db", "check").output


def test_the_settings_are_listed_with_their_meaning(quoin: Quoin) -> None:
    rows = json.loads(quoin("config", "list", "--json").output)
    assert [row["name"] for row in rows] == list(SETTINGS)
    assert all(name in quoin("config", "list").output for name in SETTINGS)


def verdicts(quoin: Quoin, *words: str, code: int = 0) -> dict[str, str]:
    said = quoin("doctor", "--json", *words, code=code).output
    return {one["topic"]: one["verdict"] for one in json.loads(said)}


def test_the_doctor_of_a_new_installation_misses_the_worker_alone(quoin: Quoin) -> None:
    found = verdicts(quoin, code=1)
    assert [topic for topic, verdict in found.items() if verdict == "failure"] == ["worker"]
    assert {"disk", "clock", "secret key", "database", "mail", "backup"} <= set(found)


def test_the_doctor_stops_at_settings_that_are_wrong(
    quoin: Quoin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOIN_POLL_SECONDS", "never")
    found = verdicts(quoin, code=1)
    assert found["QUOIN_POLL_SECONDS"] == "failure"
    assert "database" not in found


def test_the_doctor_names_an_empty_database_and_one_that_is_away(
    quoin: Quoin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOIN_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert "quoin db upgrade" in quoin("doctor", code=1).output
    away = f"postgresql+psycopg://quoin:{PASSWORD}@127.0.0.1:1/quoin"
    monkeypatch.setenv("QUOIN_DATABASE_URL", away)
    said = quoin("doctor", code=1).output
    assert "The database does not answer (OperationalError)." in said
    assert PASSWORD not in said


def test_the_doctor_sees_a_secret_that_opens_nothing(
    quoin: Quoin, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOIN_SECRET_KEY", "a" * 40)
    quoin("keys", "list")
    add_signing_key(sqlite_database, b"a" * 40, actor="test", now=datetime.now(UTC))
    assert verdicts(quoin, code=1)["secret key"] == "ok"
    monkeypatch.setenv("QUOIN_SECRET_KEY", "b" * 40)
    assert verdicts(quoin, code=1)["secret key"] == "failure"


def test_the_doctor_calls_every_lms_unless_it_is_told_not_to(
    quoin: Quoin, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RunningLMS() as lms:
        monkeypatch.setenv("QUOIN_PUBLIC_URL", "http://127.0.0.1:1")
        words = list(MOODLE)
        for name, path in (("--jwks-url", "/jwks"), ("--auth-token-url", "/token")):
            words[words.index(name) + 1] = lms.url + path
        words[words.index("--issuer") + 1] = lms.url
        words[words.index("--auth-login-url") + 1] = lms.url + "/auth"
        quoin("platform", "add", *words, "--allow-loopback")
        called = verdicts(quoin, code=1)
        assert [topic for topic in called if topic.endswith(", keyset")]
        assert not [t for t in verdicts(quoin, "--offline", code=1) if t.endswith(", keyset")]


def test_the_database_says_what_time_it_is(database: Database) -> None:
    assert check_clocks(read_clock(database), datetime.now(UTC)).verdict is Verdict.OK


def test_clocks_apart_and_little_room_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    assert check_clocks(now - timedelta(seconds=9), now).verdict is Verdict.FAILURE
    assert check_disk(tmp_path).found
    monkeypatch.setattr("lti_tool.checked_machine.LITTLE", 10**18)
    assert check_disk(tmp_path).verdict is Verdict.WARNING
    monkeypatch.setattr("lti_tool.checked_machine.TOO_LITTLE", 10**18)
    assert check_disk(tmp_path).verdict is Verdict.FAILURE


def test_the_commands_are_there() -> None:
    assert "doctor" in CliRunner().invoke(main, ["--help"]).output


def test_an_institution_is_opened_once(quoin: Quoin) -> None:
    for _ in range(2):
        quoin("institution", "open", "harbour", "--name", "Harbour University")
    (row,) = json.loads(quoin("institution", "list", "--json").output)
    assert (row["key"], row["name"]) == ("harbour", "Harbour University")
    for key in ("Harbour", "a/b", "", "-a"):
        quoin("institution", "open", "--name", "X", "--", key, code=2)


def test_a_database_goes_back_and_forth_when_somebody_says_so(quoin: Quoin) -> None:
    newest = schema.head()
    before = schema.revisions()[-2]
    assert schema.revisions()[-1] == newest
    assert "Is there a backup?" in quoin("db", "downgrade", before, code=1).output
    assert str(newest) in quoin("db", "check").output
    assert "There is no revision" in quoin("db", "downgrade", "0999", "--yes", code=1).output
    assert before in quoin("db", "downgrade", before, "--yes").output
    quoin("db", "check", code=1)
    quoin("db", "upgrade")
    quoin("db", "check")
