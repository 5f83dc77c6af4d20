"""Figures of the whole installation: what waits, how much there is, how large it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lti_tool.persistence.awards import Award
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.credentials import Credential
from lti_tool.persistence.deliveries import (
    CREDENTIAL,
    SCORE,
    TRANSCRIPT,
    UNDELIVERED,
    Delivery,
    DeliveryState,
)
from lti_tool.persistence.news import NewsSettings

KINDS = (SCORE, CREDENTIAL, TRANSCRIPT)


@dataclass(frozen=True, slots=True)
class Queue:
    """Deliveries of one kind that are not done.

    ``waiting`` are tried again by themselves, the oldest was promised at ``oldest_at``. ``held``
    wait for a roster or an administrator, ``overridden`` for a teacher's choice; ``quarantined``
    have failed and wait for a resend.
    """

    kind: str
    waiting: int = 0
    oldest_at: datetime | None = None
    held: int = 0
    overridden: int = 0
    quarantined: int = 0


def read_queues(session: Session) -> tuple[Queue, ...]:
    """Return what waits of every kind."""
    query = (
        select(Delivery.kind, Delivery.state, func.count(), func.min(Delivery.created_at))
        .where(Delivery.kind.in_(KINDS), Delivery.state.in_(UNDELIVERED))
        .group_by(Delivery.kind, Delivery.state)
    )
    found = {(row[0], row[1]): (row[2], row[3]) for row in session.execute(query)}

    def count(kind: str, state: DeliveryState) -> int:
        return int(found.get((kind, state), (0, None))[0])

    return tuple(
        Queue(
            kind,
            count(kind, DeliveryState.PENDING),
            found.get((kind, DeliveryState.PENDING), (0, None))[1],
            count(kind, DeliveryState.HELD),
            count(kind, DeliveryState.OVERRIDDEN),
            count(kind, DeliveryState.FAILED),
        )
        for kind in KINDS
    )


def find_untaken(session: Session, now: datetime) -> datetime | None:
    """Return since when the oldest delivery is due that no worker has taken.

    What belongs to an import goes last and may wait for long; it is left out.
    """
    return session.scalar(
        select(func.min(Delivery.due_at)).where(
            Delivery.kind.in_(KINDS),
            Delivery.settled_at.is_(None),
            Delivery.is_bulk.is_(False),
            Delivery.due_at <= now,
            (Delivery.leased_until.is_(None)) | (Delivery.leased_until <= now),
            Delivery.state == DeliveryState.PENDING,
        )
    )


def count_failing_mails(session: Session) -> int:
    """Return how many people's mails could not be sent when that was last tried."""
    query = select(func.count()).select_from(NewsSettings).where(NewsSettings.failures > 0)
    return session.scalar(query) or 0


def count_deliveries(session: Session) -> dict[tuple[str, str], int]:
    """Return how many deliveries there are, by kind and state."""
    query = select(Delivery.kind, Delivery.state, func.count()).group_by(
        Delivery.kind, Delivery.state
    )
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


def count_facts(session: Session) -> dict[str, int]:
    """Return how many completions, awards and credentials there are."""
    tables = {"completions": Completion, "awards": Award, "credentials": Credential}
    return {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in tables.items()
    }


def read_size(session: Session) -> int:
    """Return the bytes that the database takes."""
    if session.get_bind().dialect.name == "sqlite":
        pages = session.scalar(text("PRAGMA page_count")) or 0
        return int(pages) * int(session.scalar(text("PRAGMA page_size")) or 0)
    return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def read_clock(session: Session) -> datetime:
    """Return what time the database says it is."""
    if session.get_bind().dialect.name == "sqlite":
        said = session.scalar(text("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')"))
        return datetime.fromisoformat(str(said))
    now: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return now
