"""An achievement as anybody may read it: its definition, its elements, its rule, its picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.credentials.contexts import OPEN_BADGES, VC
from lti_tool.credentials.did_web import profile
from lti_tool.credentials.document import Alignment, Definition, Rule, build_achievement
from lti_tool.credentials.element_text import to_data
from lti_tool.credentials.elements import Elements
from lti_tool.credentials.european import european_summary
from lti_tool.credentials.texts import clean
from lti_tool.issuing.alignments import read_alignments
from lti_tool.issuing.elements import picture_hash, read_elements
from lti_tool.issuing.endorsements import (
    ShownEndorsement,
    read_endorsements,
    shown_endorsements,
)
from lti_tool.issuing.signing import Signing, issuer_of
from lti_tool.persistence.catalog import Achievement, Institution, list_versions
from lti_tool.translating import ENGLISH, speaking


@dataclass(frozen=True, slots=True)
class PublicAchievement:
    """What stands on the page of an achievement.

    ``document`` is the same for machines. ``rules`` are the versions of its stack, the newest
    first; there are none where it is completed and not awarded. ``alignments`` are those with
    frameworks and other credentials, ``endorsements`` what others say of it and hold today.
    """

    name: str
    description: str
    issuer_name: str
    elements: Elements | None
    summary: list[tuple[str, str]]
    rules: list[tuple[int, str]]
    image_hash: str
    document: dict[str, Any]
    alignments: tuple[Alignment, ...] = ()
    endorsements: tuple[ShownEndorsement, ...] = ()


def _summary(
    elements: Elements | None, achievement: Achievement, institution: Institution
) -> list[tuple[str, str]]:
    return european_summary(
        elements,
        name=achievement.name,
        issuer_name=institution.name,
        credit_amount=achievement.credits,
    )


def public_achievement(
    session: Session,
    signing: Signing,
    institution: Institution,
    achievement: Achievement,
    now: datetime,
) -> PublicAchievement:
    """Return an achievement as it is described now."""
    issuer = issuer_of(signing, institution)
    described = read_elements(session, achievement)
    summary = _summary(described.elements, achievement, institution)
    # What machines read stays in one language.
    with speaking(ENGLISH):
        summary_as_data = _summary(described.elements, achievement, institution)
    versions = list_versions(session, achievement.id)
    definition = Definition(
        achievement=achievement.uuid,
        name=achievement.name,
        description=achievement.description,
        credits=achievement.credits,
        elements=described.elements,
        alignments=read_alignments(session, achievement.id),
        image=picture_hash(achievement, described),
    )
    newest = versions[0] if versions else None
    rule = Rule(newest.uuid, newest.number, newest.content_hash) if newest else None
    rules = [(row.number, issuer.rule_url(row.uuid)) for row in versions]
    plain = clean(build_achievement(issuer, definition, rule))
    given = read_endorsements(session, institution.id, achievement.id, now)
    if given:
        plain["endorsement"] = list(given)
    document = {
        "achievement": {"@context": [VC, OPEN_BADGES], **plain, "creator": profile(issuer)},
        "elements": to_data(described.elements) if described.elements else None,
        "european_summary": [{"label": label, "value": value} for label, value in summary_as_data],
        "rules": [{"version": number, "url": url} for number, url in rules],
    }
    return PublicAchievement(
        name=achievement.name,
        description=achievement.description,
        issuer_name=institution.name,
        elements=described.elements,
        summary=summary,
        rules=rules,
        image_hash=definition.image,
        document=document,
        alignments=tuple(definition.alignments),
        endorsements=tuple(shown_endorsements(session, institution.id, achievement.id, now)),
    )
