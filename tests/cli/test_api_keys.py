"""quoin api-key: a rotation as an operator types it; and the switch of shared people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Quoin

ISSUER = "https://learn.example.edu"
ADD = ("api-key", "add", "--institution", "main", "--issuer", ISSUER)


def _platform(quoin: Quoin, client_id: str, *more: str, issuer: str = ISSUER) -> str:
    addresses = (f"--auth-login-url={issuer}/a", f"--auth-token-url={issuer}/t")
    who = (f"--issuer={issuer}", f"--client-id={client_id}", f"--jwks-url={issuer}/{client_id}")
    added = quoin("platform", "add", *who, *addresses, *more)
    return str(json.loads(added.output)["id"])


def test_a_rotation_from_the_terminal(quoin: Quoin) -> None:
    _platform(quoin, "block", "--family", "openedx")
    old = json.loads(quoin(*ADD, "--json").output)
    assert len(old["secret"]) >= 43
    lines = quoin(*ADD, "--name", "New").output.splitlines()
    new, secret = lines[0].removeprefix("id: "), lines[1].removeprefix("secret: ")
    assert "Two keys are good" in quoin(*ADD, code=1).output
    assert old["id"] in quoin(*ADD, code=1).output
    assert f"{old['id']} is retired." in quoin("api-key", "retire", old["id"]).output
    assert "retired already" in quoin("api-key", "retire", old["id"], code=1).output
    listed = json.loads(quoin("api-key", "list", "--json").output)
    assert [(row["id"], row["name"], row["issuers"]) for row in listed] == [
        (old["id"], ISSUER, [ISSUER]),
        (new, "New", [ISSUER]),
    ]
    assert listed[0]["retired_at"] is not None
    assert listed[1]["retired_at"] is listed[1]["used_at"] is None
    shown = quoin("api-key", "list", "--institution", "main").output
    assert f"{new}  main  New  {ISSUER}  not used yet" in shown
    assert secret not in shown
    assert quoin(*ADD).exit_code == 0


def test_a_key_is_of_an_institution_that_is_there(quoin: Quoin) -> None:
    assert "no institution 'main'" in quoin(*ADD, code=1).output
    assert "no institution" in quoin("api-key", "list", "--institution", "x", code=1).output
    assert "no API key" in quoin("api-key", "retire", "x", code=1).output


def test_an_issuer_that_looks_like_a_registered_one_is_refused(quoin: Quoin) -> None:
    _platform(quoin, "block")
    alike = (*ADD[:-1], ISSUER.upper() + "/")
    assert f"registered under {ISSUER}" in quoin(*alike, code=1).output
    assert "ASCII" in quoin(*ADD[:-1], "é", code=1).output


def test_a_platform_that_does_not_share_is_named_until_it_does(quoin: Quoin) -> None:
    platform = _platform(quoin, "block")
    added = quoin(*ADD)
    assert platform in added.output
    assert "--shares-identities" in added.output
    assert "taken along: 0" in quoin("platform", "set", platform, "--shares-identities").output
    assert "shares_identities: yes" in quoin("platform", "show", platform).output
    assert "--shares-identities" not in quoin(*ADD).output
    quoin("platform", "set", platform, "--own-identities", "--name", "Block")
    shown = json.loads(quoin("platform", "show", platform, "--json").output)
    assert (shown["shares_identities"], shown["name"]) == (False, "Block")


def test_a_new_secret_of_the_tool_takes_the_keys_over(
    quoin: Quoin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _platform(quoin, "block")
    quoin(*ADD)
    monkeypatch.setenv("QUOIN_OLD_SECRET_KEY_FILE", str(tmp_path / "var" / "secret.key"))
    monkeypatch.setenv("QUOIN_SECRET_KEY", "another secret of at least thirty-two characters")
    assert "anew: 1." in quoin("keys", "reseal").output
    assert "anew: 0." in quoin("keys", "reseal").output
    monkeypatch.setenv("QUOIN_SECRET_KEY", "a third secret, which has opened nothing so far")
    refused = quoin("keys", "reseal", code=1).output
    assert "Neither the old secret" in refused
