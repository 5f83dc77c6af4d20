"""Status lists: which credentials are revoked or suspended, and the places of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Base, UTCDateTime, insert_missing
from lti_tool.persistence.credentials import Credential

REVOCATION = "revocation"
"""The purpose of lists whose bits are never cleared again."""


class StatusList(Base):
    """A list of bits that an institution publishes; ``taken`` places of it are given away.

    ``document`` is the list as it was signed last, at ``signed_at``.
    """

    __tablename__ = "status_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    taken: Mapped[int] = mapped_column(default=0)
    document: Mapped[str | None] = mapped_column(Text)
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class StatusEntry(Base):
    """The place of a credential in a list: of an award's, or of an endorsement.

    It is never given to another one.
    """

    __tablename__ = "status_entries"
    __table_args__ = (UniqueConstraint("status_list_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    status_list_id: Mapped[int] = mapped_column(ForeignKey("status_lists.id"))
    position: Mapped[int]
    award_id: Mapped[int | None] = mapped_column(ForeignKey("awards.id"), index=True)
    endorsement_id: Mapped[int | None] = mapped_column(
        ForeignKey("issued_endorsements.id"), index=True
    )
    is_set: Mapped[bool] = mapped_column(default=False)


def forget_signed_lists(session: Session, institution_id: int) -> None:
    """Take the signed texts of an institution's lists away: the next request signs them anew."""
    session.execute(
        update(StatusList)
        .where(StatusList.institution_id == institution_id)
        .values(document=None)
        .execution_options(synchronize_session=False)
    )


def list_set_purposes(session: Session, award_ids: Sequence[int]) -> dict[int, set[str]]:
    """Return which bits of these awards' credentials are set, by the award's internal id."""
    query = (
        select(StatusEntry.award_id, StatusList.purpose)
        .join(StatusList, StatusList.id == StatusEntry.status_list_id)
        .where(StatusEntry.award_id.in_(award_ids), StatusEntry.is_set)
    )
    found: dict[int, set[str]] = {}
    for award_id, purpose in session.execute(query):
        if award_id is not None:
            found.setdefault(award_id, set()).add(purpose)
    return found


def list_status_lists(session: Session, institution_id: int) -> list[StatusList]:
    """Return the status lists of an institution, the oldest first."""
    query = select(StatusList).where(StatusList.institution_id == institution_id)
    return list(session.scalars(query.order_by(StatusList.id)))


def get_status_list(session: Session, institution_id: int, uuid: UUID) -> StatusList:
    """Return a status list of this institution; ``NotFoundError`` otherwise."""
    found = session.scalar(
        select(StatusList).where(
            StatusList.institution_id == institution_id, StatusList.uuid == uuid
        )
    )
    if found is None:
        raise NotFoundError("There is no such status list.")
    return found


def find_open_list(
    session: Session, institution_id: int, purpose: str, full: int
) -> StatusList | None:
    """Return a list of this purpose that has less than ``full`` places given away."""
    return session.scalar(
        select(StatusList)
        .where(
            StatusList.institution_id == institution_id,
            StatusList.purpose == purpose,
            StatusList.taken < full,
        )
        .order_by(StatusList.id)
        .limit(1)
    )


def add_status_list(
    session: Session, institution_id: int, purpose: str, now: datetime
) -> StatusList:
    """Open a new list."""
    added = StatusList(institution_id=institution_id, purpose=purpose, created_at=now)
    session.add(added)
    session.flush()
    return added


def take_positions(
    session: Session, status_list_id: int, owners: Mapping[int, Mapping[str, int]]
) -> set[int]:
    """Give places in a list away; return those that nobody has or had, which are taken now.

    ``owners`` says by place whose it is to be: ``award_id`` or ``endorsement_id`` with its
    internal id.
    """
    rows = [
        {"status_list_id": status_list_id, "position": position, "is_set": False, **owner}
        for position, owner in owners.items()
    ]
    made = insert_missing(
        session,
        StatusEntry,
        rows,
        unique=("status_list_id", "position"),
        returning=(StatusEntry.position,),
    )
    session.execute(
        update(StatusList)
        .where(StatusList.id == status_list_id)
        .values(taken=StatusList.taken + len(made))
        .execution_options(synchronize_session=False)
    )
    return {row[0] for row in made}


def list_entries(
    session: Session, award_ids: Collection[int]
) -> dict[int, list[tuple[StatusEntry, StatusList]]]:
    """Return the places of some awards' credentials by award, the first given first."""
    query = (
        select(StatusEntry, StatusList)
        .join(StatusList, StatusList.id == StatusEntry.status_list_id)
        .where(StatusEntry.award_id.in_(award_ids))
        .order_by(StatusEntry.id)
    )
    found: dict[int, list[tuple[StatusEntry, StatusList]]] = {}
    for place, row in session.execute(query):
        found.setdefault(place.award_id or 0, []).append((place, row))
    return found


def list_set_positions(session: Session, status_list_id: int) -> list[int]:
    """Return the places of a list whose bits are set."""
    query = select(StatusEntry.position).where(
        StatusEntry.status_list_id == status_list_id, StatusEntry.is_set
    )
    return list(session.scalars(query.order_by(StatusEntry.position)))


def set_bit(
    session: Session, institution_id: int, award_uuid: UUID, purpose: str, *, is_set: bool
) -> bool:
    """Set or clear the bit of an award's credential; False when it stood so already.

    The list's signed text is taken away, so that the next request signs it anew.
    ``NotFoundError`` when the institution has issued no such credential.
    """
    row = session.execute(
        select(StatusEntry, StatusList)
        .join(StatusList, StatusList.id == StatusEntry.status_list_id)
        .join(Award, Award.id == StatusEntry.award_id)
        .join(Credential, Credential.award_id == Award.id)
        .where(
            Award.uuid == award_uuid,
            Award.institution_id == institution_id,
            StatusList.purpose == purpose,
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFoundError("This institution has issued no such credential.")
    entry, status_list = row
    if entry.is_set == is_set:
        return False
    entry.is_set, status_list.document = is_set, None
    session.flush()
    return True


def set_revocation_bits(session: Session, award_id: int) -> None:
    """Set the bit of an award's place in the list of revoked credentials, if it has one.

    A place is given before the credential is signed: one that is being signed now is covered.
    """
    for entry, status_list in list_entries(session, [award_id]).get(award_id, ()):
        if status_list.purpose == REVOCATION and not entry.is_set:
            entry.is_set, status_list.document = True, None
    session.flush()
