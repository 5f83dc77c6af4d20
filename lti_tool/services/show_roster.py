"""Show a teacher the learners of a course: what each has completed, earned and handed in.

A page of learners at a time: every statement is about those alone, however large the course is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.class_standings import asked_for, list_outdated, read_now
from lti_tool.persistence.awards import list_awards, list_held, list_reviews_in
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import find_by_keys
from lti_tool.persistence.classes import (
    ClassPage,
    ClassRow,
    Filter,
    Order,
    Where,
    find_page,
    list_class_ids,
)
from lti_tool.persistence.completions import (
    CourseCompletion,
    EvidenceState,
    count_completions_in,
    find_learner_of,
    list_completions_in,
)
from lti_tool.persistence.courses import get_context, get_institution_id
from lti_tool.persistence.deliveries import list_of_keys
from lti_tool.persistence.learners import find_learner_by_uuid, get_learner
from lti_tool.persistence.readings import (
    NAMELESS,
    AchievementOption,
    EvidenceView,
    read_evidence,
    read_options,
)
from lti_tool.persistence.rubrics import LevelOption, list_offered_levels
from lti_tool.persistence.snapshots import Rules, load_rules
from lti_tool.persistence.standings import Summary

PAGE = 25
MOST_NAMED = 300
"""Learners whom a form names all; in a larger course it names those of the page."""

MOST_EVIDENCE = 10
"""Pieces of evidence on this page; all of them are on the page of their own."""

LATEST = 5
"""Completions of each learner on a page of many; all of them where one learner is asked for."""

STALLED_AFTER = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class RosterQuery:
    """Which learners are asked for: by stack (key) and where they stand, by name; which page.

    ``learner_uuid`` asks for one learner, ``completion_uuid`` for whose completion that is, and
    for nobody else: with everything that they have completed here.
    """

    stack_key: str = ""
    where: Where | None = None
    name: str = ""
    order: Order = Order.NAME
    page: int = 1
    completion_uuid: UUID | None = None
    learner_uuid: UUID | None = None

    @property
    def is_of_one(self) -> bool:
        """Whether one learner alone is asked for."""
        return self.completion_uuid is not None or self.learner_uuid is not None


@dataclass(frozen=True, slots=True)
class ScoreState:
    """Where the score of a completion stands: pending, done, superseded, failed."""

    state: str
    last_answer: str


@dataclass(frozen=True, slots=True)
class CompletionRow:
    """One completion that was recorded in this course."""

    uuid: UUID
    achievement_name: str
    grade: Decimal | None
    scale: str
    completed_on: date
    note: str
    is_withdrawn: bool
    score: ScoreState | None


@dataclass(frozen=True, slots=True)
class RowProgress:
    """How much of one stack counts for a learner."""

    title: str
    have: Decimal
    need: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One learner of the course, with completions of this course and all awards (names).

    ``recorded`` is how many completions there are; a page of many has the latest of them.
    """

    learner_uuid: UUID
    name: str
    is_active: bool
    completions: tuple[CompletionRow, ...]
    awards: tuple[str, ...]
    progress: tuple[RowProgress, ...] = ()
    recorded: int = 0


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """An award that lost part of its ground and waits for a person's decision."""

    learner_name: str
    award_name: str
    reason: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class RosterView:
    """The teacher's page of one course. ``synced_at`` is None before the first roster.

    ``rows`` are one page of the ``total`` that match. ``stacks`` are (key, title); ``everybody``
    are (uuid, name) for a form. ``uncomputed`` is how many learners' progress is not known yet,
    where the list is filtered or sorted by it.
    """

    course_title: str
    synced_at: datetime | None
    achievements: tuple[AchievementOption, ...]
    rows: tuple[RosterRow, ...]
    evidence: tuple[EvidenceView, ...]
    reviews: tuple[ReviewRow, ...]
    query: RosterQuery = field(default_factory=RosterQuery)
    total: int = 0
    stacks: tuple[tuple[str, str], ...] = ()
    everybody: tuple[tuple[UUID, str], ...] = ()
    uncomputed: int = 0
    levels: tuple[LevelOption, ...] = ()

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, -(-self.total // PAGE))


def show_roster(
    database: Database,
    *,
    context_id: int,
    now: datetime,
    query: RosterQuery = RosterQuery(),
) -> RosterView:
    """Give a page of the learners of a course, with what they completed there and earned.

    Filters and sorting are one statement; progress is evaluated for the learners of the page
    whose facts have changed since it was computed, and read for the others. Nothing is written.
    """
    with database.reading() as session:
        context = get_context(session, context_id)
        institution_id = get_institution_id(session, context_id)
        rules = load_rules(session, institution_id)
        page = _page(session, institution_id, context_id, rules, query, now)
        named = find_page(session, context_id, is_active=True, limit=MOST_NAMED)
        return RosterView(
            course_title=context.title,
            synced_at=context.roster_synced_at,
            achievements=read_options(session, institution_id, context_id),
            rows=_rows(session, institution_id, context_id, rules, query, page.rows, now),
            evidence=read_evidence(
                session, context_id, state=EvidenceState.SUBMITTED, most=MOST_EVIDENCE
            ),
            reviews=_reviews(session, context_id),
            query=query,
            total=page.total,
            stacks=tuple((stack.key, stack.title) for stack in rules.stacks),
            everybody=tuple((row.uuid, row.name or NAMELESS) for row in named.rows)
            if named.total <= MOST_NAMED
            else (),
            uncomputed=_uncomputed(session, institution_id, context_id, query, now),
            levels=list_offered_levels(session, institution_id),
        )


def _page(
    session: Session,
    institution_id: int,
    context_id: int,
    rules: Rules,
    query: RosterQuery,
    now: datetime,
) -> ClassPage:
    only = _only(session, context_id, query)
    if only is None and query.is_of_one:
        return ClassPage((), 0)
    stack = rules.rows.get(query.stack_key)
    filtered = None
    if stack is not None and query.where is not None:
        keys = asked_for(rules, query.stack_key)
        ids = {row.id for row in find_by_keys(session, institution_id, keys).values()}
        since = now.date() - STALLED_AFTER
        filtered = Filter(stack.stack.id, frozenset(ids), query.where, since)
    return find_page(
        session,
        context_id,
        name=query.name,
        filtered=filtered,
        only=only,
        order=query.order,
        sorted_by_stack=None if stack is None else stack.stack.id,
        offset=(query.page - 1) * PAGE,
        limit=PAGE,
    )


def _only(session: Session, context_id: int, query: RosterQuery) -> int | None:
    """Return the one learner who is asked for, if it is one of this tool's."""
    if query.completion_uuid is not None:
        return find_learner_of(session, context_id, query.completion_uuid)
    if query.learner_uuid is None:
        return None
    found = find_learner_by_uuid(session, query.learner_uuid)
    return None if found is None else found.id


def _uncomputed(
    session: Session, institution_id: int, context_id: int, query: RosterQuery, now: datetime
) -> int:
    """Return how many learners a filter or order by progress does not know yet."""
    by_progress = query.where is Where.CLOSE or query.order is Order.PROGRESS
    if not by_progress or not query.stack_key:
        return 0
    return len(list_outdated(session, institution_id, list_class_ids(session, context_id), now))


def _rows(
    session: Session,
    institution_id: int,
    context_id: int,
    rules: Rules,
    query: RosterQuery,
    learners: Sequence[ClassRow],
    now: datetime,
) -> tuple[RosterRow, ...]:
    ids = [row.id for row in learners]
    completions = _completions(session, context_id, ids, None if query.is_of_one else LATEST)
    recorded = count_completions_in(session, context_id, ids)
    standings = read_now(session, institution_id, ids, now)
    awards: dict[int, list[str]] = defaultdict(list)
    for held in list_held(session, ids):
        awards[held.learner_id].append(held.name)
    return tuple(
        RosterRow(
            row.uuid,
            row.name or NAMELESS,
            row.is_active,
            tuple(completions[row.id]),
            tuple(dict.fromkeys(awards[row.id])),
            _progress(row.id, rules, query.stack_key, standings),
            recorded.get(row.id, 0),
        )
        for row in learners
    )


def _progress(
    learner_id: int, rules: Rules, chosen: str, standings: Mapping[tuple[int, int], Summary]
) -> tuple[RowProgress, ...]:
    """Return the progress in the chosen stack; without one, in those begun and not met."""
    found = []
    for stack in rules.stacks:
        summary = standings.get((learner_id, rules.rows[stack.key].stack.id))
        if summary is None:
            continue
        is_begun = summary.have > 0 and summary.status != "met"
        if stack.key == chosen or (not chosen and is_begun):
            found.append(RowProgress(stack.title, summary.have, summary.need, summary.unit))
    return tuple(found)


def _completions(
    session: Session, context_id: int, ids: Sequence[int], most_each: int | None
) -> dict[int, list[CompletionRow]]:
    items = list_completions_in(session, context_id, ids, most_each=most_each)
    keys = [f"completion:{item.completion.uuid}" for item in items]
    scores = {d.key: ScoreState(d.state, d.last_answer) for d in list_of_keys(session, keys)}
    found: dict[int, list[CompletionRow]] = defaultdict(list)
    for item in items:
        found[item.completion.learner_id].append(_completion(item, scores))
    return found


def _completion(item: CourseCompletion, scores: dict[str, ScoreState]) -> CompletionRow:
    completion = item.completion
    return CompletionRow(
        uuid=completion.uuid,
        achievement_name=item.achievement.name,
        grade=completion.grade,
        scale=completion.scale,
        completed_on=completion.completed_on,
        note=completion.note,
        is_withdrawn=item.is_withdrawn,
        score=scores.get(f"completion:{completion.uuid}"),
    )


def _reviews(session: Session, context_id: int) -> tuple[ReviewRow, ...]:
    found = list_reviews_in(session, context_id)
    members = set(list_class_ids(session, context_id)) if found else set()
    found = [(review, award) for review, award in found if award.learner_id in members]
    ids = {award.learner_id for _, award in found}
    names = {award.id: achievement.name for award, achievement in list_awards(session, ids)}
    return tuple(
        ReviewRow(
            get_learner(session, award.learner_id).name or NAMELESS,
            names[award.id],
            review.reason,
            review.opened_at,
        )
        for review, award in found
    )
