"""What the catalogue has for a goal in somebody's own words; the words are not kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from lti_tool.matching import Band, Entry, KeptMatchers, Match, spoken_in
from lti_tool.pathways import Path, Pathfinder, asked_for
from lti_tool.persistence.alignments import find_aligned_names
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import institution_of, list_achievements
from lti_tool.persistence.courses import get_context
from lti_tool.persistence.elements import find_workloads, list_described
from lti_tool.persistence.readings import AchievementOption, read_options
from lti_tool.persistence.snapshots import Origins
from lti_tool.standing_views import StackView, Standing, read_standing

MOST_STACKS, MOST_PLANNED = 5, 3
_MOST_NAMES, _LONGEST_DESCRIPTION = 40, 2_000
_COSTS = {Band.CLOSE: Decimal(1), Band.NEAR: Decimal("1.001"), Band.FAR: Decimal("1.002")}
_WEIGHTS = {Band.CLOSE: 3.0, Band.NEAR: 2.0, Band.FAR: 1.0}


@dataclass(frozen=True, slots=True)
class GoalCompetency:
    """A competency that fits the goal; ``is_held`` says that it is completed, or awarded."""

    match: Match
    option: AchievementOption
    is_held: bool


@dataclass(frozen=True, slots=True)
class GoalStack:
    """A stack that leads to what fits the goal, or fits itself (``match``).

    ``wanted`` are the keys of what it asks for and the goal names, ``held`` those of them that the
    learner has. ``path`` is the least that leads there, for the first stacks that are not held.
    """

    view: StackView
    match: Match | None
    band: Band
    wanted: tuple[str, ...]
    held: tuple[str, ...]
    path: Path | None


@dataclass(frozen=True, slots=True)
class GoalView:
    """What fits a goal, best first; both empty where nothing does.

    ``names`` and ``workloads`` (hours) are by achievement key. Of a text that is too long the
    beginning alone is read (``is_all_read``).
    """

    course_title: str
    competencies: tuple[GoalCompetency, ...] = ()
    stacks: tuple[GoalStack, ...] = ()
    names: Mapping[str, str] | None = None
    workloads: Mapping[str, Decimal] | None = None
    is_all_read: bool = True


def match_goal(
    database: Database,
    matchers: KeptMatchers,
    *,
    institution: int | str,
    context_id: int | None = None,
    learner_id: int | None = None,
    text: str,
    language: str,
    now: datetime,
    waits: bool = False,
) -> GoalView:
    """Return what fits ``text``, and where a learner stands in it.

    ``institution`` is an id, or a key (``NotFoundError`` without one). ``language`` is a tag, of
    a text that does not show its own. Without ``context_id`` no course is meant, without
    ``learner_id`` somebody new. An empty text fits nothing. Nothing is written, and the text is
    not kept. ``waits`` for a model that is still reading the catalogue.
    """
    with database.reading() as session:
        title = "" if context_id is None else get_context(session, context_id).title
        if not text.strip():
            return GoalView(title)
        institution_id = _institution(session, institution)
        language = spoken_in(text, language)
        entries = read_entries(session, institution_id, language)
        matcher = matchers.of(institution_id, language, entries, waits=waits)
        found = matcher.match(text)
        options = {o.key: o for o in read_options(session, institution_id, context_id)}
        names = {key: option.name for key, option in options.items()}
        standing = read_standing(session, institution_id, learner_id, names, now)
        workloads = find_workloads(session, institution_id, options)
        matches = {match.key: match for match in found.matches if match.key in options}
        held = _held(standing)
        finder = Pathfinder(
            standing,
            options,
            workloads,
            {key: _COSTS[match.band] for key, match in matches.items()},
            Origins(session).local(institution_id),
            now,
        )
        return GoalView(
            title,
            tuple(
                GoalCompetency(match, options[key], key in held)
                for key, match in matches.items()
                if not options[key].is_award
            ),
            _stacks(finder, matches, held),
            names,
            workloads,
            found.is_all_read,
        )


def _institution(session: Session, named: int | str) -> int:
    if isinstance(named, int):
        return named
    return institution_of(session, key=named, within=None).id


def read_entries(session: Session, institution_id: int, language: str) -> tuple[Entry, ...]:
    """Return what can be found in the catalogue of an institution, with its further names.

    Those are the names of items of frameworks in ``language`` and English, and its tags.
    """
    spoken = {language, language.partition("-")[0], "en"}
    aligned = find_aligned_names(session, institution_id, spoken)
    said = {row.key: made.elements for row, made in list_described(session, institution_id)}
    entries = []
    for row in list_achievements(session, institution_id):
        elements = said.get(row.key, {})
        others = [*aligned.get(row.id, ()), *elements.get("tags", ())]
        told = "\n".join([row.description, *elements.get("learning_outcomes", ())])
        names = tuple(dict.fromkeys(others))[:_MOST_NAMES]
        entries.append(Entry(row.key, row.name, names, told[:_LONGEST_DESCRIPTION]))
    return tuple(entries)


def _held(standing: Standing) -> frozenset[str]:
    done = {f.achievement for f in standing.record.completions if f.withdrawn_at is None}
    return frozenset(done | {view.key for view in standing.stacks if view.award is not None})


def _band(own: Match | None, wanted: Sequence[Band]) -> Band:
    """Return how well a stack fits by itself and by what it asks for.

    A single competency that fits closely makes it fit in part.
    """
    close = wanted.count(Band.CLOSE)
    if (own and own.band is Band.CLOSE) or close > 1:
        return Band.CLOSE
    return Band.NEAR if close or (own and own.band is Band.NEAR) else Band.FAR


def _stacks(
    finder: Pathfinder, matches: Mapping[str, Match], held: frozenset[str]
) -> tuple[GoalStack, ...]:
    """Return the stacks that lead to most of what fits, asking for least beside it."""
    scored = []
    for view in finder.stacks.values():
        asked = list(asked_for(view, finder.stacks, ()))
        wanted = tuple(key for key in matches if key in asked)
        own = matches.get(view.key)
        if not wanted and own is None:
            continue
        weights = [_WEIGHTS[matches[key].band] for key in wanted]
        score = sum(weights) / max(1, len(asked)) ** 0.5 + (_WEIGHTS[own.band] if own else 0)
        scored.append((score, view, own, wanted))
    scored.sort(key=lambda one: -one[0])
    found: list[GoalStack] = []
    for _, view, own, wanted in scored[:MOST_STACKS]:
        is_planned = len(found) < MOST_PLANNED and view.award is None and not view.is_revoked
        found.append(
            GoalStack(
                view,
                own,
                _band(own, [matches[key].band for key in wanted]),
                wanted,
                tuple(key for key in wanted if key in held),
                finder.find(view) if is_planned else None,
            )
        )
    return tuple(found)
