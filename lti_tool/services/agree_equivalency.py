"""Use case: an institution says what an achievement of an issuer elsewhere counts for here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution, list_achievements
from lti_tool.persistence.equivalencies import Direction, Equivalency, add_equivalency
from lti_tool.recognising.deciding import check_bounds


@dataclass(frozen=True, slots=True)
class NewEquivalency:
    """What counts for what: ``outside`` is the id of the achievement as the issuer writes it.

    ``credits`` None are those of the achievement of ours; ``since`` and ``until`` (excluded) are
    days of issue. With ``is_automatic`` it decides by itself where the issuer is trusted.
    """

    issuer: str
    outside: str
    achievement_key: str
    reason: str
    since: date
    until: date | None = None
    credits: Decimal | None = None
    level: Decimal | None = None
    direction: Direction = Direction.IN
    is_automatic: bool = False
    outside_name: str = ""


def agree_equivalency(
    database: Database, new: NewEquivalency, *, institution_key: str, actor: str, now: datetime
) -> UUID:
    """Store it and return its uuid; it counts for what is handed in from now on.

    ``NotFoundError`` for an unknown institution, ``InvalidInputError`` for an unknown achievement
    or what nobody means.
    """
    if not new.reason.strip():
        raise InvalidInputError("Say why it counts.", field="reason")
    if ":" not in new.issuer or ":" not in new.outside:
        raise InvalidInputError("Issuer and achievement are named by their ids.", field="issuer")
    if new.until is not None and new.until <= new.since:
        raise InvalidInputError("It ends before it begins.", field="until")
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        found = list_achievements(session, institution.id)
        achievement = next((one for one in found if one.key == new.achievement_key), None)
        if achievement is None:
            raise InvalidInputError(
                f"There is no achievement '{new.achievement_key}'.", field="achievement"
            )
        amount = achievement.credits if new.credits is None else new.credits
        check_bounds(amount, new.level)
        row = Equivalency(
            institution_id=institution.id,
            issuer=new.issuer,
            outside_achievement=new.outside,
            outside_name=new.outside_name,
            achievement_id=achievement.id,
            credits=amount,
            level=new.level,
            direction=new.direction,
            is_automatic=new.is_automatic,
            since=new.since,
            until=new.until,
            reason=new.reason.strip(),
            added_by=actor,
            added_at=now,
        )
        uuid = add_equivalency(session, row).uuid
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="equivalency.added",
            at=now,
            subject=str(uuid),
            detail={"issuer": new.issuer, "automatic": new.is_automatic},
        )
        return uuid
