"""Every blueprint of the administrator's pages, for ``app.py``."""

from __future__ import annotations

from lti_tool.web.admin import (
    brands,
    cases,
    definitions,
    exceptions,
    first_steps,
    frameworks,
    health,
    institutions,
    keys,
    platform_acts,
    platforms,
    registering,
    retention,
    reviews,
    scores,
    signing_in,
    simulations,
    sources,
    ways,
)

BLUEPRINTS = (
    signing_in.blueprint,
    platforms.blueprint,
    platform_acts.blueprint,
    registering.blueprint,
    keys.blueprint,
    first_steps.blueprint,
    health.blueprint,
    scores.blueprint,
    sources.blueprint,
    frameworks.blueprint,
    reviews.blueprint,
    cases.blueprint,
    exceptions.blueprint,
    definitions.blueprint,
    simulations.blueprint,
    institutions.blueprint,
    ways.blueprint,
    brands.blueprint,
    retention.blueprint,
)
