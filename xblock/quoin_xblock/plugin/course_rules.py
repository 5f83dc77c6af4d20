"""The rules of a course: those of its team, kept with the course, and those of the operator."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from fnmatch import fnmatchcase

from django.core.cache import cache

from quoin_xblock.plugin.config import Config
from quoin_xblock.plugin.mapping import Rule, read_rules

log = logging.getLogger(__name__)

COURSE_SETTING = "quoin"
"""The name in a course's *Other Course Settings* (Studio, Advanced Settings)."""
KEPT_FOR = 300
"""Seconds until a change in Studio takes effect."""


def rules_of(course_key: str, config: Config) -> tuple[Rule, ...]:
    """Give the rules of a course; read again every few minutes, not with every event."""
    # A digest, because keys of memcached are short and are logged.
    name = f"quoin-rules-{hashlib.sha256(course_key.encode()).hexdigest()}"
    kept: tuple[Rule, ...] | None = cache.get(name)
    if kept is None:
        kept = _read(course_key, config)
        cache.set(name, kept, KEPT_FOR)
    return kept


def _read(course_key: str, config: Config) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for written in (read_course_setting(course_key), *_of_operator(course_key, config)):
        found, problems = read_rules(written)
        rules += found
        for problem in problems:
            log.warning("Quoin: in the rules of %s: %s", course_key, problem)
    return tuple(dict.fromkeys(rules))


def _of_operator(course_key: str, config: Config) -> Iterator[object]:
    for pattern, written in config.mapping.items():
        if fnmatchcase(course_key, pattern):
            yield written


def read_course_setting(course_key: str) -> object:
    """Give what the course team wrote, or an empty list; without a course store there is none."""
    try:
        from opaque_keys.edx.keys import CourseKey
        from xmodule.modulestore.django import modulestore
    except ImportError:
        return []
    course = modulestore().get_course(CourseKey.from_string(course_key))
    return (getattr(course, "other_course_settings", None) or {}).get(COURSE_SETTING, [])
