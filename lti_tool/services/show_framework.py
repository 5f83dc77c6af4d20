"""Use case: show a competency framework with its tree."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.frameworks import choose_label, get_framework, list_items, load_labels


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item of the tree; ``replaced_by`` is the address that its publisher names instead."""

    uuid: UUID
    uri: str
    code: str
    kind: str
    name: str
    languages: tuple[str, ...]
    depth: int
    parent_uri: str | None
    is_withdrawn: bool
    replaced_by: str | None


@dataclass(frozen=True, slots=True)
class ShownFramework:
    """A framework and its items, in the order of the tree."""

    uuid: UUID
    uri: str
    title: str
    version: str
    licence: str
    attribution: str
    items: tuple[ShownItem, ...]


def show_framework(
    database: Database, uuid: UUID, *, institution_key: str, language: str | None = None
) -> ShownFramework:
    """Return a framework that an institution may align with; ``NotFoundError`` otherwise."""
    with database.reading() as session:
        institution_id = get_institution(session, institution_key).id
        row = get_framework(session, institution_id, uuid)
        items = list_items(session, row.id)
        labels = load_labels(session, [item.id for item in items])
        shown = []
        for item in items:
            texts = labels.get(item.id, [])
            label = choose_label(texts, language or row.language, row.language)
            shown.append(
                ShownItem(
                    uuid=item.uuid,
                    uri=item.uri,
                    code=item.code,
                    kind=item.kind,
                    name=label.name if label else item.uri,
                    languages=tuple(one.language for one in texts),
                    depth=item.depth,
                    parent_uri=item.parent_uri,
                    is_withdrawn=item.withdrawn_at is not None,
                    replaced_by=item.replaced_by,
                )
            )
        texts_of = row.title, row.version, row.licence, row.attribution
        return ShownFramework(row.uuid, row.uri, *texts_of, tuple(shown))
