"""Use case: a wallet reads a learner's credentials (Open Badges 3.0 API, getCredentials)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.issuing.forms import ensure_jwt
from lti_tool.issuing.signing import Signing
from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_access import list_page
from lti_tool.wallet_protocols.access import find_access
from lti_tool.wallet_protocols.oauth import CREDENTIALS


@dataclass(frozen=True, slots=True)
class CredentialsPage:
    """A page of credentials, each in both forms, and how many there are in all."""

    documents: Sequence[dict[str, Any]]
    jwts: Sequence[str]
    total: int


def read_credentials(
    database: Database,
    signing: Signing,
    token: str,
    *,
    limit: int,
    offset: int,
    since: datetime | None,
    now: datetime,
) -> CredentialsPage:
    """Return a page of what was issued to the learner after ``since``, the oldest first.

    JWTs that nobody has asked for are made now. ``OAuthError`` for a token that does not reach
    so far.
    """
    with database.writing() as session:
        learner = find_access(session, token, CREDENTIALS, now).learner
        total, rows = list_page(session, learner.id, since, offset=offset, limit=limit)
        return CredentialsPage(
            documents=[json.loads(row.document) for row in rows],
            jwts=[ensure_jwt(session, signing, row, now) for row in rows],
            total=total,
        )
