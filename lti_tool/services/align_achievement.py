"""Use case: align an achievement with an item of a framework, or with an address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.credentials.document import Alignment
from lti_tool.credentials.texts import clean
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.issuing.alignments import TARGET_TYPES, alignments_of
from lti_tool.persistence.alignments import (
    AchievementAlignment,
    add_alignment,
    find_alignment,
    list_alignments,
)
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement, find_achievement, get_institution
from lti_tool.persistence.frameworks import Framework, FrameworkItem, find_items, get_item
from lti_tool.translating import _

MOST_ALIGNMENTS = 100
"""Of one achievement: every credential of it carries them all."""

TYPES = (
    *("CFItem", "CFRubric", "CFRubricCriterion", "CFRubricCriterionLevel"),
    *("ceasn:Competency", "ceterms:Credential", "CTDL"),
)
_EXTENSION = re.compile(r"ext:[A-Za-z0-9._-]{1,40}")
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20]{1,990}")


@dataclass(frozen=True, slots=True)
class Address:
    """A target that is no item of a framework here, as it was typed."""

    url: str
    name: str
    code: str = ""
    framework: str = ""
    description: str = ""


def align_achievement(
    database: Database,
    *,
    institution_key: str,
    achievement_key: str,
    target: str | UUID | Address,
    target_type: str = "",
    actor: str,
    now: datetime,
) -> Alignment:
    """Align an achievement; return the alignment as its credentials will say it.

    ``target`` is the address, code or uuid of an item, or an ``Address``. ``target_type`` is one
    of ``TYPES`` or ``ext:…``; "" is what the kind of framework calls for. ``InvalidInputError``
    for a type, address or text that is none, or a code that several items have; ``ConflictError``
    for an item that is withdrawn, a target that it is aligned with already, and too many;
    ``NotFoundError`` for what is not there for this institution.
    """
    with database.writing() as session:
        institution_id = get_institution(session, institution_key).id
        achievement = find_achievement(session, institution_id, achievement_key)
        if achievement is None:
            raise NotFoundError(f"There is no achievement '{achievement_key}' in the catalogue.")
        row = _row(session, institution_id, target, target_type)
        _refuse_again(session, achievement, row)
        row.institution_id, row.achievement_id = institution_id, achievement.id
        row.made_by, row.made_at = actor, now
        add_alignment(session, row)
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="achievement.aligned",
            subject=str(achievement.uuid),
            at=now,
            detail={"alignment": str(row.uuid)},
        )
        return alignments_of(session, [row])[0]


def _row(
    session: Session, institution_id: int, target: str | UUID | Address, target_type: str
) -> AchievementAlignment:
    if isinstance(target, Address):
        return _typed(target, target_type)
    item, framework = _item(session, institution_id, target)
    if item.withdrawn_at is not None:
        gone = _(
            "{item} is withdrawn: the newest version of '{framework}' has it no more.",
            item=item.uri,
            framework=framework.title,
        )
        other = _("Its publisher names {item} instead.", item=item.replaced_by or "")
        raise ConflictError(f"{gone} {other}" if item.replaced_by else gone, code="item-withdrawn")
    found = target_type or TARGET_TYPES[framework.kind]
    return AchievementAlignment(
        item_id=item.id, target_url=item.uri, target_type=_checked_type(found)
    )


def _item(
    session: Session, institution_id: int, target: str | UUID
) -> tuple[FrameworkItem, Framework]:
    if isinstance(target, UUID):
        return get_item(session, institution_id, target)
    found = find_items(session, institution_id, target.replace("\x00", "").strip())
    if not found:
        raise NotFoundError(
            f"No framework of this institution has an item '{target[:200]}'. "
            "'quoin framework search' finds items by words."
        )
    if len({item.uri for item, _ in found}) > 1:
        raise InvalidInputError(
            f"{len(found)} items have the code '{target[:200]}': name one by its address.",
            code="item-ambiguous",
            field="item",
        )
    return found[0]


def _typed(target: Address, target_type: str) -> AchievementAlignment:
    if not _ADDRESS.fullmatch(target.url) or not urlsplit(target.url).hostname:
        raise InvalidInputError("The address must begin with https:// or http://.", field="url")
    if not target.name.strip():
        raise InvalidInputError("Say what stands at the address: its name.", field="name")
    texts = clean(
        {"target_name": target.name.strip(), "target_code": target.code.strip()[:200]}
        | {"target_framework": target.framework.strip()[:500]}
        | {"target_description": target.description.strip()}
    )
    kind = _checked_type(target_type or "ceterms:Credential")
    return AchievementAlignment(item_id=None, target_url=target.url, target_type=kind, **texts)


def _checked_type(kind: str) -> str:
    if kind not in TYPES and not _EXTENSION.fullmatch(kind):
        raise InvalidInputError(
            f"The type must be {', '.join(TYPES)}, or your own: ext:NAME.", field="type"
        )
    return kind


def _refuse_again(session: Session, achievement: Achievement, row: AchievementAlignment) -> None:
    held = list_alignments(session, achievement.id)
    same = find_alignment(session, achievement.id, row.target_url)
    if same is not None or (row.item_id and row.item_id in {one.item_id for one in held}):
        raise ConflictError(
            _(
                "'{name}' is aligned with {target} already.",
                name=achievement.name,
                target=row.target_url,
            ),
            code="aligned",
        )
    if len(held) >= MOST_ALIGNMENTS:
        raise ConflictError(
            _(
                "'{name}' has {most} alignments; a credential carries no more.",
                name=achievement.name,
                most=MOST_ALIGNMENTS,
            ),
            code="alignments-many",
        )
