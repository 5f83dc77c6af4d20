"""quoin platform and institution: what an operator does after a platform is there."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import select

from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.base import Database
from tests.cli.conftest import Quoin
from tests.cli.test_platforms import MOODLE

NOBODY = "00000000-0000-0000-0000-000000000000"


def _added(quoin: Quoin, *words: str) -> str:
    return str(json.loads(quoin("platform", "add", *MOODLE, *words).output)["id"])


def _shown(quoin: Quoin, platform: str) -> dict[str, object]:
    shown: dict[str, object] = json.loads(quoin("platform", "show", platform, "--json").output)
    return shown


def test_a_platform_is_changed_switched_and_shown(quoin: Quoin) -> None:
    platform = _added(quoin, "--deployment", "3", "--family", "moodle")
    quoin("platform", "set", platform, "--name", "Moodle", "--auto-approve")
    quoin("platform", "set", platform, "--add-host", "a.example.edu", "--add-host", "b.example.edu")
    quoin("platform", "set", platform, "--drop-host", "a.example.edu")
    school, other = "https://canvas.school.edu", "https://canvas.other.edu"
    quoin("platform", "set", platform, "--frame-origin", school, "--frame-origin", other)
    quoin("platform", "set", platform, "--drop-frame-origin", other)
    quoin("platform", "disable", platform, "--reason", "Contract ended")
    found = _shown(quoin, platform)
    assert (found["id"], found["name"]) == (platform, "Moodle")
    assert (found["family"], found["institution"]) == ("moodle", "main")
    assert found["approves_deployments"] is True
    assert found["service_hosts"] == ["b.example.edu"]
    assert found["frame_origins"] == [school]
    assert (found["is_enabled"], found["disabled_reason"]) == (False, "Contract ended")
    assert "switched off" in quoin("platform", "list").output
    lines = quoin("platform", "show", platform).output
    assert "is_enabled: no" in lines
    assert "deployment 3: approved, main" in lines
    quoin("platform", "enable", platform)
    assert _shown(quoin, platform)["is_enabled"] is True


def test_the_audit_names_the_command_that_was_typed(
    quoin: Quoin, sqlite_database: Database
) -> None:
    platform = _added(quoin)
    quoin("platform", "disable", platform)
    quoin("platform", "set", platform, "--name", "Moodle")
    quoin("institution", "rights", "main", "--deny", "assistant:link")
    quoin("institution", "suspend", "main")
    with sqlite_database.reading() as session:
        query = select(AuditEvent.actor, AuditEvent.action).order_by(AuditEvent.id)
        assert session.execute(query).all()[-4:] == [
            ("cli:platform disable", "platform-disabled"),
            ("cli:platform set", "platform-changed"),
            ("cli:institution rights", "role-rights-changed"),
            ("cli:institution suspend", "institution-suspended"),
        ]


def test_deployments_are_approved_and_revoked(quoin: Quoin) -> None:
    platform = _added(quoin)
    words = ("--deployment", "9", "--institution", "main")
    quoin("platform", "approve", platform, *words)
    quoin("platform", "revoke", platform, "--deployment", "9")
    assert "deployment 9: revoked, main" in quoin("platform", "show", platform).output
    missing = quoin("platform", "revoke", platform, "--deployment", "8", code=1).output
    assert "no deployment '8'" in missing
    assert "not-found" in quoin("platform", "approve", NOBODY, *words, code=1).output


def test_a_platform_without_courses_is_removed(quoin: Quoin) -> None:
    platform = _added(quoin, "--deployment", "3")
    quoin("platform", "remove", platform)
    assert json.loads(quoin("platform", "list", "--json").output) == []
    assert "not-found" in quoin("platform", "remove", platform, code=1).output


def test_an_invitation_is_printed_once_with_its_end(quoin: Quoin) -> None:
    _added(quoin)
    made = json.loads(
        quoin("platform", "invite", "--institution", "main", "--hours", "2", "--json").output
    )
    assert made["address"].startswith("http://127.0.0.1:8000/lti/register/")
    assert len(made["address"].rsplit("/", 1)[1]) >= 43
    plain = quoin("platform", "invite", "--institution", "main", "--family", "canvas").output
    assert "Good once, until" in plain
    assert "at most 14 days" in (
        quoin("platform", "invite", "--institution", "main", "--hours", "999", code=1).output
    )
    assert "not-found" in quoin("platform", "invite", "--institution", "x", code=1).output


def test_the_canvas_key_is_json_alone_where_that_is_asked_for(quoin: Quoin) -> None:
    found = json.loads(quoin("platform", "canvas-config", "--json").output)
    assert found["oidc_initiation_url"] == "http://127.0.0.1:8000/lti/login"


def test_many_client_ids_are_tried_then_written(quoin: Quoin, tmp_path: Path) -> None:
    _added(quoin)
    edx = "https://edx.example.edu"
    head = "issuer,client_id,auth_login_url,auth_token_url,jwks_url\n"
    file = tmp_path / "edx.csv"
    file.write_text(head + f"{edx},a,{edx}/auth,{edx}/token,{edx}/jwks\n", "utf-8")
    words = ("platform", "import", str(file), "--institution", "main")
    assert "1 new; nothing written." in quoin(*words, "--dry-run").output
    assert "1 new; written." in quoin(*words).output
    assert json.loads(quoin(*words, "--json").output)["lines"] == [
        {"line": 2, "client_id": "a", "judgement": "unchanged", "detail": ""}
    ]
    file.write_text(head + f"{edx},a,x,{edx}/token,{edx}/jwks\n", "utf-8")
    assert "1 refused; nothing written." in quoin(*words, code=1).output


def test_a_check_that_fails_says_what_to_do_and_exits_with_1(quoin: Quoin) -> None:
    nobody = "http://127.0.0.1:9"
    words = ("--jwks-url", f"{nobody}/jwks", "--auth-token-url", f"{nobody}/token")
    platform = _added(quoin, *words, "--allow-loopback")
    lines = quoin("platform", "check", platform, code=1).output
    assert "FAILURE  keyset: 127.0.0.1:9 did not answer" in lines
    assert "→ Look whether the address is right" in lines
    findings = json.loads(quoin("platform", "check", platform, "--json", code=1).output)
    verdicts = {finding["topic"]: finding["verdict"] for finding in findings}
    assert verdicts == {
        "registration": "ok",
        "keyset": "failure",
        "token": "failure",
        "deployments": "warning",
    }


def test_an_institution_is_suspended_and_goes_on(quoin: Quoin) -> None:
    _added(quoin)
    assert "main is suspended now." in quoin("institution", "suspend", "main").output
    assert "main is suspended already." in quoin("institution", "suspend", "main").output
    (row,) = json.loads(quoin("institution", "list", "--json").output)
    assert row["suspended_at"]
    assert "suspended since" in quoin("institution", "list").output
    assert "main is at work now." in quoin("institution", "resume", "main").output
    assert "not-found" in quoin("institution", "suspend", "x", code=1).output


def test_the_rights_of_staff_are_shown_taken_and_given_back(quoin: Quoin) -> None:
    _added(quoin)
    words = ("institution", "rights", "main")
    assert "assistant: link, record" in quoin(*words).output
    all_rights = ("record", "link")
    denied = [word for right in all_rights for word in ("--deny", f"assistant:{right}")]
    taken = quoin(*words, *denied).output
    assert "assistant: reads only" in taken
    found = json.loads(quoin(*words, "--allow", "assistant:record", "--json").output)
    assert found["assistant"] == ["record"]
    assert found["instructor"] == ["link", "record", "stacks"]
    assert "assistant: link, record" in quoin(*words, "--reset").output
    for wrong in ("learner:record", "assistant:erase", "assistant"):
        refused = quoin(*words, "--deny", wrong, code=2).output
        assert "ROLE: administrator, instructor, content-developer, assistant" in refused
    assert "not-found" in quoin("institution", "rights", "x", code=1).output


def test_four_eyes_are_demanded_and_given_up(quoin: Quoin) -> None:
    _added(quoin)
    words = ("institution", "four-eyes", "main")
    assert "main: four eyes are on now." in quoin(*words, "on").output
    assert "main: four eyes are on already." in quoin(*words, "on").output
    assert "main: four eyes are off now." in quoin(*words, "off").output
    assert "not-found" in quoin("institution", "four-eyes", "x", "on", code=1).output
    assert "Error" in quoin(*words, "maybe", code=2).output


def test_an_invitation_to_update_names_a_platform_and_no_institution(quoin: Quoin) -> None:
    platform = _added(quoin, "--family", "moodle")
    words = ("platform", "invite", "--update", platform)
    made = json.loads(quoin(*words, "--json").output)
    assert made["address"].startswith("http://127.0.0.1:8000/lti/register/")
    for wrong in (("--institution", "main"), ("--family", "moodle"), ("--auto-approve",)):
        assert "Error" in quoin(*words, *wrong, code=2).output
    assert "Name an institution" in quoin("platform", "invite", code=2).output
    quoin("platform", "set", platform, "--family", "canvas")
    assert "Only Moodle" in quoin(*words, code=1).output
