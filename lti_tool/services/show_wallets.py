"""Use case: show learners how their credentials get into wallets, and which wallets read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement, get_institution_by_id
from lti_tool.persistence.credentials import find_own_credential, load_award
from lti_tool.persistence.wallet_access import list_grants
from lti_tool.persistence.wallet_offers import Way, find_dids
from lti_tool.wallet_protocols.ways import ways_of


@dataclass(frozen=True, slots=True)
class ReadingWallet:
    """A wallet that a learner lets read: its name, its own address, what it may read."""

    uuid: UUID
    name: str
    address: str
    scopes: Sequence[str]
    since: datetime


@dataclass(frozen=True, slots=True)
class WalletsView:
    """What the pages about wallets show; ``title`` is of the credential they are about."""

    ways: frozenset[Way]
    did: str | None
    reading: Sequence[ReadingWallet]
    title: str = ""


def show_wallets(
    database: Database,
    *,
    institution_id: int,
    learner_id: int,
    award_uuid: UUID | None = None,
    now: datetime,
) -> WalletsView:
    """Return what a learner's page about wallets shows.

    ``NotFoundError`` when ``award_uuid`` names no credential of this learner.
    """
    with database.reading() as session:
        return WalletsView(
            ways=ways_of(get_institution_by_id(session, institution_id)),
            did=find_dids(session, [learner_id]).get(learner_id),
            reading=[
                ReadingWallet(
                    uuid=grant.uuid,
                    name=client.name,
                    address=client.details.get("client_uri", grant.redirect_uri),
                    scopes=grant.scope.split(),
                    since=grant.created_at,
                )
                for grant, client in list_grants(session, learner_id, now)
                if grant.code_used_at is not None
            ],
            title="" if award_uuid is None else _title(session, learner_id, award_uuid),
        )


def _title(session: Session, learner_id: int, award_uuid: UUID) -> str:
    if find_own_credential(session, learner_id, award_uuid) is None:
        raise NotFoundError("This credential is not there, or not issued yet. Try again shortly.")
    award = load_award(session, award_uuid).award
    return session.get_one(Achievement, award.achievement_id).name
