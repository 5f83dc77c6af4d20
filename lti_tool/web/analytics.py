"""The teacher's page of figures: tables, and the same as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.course_figures import SMALLEST_GROUP, Waits
from lti_tool.persistence.launched import Launched
from lti_tool.services.compute_standings import compute_standings
from lti_tool.services.show_analytics import AnalyticsView, show_analytics
from lti_tool.web import class_wording
from lti_tool.web.parts import current_parts
from lti_tool.web.session import instructor_page
from lti_tool.web.wording import requirement_title

blueprint = Blueprint("analytics", __name__)

BAR_WIDTH, BAR_STEP = 250, 40
"""Units of the drawing: the longest bar, and from one bar to the next."""

MOST_BARS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its words, its place and its length; no length where the figure is not told."""

    words: str
    y: int
    width: int | None


@blueprint.get("/courses/<uuid:context_uuid>/analytics")
@instructor_page
def show(launched: Launched) -> str:
    """Show how the course gets through one stack."""
    parts = current_parts()
    view = show_analytics(
        parts.database,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        stack_key=request.args.get("stack", "")[:100],
        now=parts.clock(),
    )
    return render_template(
        "analytics.html",
        view=view,
        smallest=SMALLEST_GROUP,
        funnel_bars=_funnel(view),
        bottleneck_bars=bars([(_name(view, one.key), one.weight) for one in view.bottlenecks]),
        wait_bars=_waits(view.waits),
        shares=_shares(view),
        course_title=launched.context_title,
    )


@blueprint.post("/courses/<uuid:context_uuid>/analytics")
@instructor_page
def compute(launched: Launched) -> Response:
    """Compute where the learners stand now, and show the figures again."""
    parts = current_parts()
    compute_standings(
        parts.database,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        now=parts.clock(),
    )
    stack = request.form.get("stack", "")[:100]
    target = url_for("analytics.show", context_uuid=launched.context_uuid, stack=stack)
    return redirect(target, 303)


def bars(figures: Sequence[tuple[str, object]]) -> list[Bar]:
    """Return a bar for each figure (a number, or None for one that is not told)."""
    numbers = [float(str(value)) for _, value in figures if value is not None]
    longest = max(numbers, default=0)
    found = []
    for index, (words, value) in enumerate(figures[:MOST_BARS]):
        width = None
        if value is not None:
            width = round(float(str(value)) / longest * BAR_WIDTH) if longest else 0
        found.append(Bar(words, index * BAR_STEP, width))
    return found


def _funnel(view: AnalyticsView) -> list[Bar]:
    return bars([(class_wording.STAGE_WORDS[stage], value) for stage, value in view.funnel])


def _waits(found: Waits | None) -> list[Bar]:
    if found is None:
        return []
    return bars([(class_wording.days(first, last), value) for first, last, value in found.classes])


def _shares(view: AnalyticsView) -> list[tuple[str, int, list[tuple[str, int | None]], list[Bar]]]:
    """Return each choice: its title, of how many people, and its options in words, as bars."""
    found = []
    for share in view.shares:
        options = [
            (" + ".join(_name(view, key) for key in keys), value) for keys, value in share.options
        ]
        title = requirement_title(share.node, view.names)
        found.append((title, share.of, options, bars(options)))
    return found


def _name(view: AnalyticsView, key: str) -> str:
    return view.names.get(key, key)
