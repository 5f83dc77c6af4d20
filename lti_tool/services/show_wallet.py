"""Use case: show a person all that they hold, over every course and joined account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.persistence.base import Database
from lti_tool.persistence.joined_accounts import list_person
from lti_tool.wallets.accounts import Account, read_accounts
from lti_tool.wallets.holdings import Holding, read_holdings


@dataclass(frozen=True, slots=True)
class WalletView:
    """The page of one person; the account that is signed in comes first in ``accounts``."""

    holdings: tuple[Holding, ...]
    accounts: tuple[Account, ...]

    @property
    def is_joined(self) -> bool:
        """Return whether more than one account is shown."""
        return len(self.accounts) > 1

    def account_of(self, holding: Holding) -> Account:
        """Return the account that earned this."""
        return next(one for one in self.accounts if one.uuid == holding.account)


def show_wallet(database: Database, *, learner_id: int, now: datetime) -> WalletView:
    """Return all awards and credentials of a learner and of the accounts they joined."""
    with database.reading() as session:
        people = list_person(session, learner_id)
        return WalletView(
            tuple(read_holdings(session, learner_id, now)),
            tuple(read_accounts(session, people, learner_id)),
        )
