"""One score as it is to be sent: when, to whom, through what, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.lti.grades import Gradebook, Score
from lti_tool.lti.line_items import ColumnValues
from lti_tool.lti.registrations import registration_of
from lti_tool.lti.score_answers import Meaning
from lti_tool.persistence.deliveries import Attempt, Delivery, DeliveryState
from lti_tool.persistence.learners import find_subject
from lti_tool.persistence.placements import LineItem, ensure_line_item
from lti_tool.persistence.platforms import Standing, standing_of
from lti_tool.persistence.score_jobs import (
    ScoreRows,
    has_newer,
    list_earlier,
    load_score_rows,
    note_payload,
)
from lti_tool.scoring.verdicts import again, attempt_of, held

APART = timedelta(seconds=1)
"""Moodle compares whole seconds and refuses an equal one."""

SUSPENDED_WAIT = 900.0
ABSENT_WAIT = 24 * 3600.0
"""A roster or a launch that brings the learner back is not waited for longer."""

BAD_SCORE = "The score is not a number between 0 and its maximum; it was not sent."


@dataclass(frozen=True, slots=True)
class Job:
    """One score and its column; ``sent`` are the shares of the maximum that we sent before.

    ``sent`` goes back to the last score that the platform is known to have stored: one of those
    is what stands if nobody else has changed it.
    """

    delivery_id: int
    payload: dict[str, Any]
    book: Gradebook
    score: Score
    sent: tuple[Decimal, ...]
    line_item_id: int
    values: ColumnValues
    column_url: str | None
    is_column_removed: bool
    is_column_outdated: bool

    @property
    def name(self) -> str:
        """Return what people call the platform."""
        return self.book.registration.name

    @property
    def share(self) -> Decimal:
        """Return the score as a share of its maximum."""
        return self.score.given / self.score.maximum

    @property
    def is_forced(self) -> bool:
        """Return whether a teacher said to send this over whatever stands."""
        return bool(self.payload.get("is_forced"))


def prepare(session: Session, delivery_id: int, now: datetime) -> Job | Attempt:
    """Return what is to be sent, its timestamp fixed, or why it is not sent now."""
    rows = load_score_rows(session, delivery_id)
    obstacle = _obstacle(session, rows)
    if obstacle is not None:
        return obstacle
    registration = registration_of(rows.registration)
    user_id = find_subject(session, rows.delivery.learner_id, registration.authority)
    if user_id is None:
        return attempt_of(Meaning.UNKNOWN_LEARNER, registration.name)
    earlier = list_earlier(session, rows.delivery)
    payload = _stamped(rows.delivery, earlier)
    score = _score(payload, user_id)
    if score is None:
        return Attempt(DeliveryState.FAILED, BAD_SCORE, reason=Meaning.OUR_DEFECT)
    if payload != rows.delivery.payload:
        note_payload(session, delivery_id, payload)
    if score.at > now:
        # A grade of the future would lock Moodle's gradebook until then.
        return again("The score waits for its second.", (score.at - now).total_seconds())
    book = Gradebook(registration, rows.context.line_items_url, tuple(rows.context.grade_scopes))
    item = ensure_line_item(session, rows.context.id, rows.achievement.id, now)
    return _job(rows, item, payload, book, score, earlier)


def _obstacle(session: Session, rows: ScoreRows) -> Attempt | None:
    """Return why this score is not sent, or not now."""
    name = rows.registration.name
    if has_newer(session, rows.delivery):
        return attempt_of(Meaning.SUPERSEDED, name)
    standing = standing_of(rows.registration, rows.deployment, rows.institution)
    if standing is not Standing.OPEN:
        meaning = Meaning.SUSPENDED if standing is Standing.SUSPENDED else Meaning.SWITCHED_OFF
        return held(meaning, name, SUSPENDED_WAIT)
    if rows.membership is None or not rows.membership.is_active:
        return held(Meaning.LEFT_COURSE, name, ABSENT_WAIT)
    if rows.membership.is_instructor:
        return held(Meaning.TEACHES, name, ABSENT_WAIT)
    return None


def _stamped(delivery: Delivery, earlier: list[Delivery]) -> dict[str, Any]:
    """Return the payload with its timestamp: after every other one of the lane.

    A timestamp stays as it is: what is sent again is the same message. ``after`` is the one of
    an earlier sending of this same score, which a resend has taken out.
    """
    payload = dict(delivery.payload)
    if "timestamp" not in payload:
        others = [sent.payload.get("timestamp") for sent in earlier]
        others += [sent.payload.get("after") for sent in (*earlier, delivery)]
        floors = [datetime.fromisoformat(str(stamp)) + APART for stamp in others if stamp]
        at = datetime.fromisoformat(str(payload["at"]))
        payload["timestamp"] = max([at, *floors]).isoformat()
    return payload


def _score(payload: dict[str, Any], user_id: str) -> Score | None:
    """Return the score of a payload; None when it is out of its range (B45)."""
    try:
        given = Decimal(str(payload["score_given"]))
        maximum = Decimal(str(payload["score_maximum"]))
    except InvalidOperation:
        return None
    is_sound = given.is_finite() and maximum.is_finite() and 0 <= given <= maximum and maximum > 0
    if not is_sound:
        return None
    at = datetime.fromisoformat(str(payload["timestamp"]))
    return Score(user_id, given, maximum, at, str(payload.get("comment", "")))


def _job(
    rows: ScoreRows,
    item: LineItem,
    payload: dict[str, Any],
    book: Gradebook,
    score: Score,
    earlier: list[Delivery],
) -> Job:
    values = column_values(item, rows.achievement.name)
    return Job(
        delivery_id=rows.delivery.id,
        payload=payload,
        book=book,
        score=score,
        sent=_sent(earlier),
        line_item_id=item.id,
        values=values,
        column_url=item.url,
        is_column_removed=item.removed_at is not None,
        is_column_outdated=is_outdated(item, values),
    )


def column_values(item: LineItem, name: str) -> ColumnValues:
    """Return what is to be said of a column now."""
    return ColumnValues(name, item.score_maximum, item.resource_id, item.resource_link_id)


def is_outdated(item: LineItem, values: ColumnValues) -> bool:
    """Return whether a column that we made was told other values than it should have."""
    return item.is_ours and (item.told_label, item.told_maximum) != (
        values.short_label,
        values.maximum,
    )


def _sent(earlier: list[Delivery]) -> tuple[Decimal, ...]:
    """Return the shares that may stand as ours, the latest first."""
    shares = []
    for sent in earlier:
        if sent.payload.get("posted") or sent.state == DeliveryState.DONE:
            shares.append(_share(sent.payload))
        if sent.state == DeliveryState.DONE:
            break
    return tuple(shares)


def _share(payload: dict[str, Any]) -> Decimal:
    return Decimal(str(payload["score_given"])) / Decimal(str(payload["score_maximum"]))
