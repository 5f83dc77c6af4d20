"""What the LMS is told of the plugin: its settings, and the signals that it listens to."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any, NamedTuple

from django.apps import AppConfig, apps

log = logging.getLogger(__name__)

LMS = "lms.djangoapp"
LEARNING = "openedx_events.learning.signals"


class Wanted(NamedTuple):
    """A signal, its sender where only one counts, and the function in ``receivers``."""

    signal: str
    receiver: str
    sender: str = ""


WANTED = (
    Wanted(f"{LEARNING}.COURSE_PASSING_STATUS_UPDATED", "on_passing_status"),
    Wanted(f"{LEARNING}.CCX_COURSE_PASSING_STATUS_UPDATED", "on_passing_status"),
    Wanted(f"{LEARNING}.PERSISTENT_GRADE_SUMMARY_CHANGED", "on_course_grade"),
    Wanted(f"{LEARNING}.CERTIFICATE_CREATED", "on_certificate"),
    Wanted(f"{LEARNING}.CERTIFICATE_CHANGED", "on_certificate"),
    Wanted(f"{LEARNING}.CERTIFICATE_REVOKED", "on_certificate_revoked"),
    Wanted(
        "django.db.models.signals.post_save",
        "on_block_completion",
        "completion.models.BlockCompletion",
    ),
    Wanted(
        "openedx.core.djangoapps.signals.signals.COURSE_ASSESSMENT_GRADE_CHANGED",
        "on_subsection_grade",
    ),
    Wanted(
        "openedx.core.djangoapps.user_api.accounts.signals.USER_RETIRE_LMS_CRITICAL",
        "on_retirement",
    ),
)


def receivers_for(wanted: tuple[Wanted, ...]) -> list[dict[str, str]]:
    """Give the entries for the signals that this release has.

    A path that cannot be imported would stop the LMS from starting: it is left out and logged.
    """
    found = []
    for item in wanted:
        missing = [path for path in (item.signal, item.sender) if path and not _is_there(path)]
        if missing:
            log.warning("Quoin: this LMS has no %s; its events are not listened to.", missing[0])
            continue
        entry = {"receiver_func_name": item.receiver, "signal_path": item.signal}
        found.append(entry | ({"sender_path": item.sender} if item.sender else {}))
    return found


def _is_there(path: str) -> bool:
    module, _, name = path.rpartition(".")
    try:
        return hasattr(import_module(module), name)
    except Exception:  # noqa: BLE001 - whatever a module of another release raises
        return False


class PluginApp:
    """Built whenever the LMS reads it.

    It reads twice: for the settings, when no module of the platform can be imported yet, and for
    the signals, when all are loaded.
    """

    def __get__(self, instance: object, owner: type) -> dict[str, Any]:
        """Give what the LMS looks for under the name ``plugin_app``."""
        receivers = receivers_for(WANTED) if apps.models_ready else []
        kinds = ("common", "production")
        return {
            "settings_config": {
                LMS: {kind: {"relative_path": f"settings.{kind}"} for kind in kinds}
            },
            "signals_config": {LMS: {"relative_path": "receivers", "receivers": receivers}},
        }


class QuoinPluginConfig(AppConfig):
    """The plugin as a Django app of the LMS."""

    name = "quoin_xblock.plugin"
    label = "quoin_xblock"
    verbose_name = "Quoin"
    default_auto_field = "django.db.models.BigAutoField"
    plugin_app = PluginApp()
