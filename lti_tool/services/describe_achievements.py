"""Use case: describe achievements: the European elements, and a picture of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.credentials.element_text import Description
from lti_tool.credentials.pictures import Picture
from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.issuing.elements import save_elements, save_picture
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement, find_achievement, get_institution
from lti_tool.persistence.elements import AchievementElements, find_elements
from lti_tool.persistence.learners import lock_name


@dataclass(frozen=True, slots=True)
class Told:
    """An achievement after it was described; ``despite`` is why something may be missing."""

    key: str
    name: str
    number: int
    is_new: bool
    despite: str


def describe_achievements(
    database: Database,
    *,
    institution_key: str,
    descriptions: Sequence[Description],
    pictures: Mapping[str, Picture],
    despite: str = "",
    keeps_pictures: bool = False,
    based_on: int | None = None,
    actor: str,
    now: datetime,
) -> tuple[Told, ...]:
    """Describe achievements of an institution, all of them or none.

    A description replaces the one before; what was issued stays as it is. ``pictures`` are by
    the key of their achievement; whoever has none gets a badge that is drawn, or with
    ``keeps_pictures`` keeps the one there is. ``despite`` is the reason why mandatory elements
    are missing: it is kept, also in the audit log. ``based_on`` is the number of the description
    that the author has seen (0: none): ``InvalidInputError`` (code ``elements-changed``) where
    somebody else has described one meanwhile.
    ``NotFoundError`` for an unknown institution or achievement; ``InvalidInputError`` (code
    ``elements-missing``) as ``save_elements`` says.
    """
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        told = []
        for description in descriptions:
            achievement = _achievement(session, institution.id, description.key)
            lock_name(session, f"elements:{institution.id}")
            before = find_elements(session, achievement.id)
            _refuse_changed(before, based_on)
            picture = pictures.get(description.key)
            kept = before.image_hash if before is not None and keeps_pictures else ""
            told.append(_describe(session, achievement, description, picture, kept, despite, now))
        changed = {each.key: each.number for each in told if each.is_new}
        reasons = {each.key: each.despite for each in told if each.is_new and each.despite}
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="achievements.described",
            at=now,
            detail={"descriptions": changed, **({"despite": reasons} if reasons else {})},
        )
    return tuple(told)


def _achievement(session: Session, institution_id: int, key: str) -> Achievement:
    found = find_achievement(session, institution_id, key)
    if found is None:
        raise NotFoundError(
            f"There is no achievement '{key}' here: publish the stacks that name it first."
        )
    return found


def _refuse_changed(before: AchievementElements | None, based_on: int | None) -> None:
    number = 0 if before is None else before.number
    if based_on is not None and based_on != number:
        raise InvalidInputError(
            "Somebody else has described this meanwhile. What you typed is still here: open the "
            "page a second time, look at theirs, and put together what is to hold.",
            code="elements-changed",
        )


def _describe(
    session: Session,
    achievement: Achievement,
    description: Description,
    picture: Picture | None,
    kept: str,
    despite: str,
    now: datetime,
) -> Told:
    if picture is not None:
        save_picture(session, achievement, picture, now)
    is_new = save_elements(
        session,
        achievement,
        description.elements,
        image_hash=picture.content_hash if picture else kept,
        despite=despite,
        now=now,
    )
    row = find_elements(session, achievement.id)
    assert row is not None  # noqa: S101 - it was saved just now, or before
    return Told(achievement.key, achievement.name, row.number, is_new, row.despite)
