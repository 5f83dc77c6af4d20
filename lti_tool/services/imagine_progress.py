"""What would follow if a learner completed something: worked out, and never written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.base import Database
from lti_tool.persistence.courses import get_context
from lti_tool.persistence.elements import find_workloads
from lti_tool.persistence.readings import AchievementOption, read_options
from lti_tool.persistence.snapshots import Origins
from lti_tool.standing_views import FactView, StackView, read_standing
from lti_tool.translating import _
from stacking_rules import Completion, Grade, Status, scale_bounds

MOST_PLANNED = 30
PLANNED = "planned:"


@dataclass(frozen=True, slots=True)
class Planned:
    """A completion that is imagined: of which achievement (its key), and how good."""

    key: str
    grade: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ImaginedView:
    """Where a learner stands in every stack ``now``, and where they would stand ``then``.

    ``follows`` are the keys of the stacks that would be met then and are not held today.
    """

    course_title: str
    now: Mapping[str, StackView]
    then: Mapping[str, StackView]
    follows: tuple[str, ...]
    names: Mapping[str, str]
    facts: Mapping[str, FactView]
    competencies: Mapping[str, AchievementOption]
    workloads: Mapping[str, Decimal]
    known_on: datetime


def imagine_progress(
    database: Database,
    *,
    institution_id: int,
    context_id: int,
    learner_id: int,
    planned: Sequence[Planned],
    now: datetime,
) -> ImaginedView:
    """Evaluate every stack as of ``now`` (aware), as it is and as if ``planned`` were completed.

    The same evaluation as on the page of progress. ``InvalidInputError`` for more than
    MOST_PLANNED, for what is no competency of the catalogue, or for a grade outside its scale;
    its field is "done", or "grade-KEY".
    """
    if len(planned) > MOST_PLANNED:
        raise InvalidInputError(
            _("Tick {most} competencies at most.", most=MOST_PLANNED), field="done"
        )
    with database.reading() as session:
        options = read_options(session, institution_id, context_id)
        names = {option.key: option.name for option in options}
        known = {option.key: option for option in options if not option.is_award}
        # What is imagined would be completed here, and rules may ask where something was.
        here = Origins(session).local(institution_id)
        facts = [replace(_completion(one, known, now), attributes=here) for one in planned]
        today = read_standing(session, institution_id, learner_id, names, now)
        then = today
        if facts:
            then = read_standing(session, institution_id, learner_id, names, now, facts)
        keys = {key for view in then.stacks for step in view.steps for key in step.options}
        return ImaginedView(
            course_title=get_context(session, context_id).title,
            now={view.key: view for view in today.stacks},
            then={view.key: view for view in then.stacks},
            follows=_follows(then.stacks),
            names=names,
            facts=then.facts,
            competencies=known,
            workloads=find_workloads(session, institution_id, keys),
            known_on=now,
        )


def _completion(
    planned: Planned, known: Mapping[str, AchievementOption], now: datetime
) -> Completion:
    option = known.get(planned.key)
    if option is None:
        raise InvalidInputError("One of these is not in the catalogue any more.", field="done")
    low, high = scale_bounds(option.scale)
    grade = planned.grade
    if grade is not None and not (grade.is_finite() and low <= grade <= high):
        words = _(
            "The grade for {name} must be between {low} and {high}.",
            name=option.name,
            low=low,
            high=high,
        )
        raise InvalidInputError(words, field=f"grade-{option.key}")
    return Completion(
        f"{PLANNED}{option.key}",
        option.key,
        now.date(),
        now,
        option.credits,
        None if grade is None else Grade(grade, option.scale),
    )


def _follows(stacks: Sequence[StackView]) -> tuple[str, ...]:
    return tuple(
        view.key
        for view in stacks
        if view.award is None and not view.is_revoked and view.progress.status is Status.MET
    )
