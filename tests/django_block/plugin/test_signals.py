"""A signal that a release lacks is left out, and never stops the LMS from starting."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db.models.signals import post_save

from quoin_xblock.plugin import apps
from quoin_xblock.plugin.apps import LMS, WANTED, QuoinPluginConfig, Wanted, receivers_for

MISSING = {
    "no such module": Wanted("no_such_platform.signals.SIGNAL", "on_course_grade"),
    "no such signal": Wanted("openedx_events.learning.signals.NO_SUCH_EVENT", "on_course_grade"),
    "no such sender": Wanted(
        "django.db.models.signals.post_save", "on_block_completion", "no_such.models.Row"
    ),
}


@pytest.mark.parametrize("missing", MISSING.values(), ids=MISSING)
def test_what_is_missing_is_left_out_with_a_line_in_the_log(
    missing: Wanted, caplog: pytest.LogCaptureFixture
) -> None:
    found = receivers_for((missing, WANTED[0]))

    assert [entry["signal_path"] for entry in found] == [WANTED[0].signal]
    assert "its events are not listened to" in caplog.text


def test_a_module_that_breaks_when_it_is_imported_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_release.py").write_text("raise RuntimeError('of another release')")
    monkeypatch.syspath_prepend(tmp_path)

    assert not receivers_for((Wanted("broken_release.SIGNAL", "on_course_grade"),))


def test_every_signal_that_is_there_is_connected() -> None:
    connected = QuoinPluginConfig.plugin_app["signals_config"][LMS]["receivers"]

    assert len(connected) == len(WANTED)
    assert any("on_block_completion" in str(uid) for (uid, _), *_ in post_save.receivers)


def test_every_receiver_is_a_function() -> None:
    from quoin_xblock.plugin import receivers

    assert all(callable(getattr(receivers, wanted.receiver)) for wanted in WANTED)


def test_a_site_without_the_platforms_signals_starts() -> None:
    code = (
        "import os, sys, types, django\n"
        "from django.conf import settings\n"
        "settings.configure(INSTALLED_APPS=['quoin_xblock.plugin'])\n"
        "django.setup()\n"
        "from edx_django_utils.plugins import registry, connect_plugin_receivers\n"
        "from quoin_xblock.plugin.apps import QuoinPluginConfig\n"
        "registry.get_plugin_app_configs = lambda kind: [QuoinPluginConfig]\n"
        "connect_plugin_receivers('lms.djangoapp')\n"
        "from openedx_events.learning.signals import COURSE_PASSING_STATUS_UPDATED\n"
        "print(len(COURSE_PASSING_STATUS_UPDATED.receivers))\n"
    )
    env = {name: text for name, text in os.environ.items() if not name.startswith("DJANGO_")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False
    )

    assert done.stdout == "1\n", done.stderr
    assert "no openedx.core.djangoapps.signals" in done.stderr


def test_nothing_of_the_platform_is_imported_before_its_apps_are_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(apps.apps, "models_ready", False)

    config = QuoinPluginConfig.plugin_app
    assert config["signals_config"][LMS]["receivers"] == []
    assert config["settings_config"][LMS]["common"] == {"relative_path": "settings.common"}
