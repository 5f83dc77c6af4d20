"""Every blueprint of the administrator's pages, for ``app.py``."""

from __future__ import annotations

from lti_tool.web.admin import (
    cases,
    exceptions,
    frameworks,
    institutions,
    keys,
    platform_acts,
    platforms,
    registering,
    reviews,
    scores,
    signing_in,
    ways,
)

BLUEPRINTS = (
    signing_in.blueprint,
    platforms.blueprint,
    platform_acts.blueprint,
    registering.blueprint,
    keys.blueprint,
    scores.blueprint,
    frameworks.blueprint,
    reviews.blueprint,
    cases.blueprint,
    exceptions.blueprint,
    institutions.blueprint,
    ways.blueprint,
)
