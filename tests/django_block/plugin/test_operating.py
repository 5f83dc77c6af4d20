"""What operators do: resync, health, export, retirement, settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from opaque_keys.edx.keys import CourseKey

from quoin_xblock.plugin.models import OutboxRow, State
from quoin_xblock.plugin.settings.common import FLUSH
from tests.django_block.plugin import events
from tests.django_block.plugin.local_tool import LocalTool

Configure = Callable[..., None]
KEY = CourseKey.from_string(events.COURSE)


def test_resync_sends_a_course_again_under_the_same_keys(lms: Any, tool: LocalTool) -> None:
    events.pass_course(lms.id)
    events.change_grade(lms.id, 0.9)
    call_command("quoin_resync", "--course", events.COURSE)

    assert len(tool.received) == 2
    assert set(tool.counts.values()) == {2}
    assert OutboxRow.objects.filter(state=State.DONE).count() == 2


def test_resync_finds_what_no_event_has_told(lms: Any, tool: LocalTool, capsys: Any) -> None:
    from lms.djangoapps.certificates.models import GeneratedCertificate
    from lms.djangoapps.grades.models import PersistentCourseGrade

    with_completion_tracking(lambda: events.complete_block(lms))
    OutboxRow.objects.all().delete()
    PersistentCourseGrade.objects.create(
        user_id=lms.id,
        course_id=KEY,
        percent_grade=0.92,
        letter_grade="A",
        passed_timestamp=events.AT,
        modified=events.AT,
    )
    GeneratedCertificate.objects.create(
        user=lms,
        course_id=KEY,
        grade="0.92",
        mode="verified",
        status="downloadable",
        modified_date=events.AT,
    )
    tool.received.clear()
    tool.counts.clear()
    call_command("quoin_resync", "--course", events.COURSE)
    call_command("quoin_resync", "--course", events.COURSE)

    assert {(item["competency"], item.get("grade")) for item in tool.received} == {
        ("joins", None),
        ("sql", None),
        ("sql-advanced", "92"),
        ("sql-certified", "92"),
    }
    assert len(tool.received) == 4
    assert "0 completions go out again, 4 are new." in capsys.readouterr().out


def with_completion_tracking(do: Callable[[], Any]) -> None:
    from completion.waffle import ENABLE_COMPLETION_TRACKING_SWITCH
    from edx_toggles.toggles.testutils import override_waffle_switch

    with override_waffle_switch(ENABLE_COMPLETION_TRACKING_SWITCH, active=True):
        do()


@pytest.mark.parametrize("arguments", [[], ["--course", events.COURSE]])
def test_resync_says_what_is_missing(lms: Any, configure: Configure, arguments: list[str]) -> None:
    if arguments:
        configure(TOOL_URL="")
    with pytest.raises(CommandError, match="No tool is set" if arguments else "Name a course"):
        call_command("quoin_resync", *arguments)


def test_the_flush_command_sends_what_is_due(lms: Any, tool: LocalTool) -> None:
    tool.stop()
    events.pass_course(lms.id)
    tool.start()
    OutboxRow.objects.update(due_at=datetime.now(UTC))
    call_command("quoin_flush")

    assert len(tool.received) == 1


def test_health_is_good_when_all_is_delivered(lms: Any, tool: LocalTool, capsys: Any) -> None:
    events.pass_course(lms.id)
    call_command("quoin_health", "--json")

    found = json.loads(capsys.readouterr().out)
    last = datetime.fromisoformat(found.pop("last_success"))
    assert abs(datetime.now(UTC) - last) < timedelta(minutes=1)
    assert found == {
        "is_connected": True,
        "waiting": 0,
        "oldest_seconds": None,
        "dead": 0,
        "by_hand": 0,
        "is_good": True,
    }


def test_health_asks_for_a_look_at_dead_letters_and_old_rows(
    lms: Any, tool: LocalTool, capsys: Any
) -> None:
    tool.refuse = lambda item: "no"
    events.pass_course(lms.id)
    with pytest.raises(SystemExit) as left:
        call_command("quoin_health")
    assert left.value.code == 1
    assert "refused       1  (quoin_resync --dead)" in capsys.readouterr().out

    OutboxRow.objects.update(state=State.PENDING, created_at=datetime.now(UTC) - timedelta(hours=2))
    with pytest.raises(SystemExit):
        call_command("quoin_health")
    assert "waiting       1, the oldest 72" in capsys.readouterr().out


def test_a_retired_learner_is_forgotten_here_and_the_tool_is_told(
    lms: Any, tool: LocalTool
) -> None:
    from django.contrib.auth import get_user_model

    other = get_user_model().objects.create(username="chen")
    events.pass_course(lms.id)
    events.pass_course(other.id)
    subject = tool.received[0]["subject"]
    retire(lms)

    assert not OutboxRow.objects.filter(user_id=lms.id).exists()
    assert OutboxRow.objects.filter(user_id=other.id).count() == 1
    (erased,) = tool.erased
    assert (erased["issuer"], erased["subject"]) == ("https://lms.example.edu", subject)
    assert not OutboxRow.objects.filter(subject=subject).exists(), "told, and forgotten"


def test_a_retirement_waits_for_a_tool_that_is_away(lms: Any, tool: LocalTool) -> None:
    events.pass_course(lms.id)
    tool.stop()
    retire(lms)
    tool.start()
    OutboxRow.objects.update(due_at=datetime.now(UTC))
    call_command("quoin_flush")

    assert len(tool.erased) == 1


def test_who_was_never_named_to_the_tool_is_not_named_by_the_retirement(
    lms: Any, tool: LocalTool
) -> None:
    retire(lms)

    assert not tool.erased
    assert not OutboxRow.objects.exists()


def test_a_retirement_that_fails_is_told_to_the_platform(
    lms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quoin_xblock.plugin import retirement

    def broken(_: int) -> str:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(retirement, "find_subject", broken)
    with pytest.raises(RuntimeError):
        retire(lms)


def retire(user: Any) -> None:
    from openedx.core.djangoapps.user_api.accounts.signals import USER_RETIRE_LMS_CRITICAL

    USER_RETIRE_LMS_CRITICAL.send(sender=None, user=user)


def test_the_export_holds_what_is_kept_about_one_learner(
    lms: Any, tool: LocalTool, capsys: Any
) -> None:
    events.pass_course(lms.id)
    call_command("quoin_export", "--user", str(lms.id))

    found = json.loads(capsys.readouterr().out)
    assert found["subject"] == tool.received[0]["subject"]
    (row,) = found["completions"]
    assert (row["competency"], row["state"]) == ("sql", "done")

    call_command("quoin_export", "--user", "999999")
    assert json.loads(capsys.readouterr().out) == {"subject": None, "completions": []}


def test_the_plugin_schedules_its_flush_beside_what_the_platform_schedules() -> None:
    assert django_settings.CELERYBEAT_SCHEDULE == {
        "of the platform": {"task": "x", "schedule": 1.0},
        FLUSH: {"task": "quoin_xblock.flush", "schedule": 30.0},
    }


def test_production_settings_come_from_the_configuration_files() -> None:
    from quoin_xblock.plugin.settings import common, production

    site = SimpleNamespace(
        ENV_TOKENS={"QUOIN_XBLOCK": {"TOOL_URL": "https://quoin.example.edu"}},
        AUTH_TOKENS={"QUOIN_XBLOCK": {"KEYS": [{"KEY_ID": "a", "SECRET": "b"}]}},
    )
    common.plugin_settings(site)
    assert site.QUOIN_XBLOCK == {}
    production.plugin_settings(site)
    assert set(site.QUOIN_XBLOCK) == {"TOOL_URL", "KEYS"}


def test_the_migrations_are_those_of_the_models(db: None) -> None:
    call_command("makemigrations", "quoin_xblock", "--check", "--dry-run")


def test_the_migrations_can_be_taken_back(lms: Any) -> None:
    from django.db import connection

    call_command("migrate", "quoin_xblock", "zero", "-v", "0")
    assert "quoin_xblock_outbox" not in connection.introspection.table_names()
    call_command("migrate", "quoin_xblock", "-v", "0")
    assert "quoin_xblock_outbox" in connection.introspection.table_names()
