"""Use case: tell whether wallets may read anything here."""

from __future__ import annotations

from lti_tool.persistence.base import Database
from lti_tool.wallet_protocols.ways import check_any_reads


def show_badge_api(database: Database) -> None:
    """Return when an institution of this tool lets wallets read; ``NotFoundError`` otherwise."""
    with database.reading() as session:
        check_any_reads(session)
