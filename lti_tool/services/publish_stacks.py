"""Publish the stacks of a document: new texts become new, immutable versions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.errors import InvalidInputError
from lti_tool.issuing.elements import recheck
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import (
    add_version,
    ensure_achievement,
    ensure_stack,
    find_latest_version,
    get_institution,
)
from lti_tool.persistence.snapshots import load_rules
from lti_tool.stack_text import read_document
from stacking_rules import CircularStackError, Document, Stack, in_award_order


@dataclass(frozen=True, slots=True)
class Published:
    """One stack of the document with its current version, and whether that is new."""

    key: str
    title: str
    version: int
    is_new: bool


def publish_stacks(
    database: Database,
    *,
    institution_key: str,
    text: str,
    actor: str,
    now: datetime,
    despite: str = "",
) -> tuple[Published, ...]:
    """Publish every stack and achievement of a document (YAML or JSON text).

    A stack whose text is unchanged keeps its version. ``StackTextError`` names the place of the
    first thing that is wrong; ``InvalidInputError`` if awards need each other, also through
    stacks published before, if a stack stands there in several versions, or (code
    ``elements-missing``) if one of them is described as a European micro-credential that lacks
    mandatory elements and ``despite`` gives no reason; ``NotFoundError`` for an unknown
    institution.
    """
    document = read_document(text)
    _refuse_several_versions(document)
    with database.writing() as session:
        institution_id = get_institution(session, institution_key).id
        _refuse_circles(session, institution_id, document)
        for item in document.achievements:
            ensure_achievement(
                session,
                institution_id,
                item.key,
                now,
                name=item.name,
                description=item.description,
                credits=item.credits,
                scale=item.scale,
            )
        published = tuple(
            _publish(session, institution_id, stack, document, now) for stack in document.stacks
        )
        keys = {item.key for item in document.achievements}
        keys |= {stack.key for stack in document.stacks}
        reasons = recheck(session, institution_id, keys, despite, now)
        detail: dict[str, object] = {p.key: p.version for p in published if p.is_new}
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="stacks.published",
            at=now,
            detail={**detail, "elements despite": reasons} if reasons else detail,
        )
    return published


def _refuse_several_versions(document: Document) -> None:
    """Refuse what would be published one over the other: each publication is a version here."""
    for key, count in Counter(stack.key for stack in document.stacks).items():
        if count > 1:
            message = f"'{key}' stands there in {count} versions: publish one after the other."
            raise InvalidInputError(message, code="stack-versions")


def _refuse_circles(session: Session, institution_id: int, document: Document) -> None:
    known = {stack.key: stack for stack in load_rules(session, institution_id).stacks}
    known |= {stack.key: stack for stack in document.stacks}
    try:
        in_award_order(list(known.values()))
    except CircularStackError as error:
        raise InvalidInputError(str(error), code="stack-circle") from None


def _publish(
    session: Session, institution_id: int, stack: Stack, document: Document, now: datetime
) -> Published:
    achievement = ensure_achievement(
        session,
        institution_id,
        stack.key,
        now,
        name=stack.title,
        description=stack.description,
        credits=document.award_credits[stack.key],
        is_award=True,
    )
    row = ensure_stack(session, institution_id, stack.key, achievement.id, now)
    latest = find_latest_version(session, row.id)
    if latest is not None and latest.content_hash == stack.content_hash:
        return Published(stack.key, stack.title, latest.number, is_new=False)
    version = add_version(session, row.id, document.texts[stack.key], stack.content_hash, now)
    return Published(stack.key, stack.title, version.number, is_new=True)
