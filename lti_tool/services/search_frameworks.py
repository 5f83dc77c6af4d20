"""Use case: find items of competency frameworks by words."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.frameworks import (
    Framework,
    FrameworkItem,
    FrameworkLabel,
    choose_label,
    count_places,
    find_items,
    find_matches,
    list_frameworks,
    load_items,
    load_labels,
)
from lti_tool.search_words import closeness, rank, terms_of, words

MOST_RESULTS = 50
LONGEST_QUERY = 200
LOOKED_AT = 60
"""Best matches of words whose names are compared with the query as a whole."""

MOST_PLACES = 3000
"""A word that stands at more places tells nothing while there are rarer ones (for, with, use)."""


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item that fits a query; ``language`` is that of its texts here."""

    uuid: UUID
    uri: str
    code: str
    kind: str
    name: str
    description: str
    language: str
    languages: tuple[str, ...]
    framework_uuid: UUID
    framework: str
    attribution: str
    is_withdrawn: bool
    score: float


def search_frameworks(
    database: Database,
    query: str,
    *,
    institution_key: str,
    framework: UUID | None = None,
    language: str | None = None,
    limit: int = 20,
) -> list[FoundItem]:
    """Return the items of an institution's and of shared frameworks that fit, the best first.

    An address or code that fits exactly comes before words. Case and accents do not matter, and
    a word may be the beginning of the one that is meant. ``language`` looks at texts in that
    language alone. ``NotFoundError`` for an unknown institution.
    """
    asked = query.replace("\x00", "").strip()[:LONGEST_QUERY]
    with database.reading() as session:
        institution_id = get_institution(session, institution_key).id
        rows = list_frameworks(session, institution_id)
        chosen = [row for row in rows if framework in (None, row.uuid)]
        scores = _scores(session, chosen, asked, language)
        for item, of in find_items(session, institution_id, asked) if asked else ():
            if of.id in {row.id for row in chosen}:
                scores[item.id] = float("inf")
        best = heapq.nsmallest(LOOKED_AT, scores, key=lambda one: (-scores[one], one))
        return _found(session, best, scores, asked, language)[: min(limit, MOST_RESULTS)]


def _scores(
    session: Session,
    frameworks: Sequence[Framework],
    asked: str,
    language: str | None,
) -> dict[int, float]:
    ids = [row.id for row in frameworks]
    terms = terms_of(asked)
    if not ids or not terms:
        return {}
    places = {term: count_places(session, ids, term) for term in terms}
    rare = [term for term in terms if places[term] <= MOST_PLACES]
    told = [term for term in rare if places[term]] or sorted(terms, key=places.__getitem__)[:2]
    matches = [find_matches(session, ids, term, language) for term in told]
    return rank(matches, sum(row.item_count for row in frameworks))


def _found(
    session: Session, ids: Sequence[int], scores: dict[int, float], asked: str, language: str | None
) -> list[FoundItem]:
    items, labels = load_items(session, ids), load_labels(session, ids)
    query = words(asked)
    found = []
    for one in ids:
        label = _label(labels.get(one, []), query, language, items[one][1].language)
        name = label.name if label is not None else ""
        fit = scores[one] * (1 + closeness(query, words(name)))
        found.append(_item(*items[one], labels.get(one, []), label, fit))
    return sorted(found, key=lambda item: -item.score)


def _label(
    labels: list[FrameworkLabel], query: list[str], language: str | None, main: str
) -> FrameworkLabel | None:
    """Return the texts that fit the query best, those of the framework's language first."""
    if language is not None:
        return choose_label(labels, language, main)
    best = choose_label(labels, main)
    return max(
        labels,
        key=lambda label: (closeness(query, words(label.name)), label is best),
        default=None,
    )


def _item(
    item: FrameworkItem,
    framework: Framework,
    labels: list[FrameworkLabel],
    label: FrameworkLabel | None,
    score: float,
) -> FoundItem:
    return FoundItem(
        uuid=item.uuid,
        uri=item.uri,
        code=item.code,
        kind=item.kind,
        name=label.name if label else item.uri,
        description=label.description if label else "",
        language=label.language if label else "",
        languages=tuple(one.language for one in labels),
        framework_uuid=framework.uuid,
        framework=framework.title,
        attribution=framework.attribution,
        is_withdrawn=item.withdrawn_at is not None,
        score=score,
    )
