"""By which protocols an institution lets credentials get into wallets."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lti_tool.errors import ForbiddenError, NotFoundError
from lti_tool.persistence.catalog import Institution, list_institutions
from lti_tool.persistence.wallet_offers import Way

USUAL = frozenset({Way.VC_API, Way.OID4VCI})
"""On unless an institution says otherwise: a learner hands over one credential, by one press.

The Open Badges API opens lasting access to wallets that register themselves: an institution
has to want it.
"""


def ways_of(institution: Institution) -> frozenset[Way]:
    """Return the protocols that are on at an institution."""
    named: Sequence[str] | None = institution.wallet_ways
    return USUAL if named is None else frozenset(way for way in Way if way in named)


def check_way(institution: Institution, way: Way) -> None:
    """Refuse a protocol that is switched off; ``ForbiddenError``."""
    if way not in ways_of(institution):
        raise ForbiddenError(
            "Your institution does not offer this way into a wallet. Download the credential "
            "instead.",
            code="wallet-way",
        )


def check_any_reads(session: Session) -> None:
    """Refuse while no institution lets wallets read; ``NotFoundError``."""
    if not any(
        Way.BADGES_API in ways_of(row) and row.suspended_at is None
        for row in list_institutions(session)
    ):
        raise NotFoundError("No institution of this tool lets wallets read.")
