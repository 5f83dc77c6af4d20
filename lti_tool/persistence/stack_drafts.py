"""Drafts of stacks: the text that is worked on, and every text that it ever had."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, UTCDateTime

MOST_REVISIONS = 2**31


class DraftState(StrEnum):
    """How far a draft has come; a change of its text leads back to ``DRAFT``."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    APPROVED = "approved"
    PUBLISHED = "published"


class StackDraft(Base):
    """One or more stacks that are being written, as the text (YAML) of a stack document.

    The text may be incomplete. ``key`` and ``title`` are those of its first stack.
    ``approved_by`` is who approved ``approved_revision``, with the institution's definitions as
    they were in version ``approved_definitions`` (0: none); ``published_revision`` is 0 until the
    first publication. A draft that was deleted keeps its texts. Triggers hold four eyes
    (migration 0022).
    """

    __tablename__ = "stack_drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    key: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(500))
    document: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("learners.id"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(20))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("learners.id"))
    approved_revision: Mapped[int | None]
    approved_definitions: Mapped[int | None]
    published_revision: Mapped[int] = mapped_column(default=0)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class DraftRevision(Base):
    """One text of a draft, made from the text ``based_on``. The database keeps it as it is.

    ``is_aside`` marks a text that met a newer one of somebody else: it waits for a decision.
    ``form_id`` is that of the form it came with: sent twice, it is one revision.
    """

    __tablename__ = "draft_revisions"
    __table_args__ = (
        UniqueConstraint("draft_id", "number"),
        UniqueConstraint("draft_id", "form_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("stack_drafts.id"))
    number: Mapped[int]
    based_on: Mapped[int]
    is_aside: Mapped[bool]
    form_id: Mapped[str] = mapped_column(String(36))
    document: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("learners.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


def list_drafts(session: Session, institution_id: int) -> list[StackDraft]:
    """Return the drafts of an institution that are not deleted, the latest change first."""
    query = (
        select(StackDraft)
        .where(StackDraft.institution_id == institution_id, StackDraft.deleted_at.is_(None))
        .order_by(StackDraft.changed_at.desc(), StackDraft.id.desc())
    )
    return list(session.scalars(query))


def get_draft(
    session: Session, institution_id: int, uuid: UUID, *, lock: bool = False
) -> StackDraft:
    """Return a draft of this institution; ``NotFoundError`` otherwise, or once it is deleted."""
    query = select(StackDraft).where(
        StackDraft.institution_id == institution_id,
        StackDraft.uuid == uuid,
        StackDraft.deleted_at.is_(None),
    )
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFoundError("There is no such draft.")
    return found


def find_started(session: Session, institution_id: int, form_id: str) -> StackDraft | None:
    """Return the draft that a form has started already."""
    return session.scalar(
        select(StackDraft)
        .join(DraftRevision, DraftRevision.draft_id == StackDraft.id)
        .where(
            StackDraft.institution_id == institution_id,
            DraftRevision.form_id == form_id,
            DraftRevision.number == 1,
        )
    )


def find_by_form(session: Session, draft_id: int, form_id: str) -> DraftRevision | None:
    """Return the revision that a form has made already."""
    return session.scalar(
        select(DraftRevision).where(
            DraftRevision.draft_id == draft_id, DraftRevision.form_id == form_id
        )
    )


def get_revision(session: Session, draft_id: int, number: int) -> DraftRevision:
    """Return one text of a draft; ``NotFoundError`` otherwise."""
    query = select(DraftRevision).where(
        DraftRevision.draft_id == draft_id, DraftRevision.number == number
    )
    # A number that no column holds would be an error of the database.
    found = session.scalar(query) if number < MOST_REVISIONS else None
    if found is None:
        raise NotFoundError("This draft has no such text.")
    return found


def add_revision(
    session: Session,
    draft: StackDraft,
    *,
    document: str,
    based_on: int,
    is_aside: bool,
    form_id: str,
    author_id: int,
    now: datetime,
) -> DraftRevision:
    """Keep a text of a draft under the next number; the draft itself is not changed."""
    latest = session.scalar(
        select(func.max(DraftRevision.number)).where(DraftRevision.draft_id == draft.id)
    )
    row = DraftRevision(
        draft_id=draft.id,
        number=(latest or 0) + 1,
        based_on=based_on,
        is_aside=is_aside,
        form_id=form_id,
        document=document,
        author_id=author_id,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    return row


def is_author(session: Session, draft: StackDraft, learner_id: int) -> bool:
    """Return whether somebody wrote any text of a draft since it was last published."""
    query = select(DraftRevision.id).where(
        DraftRevision.draft_id == draft.id,
        DraftRevision.author_id == learner_id,
        DraftRevision.number > draft.published_revision,
    )
    return session.scalar(query.limit(1)) is not None
