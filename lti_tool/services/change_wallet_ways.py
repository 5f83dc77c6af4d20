"""Use case: say by which protocols an institution's credentials get into wallets, or look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.wallet_offers import Way
from lti_tool.wallet_protocols.ways import USUAL, ways_of


@dataclass(frozen=True, slots=True)
class WayChanges:
    """Protocols to switch on and off; ``is_reset`` first goes back to what is usual."""

    on: frozenset[Way] = frozenset()
    off: frozenset[Way] = frozenset()
    is_reset: bool = False


def change_wallet_ways(
    database: Database, key: str, changes: WayChanges, *, actor: str, now: datetime
) -> dict[Way, bool]:
    """Enter the changes and return which protocols are on; without changes nothing is written.

    It counts from the next request on: offers and tokens that are out are good for nothing
    while their protocol is off. ``NotFoundError`` for an unknown institution,
    ``InvalidInputError`` for a protocol that is switched both on and off.
    """
    for way in changes.on & changes.off:
        raise InvalidInputError(f"'{way}' is switched both on and off.")
    with database.writing() as session:
        lock_name(session, f"wallet-ways:{key}")
        institution = get_institution(session, key)
        before = ways_of(institution)
        after = ((USUAL if changes.is_reset else before) | changes.on) - changes.off
        if after != before:
            institution.wallet_ways = None if after == USUAL else sorted(after)
            add_event(
                session,
                institution_id=institution.id,
                actor=actor,
                action="wallet-ways-changed",
                subject=str(institution.uuid),
                detail={"on": sorted(after)},
                at=now,
            )
        return {way: way in after for way in Way}
