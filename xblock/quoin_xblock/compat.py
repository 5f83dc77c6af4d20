"""Everything that is taken from the LMS. Each import stands in a function and may fail.

A release that lacks one of these has a block that can do a little less; it still starts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

log = logging.getLogger(__name__)


def find_enqueue() -> Callable[..., None] | None:
    """Give the plugin's way into its outbox, or None where the plugin is not at work."""
    try:
        from django.apps import apps

        if not apps.is_installed("quoin_xblock.plugin"):
            return None
        found: Callable[..., None] = import_module("quoin_xblock.plugin.outbox").enqueue
    except (ImportError, AttributeError):
        return None
    return found


def find_cache() -> Any:
    """Give Django's default cache."""
    from django.core.cache import cache

    return cache


def find_language() -> tuple[str, bool]:
    """Give the language of the request ("en", "pt-br") and whether it is written right to left."""
    from django.utils import translation

    return translation.get_language() or "en", bool(translation.get_language_bidi())


def is_studio() -> bool:
    """Say whether this process is Studio, where only the course team comes."""
    from django.conf import settings

    return getattr(settings, "SERVICE_VARIANT", "") == "cms" or (
        getattr(settings, "ROOT_URLCONF", "") == "cms.urls"
    )


def is_masquerading(course_key: Any) -> bool:
    """Say whether staff look at the course as somebody else in this request."""
    try:
        from crum import get_current_request
    except ImportError:
        return False
    session = getattr(get_current_request(), "session", None)
    try:
        kept = None if session is None else session.get("masquerade_settings", {}).get(course_key)
    except (AttributeError, TypeError):
        return False
    if kept is None:
        return False
    return getattr(kept, "role", None) != "staff" or bool(getattr(kept, "user_name", None))


def read_scores(dotted: str, user_id: int | None, keys: Iterable[Any]) -> Mapping[str, float]:
    """Give the score (0 to 1) of each block by its key; a block without one is missing.

    ``dotted`` names a function that reads them from elsewhere ("" for the LMS's own table).
    """
    module, _, name = dotted.rpartition(".")
    try:
        if dotted:
            found: Mapping[str, float] = getattr(import_module(module), name)(user_id, keys)
            return found
        return _student_modules(user_id, keys)
    except (ImportError, AttributeError, ValueError) as error:
        log.warning("Scores cannot be read on this release: %s", error)
        return {}


def _student_modules(user_id: int | None, keys: Iterable[Any]) -> dict[str, float]:
    from lms.djangoapps.courseware.models import StudentModule

    rows = StudentModule.objects.filter(student_id=user_id, module_state_key__in=list(keys))
    return {
        str(key): float(grade or 0) / float(most)
        for key, grade, most in rows.values_list("module_state_key", "grade", "max_grade")
        if most
    }
