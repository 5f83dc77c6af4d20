"""quoin keys: a rotation as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Quoin


def test_a_rotation_from_the_terminal(quoin: Quoin) -> None:
    assert "no key yet" in quoin("keys", "list").output
    first = json.loads(quoin("keys", "rotate", "--now", "--json").output)
    old = first["done"][-1]["kid"]
    assert "Nothing is due." in quoin("keys", "rotate").output
    new = json.loads(quoin("keys", "add", "--json").output)["kid"]
    listed = json.loads(quoin("keys", "list", "--json").output)
    assert [(key["kid"], key["state"]) for key in listed["keys"]] == [
        (old, "current"),
        (new, "next"),
    ]
    assert listed["steps"][0]["kind"] == "activate"
    lines = quoin("keys", "rotate", "--now").output
    assert f"{new} signs now" in lines
    assert "a retired key is published no longer" in lines
    assert "14 days" in quoin("keys", "retire", old, code=1).output
    quoin("keys", "retire", old, "--now")
    assert old not in quoin("keys", "list").output


def test_a_new_secret_takes_over(
    quoin: Quoin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quoin("keys", "rotate", "--now")
    assert "must name the file" in quoin("keys", "reseal", code=1).output
    monkeypatch.setenv("QUOIN_OLD_SECRET_KEY_FILE", str(tmp_path / "var" / "secret.key"))
    monkeypatch.setenv("QUOIN_SECRET_KEY", "another secret of at least thirty-two characters")
    assert "anew: 1." in quoin("keys", "reseal").output
    assert "anew: 0." in quoin("keys", "reseal").output
