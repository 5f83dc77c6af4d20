"""Use case: show a credential to anybody who knows the address of its public page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lti_tool.credentials.european import NOT_STATED, summary_of_credential
from lti_tool.credentials.shown import Piece, Shown, shown
from lti_tool.errors import ForbiddenError, NotFoundError
from lti_tool.issuing.elements import read_elements
from lti_tool.issuing.forms import Form, ensure_jwt
from lti_tool.issuing.signing import Signing
from lti_tool.persistence.base import Database
from lti_tool.persistence.brands import Brand, brand_of
from lti_tool.persistence.catalog import Achievement, get_institution_by_id
from lti_tool.persistence.credentials import Credential
from lti_tool.persistence.public_pages import Published, find_published
from lti_tool.persistence.status_lists import list_set_purposes
from lti_tool.translating import marked
from lti_tool.wallets.holdings import State, state_of

GONE = marked("There is no such page. Whoever shared it may have withdrawn it.")


@dataclass(frozen=True, slots=True)
class PublicView:
    """What the public sees: of the person and the evidence no more than the learner wants."""

    told: Shown
    state: State
    name: str
    awarded_on: date
    evidence: tuple[Piece, ...]
    results: tuple[tuple[str, str], ...]
    summary: tuple[tuple[str, str], ...]
    has_document: bool
    is_listed: bool
    brand: Brand | None


def show_public_page(database: Database, *, token: str, now: datetime) -> PublicView:
    """Return what the page at this address shows; ``NotFoundError`` when it is withdrawn."""
    with database.reading() as session:
        found = _published(session, token)
        page, award, learner = found.page, found.award, found.learner
        told = shown(json.loads(found.credential.document))
        bits = list_set_purposes(session, [award.id]).get(award.id, set())
        is_open = page.shows_document
        name = (learner.name or "") if page.shows_name else ""
        return PublicView(
            told=told,
            state=state_of(told, bits, now),
            name=name,
            awarded_on=told.awarded_on or award.awarded_on,
            evidence=told.evidence if page.shows_evidence or is_open else (),
            results=told.results if page.shows_results or is_open else (),
            summary=_summary(session, found, name),
            has_document=is_open,
            is_listed=page.is_listed,
            brand=_brand(session, award.institution_id),
        )


def _brand(session: Session, institution_id: int) -> Brand | None:
    row = get_institution_by_id(session, institution_id)
    return brand_of(row.uuid, row.name, row.brand)


def _summary(session: Session, found: Published, name: str) -> tuple[tuple[str, str], ...]:
    """Return the European summary as it held when the credential was issued, if it had one.

    A grade stands there only where the learner shows results.
    """
    achievement = session.get_one(Achievement, found.award.achievement_id)
    elements = read_elements(session, achievement, as_of=found.credential.issued_at).elements
    if elements is None:
        return ()
    document = json.loads(found.credential.document)
    if not (found.page.shows_results or found.page.shows_document):
        document["credentialSubject"].pop("result", None)
    rows = summary_of_credential(document, elements, learner=name)
    return tuple(row for row in rows if elements.is_european or row[1] != NOT_STATED)


def show_public_document(
    database: Database, signing: Signing, *, token: str, form: Form, now: datetime
) -> str:
    """Return the signed credential of a page, as JSON or as JWT.

    ``NotFoundError`` when the page is withdrawn, ``ForbiddenError`` when its learner does not
    give the signed credential out.
    """
    with database.reading() as session:
        credential = _open_document(session, token)
        if form is Form.JSON_LD:
            return credential.document
        if credential.jwt is not None:
            return credential.jwt
    with database.writing() as session:
        return ensure_jwt(session, signing, _open_document(session, token), now)


def _open_document(session: Session, token: str) -> Credential:
    found = _published(session, token)
    if not found.page.shows_document:
        raise ForbiddenError(
            "Whoever shared this page does not give the signed credential out. Ask them for it."
        )
    return found.credential


def _published(session: Session, token: str) -> Published:
    found = find_published(session, token)
    if found is None:
        raise NotFoundError(GONE)
    return found
