"""Use case: place achievements in a course, and sign the reply that makes links of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.config import Config
from lti_tool.errors import DeepLinkingError, ForbiddenError
from lti_tool.lti.deep_linking import LinkItem, Parties, sign_reply
from lti_tool.lti.keys import KeyRing
from lti_tool.lti.launch import DeepLinkingSettings
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement, get_achievement
from lti_tool.persistence.courses import get_context, get_context_registration
from lti_tool.persistence.launched import Launched
from lti_tool.persistence.learners import is_instructor_now
from lti_tool.persistence.placements import ensure_line_item, ensure_placement
from lti_tool.persistence.platforms import get_deployment
from lti_tool.translating import _


@dataclass(frozen=True, slots=True)
class DeepLinkingReply:
    """A signed reply and where the browser posts it, in the field ``JWT``."""

    return_url: str
    jwt: str


def link_content(
    database: Database,
    keyring: KeyRing,
    config: Config,
    *,
    launched: Launched,
    achievement_uuids: Sequence[UUID],
    now: datetime,
) -> DeepLinkingReply:
    """Place the achievements in the course of ``launched`` and return the signed reply.

    There is one placement and one line item per course and achievement, however often a reply
    is made: a reply that got lost is simply repeated. No achievements give the reply of a
    teacher who cancelled. ``DeepLinkingError`` when the platform asked for no links or for
    others; ``NotFoundError`` for an achievement of another institution; ``ForbiddenError`` for
    who does not teach the course (any more).
    """
    if launched.deep_linking is None:
        raise DeepLinkingError(_("Open this page from your course, where content is added."))
    settings = DeepLinkingSettings.from_json(launched.deep_linking)
    if len(achievement_uuids) > 1 and not settings.accept_multiple:
        raise DeepLinkingError(_("Your platform takes one link at a time."), code="lti-one-link")
    key = keyring.current()
    with database.writing() as session:
        if not is_instructor_now(session, launched.context_id, launched.learner_id):
            raise ForbiddenError("Only those who teach this course can add links.")
        items = [
            _place(session, launched, get_achievement(session, launched.institution_id, uuid), now)
            for uuid in dict.fromkeys(achievement_uuids)
        ]
        _note(session, launched, items, now)
        # Signed before the commit: what cannot be answered is not placed either.
        jwt = sign_reply(
            key,
            settings,
            items,
            _parties(session, launched.context_id),
            public_url=config.public_url,
            now=now,
        )
    return DeepLinkingReply(settings.return_url, jwt)


def _place(
    session: Session, launched: Launched, achievement: Achievement, now: datetime
) -> LinkItem:
    placement = ensure_placement(
        session, launched.context_id, achievement.id, launched.learner_id, now
    )
    line_item = ensure_line_item(session, launched.context_id, achievement.id, now)
    return LinkItem(
        placement_uuid=placement.uuid,
        title=achievement.name,
        text=achievement.description,
        score_maximum=line_item.score_maximum,
        resource_id=line_item.resource_id,
    )


def _parties(session: Session, context_id: int) -> Parties:
    registration = get_context_registration(session, context_id)
    deployment = get_deployment(session, get_context(session, context_id).deployment_id)
    return Parties(registration.issuer, registration.client_id, deployment.deployment_id)


def _note(session: Session, launched: Launched, items: Sequence[LinkItem], now: datetime) -> None:
    add_event(
        session,
        institution_id=launched.institution_id,
        actor=str(launched.learner_uuid),
        action="links.placed",
        subject=str(launched.context_uuid),
        detail={"placements": [str(item.placement_uuid) for item in items]},
        at=now,
    )
