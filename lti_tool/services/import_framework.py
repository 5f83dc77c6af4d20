"""Use case: take a competency framework in, or a newer version of one that is here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.frameworks import (
    Framework,
    FrameworkItem,
    FrameworkLabel,
    FrameworkLink,
    FrameworkTerm,
    add_rows,
    clear_framework,
    find_framework,
    list_items,
    update_items,
    withdraw_items,
)
from lti_tool.persistence.learners import lock_name
from lti_tool.search_words import weigh
from lti_tool.sources.framework_files import REPLACED, Item
from lti_tool.sources.frameworks import ReadFramework

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: items that are new, known, and withdrawn with this version."""

    uuid: UUID
    title: str
    uri: str
    added: int
    known: int
    withdrawn: int
    links: int
    is_unchanged: bool = False


def import_framework(
    database: Database,
    read: ReadFramework,
    *,
    institution_key: str | None,
    actor: str,
    now: datetime,
    takes_older: bool = False,
    progress: Progress = lambda _count: None,
) -> Imported:
    """Store a framework for an institution (None: for all of the tool), in one transaction.

    What is here under the same address is brought up to date: items are known again by their
    address, else by their identifier, and what is aligned stays so; an item that the new version
    has no more is marked as withdrawn. ``ConflictError`` for a version that is older than the
    one here, unless ``takes_older``; ``NotFoundError`` for an unknown institution.
    """
    with database.writing() as session:
        institution_id = institution_key and get_institution(session, institution_key).id
        lock_name(session, f"framework:{read.framework.uri}")
        row = find_framework(session, institution_id or None, read.framework.uri)
        if row is not None and row.content_hash == read.content_hash:
            return Imported(
                row.uuid, row.title, row.uri, 0, len(read.placed), 0, 0, is_unchanged=True
            )
        if row is not None and not takes_older:
            _refuse_older(row, read)
        row = _ensure_row(session, row, read, institution_id or None, now)
        done = _Import(session, row, read, now, progress).run()
        add_event(
            session,
            institution_id=institution_id or None,
            actor=actor,
            action="framework.imported",
            subject=str(row.uuid),
            at=now,
            detail={"added": done.added, "known": done.known, "withdrawn": done.withdrawn},
        )
        return done


def _refuse_older(row: Framework, read: ReadFramework) -> None:
    changed = read.framework.changed_at
    if changed is not None and row.changed_at is not None and changed < row.changed_at:
        held = f"{row.changed_at:%Y-%m-%d %H:%M}"
        raise ConflictError(
            f"This is of {changed:%Y-%m-%d %H:%M}, and what is here of {held}, which is newer. "
            "With --older it is taken all the same.",
            code="framework-older",
        )


def _ensure_row(
    session: Session,
    row: Framework | None,
    read: ReadFramework,
    institution_id: int | None,
    now: datetime,
) -> Framework:
    found = read.framework
    if row is None:
        row = Framework(institution_id=institution_id, uri=found.uri, created_at=now)
        session.add(row)
    for name in (
        *("kind", "title", "publisher", "version", "licence"),
        *("attribution", "source", "language", "changed_at"),
    ):
        setattr(row, name, getattr(found, name))
    row.content_hash, row.imported_at = read.content_hash, now
    row.item_count = sum(not item.is_withdrawn for item in found.items)
    session.flush()
    return row


@dataclass(slots=True)
class _Import:
    """The rows of one framework, on their way into the database."""

    session: Session
    row: Framework
    read: ReadFramework
    now: datetime
    progress: Progress
    replacements: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        links = self.read.framework.links
        self.replacements = {x.origin: x.destination for x in links if x.kind == REPLACED}

    def run(self) -> Imported:
        framework = self.read.framework
        held = list_items(self.session, self.row.id)
        known = self._match(held)
        clear_framework(self.session, self.row.id, known.values())
        gone = {item.id for item in held} - set(known.values())
        newly_gone = {item.id for item in held if item.id in gone and item.withdrawn_at is None}
        withdraw_items(self.session, gone, self.now)
        changes = [
            {"id": known[item.uri], **self._values(item)}
            for item in framework.items
            if item.uri in known
        ]
        update_items(self.session, changes)
        new = [item for item in framework.items if item.uri not in known]
        fresh = {"framework_id": self.row.id}
        add_rows(
            self.session,
            FrameworkItem,
            ({**fresh, "uuid": uuid4(), **self._values(item)} for item in new),
        )
        self.session.expire_all()
        ids = {item.uri: item.id for item in list_items(self.session, self.row.id)}
        add_rows(self.session, FrameworkLabel, self._labels(ids))
        links = add_rows(self.session, FrameworkLink, self._links())
        add_rows(self.session, FrameworkTerm, self._terms(ids))
        row = self.row
        counts = len(new), len(known), len(newly_gone), links
        return Imported(row.uuid, row.title, row.uri, *counts)

    def _match(self, held: list[FrameworkItem]) -> dict[str, int]:
        """Return the internal ids of the items that are here already, by their address now."""
        by_uri = {item.uri: item.id for item in held}
        matched = {i.uri: by_uri[i.uri] for i in self.read.framework.items if i.uri in by_uri}
        taken = set(matched.values())
        by_identifier = {i.identifier: i.id for i in held if i.identifier and i.id not in taken}
        for item in self.read.framework.items:
            if item.uri not in matched and item.identifier in by_identifier:
                matched[item.uri] = by_identifier[item.identifier]
        return matched

    def _values(self, item: Item) -> dict[str, Any]:
        place = self.read.placed[item.uri]
        return {
            "uri": item.uri,
            "identifier": item.identifier,
            "code": item.code,
            "kind": item.kind,
            "parent_uri": place.parent,
            "position": place.position,
            "depth": place.depth,
            "replaced_by": self.replacements.get(item.uri),
            "withdrawn_at": self.now if item.is_withdrawn else None,
        }

    def _labels(self, ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
        for item in self.read.framework.items:
            for label in item.labels:
                yield {
                    "item_id": ids[item.uri],
                    "language": label.language,
                    "name": label.name,
                    "alternatives": "\n".join(label.alternatives),
                    "description": label.description,
                }

    def _links(self) -> Iterator[dict[str, Any]]:
        for position, link in enumerate(self.read.framework.links):
            yield {
                "framework_id": self.row.id,
                "kind": link.kind,
                "origin": link.origin,
                "destination": link.destination,
                "position": position,
            }

    def _terms(self, ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
        for item in self.read.framework.items:
            self.progress(1)
            if item.is_withdrawn:
                continue
            for label in item.labels:
                weights = weigh(item.code, label.name, label.alternatives, label.description)
                for word, weight in weights.items():
                    yield {
                        "framework_id": self.row.id,
                        "word": word,
                        "item_id": ids[item.uri],
                        "language": label.language,
                        "weight": weight,
                    }
