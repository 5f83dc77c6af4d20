"""Public pages of credentials: there only while their learner wants them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Base, UTCDateTime, insert_missing
from lti_tool.persistence.credentials import Credential
from lti_tool.persistence.learners import Learner


class PublicPage(Base):
    """What a learner lets anybody see who knows the address: the consent, and the page itself.

    ``token`` is the end of the address. It is kept as it is: the learner reads it again to pass
    it on, and it opens nothing but what is public. ``consented_by`` is the uuid of the account
    that last said what is shown, at ``consented_at``. A withdrawn page has no row.
    """

    __tablename__ = "public_pages"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    shows_name: Mapped[bool]
    shows_evidence: Mapped[bool]
    shows_results: Mapped[bool]
    shows_document: Mapped[bool]
    is_listed: Mapped[bool]
    consented_by: Mapped[UUID]
    consented_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class Published:
    """A public page with what it shows."""

    page: PublicPage
    award: Award
    credential: Credential
    learner: Learner


def ensure_page(session: Session, row: dict[str, Any]) -> PublicPage:
    """Publish, or change what a page shows; the address of a page that is there stays."""
    insert_missing(session, PublicPage, [row], unique=("award_id",), returning=(PublicPage.id,))
    kept = ("token", "published_at")
    session.execute(
        update(PublicPage)
        .where(PublicPage.award_id == row["award_id"])
        .values({name: value for name, value in row.items() if name not in kept})
        .execution_options(synchronize_session=False)
    )
    found = find_page(session, row["award_id"])
    assert found is not None  # noqa: S101 - it was just written, in this transaction
    session.refresh(found)
    return found


def find_page(session: Session, award_id: int) -> PublicPage | None:
    """Return the public page of an award."""
    return session.scalar(select(PublicPage).where(PublicPage.award_id == award_id))


def list_pages(session: Session, award_ids: Sequence[int]) -> dict[int, PublicPage]:
    """Return the public pages of these awards by the award's internal id."""
    query = select(PublicPage).where(PublicPage.award_id.in_(award_ids))
    return {row.award_id: row for row in session.scalars(query)}


def remove_page(session: Session, award_id: int) -> bool:
    """Take a page away; False when there was none."""
    gone = session.scalar(
        delete(PublicPage).where(PublicPage.award_id == award_id).returning(PublicPage.id)
    )
    return gone is not None


def find_published(session: Session, token: str) -> Published | None:
    """Return the page at this address with all that it shows."""
    query = (
        select(PublicPage, Award, Credential, Learner)
        .join(Award, Award.id == PublicPage.award_id)
        .join(Credential, Credential.award_id == PublicPage.award_id)
        .join(Learner, Learner.id == PublicPage.learner_id)
        .where(PublicPage.token == token)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Published(*row)
