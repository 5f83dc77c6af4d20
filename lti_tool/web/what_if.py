"""What if: the learner ticks what they plan, and the page works it out. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from lti_tool.awarding import read_grade
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.launched import Launched
from lti_tool.persistence.readings import AchievementOption
from lti_tool.services.imagine_progress import (
    MOST_PLANNED,
    ImaginedView,
    Planned,
    imagine_progress,
)
from lti_tool.services.show_progress import ProgressView, StackView
from lti_tool.web import learner_wording
from lti_tool.web.efforts import Catalogue, step_line
from lti_tool.web.forms import Form, refused
from lti_tool.web.outline import build_row
from lti_tool.web.parts import current_parts
from lti_tool.web.session import learner_page
from stacking_rules import Amount, Completed, Earned

blueprint = Blueprint("what_if", __name__)

MOST_CHOICES = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """A competency that may be ticked, with what it asks for and the grade that was typed."""

    option: AchievementOption
    effort: str
    is_ticked: bool
    grade: str


@blueprint.get("/courses/<uuid:context_uuid>/what-if")
@learner_page
def show(launched: Launched) -> Response | str:
    """Show what would follow from what is ticked in the address (keys of the catalogue)."""
    asked = Form("what-if", {name: request.args[name] for name in request.args})
    ticked = list(dict.fromkeys(request.args.getlist("done")))[: MOST_PLANNED + 1]
    planned = _planned(asked, ticked)
    view = None
    if not asked.errors:
        with asked.catching():
            view = _imagine(launched, planned)
    if view is None:
        plain = _imagine(launched, [])
        return refused(asked, lambda: _page(launched, plain, ticked, asked))
    return _page(launched, view, ticked, asked)


def _planned(asked: Form, ticked: list[str]) -> list[Planned]:
    found = []
    for key in ticked:
        grade: Decimal | None = None
        field = f"grade-{key}"
        try:
            grade = read_grade(asked.values.get(field, "")[:20])
        except InvalidInputError as error:
            asked.errors[field] = error.message
        found.append(Planned(key, grade))
    return found


def _imagine(launched: Launched, planned: list[Planned]) -> ImaginedView:
    parts = current_parts()
    return imagine_progress(
        parts.database,
        institution_id=launched.institution_id,
        context_id=launched.context_id,
        learner_id=launched.learner_id,
        planned=planned,
        now=parts.clock(),
    )


def _page(launched: Launched, view: ImaginedView, ticked: list[str], asked: Form) -> str:
    stack = _chosen(view, asked.values.get("stack", ""))
    known = Catalogue(view.names, view.workloads, view.competencies, view.then)
    return render_template(
        "what_if.html",
        view=view,
        stack=stack,
        row=build_row(_as_progress(launched, view), stack.key) if stack else None,
        is_worked_out=bool(ticked) and not asked.errors,
        outcome=learner_wording.outcome(view.now[stack.key], stack) if stack else "",
        steps=[step_line(step, known) for step in stack.steps] if stack else [],
        follows=[view.then[key].title for key in view.follows],
        choices=list(_choices(view, stack, ticked, asked)) if stack else [],
        stack_options=[(key, found.title) for key, found in view.then.items()],
        form=asked if asked.errors else None,
        course_title=view.course_title,
    )


def _chosen(view: ImaginedView, key: str) -> StackView | None:
    """Return the stack that was asked for, or else the first that is not held yet."""
    if key in view.then:
        return view.then[key]
    still_open = [stack for stack in view.then.values() if view.now[stack.key].award is None]
    return next(iter([*still_open, *view.then.values()]), None)


def _choices(
    view: ImaginedView, stack: StackView, ticked: list[str], asked: Form
) -> Iterator[Choice]:
    keys = dict.fromkeys(_asked_for(stack, view, ()))
    counted = {
        fact.achievement
        for found in view.now.values()
        for node in found.progress.walk()
        for fact in node.counted
    }
    shown = [key for key in keys if key in view.competencies and key not in counted]
    shown += [key for key in ticked if key in view.competencies and key not in shown]
    for key in shown[:MOST_CHOICES]:
        option = view.competencies[key]
        effort = learner_wording.effort(option.credits, view.workloads.get(key))
        yield Choice(option, effort, key in ticked, asked.values.get(f"grade-{key}", "")[:20])


def _asked_for(stack: StackView, view: ImaginedView, seen: tuple[str, ...]) -> Iterator[str]:
    """Yield the keys of all that a stack asks for, those of its smaller awards included."""
    for node in stack.progress.walk():
        asked = node.requirement
        if isinstance(asked, Completed):
            yield asked.achievement
        elif isinstance(asked, Amount):
            yield from asked.of or view.competencies
        elif isinstance(asked, Earned) and asked.achievement not in seen:
            smaller = view.then.get(asked.achievement)
            if smaller is not None:
                yield from _asked_for(smaller, view, (*seen, stack.key))


def _as_progress(launched: Launched, view: ImaginedView) -> ProgressView:
    """Return what is imagined as the values of a page of progress."""
    return ProgressView(
        learner_uuid=launched.learner_uuid,
        learner_name=launched.learner_name or "",
        course_title=view.course_title,
        as_of=view.known_on.date(),
        known_on=view.known_on,
        stacks=tuple(view.then.values()),
        names=view.names,
        facts=view.facts,
        evidence=(),
        competencies=tuple(view.competencies.values()),
        workloads=view.workloads,
    )
