"""Use case: bring one promised score into the platform's gradebook."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.errors import LTIServiceError
from lti_tool.lti.grades import (
    LINE_ITEM,
    LINE_ITEM_READONLY,
    RESULT_READONLY,
    Column,
    Columns,
    Gradebook,
    Result,
    Score,
    create_column,
    find_result,
    list_columns,
    post_score,
)
from lti_tool.lti.http_client import Answer
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.lti.registrations import registration_of
from lti_tool.lti.score_answers import SENTENCES, Meaning, classify, excerpt
from lti_tool.persistence.base import Database
from lti_tool.persistence.deliveries import Attempt, Delivery, DeliveryState
from lti_tool.persistence.learners import find_subject
from lti_tool.persistence.placements import ensure_line_item
from lti_tool.persistence.platforms import Standing, standing_of
from lti_tool.persistence.score_jobs import (
    ScoreRows,
    claim_line_item,
    get_line_item_url,
    has_newer,
    list_earlier,
    load_score_rows,
    note_line_item_url,
    note_payload,
    release_line_item,
)

APART = timedelta(seconds=1)
"""Moodle compares whole seconds and refuses an equal one."""

CLAIM_LIFE = timedelta(seconds=60)
CLAIM_WAIT = 5.0
SUSPENDED_WAIT = 900.0
TOLERANCE = Decimal("0.0001")
"""Platforms round: two shares of the maximum this near are the same grade."""


@dataclass(frozen=True, slots=True)
class _Job:
    """One score and its column; ``previous`` is what we sent for this learner before."""

    delivery_id: int
    payload: dict[str, Any]
    book: Gradebook
    score: Score
    previous: Decimal | None
    label: str
    line_item_id: int
    resource_id: str
    resource_link_id: str | None
    maximum: Decimal
    column_url: str | None


def send_score(
    database: Database, client: PlatformClient, delivery_id: int, *, now: datetime
) -> Attempt:
    """Send the score of a delivery and say how that ended.

    Its timestamp is fixed before it is sent first, so that a repetition is the same message.
    The column is looked for before one is made, and its address is noted in a transaction of
    its own: whatever stops in between, nothing is there twice and nothing is lost.
    """
    with database.writing() as session:
        job = _prepare(session, delivery_id, now)
    if isinstance(job, Attempt):
        return job
    try:
        column_url = job.column_url or _find_or_make(database, client, job, now)
        if isinstance(column_url, Attempt):
            return column_url
        answer = post_score(client, job.book, column_url, job.score)
        return _judge(database, client, replace(job, column_url=column_url), answer, now)
    except LTIServiceError as error:
        return _failed_call(error)


def _prepare(session: Session, delivery_id: int, now: datetime) -> _Job | Attempt:
    rows = load_score_rows(session, delivery_id)
    obstacle = _obstacle(session, rows)
    if obstacle is not None:
        return obstacle
    registration = registration_of(rows.registration)
    user_id = find_subject(session, rows.delivery.learner_id, registration.authority)
    if user_id is None:
        return _stop("The learner is not known to this platform.")
    earlier = list_earlier(session, rows.delivery)
    payload = _stamped(rows.delivery, earlier)
    at = datetime.fromisoformat(str(payload["timestamp"]))
    if payload != rows.delivery.payload:
        note_payload(session, delivery_id, payload)
    if at > now:
        # A grade of the future would lock the gradebook until then.
        return _again("The score waits for its second.", (at - now).total_seconds())
    book = Gradebook(
        registration,
        rows.context.line_items_url,
        tuple(rows.context.grade_scopes),
    )
    return _job(session, rows, payload, book, user_id, _last_sent(earlier), now)


def _obstacle(session: Session, rows: ScoreRows) -> Attempt | None:
    """Return why this score is not sent, or not now."""
    if has_newer(session, rows.delivery):
        return Attempt(DeliveryState.SUPERSEDED, "A newer score took its place.")
    standing = standing_of(rows.registration, rows.deployment, rows.institution)
    if standing is Standing.SUSPENDED:
        return _again("The institution is suspended here.", SUSPENDED_WAIT)
    if standing is not Standing.OPEN:
        return _again("The platform is switched off here.", SUSPENDED_WAIT)
    if rows.membership is None or not rows.membership.is_active:
        return _stop("The learner is not in this course any more.")
    if rows.membership.is_instructor:
        return _stop("Those who teach a course are not graded in it.")
    return None


def _stamped(delivery: Delivery, earlier: list[Delivery]) -> dict[str, Any]:
    """Return the payload with its timestamp: after every earlier one of the lane."""
    payload = dict(delivery.payload)
    if "timestamp" not in payload:
        at = datetime.fromisoformat(str(payload["at"]))
        payload["timestamp"] = max([at, *_next_after(earlier)]).isoformat()
    return payload


def _next_after(earlier: list[Delivery]) -> list[datetime]:
    stamps = (sent.payload.get("timestamp") for sent in earlier)
    return [datetime.fromisoformat(str(stamp)) + APART for stamp in stamps if stamp]


def _last_sent(earlier: list[Delivery]) -> Decimal | None:
    """Return the share of the maximum that the last stored score of the lane gave."""
    for sent in earlier:
        if sent.state == DeliveryState.DONE:
            return _share(sent.payload)
    return None


def _share(payload: dict[str, Any]) -> Decimal:
    return Decimal(str(payload["score_given"])) / Decimal(str(payload["score_maximum"]))


def _job(
    session: Session,
    rows: ScoreRows,
    payload: dict[str, Any],
    book: Gradebook,
    user_id: str,
    previous: Decimal | None,
    now: datetime,
) -> _Job:
    item = ensure_line_item(session, rows.context.id, rows.achievement.id, now)
    return _Job(
        delivery_id=rows.delivery.id,
        payload=payload,
        book=book,
        score=Score(
            user_id=user_id,
            given=Decimal(str(payload["score_given"])),
            maximum=Decimal(str(payload["score_maximum"])),
            at=datetime.fromisoformat(str(payload["timestamp"])),
            comment=str(payload.get("comment", "")),
        ),
        previous=previous,
        label=rows.achievement.name,
        line_item_id=item.id,
        resource_id=item.resource_id,
        resource_link_id=item.resource_link_id,
        maximum=item.score_maximum,
        column_url=item.url,
    )


def _find_or_make(
    database: Database, client: PlatformClient, job: _Job, now: datetime
) -> str | Attempt:
    """Return where the column is; only one worker at a time looks and makes."""
    if not {LINE_ITEM, LINE_ITEM_READONLY} & set(job.book.scopes) or not job.book.line_items_url:
        return _stop("This course offers no gradebook column for this and lets none be made.")
    with database.writing() as session:
        if not claim_line_item(session, job.line_item_id, now, CLAIM_LIFE):
            return _again("The gradebook column is being looked for.", CLAIM_WAIT)
        known = get_line_item_url(session, job.line_item_id)
    try:
        found = known or _look_or_make(client, job)
        if isinstance(found, str):
            with database.writing() as session:
                note_line_item_url(session, job.line_item_id, found)
        return found
    finally:
        with database.writing() as session:
            release_line_item(session, job.line_item_id)


def _look_or_make(client: PlatformClient, job: _Job) -> str | Attempt:
    columns = list_columns(client, job.book, job.resource_id)
    if columns.found:
        return _best(columns, job).url
    if not columns.is_complete:
        return _again("The list of gradebook columns could not be read to its end.")
    if not job.book.offers(LINE_ITEM):
        return _stop("This course has no gradebook column for this and lets none be made.")
    made = create_column(
        client,
        job.book,
        label=job.label,
        maximum=job.maximum,
        resource_id=job.resource_id,
        resource_link_id=job.resource_link_id,
    )
    return made.url


def _best(columns: Columns, job: _Job) -> Column:
    """Return the column of the link that we know, or the first one."""
    for column in columns.found:
        if column.resource_link_id is not None and column.resource_link_id == job.resource_link_id:
            return column
    return columns.found[0]


def _judge(
    database: Database, client: PlatformClient, job: _Job, answer: Answer, now: datetime
) -> Attempt:
    """Turn the platform's answer into what happens next (lti.md 7.3)."""
    meaning = classify(answer.status, answer.body)
    sentence = SENTENCES[meaning]
    if meaning is Meaning.STORED:
        return Attempt(DeliveryState.DONE, sentence)
    if meaning in (Meaning.UNKNOWN, Meaning.TOO_FAST, Meaning.UNAUTHORISED):
        return _again(f"{sentence} (status {answer.status})")
    if meaning is Meaning.NOT_FOUND:
        return _column_gone(database, client, job)
    if meaning is Meaning.CONFLICT:
        return _conflict(database, client, job, now)
    remark = excerpt(answer.body) if meaning in (Meaning.REFUSED, Meaning.STRANGE) else ""
    return _stop(" ".join(part for part in (sentence, f"(status {answer.status})", remark) if part))


def _column_gone(database: Database, client: PlatformClient, job: _Job) -> Attempt:
    """Look where the column is now; never make another one without the teacher."""
    columns = list_columns(client, job.book, job.resource_id)
    urls = [column.url for column in columns.found]
    if job.column_url in urls:
        return _stop("The gradebook does not know this learner.")
    if urls:
        with database.writing() as session:
            note_line_item_url(session, job.line_item_id, _best(columns, job).url)
        return _again("The gradebook column has moved; the score is sent there.", 0.0)
    if not columns.is_complete and job.book.line_items_url is not None:
        return _again("The list of gradebook columns could not be read to its end.")
    return _stop("The gradebook column was removed in the LMS. Add the link again there.")


def _conflict(database: Database, client: PlatformClient, job: _Job, now: datetime) -> Attempt:
    """Find out which grade stands; ours is sent anew only over one of our own."""
    if not job.book.offers(RESULT_READONLY) or job.column_url is None:
        return Attempt(DeliveryState.SUPERSEDED, SENTENCES[Meaning.CONFLICT])
    result = find_result(client, job.book, job.column_url, job.score.user_id)
    if result is not None and _is_same(result, _share(job.payload)):
        return Attempt(DeliveryState.DONE, SENTENCES[Meaning.STORED])
    is_ours = result is not None and job.previous is not None and _is_same(result, job.previous)
    if result is not None and not is_ours:
        return Attempt(
            DeliveryState.SUPERSEDED,
            "A newer grade was given in the gradebook of the LMS; it stays.",
        )
    stamp = max(now, job.score.at + APART).isoformat()
    with database.writing() as session:
        note_payload(session, job.delivery_id, {**job.payload, "timestamp": stamp})
    return _again("An older score of this tool stood in the way; this one is sent again.")


def _is_same(result: Result, share: Decimal) -> bool:
    return abs(result.score / result.maximum - share) <= TOLERANCE


def _failed_call(error: LTIServiceError) -> Attempt:
    """Judge a call that gave no answer to the score itself."""
    if error.status is None or classify(error.status) in (
        Meaning.UNKNOWN,
        Meaning.TOO_FAST,
        Meaning.UNAUTHORISED,
    ):
        return _again(error.message, error.retry_after)
    return _stop(error.message)


def _again(answer: str, retry_after: float | None = None) -> Attempt:
    return Attempt(DeliveryState.PENDING, answer, retry_after)


def _stop(answer: str) -> Attempt:
    return Attempt(DeliveryState.FAILED, answer)
