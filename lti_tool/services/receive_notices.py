"""Use case: act on the notices that a platform sends, each judged alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.copying import copy_from_history
from lti_tool.errors import LTIError, LTILaunchError
from lti_tool.lti.claims import CONTEXT_COPY
from lti_tool.lti.id_token import check_standard_claims, read_token
from lti_tool.lti.jwks import KeysetCache
from lti_tool.lti.notices import Notice, parse_notice
from lti_tool.lti.registrations import PlatformRegistration, registration_of
from lti_tool.persistence.base import Database
from lti_tool.persistence.courses import ensure_context
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.notices import note_notice
from lti_tool.persistence.platforms import (
    DeploymentState,
    find_deployment,
    find_institution_of,
    find_registration,
)


def receive_notices(
    database: Database, keysets: KeysetCache, tokens: Sequence[str], *, now: datetime
) -> Counter[str]:
    """Act on every genuine notice; return how many were "done", "known", or refused by code.

    A refused notice never keeps the others of its batch from being acted on. A notice that
    comes twice is acted on once (B34).
    """
    outcomes: Counter[str] = Counter()
    for token in tokens:
        try:
            outcomes["done" if _receive(database, keysets, token, now) else "known"] += 1
        except LTIError as refusal:
            outcomes[refusal.code] += 1
    return outcomes


def _receive(database: Database, keysets: KeysetCache, text: str, now: datetime) -> bool:
    token = read_token(text)
    registration = _registration(database, token.issuer, token.client_id)
    token.verify(keysets.get(registration, token.kid, now))
    check_standard_claims(
        token.payload, issuer=registration.issuer, client_id=registration.client_id, now=now
    )
    notice = parse_notice(token.payload)
    with database.writing() as session:
        return _act(session, registration, notice, now)


def _registration(database: Database, issuer: str, client_id: str) -> PlatformRegistration:
    with database.reading() as session:
        found = find_registration(session, issuer, client_id)
    if found is None or not found.is_enabled:
        raise LTILaunchError(
            "The notice comes from a platform that is not let in here.", code="lti-unknown-platform"
        )
    return registration_of(found)


def _act(
    session: Session, registration: PlatformRegistration, notice: Notice, now: datetime
) -> bool:
    """Do what the notice is about; False when it came before. Unknown kinds are only noted."""
    deployment = find_deployment(session, registration.id, notice.deployment_id)
    institution = None if deployment is None else find_institution_of(session, deployment)
    if (
        deployment is None
        or deployment.state != DeploymentState.APPROVED
        or institution is None
        or institution.suspended_at is not None
    ):
        raise LTILaunchError(
            "The notice is of an installation that is not let in here.",
            code="lti-deployment-pending",
        )
    lock_name(session, f"notice:{registration.id}:{notice.id}")
    if not note_notice(session, registration.id, notice.id, notice.type, now):
        return False
    if notice.type == CONTEXT_COPY and notice.context_id:
        context = ensure_context(
            session, deployment.id, notice.context_id, now, title=notice.context_title
        )
        copy_from_history(session, deployment, context, notice.origin_ids, now)
    return True
