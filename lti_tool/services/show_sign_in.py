"""Use case: show how people of an institution sign in, and what a person has set up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.news import find_settings
from lti_tool.persistence.sign_in_ways import Kind, Person, list_ways
from lti_tool.signing_in.clients import Place, get_place, place_of


@dataclass(frozen=True, slots=True)
class WayView:
    """One way of a person; ``last_used_at`` is None while it was never used."""

    uuid: UUID
    kind: Kind
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaysView:
    """The ways of a person; ``place`` is None for administrators of the whole tool.

    ``address`` is one that the learner has confirmed for news, or "".
    """

    place: Place | None
    ways: tuple[WayView, ...]
    address: str

    @property
    def has_provider_way(self) -> bool:
        """Return whether an account at a provider is among them."""
        return any(way.kind is Kind.PROVIDER for way in self.ways)


def show_sign_in(database: Database, key: str) -> Place:
    """Return the institution at whose address somebody stands; ``NotFoundError`` for none."""
    with database.reading() as session:
        return get_place(session, key)


def show_ways(database: Database, person: Person) -> WaysView:
    """Return the ways of a person and what could be added."""
    with database.reading() as session:
        rows = list_ways(session, person)
        place = None
        if person.institution_id is not None:
            institution = get_institution_by_id(session, person.institution_id)
            if institution.suspended_at is not None:
                raise NotFoundError("This institution is suspended here.")
            place = place_of(session, institution)
        news = find_settings(session, person.learner_id) if person.learner_id else None
        address = news.address if news is not None and news.confirmed_at is not None else ""
        ways = [
            WayView(row.uuid, Kind(row.kind), row.name, row.created_at, row.last_used_at)
            for row in rows
        ]
        return WaysView(place, tuple(ways), address or "")
