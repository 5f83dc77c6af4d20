"""Competency frameworks: their items in several languages, their links, and their words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import CHUNK, Base, UTCDateTime
from lti_tool.search_words import BEGINNING, EXACT, RELATED, Term

ROWS = 5000
"""Rows that one call inserts."""

# Ranges of words are ranges of their bytes, whatever the language of the database.
WORD = String(40).with_variant(String(40, collation="C"), "postgresql")


class Framework(Base):
    """A list of competencies that somebody publishes; of one institution, or of the whole tool.

    ``institution_id`` is None for one that every institution may align with. ``kind`` is case,
    digcomp or esco. ``attribution`` is what its licence asks to be shown beside it. ``item_count``
    is without what is withdrawn.
    """

    __tablename__ = "frameworks"
    __table_args__ = (
        UniqueConstraint("institution_id", "uri"),
        Index(
            "uq_frameworks_shared_uri",
            "uri",
            unique=True,
            sqlite_where=text("institution_id IS NULL"),
            postgresql_where=text("institution_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    uri: Mapped[str] = mapped_column(String(500))
    title: Mapped[str] = mapped_column(String(500))
    publisher: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[str] = mapped_column(String(100), default="")
    licence: Mapped[str] = mapped_column(String(500), default="")
    attribution: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(1000), default="")
    language: Mapped[str] = mapped_column(String(35))
    item_count: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    content_hash: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class FrameworkItem(Base):
    """One competency of a framework, at ``position`` of its tree, ``depth`` levels down.

    ``withdrawn_at`` is set when a newer version has it no more: what is aligned stays so.
    """

    __tablename__ = "framework_items"
    __table_args__ = (UniqueConstraint("framework_id", "uri"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    framework_id: Mapped[int] = mapped_column(ForeignKey("frameworks.id"))
    uri: Mapped[str] = mapped_column(String(500), index=True)
    identifier: Mapped[str] = mapped_column(String(200), default="")
    code: Mapped[str] = mapped_column(String(200), default="", index=True)
    kind: Mapped[str] = mapped_column(String(200), default="")
    parent_uri: Mapped[str | None] = mapped_column(String(500))
    position: Mapped[int] = mapped_column(default=0)
    depth: Mapped[int] = mapped_column(default=0)
    replaced_by: Mapped[str | None] = mapped_column(String(1000))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class FrameworkLabel(Base):
    """The texts of an item in one language; ``alternatives`` are other names, one a line."""

    __tablename__ = "framework_labels"
    __table_args__ = (UniqueConstraint("item_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("framework_items.id"))
    language: Mapped[str] = mapped_column(String(35))
    name: Mapped[str] = mapped_column(Text)
    alternatives: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")


class FrameworkLink(Base):
    """An association as the file has it; its ends may lie in other frameworks."""

    __tablename__ = "framework_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("frameworks.id"), index=True)
    kind: Mapped[str] = mapped_column(String(50))
    origin: Mapped[str] = mapped_column(String(1000))
    destination: Mapped[str] = mapped_column(String(1000))
    position: Mapped[int]


class FrameworkTerm(Base):
    """A word by which an item is found, in the folded form of ``search_words``.

    An index that every import makes anew. Without foreign keys: to check them, each item that is
    removed would have all words of all frameworks looked through.
    """

    __tablename__ = "framework_terms"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - read once, by the base

    framework_id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(WORD, primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(35), primary_key=True)
    weight: Mapped[int]


def _visible(institution_id: int | None) -> Any:
    """Return what an institution may align with: its own and those of the whole tool."""
    return or_(
        Framework.institution_id.is_(None),
        Framework.institution_id.is_not_distinct_from(institution_id),
    )


def find_framework(session: Session, institution_id: int | None, uri: str) -> Framework | None:
    """Return the framework of this owner under an address."""
    query = select(Framework).where(
        Framework.institution_id.is_not_distinct_from(institution_id), Framework.uri == uri
    )
    return session.scalar(query)


def list_frameworks(session: Session, institution_id: int | None) -> list[Framework]:
    """Return what an institution may align with, by title."""
    query = select(Framework).where(_visible(institution_id))
    return list(session.scalars(query.order_by(Framework.title, Framework.id)))


def get_framework(session: Session, institution_id: int | None, uuid: UUID) -> Framework:
    """Return a framework that an institution may align with; ``NotFoundError`` otherwise."""
    found = session.scalar(
        select(Framework).where(Framework.uuid == uuid, _visible(institution_id))
    )
    if found is None:
        raise NotFoundError("There is no such framework for this institution.")
    return found


def get_owned_framework(session: Session, institution_id: int | None, uuid: UUID) -> Framework:
    """Return a framework of exactly this owner (None: the whole tool); ``NotFoundError`` if not."""
    found = session.scalar(
        select(Framework).where(
            Framework.uuid == uuid, Framework.institution_id.is_not_distinct_from(institution_id)
        )
    )
    if found is None:
        raise NotFoundError("There is no such framework here. A shared one is named with --shared.")
    return found


def list_items(session: Session, framework_id: int) -> list[FrameworkItem]:
    """Return the items of a framework, in the order of its tree."""
    query = select(FrameworkItem).where(FrameworkItem.framework_id == framework_id)
    return list(session.scalars(query.order_by(FrameworkItem.position, FrameworkItem.id)))


def find_items(
    session: Session, institution_id: int, uri: str
) -> list[tuple[FrameworkItem, Framework]]:
    """Return the items under an address or code that an institution may align with.

    What is its own comes before what is shared.
    """
    query = (
        select(FrameworkItem, Framework)
        .join(Framework, Framework.id == FrameworkItem.framework_id)
        .where(_visible(institution_id), or_(FrameworkItem.uri == uri, FrameworkItem.code == uri))
        .order_by(Framework.institution_id.is_(None), FrameworkItem.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def get_item(session: Session, institution_id: int, uuid: UUID) -> tuple[FrameworkItem, Framework]:
    """Return an item that an institution may align with; ``NotFoundError`` otherwise."""
    query = (
        select(FrameworkItem, Framework)
        .join(Framework, Framework.id == FrameworkItem.framework_id)
        .where(_visible(institution_id), FrameworkItem.uuid == uuid)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("There is no such item in the frameworks of this institution.")
    return row[0], row[1]


def load_items(
    session: Session, ids: Collection[int]
) -> dict[int, tuple[FrameworkItem, Framework]]:
    """Return these items with their frameworks, by internal id."""
    found: dict[int, tuple[FrameworkItem, Framework]] = {}
    for part in _parts(sorted(ids)):
        query = (
            select(FrameworkItem, Framework)
            .join(Framework, Framework.id == FrameworkItem.framework_id)
            .where(FrameworkItem.id.in_(part))
        )
        found |= {row[0].id: (row[0], row[1]) for row in session.execute(query)}
    return found


def load_labels(session: Session, ids: Collection[int]) -> dict[int, list[FrameworkLabel]]:
    """Return the texts of these items in every language, by internal id."""
    found: dict[int, list[FrameworkLabel]] = {}
    for part in _parts(sorted(ids)):
        query = select(FrameworkLabel).where(FrameworkLabel.item_id.in_(part))
        for row in session.scalars(query.order_by(FrameworkLabel.language)):
            found.setdefault(row.item_id, []).append(row)
    return found


def choose_label(labels: Sequence[FrameworkLabel], *languages: str) -> FrameworkLabel | None:
    """Return the texts in the first of these languages that there are, else in any."""
    by_language = {label.language: label for label in labels}
    for language in languages:
        if language in by_language:
            return by_language[language]
    return labels[0] if labels else None


def list_links(session: Session, framework_id: int, uri: str) -> list[FrameworkLink]:
    """Return the links of a framework that begin or end at an address."""
    query = select(FrameworkLink).where(
        FrameworkLink.framework_id == framework_id,
        or_(FrameworkLink.origin == uri, FrameworkLink.destination == uri),
    )
    return list(session.scalars(query.order_by(FrameworkLink.position)))


def add_rows(session: Session, table: type[Base], rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert many rows, in parts; return how many."""
    # Past the mapped class, whose bookkeeping costs more than the rows do.
    plain: Any = table.__table__
    count, left = 0, iter(rows)
    while part := list(islice(left, ROWS)):
        session.execute(insert(plain), part)
        count += len(part)
    return count


def clear_framework(session: Session, framework_id: int, item_ids: Collection[int]) -> None:
    """Take away all words and links, and the texts of these items, before they come anew."""
    labels = [
        delete(FrameworkLabel).where(FrameworkLabel.item_id.in_(part))
        for part in _parts(sorted(item_ids))
    ]
    for statement in (
        delete(FrameworkTerm).where(FrameworkTerm.framework_id == framework_id),
        delete(FrameworkLink).where(FrameworkLink.framework_id == framework_id),
        *labels,
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def update_items(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change items; each row has the internal ``id`` and what is to be changed."""
    if rows:
        session.execute(update(FrameworkItem), rows)


def withdraw_items(session: Session, ids: Collection[int], now: datetime) -> None:
    """Mark items that a newer version has no more."""
    for part in _parts(sorted(ids)):
        session.execute(
            update(FrameworkItem)
            .where(FrameworkItem.id.in_(part), FrameworkItem.withdrawn_at.is_(None))
            .values(withdrawn_at=now)
            .execution_options(synchronize_session=False)
        )


def delete_framework(session: Session, framework_id: int) -> None:
    """Remove a framework with everything in it. What is aligned with it would hang loose."""
    items = select(FrameworkItem.id).where(FrameworkItem.framework_id == framework_id)
    for statement in (
        delete(FrameworkTerm).where(FrameworkTerm.framework_id == framework_id),
        delete(FrameworkLink).where(FrameworkLink.framework_id == framework_id),
        delete(FrameworkLabel).where(FrameworkLabel.item_id.in_(items)),
        delete(FrameworkItem).where(FrameworkItem.framework_id == framework_id),
        delete(Framework).where(Framework.id == framework_id),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def count_places(session: Session, framework_ids: Sequence[int], term: Term) -> int:
    """Return at how many places a word of ``term`` stands: cheap, before they are looked at."""
    query = select(func.count()).where(
        FrameworkTerm.framework_id.in_(framework_ids),
        FrameworkTerm.word >= term.low,
        FrameworkTerm.word < term.high,
    )
    return session.scalar(query) or 0


def find_matches(
    session: Session, framework_ids: Sequence[int], term: Term, language: str | None
) -> dict[int, int]:
    """Return the items that have a word of ``term``, with the weight of their best match."""
    word = FrameworkTerm.word
    kind = case(
        (word == term.word, EXACT),
        ((word >= term.word) & (word < term.end), BEGINNING),
        else_=RELATED,
    )
    query = (
        select(FrameworkTerm.item_id, func.max(FrameworkTerm.weight * kind))
        .where(FrameworkTerm.framework_id.in_(framework_ids), word >= term.low, word < term.high)
        .group_by(FrameworkTerm.item_id)
    )
    if language is not None:
        query = query.where(FrameworkTerm.language == language)
    return {row[0]: row[1] for row in session.execute(query)}


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
