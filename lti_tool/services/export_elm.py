"""Use case: give out credentials in the terms of the European Learning Model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.credentials.element_text import elements_of
from lti_tool.credentials.elements import Elements
from lti_tool.credentials.elm import build_elm
from lti_tool.credentials.pictures import Picture
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Institution, get_institution, list_institutions
from lti_tool.persistence.credentials import list_issued
from lti_tool.persistence.elements import AchievementElements, list_elements, list_images

History = dict[int, list[AchievementElements]]


@dataclass(frozen=True, slots=True)
class ElmFile:
    """A credential as a European Digital Credential that is not sealed yet."""

    path: str
    text: str


def export_elm(database: Database, institution_key: str | None = None) -> Iterator[ElmFile]:
    """Yield every credential of an institution, or of all; ``NotFoundError`` for an unknown one.

    Each says what was said of its achievement when it was issued.
    """
    with database.reading() as session:
        institutions = _institutions(session, institution_key)
        told = [(_history(session, each.id), _pictures(session, each.id)) for each in institutions]
    for institution, (history, pictures) in zip(institutions, told, strict=True):
        yield from _files(database, institution, history, pictures)


def _institutions(session: Session, key: str | None) -> Sequence[Institution]:
    return list_institutions(session) if key is None else [get_institution(session, key)]


def _history(session: Session, institution_id: int) -> History:
    """Return the descriptions of every achievement, the newest first: one query, not one each."""
    found: History = {}
    for row in list_elements(session, institution_id):
        found.setdefault(row.achievement_id, []).insert(0, row)
    return found


def _pictures(session: Session, institution_id: int) -> dict[str, Picture]:
    """Return the pictures that credentials name, by their hash."""
    return {
        row.content_hash: Picture(row.media_type, row.content)
        for row, _ in list_images(session, institution_id)
    }


def _files(
    database: Database, institution: Institution, history: History, pictures: dict[str, Picture]
) -> Iterator[ElmFile]:
    after = 0
    while True:
        with database.reading() as session:
            part = list_issued(session, institution.id, after)
        if not part:
            return
        for credential, award in part:
            told = _as_of(history.get(award.achievement_id, []), credential.issued_at)
            issued = json.loads(credential.document)
            document = build_elm(issued, told, pictures.get(_picture_hash(issued)))
            text = json.dumps(document, ensure_ascii=False, indent=2)
            yield ElmFile(f"{institution.key}/{award.uuid}.elm.jsonld", text)
        after = part[-1][0].id


def _picture_hash(issued: dict[str, Any]) -> str:
    image = issued["credentialSubject"]["achievement"].get("image", {"id": ""})
    return str(image["id"]).rpartition("?v=")[2]


def _as_of(history: Sequence[AchievementElements], issued_at: datetime) -> Elements | None:
    row = next((each for each in history if each.described_at <= issued_at), None)
    return None if row is None else elements_of(row.elements)
