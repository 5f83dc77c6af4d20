"""quoin institution wallets."""

from __future__ import annotations

import json
from datetime import datetime

from lti_tool.persistence.base import Database
from lti_tool.services.open_institution import open_institution
from tests.cli.conftest import Quoin


def test_protocols_are_switched_per_institution(
    quoin: Quoin, sqlite_database: Database, now: datetime
) -> None:
    for key in ("harbour", "hill"):
        open_institution(sqlite_database, key=key, name=key, now=now)
    usual = {"vc-api": True, "oid4vci": True, "ob-api": False}
    assert json.loads(quoin("institution", "wallets", "hill", "--json").output) == usual
    changed = quoin("institution", "wallets", "harbour", "--on", "ob-api", "--off", "vc-api")
    assert changed.output.splitlines() == ["vc-api: off", "oid4vci: on", "ob-api: on"]
    assert json.loads(quoin("institution", "wallets", "hill", "--json").output) == usual
    reset = quoin("institution", "wallets", "harbour", "--reset", "--json")
    assert json.loads(reset.output) == usual


def test_what_cannot_be_switched_is_said(
    quoin: Quoin, sqlite_database: Database, now: datetime
) -> None:
    open_institution(sqlite_database, key="harbour", name="Harbour", now=now)
    both = quoin("institution", "wallets", "harbour", "--on", "ob-api", "--off", "ob-api", code=1)
    assert "both on and off" in both.output
    assert "no institution" in quoin("institution", "wallets", "nowhere", code=1).output
    assert "chapi" in quoin("institution", "wallets", "harbour", "--on", "chapi", code=2).output
