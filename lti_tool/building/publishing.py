"""Steps of a publication: from a file of the command line and from a draft alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.building.checks import named_scale_of
from lti_tool.errors import ForbiddenError, InvalidInputError
from lti_tool.issuing.elements import recheck
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.catalog import (
    Institution,
    add_version,
    ensure_achievement,
    ensure_stack,
    find_latest_version,
)
from lti_tool.persistence.snapshots import load_rules
from lti_tool.translating import _
from stacking_rules import CircularStackError, Document, Stack, in_award_order


@dataclass(frozen=True, slots=True)
class Published:
    """One stack of the document with its current version, and whether that is new."""

    key: str
    title: str
    version: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Publication:
    """Who publishes, when, out of which draft, and why elements may be missing."""

    actor: str
    now: datetime
    draft_id: int | None = None
    despite: str = ""


def publish(
    session: Session, institution: Institution, document: Document, by: Publication
) -> tuple[Published, ...]:
    """Publish every stack and achievement of a document in the transaction of the caller.

    Errors are those of ``services.publish_stacks``; ``ForbiddenError`` (code ``four-eyes``) for
    a document without a draft where the institution demands four eyes.
    """
    if institution.four_eyes and by.draft_id is None:
        raise ForbiddenError(
            "This institution publishes by four eyes: write a draft on the tool's pages, and let "
            "somebody else approve it.",
            code="four-eyes",
        )
    _refuse_several_versions(document)
    _refuse_circles(session, institution.id, document)
    for one in document.achievements:
        if words := named_scale_of(one, document):
            raise InvalidInputError(words, code="scale")
    for item in document.achievements:
        ensure_achievement(
            session,
            institution.id,
            item.key,
            by.now,
            name=item.name,
            description=item.description,
            credits=item.credits,
            scale=item.scale,
        )
    published = tuple(
        _publish(session, institution.id, stack, document, by) for stack in document.stacks
    )
    keys = {item.key for item in document.achievements}
    keys |= {stack.key for stack in document.stacks}
    reasons = recheck(session, institution.id, keys, by.despite, by.now)
    detail: dict[str, object] = {p.key: p.version for p in published if p.is_new}
    add_event(
        session,
        institution_id=institution.id,
        actor=by.actor,
        action="stacks.published",
        at=by.now,
        detail={**detail, "elements despite": reasons} if reasons else detail,
    )
    return published


def _refuse_several_versions(document: Document) -> None:
    """Refuse what would be published one over the other: each publication is a version here."""
    for key, count in Counter(stack.key for stack in document.stacks).items():
        if count > 1:
            message = _(
                "'{key}' stands there in {count} versions: publish one after the other.",
                key=key,
                count=count,
            )
            raise InvalidInputError(message, code="stack-versions")


def _refuse_circles(session: Session, institution_id: int, document: Document) -> None:
    known = {stack.key: stack for stack in load_rules(session, institution_id).stacks}
    known |= {stack.key: stack for stack in document.stacks}
    try:
        in_award_order(list(known.values()))
    except CircularStackError as error:
        raise InvalidInputError(str(error), code="stack-circle") from None


def _publish(
    session: Session, institution_id: int, stack: Stack, document: Document, by: Publication
) -> Published:
    achievement = ensure_achievement(
        session,
        institution_id,
        stack.key,
        by.now,
        name=stack.title,
        description=stack.description,
        credits=document.award_credits[stack.key],
        is_award=True,
    )
    row = ensure_stack(session, institution_id, stack.key, achievement.id, by.now)
    latest = find_latest_version(session, row.id)
    if latest is not None and latest.content_hash == stack.content_hash:
        return Published(stack.key, stack.title, latest.number, is_new=False)
    version = add_version(
        session, row.id, document.texts[stack.key], stack.content_hash, by.now, by.draft_id
    )
    return Published(stack.key, stack.title, version.number, is_new=True)
