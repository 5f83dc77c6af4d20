"""What is new for a learner, and how they want to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime, insert_missing

MOST_SHOWN = 20


class LearnerNews(Base):
    """One piece of news, written in the transaction of its fact; once for each ``key``.

    ``kind`` is "award", "evidence", "review" or "expiry", ``state`` what became of it,
    ``subject`` the name of the achievement then. ``ends_on`` is the first day without it.
    """

    __tablename__ = "learner_news"
    __table_args__ = (UniqueConstraint("learner_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"))
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(Text)
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class NewsSettings(Base):
    """How a learner wants to be told. Without a row everything is shown and nothing is mailed.

    ``hidden`` are the kinds that are not shown in the tool, ``mailed`` those of the digest.
    ``address`` gets nothing but a code before ``confirmed_at``; the code follows from
    ``code_salt`` and the secret key, and is good until ``code_until``. ``code_due_at`` and
    ``digest_due_at`` say when a mail is to be sent; whoever sends it holds it until
    ``leased_until``.
    """

    __tablename__ = "learner_news_settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), unique=True)
    hidden: Mapped[list[str]] = mapped_column(JSON)
    mailed: Mapped[list[str]] = mapped_column(JSON)
    address: Mapped[str | None] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    code_salt: Mapped[str | None] = mapped_column(String(64))
    code_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    code_tries: Mapped[int] = mapped_column(default=0)
    code_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    digest_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A piece of news to be added."""

    learner_id: int
    kind: str
    state: str
    key: str
    subject: str
    ends_on: date | None = None


def add_news(
    session: Session, institution_id: int, found: Sequence[Fresh], now: datetime
) -> list[int]:
    """Add news; what was told under its key before is left alone. Return the new ids."""
    rows = [
        {
            "institution_id": institution_id,
            "learner_id": one.learner_id,
            "kind": one.kind,
            "state": one.state,
            "key": one.key,
            "subject": one.subject,
            "ends_on": one.ends_on,
            "created_at": now,
        }
        for one in found
    ]
    made = insert_missing(
        session,
        LearnerNews,
        rows,
        unique=("learner_id", "key"),
        returning=(LearnerNews.id,),
    )
    return [row[0] for row in made]


def list_unseen(session: Session, learner_id: int) -> list[LearnerNews]:
    """Return what a learner has not read and has not hidden, the latest first."""
    settings = find_settings(session, learner_id)
    query = (
        select(LearnerNews)
        .where(LearnerNews.learner_id == learner_id, LearnerNews.seen_at.is_(None))
        .where(LearnerNews.kind.not_in(settings.hidden if settings else []))
        .order_by(LearnerNews.id.desc())
        .limit(MOST_SHOWN)
    )
    return list(session.scalars(query))


def mark_seen(session: Session, learner_id: int, up_to: datetime, now: datetime) -> None:
    """Note that a learner has read everything that was there at ``up_to``."""
    session.execute(
        update(LearnerNews)
        .where(
            LearnerNews.learner_id == learner_id,
            LearnerNews.seen_at.is_(None),
            LearnerNews.created_at <= up_to,
        )
        .values(seen_at=now)
    )


def find_settings(session: Session, learner_id: int) -> NewsSettings | None:
    """Return how a learner wants to be told, if they have said so."""
    return session.scalar(select(NewsSettings).where(NewsSettings.learner_id == learner_id))


def ensure_settings(
    session: Session, institution_id: int, learner_id: int, now: datetime
) -> NewsSettings:
    """Return the settings of a learner, made now if there are none; locked."""
    row = {
        "institution_id": institution_id,
        "learner_id": learner_id,
        "hidden": [],
        "mailed": [],
        "code_tries": 0,
        "failures": 0,
        "changed_at": now,
    }
    insert_missing(
        session, NewsSettings, [row], unique=("learner_id",), returning=(NewsSettings.id,)
    )
    query = select(NewsSettings).where(NewsSettings.learner_id == learner_id)
    return session.scalars(query.with_for_update()).one()


def lease_mails(session: Session, now: datetime, until: datetime, limit: int) -> list[NewsSettings]:
    """Take settings of learners to whom a mail is due, so that nobody else sends it meanwhile."""
    query = (
        select(NewsSettings)
        .where(
            or_(NewsSettings.code_due_at <= now, NewsSettings.digest_due_at <= now),
            or_(NewsSettings.leased_until.is_(None), NewsSettings.leased_until <= now),
        )
        .order_by(NewsSettings.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(session.scalars(query))
    for settings in found:
        settings.leased_until = until
    session.flush()
    return found


def list_unmailed(session: Session, learner_id: int, kinds: Sequence[str]) -> list[LearnerNews]:
    """Return what a learner wants by mail and has got neither so nor in the tool."""
    query = (
        select(LearnerNews)
        .where(
            LearnerNews.learner_id == learner_id,
            LearnerNews.kind.in_(list(kinds)),
            LearnerNews.mailed_at.is_(None),
            LearnerNews.seen_at.is_(None),
        )
        .order_by(LearnerNews.id)
        .limit(MOST_SHOWN)
    )
    return list(session.scalars(query))


def forget_news(session: Session, learner_id: int) -> None:
    """Take away all news of a learner, and the address."""
    session.execute(delete(LearnerNews).where(LearnerNews.learner_id == learner_id))
    session.execute(delete(NewsSettings).where(NewsSettings.learner_id == learner_id))
