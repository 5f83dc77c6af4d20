"""Credentials on their way into wallets, and the DIDs that learners have proved to be theirs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime, insert_missing
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.credentials import Credential
from lti_tool.persistence.joined_accounts import list_people, list_person


class Way(StrEnum):
    """The protocols by which a credential gets into a wallet."""

    VC_API = "vc-api"
    OID4VCI = "oid4vci"
    BADGES_API = "ob-api"


class WalletOffer(Base):
    """One credential that its learner has offered to a wallet, once, for a short time.

    ``secret_hash`` stands for the secret in its address; ``pin_hash`` for the code that the
    learner types. ``failures`` counts wrong codes and proofs. ``token_hash`` stands for the
    access token that the wallet got for both.
    """

    __tablename__ = "wallet_offers"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"))
    way: Mapped[str] = mapped_column(String(20))
    pin_hash: Mapped[str | None] = mapped_column(String(64))
    failures: Mapped[int] = mapped_column(default=0)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class HolderDID(Base):
    """A DID that a learner has proved to control, in a wallet, for one institution."""

    __tablename__ = "holder_dids"
    __table_args__ = (UniqueConstraint("learner_id", "did"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"))
    did: Mapped[str] = mapped_column(String(600))
    way: Mapped[str] = mapped_column(String(20))
    proven_at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class OfferRows:
    """An offer with the credential and the institution that it is about."""

    offer: WalletOffer
    credential: Credential
    institution: Institution


def add_offer(session: Session, offer: WalletOffer) -> None:
    """Store an offer; an earlier one of the same credential by the same way is over."""
    session.execute(
        delete(WalletOffer).where(
            WalletOffer.award_id == offer.award_id, WalletOffer.way == offer.way
        )
    )
    session.add(offer)
    session.flush()


def find_offer(
    session: Session,
    way: Way,
    now: datetime,
    *,
    secret_hash: str | None = None,
    token_hash: str | None = None,
) -> OfferRows | None:
    """Return the offer of this secret or token, locked; None once it is over.

    A suspended institution hands nothing out.
    """
    query = (
        select(WalletOffer, Credential, Institution)
        .join(Credential, Credential.award_id == WalletOffer.award_id)
        .join(Institution, Institution.id == WalletOffer.institution_id)
        .where(
            WalletOffer.way == way,
            WalletOffer.expires_at > now,
            Institution.suspended_at.is_(None),
            WalletOffer.secret_hash == secret_hash
            if token_hash is None
            else WalletOffer.token_hash == token_hash,
        )
        .with_for_update(of=WalletOffer)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else OfferRows(*row)


def note_did(
    session: Session, institution_id: int, learner_id: int, did: str, way: Way, now: datetime
) -> None:
    """Note that a learner has proved a DID; proved again, it is the latest one."""
    row = {
        "institution_id": institution_id,
        "learner_id": learner_id,
        "did": did,
        "way": way.value,
        "proven_at": now,
    }
    insert_missing(
        session, HolderDID, [row], unique=("learner_id", "did"), returning=(HolderDID.id,)
    )
    session.execute(
        update(HolderDID)
        .where(HolderDID.learner_id == learner_id, HolderDID.did == did)
        .values(proven_at=now, way=way.value)
    )


def find_dids(session: Session, learner_ids: Collection[int]) -> dict[int, str]:
    """Return the DID that each learner, or an account that they have joined, has proved last."""
    people = list_people(session, learner_ids)
    accounts = sorted({one for person in people.values() for one in person})
    query = select(HolderDID).where(HolderDID.learner_id.in_(accounts))
    proved = sorted(session.scalars(query), key=lambda row: (row.proven_at, row.id))
    last = {row.learner_id: (row.proven_at, row.id, row.did) for row in proved}
    return {
        learner_id: max(last[one] for one in person if one in last)[2]
        for learner_id, person in people.items()
        if any(one in last for one in person)
    }


def delete_dids(session: Session, learner_id: int) -> bool:
    """Forget what a learner and the accounts they have joined have proved; False if nothing."""
    gone = session.scalars(
        delete(HolderDID)
        .where(HolderDID.learner_id.in_(list_person(session, learner_id)))
        .returning(HolderDID.id)
    )
    return bool(gone.all())


def delete_expired_offers(session: Session, now: datetime) -> None:
    """Forget offers whose time is over."""
    session.execute(delete(WalletOffer).where(WalletOffer.expires_at <= now))
