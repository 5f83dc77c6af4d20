"""Called by the LMS inside its own requests and tasks.

Each receiver reads its event and hands the fact on. Whatever goes wrong is logged and goes no
further; what was written by then is undone by the savepoint, so that the request's own
transaction stays sound.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from quoin_xblock.plugin import facts
from quoin_xblock.plugin.config import read_config
from quoin_xblock.plugin.facts import Fact
from quoin_xblock.plugin.present import find_subsection_grade
from quoin_xblock.plugin.recording import record
from quoin_xblock.plugin.retirement import retire

log = logging.getLogger(__name__)


def on_passing_status(*, course_passing_status: Any, metadata: Any, **_: Any) -> None:
    """COURSE_PASSING_STATUS_UPDATED and that of a CCX."""
    _record(lambda: facts.of_passing_status(course_passing_status, metadata))


def on_course_grade(*, grade: Any, metadata: Any, **_: Any) -> None:
    """PERSISTENT_GRADE_SUMMARY_CHANGED."""
    _record(lambda: facts.of_course_grade(grade, metadata))


def on_certificate(*, certificate: Any, metadata: Any, **_: Any) -> None:
    """CERTIFICATE_CREATED and CERTIFICATE_CHANGED."""
    _record(lambda: facts.of_certificate(certificate, metadata))


def on_certificate_revoked(*, certificate: Any, metadata: Any, **_: Any) -> None:
    """CERTIFICATE_REVOKED."""
    _record(lambda: facts.of_certificate(certificate, metadata, is_revoked=True))


def on_block_completion(*, instance: Any, raw: bool = False, **_: Any) -> None:
    """A row of the platform's table of completed blocks was saved (``raw``: from a fixture)."""
    if not raw:
        _record(lambda: facts.of_block_completion(instance))


def on_subsection_grade(*, user: Any, subsection_id: Any, **_: Any) -> None:
    """COURSE_ASSESSMENT_GRADE_CHANGED; what its grade is a part of, the stored grade says."""
    _record(lambda: find_subsection_grade(user.id, subsection_id))


def on_retirement(*, user: Any, **_: Any) -> None:
    """USER_RETIRE_LMS_CRITICAL.

    The one receiver whose errors go on: the platform's retirement notes them and tries again,
    and a learner must not count as forgotten who is not.
    """
    retire(user.id, now=datetime.now(UTC))


def _record(read: Callable[[], Fact | None]) -> None:
    try:
        config = read_config()
        if config is None:
            return
        fact = read()
        if fact is None or fact.kind in config.switched_off or _is_masquerade(fact.course_key):
            return
        with transaction.atomic():
            record(fact, config)
    except Exception:
        log.exception("Quoin: an event was not recorded; quoin_resync --course finds it again.")


def _is_masquerade(course_key: str) -> bool:
    """Say whether a member of the staff sees this course as a learner in the present request."""
    try:
        from crum import get_current_user
    except ImportError:
        return False
    user = get_current_user()
    masks = getattr(getattr(user, "real_user", user), "masquerade_settings", None) or {}
    return any(
        str(key) == course_key and (mask.role == "student" or getattr(mask, "user_name", None))
        for key, mask in masks.items()
    )
