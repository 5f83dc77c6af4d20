"""Use case: let everybody who knows an address see a credential, or change what they see."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.credentials import find_own_credential
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.public_pages import ensure_page

TOKEN_BYTES = 24
"""192 random bits: nobody finds a page by trying."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a learner wants to be seen beside the award itself.

    ``shows_document`` gives out the signed credential, and with it evidence and results.
    ``is_listed`` lets search engines keep the page.
    """

    shows_name: bool = False
    shows_evidence: bool = False
    shows_results: bool = False
    shows_document: bool = False
    is_listed: bool = False


def publish_page(
    database: Database, *, learner_id: int, award_uuid: UUID, consent: Consent, now: datetime
) -> str:
    """Publish the credential of an award of this person; return the token of its address.

    A page that is there keeps its address. The consent is kept with the page and written down.
    ``NotFoundError`` for everything but an issued credential of theirs.
    """
    with database.writing() as session:
        credential = find_own_credential(session, learner_id, award_uuid)
        if credential is None:
            raise NotFoundError("This credential is not there, or not issued yet.")
        actor = get_learner(session, learner_id).uuid
        items = asdict(consent)
        page = ensure_page(
            session,
            {
                "token": secrets.token_urlsafe(TOKEN_BYTES),
                "award_id": credential.award_id,
                "institution_id": credential.institution_id,
                "learner_id": credential.learner_id,
                **items,
                "consented_by": actor,
                "consented_at": now,
                "published_at": now,
            },
        )
        add_event(
            session,
            institution_id=credential.institution_id,
            actor=str(actor),
            action="credential-published",
            subject=str(award_uuid),
            detail=dict(items),
            at=now,
        )
        return page.token
