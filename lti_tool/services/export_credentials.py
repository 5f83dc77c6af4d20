"""Use case: give out every credential with the documents that it refers to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.credentials.did_web import Issuer
from lti_tool.credentials.pictures import ENDINGS
from lti_tool.issuing.documents import issuer_documents, rule_document
from lti_tool.issuing.signing import Signing, issuer_of
from lti_tool.issuing.status import is_fresh, sign_list
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Institution, list_institutions
from lti_tool.persistence.credentials import list_credentials, list_rules
from lti_tool.persistence.elements import list_images
from lti_tool.persistence.endorsements import list_issued
from lti_tool.persistence.status_lists import list_status_lists
from lti_tool.persistence.transcripts import list_transcripts


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One file: ``url`` is where the tool serves the same, ``kind`` what it is.

    Kinds: document, status, credential, jwt, transcript, endorsement, image. An image is bytes.
    """

    path: str
    url: str
    kind: str
    content: str | bytes

    @property
    def octets(self) -> bytes:
        """What is written."""
        return self.content if isinstance(self.content, bytes) else self.content.encode()


def export_credentials(
    database: Database, signing: Signing, *, now: datetime
) -> Iterator[ExportedFile]:
    """Yield all that institutions issued: credentials, transcripts, lists, keys, rules, pictures.

    The credentials come in parts, each read in a transaction of its own: there may be many.
    """
    with database.writing() as session:
        institutions = list_institutions(session)
        shared = [file for row in institutions for file in _shared(session, signing, row, now)]
    yield from shared
    for institution in institutions:
        yield from _images(database, issuer_of(signing, institution), institution)
        yield from _credentials(database, issuer_of(signing, institution), institution)
        yield from _transcripts(database, issuer_of(signing, institution), institution)


def _shared(
    session: Session, signing: Signing, institution: Institution, now: datetime
) -> Iterator[ExportedFile]:
    issuer, key = issuer_of(signing, institution), institution.key
    found = issuer_documents(session, signing, institution, now)
    documents: dict[str, dict[str, Any]] = {
        "profile": found.profile,
        "did": found.did_document,
        "jwks": found.keyset,
        **{f"keys/{key_id}": jwk for key_id, jwk in found.keys.items()},
        **{f"rules/{row.uuid}": rule_document(row) for row in list_rules(session, institution.id)},
    }
    served = {"profile": "", "did": "/did.json", "jwks": "/jwks.json"}
    for name, data in documents.items():
        url = issuer.url + served.get(name, f"/{name}")
        text = json.dumps(data, ensure_ascii=False, indent=2)
        yield ExportedFile(f"{key}/{name}.json", url, "document", text)
    for one in list_issued(session, institution.id):
        url = issuer.endorsement_url(one.uuid)
        path = f"{key}/endorsements/{one.uuid}.json"
        yield ExportedFile(path, url, "endorsement", one.document or "")
    for row in list_status_lists(session, institution.id):
        kept = row.document if is_fresh(row, now) else None
        signed = kept or sign_list(session, signing, institution, row, now)
        yield ExportedFile(
            f"{key}/status/{row.uuid}.json", issuer.status_url(row.uuid), "status", signed
        )


def _images(database: Database, issuer: Issuer, institution: Institution) -> Iterator[ExportedFile]:
    with database.reading() as session:
        images = list_images(session, institution.id)
    for image, achievement in images:
        name = f"{image.content_hash}.{ENDINGS[image.media_type]}"
        url = issuer.image_url(achievement.uuid, image.content_hash)
        yield ExportedFile(f"{institution.key}/images/{name}", url, "image", image.content)


def _credentials(
    database: Database, issuer: Issuer, institution: Institution
) -> Iterator[ExportedFile]:
    after = 0
    while True:
        with database.reading() as session:
            part = list_credentials(session, institution.id, after)
        if not part:
            return
        for row, uuid in part:
            path, url = f"{institution.key}/credentials/{uuid}", issuer.credential_url(uuid)
            yield ExportedFile(f"{path}.json", url, "credential", row.document)
            if row.jwt is not None:
                yield ExportedFile(f"{path}.jwt", url, "jwt", row.jwt)
        after = part[-1][0].id


def _transcripts(
    database: Database, issuer: Issuer, institution: Institution
) -> Iterator[ExportedFile]:
    after = 0
    while True:
        with database.reading() as session:
            part = list_transcripts(session, institution.id, after)
        if not part:
            return
        for row, uuid in part:
            path = f"{institution.key}/transcripts/{uuid}.json"
            yield ExportedFile(path, issuer.transcript_url(uuid), "transcript", row.document)
        after = part[-1][0].id
