"""What an achievement says of itself: read from the ledger, and held against what is mandatory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.credentials.badge import default_badge
from lti_tool.credentials.element_text import elements_of, to_data
from lti_tool.credentials.elements import Elements
from lti_tool.credentials.european import missing
from lti_tool.credentials.pictures import SVG, Picture
from lti_tool.credentials.texts import clean
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.elements import (
    AchievementElements,
    add_elements,
    ensure_image,
    find_elements,
    has_image,
    list_described,
)
from lti_tool.persistence.learners import lock_name

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Described:
    """What holds for an achievement; ``elements`` is None where nobody described it."""

    elements: Elements | None
    row: AchievementElements | None


def read_elements(
    session: Session, achievement: Achievement, *, as_of: datetime | None = None
) -> Described:
    """Return what an achievement says of itself, now or at an instant."""
    row = find_elements(session, achievement.id, as_of=as_of)
    return Described(None if row is None else elements_of(row.elements), row)


def drawn_badge(achievement: Achievement, elements: Elements | None) -> Picture:
    """Return the badge of an achievement without a picture of its own."""
    first = elements.levels[0] if elements and elements.levels else None
    level = f"{first.framework} level {first.level}" if first else ""
    return Picture(SVG, default_badge(achievement.name, level))


def picture_hash(achievement: Achievement, described: Described) -> str:
    """Return the hash of the picture that an achievement has now."""
    if described.row is not None and described.row.image_hash:
        return described.row.image_hash
    return drawn_badge(achievement, described.elements).content_hash


def keep_picture(
    session: Session, achievement: Achievement, described: Described, now: datetime
) -> str:
    """Keep the picture that an achievement has now for good, and return its hash.

    A credential is going to name it: a badge that is drawn anew later does not replace it.
    """
    content_hash = picture_hash(achievement, described)
    if not has_image(session, achievement.id, content_hash):
        save_picture(session, achievement, drawn_badge(achievement, described.elements), now)
    return content_hash


def save_picture(
    session: Session, achievement: Achievement, picture: Picture, now: datetime
) -> None:
    """Keep a picture of an achievement."""
    ensure_image(
        session,
        achievement,
        content_hash=picture.content_hash,
        media_type=picture.media_type,
        content=picture.content,
        now=now,
    )


def save_elements(
    session: Session,
    achievement: Achievement,
    elements: Elements,
    *,
    image_hash: str,
    despite: str,
    now: datetime,
) -> bool:
    """Describe an achievement; False when it is described in these words already.

    ``InvalidInputError`` (code ``elements-missing``) when it is meant as a European
    micro-credential, mandatory elements are missing, and nobody says why; a reason that was
    given before holds for what was missing then.
    """
    lock_name(session, f"elements:{achievement.institution_id}")
    found = find_elements(session, achievement.id)
    absent = [m.code for m in missing(elements, credit_amount=achievement.credits)]
    absent = absent if elements.is_european else []
    reason = excuse(achievement, elements, found, despite)
    data = to_data(elements)
    said = (data, image_hash, reason, absent if reason else [])
    if found is not None and said == (
        found.elements,
        found.image_hash,
        found.despite,
        found.excused,
    ):
        return False
    add_elements(
        session,
        achievement,
        elements=data,
        image_hash=image_hash,
        despite=reason,
        excused=absent if reason else [],
        described_at=now,
    )
    return True


def excuse(
    achievement: Achievement,
    elements: Elements,
    found: AchievementElements | None,
    despite: str,
) -> str:
    """Return the reason why mandatory elements may be missing, "" when none is.

    ``InvalidInputError`` as for ``save_elements``.
    """
    absent = missing(elements, credit_amount=achievement.credits) if elements.is_european else ()
    if not absent:
        return ""
    reason: str = clean(despite.strip())
    if len(reason) > LONGEST_REASON:
        raise InvalidInputError(
            f"A reason has at most {LONGEST_REASON} characters.", field="despite"
        )
    if reason:
        return reason
    if found is not None and found.despite and {m.code for m in absent} <= set(found.excused):
        return found.despite
    sentences = " ".join(m.sentence for m in absent)
    raise InvalidInputError(
        f"'{achievement.key}' is to be a European micro-credential and lacks "
        f"{', '.join(m.label.lower() for m in absent)}. {sentences} "
        'Or state why it is left out: --despite "reason".',
        code="elements-missing",
        field=achievement.key,
    )


def recheck(
    session: Session, institution_id: int, keys: Collection[str], despite: str, now: datetime
) -> dict[str, str]:
    """Hold achievements that are published against what is mandatory; return reasons by key.

    Their credits may have changed since they were described. ``InvalidInputError`` as for
    ``save_elements``; the reasons are those that ``despite`` adds.
    """
    reasons = {}
    for achievement, row in list_described(session, institution_id):
        if achievement.key not in keys:
            continue
        is_new = save_elements(
            session,
            achievement,
            elements_of(row.elements),
            image_hash=row.image_hash,
            despite=despite,
            now=now,
        )
        if is_new and despite:
            reasons[achievement.key] = despite
    return reasons
