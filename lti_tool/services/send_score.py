"""Use case: bring one promised score into the platform's gradebook."""

from __future__ import annotations

from datetime import datetime

from lti_tool.errors import LTIServiceError
from lti_tool.lti.grades import RESULT_READONLY, post_score
from lti_tool.lti.http_client import Answer
from lti_tool.lti.platform_client import PlatformClient, retry_after_of
from lti_tool.lti.score_answers import Meaning
from lti_tool.persistence.base import Database
from lti_tool.persistence.deliveries import Attempt
from lti_tool.persistence.score_jobs import is_turn, note_payload
from lti_tool.scoring.columns import look_again, ready_column
from lti_tool.scoring.jobs import APART, Job, prepare
from lti_tool.scoring.standing import (
    check_forced,
    find_override,
    is_same,
    overridden,
    read_standing,
)
from lti_tool.scoring.verdicts import again, attempt_of, failed_call, verdict


def send_score(
    database: Database, client: PlatformClient, delivery_id: int, *, now: datetime
) -> Attempt:
    """Send the score of a delivery and say how that ended.

    Its timestamp is fixed before it is sent first, so that a repetition is the same message.
    The column is looked for before one is made, and its address is noted in a transaction of
    its own: whatever stops in between, nothing is there twice and nothing is lost. What stands
    in the gradebook and is not what we sent last is never overwritten without the teacher.
    """
    with database.writing() as session:
        job = prepare(session, delivery_id, now)
    if isinstance(job, Attempt):
        return job
    try:
        return _send(database, client, job, now)
    except LTIServiceError as error:
        return failed_call(error, job.name)


def _send(database: Database, client: PlatformClient, job: Job, now: datetime) -> Attempt:
    url = ready_column(database, client, job, now)
    if isinstance(url, Attempt):
        return url
    other = find_override(client, job, url)
    if other is not None:
        return other
    with database.writing() as session:
        if not is_turn(session, job.delivery_id):
            return attempt_of(Meaning.SUPERSEDED, job.name)
        # From here on it may stand in the gradebook, whatever we hear of it.
        note_payload(session, job.delivery_id, {**job.payload, "posted": True})
    answer = post_score(client, job.book, url, job.score)
    return _judge(database, client, job, url, answer, now)


def _judge(
    database: Database, client: PlatformClient, job: Job, url: str, answer: Answer, now: datetime
) -> Attempt:
    """Turn the platform's answer into what happens next (lti.md 7.3)."""
    quirks = job.book.quirks
    meaning = quirks.classify(answer.status, answer.body)
    if meaning is Meaning.NOT_FOUND:
        return look_again(database, client, job, url, now)
    if meaning is Meaning.CONFLICT:
        return _conflict(database, client, job, url, now)
    kept = check_forced(client, job, url) if meaning is Meaning.STORED else None
    if kept is not None:
        return kept
    wait = retry_after_of(answer, now) or None
    found = verdict(meaning, job.name, answer.status, answer.body, wait)
    is_linked = job.values.resource_link_id is not None
    remark = quirks.remark_on_stored(is_zero=job.score.given == 0, is_linked=is_linked)
    if meaning is not Meaning.STORED or not remark:
        return found
    return Attempt(found.state, f"{found.answer} {remark}", reason=found.reason)


def _conflict(
    database: Database, client: PlatformClient, job: Job, url: str, now: datetime
) -> Attempt:
    """Find out which grade is newer; ours is sent anew only over nothing or one of our own."""
    if not job.book.offers(RESULT_READONLY):
        return attempt_of(Meaning.CONFLICT, job.name)
    result = read_standing(client, job, url)
    if result is not None and is_same(result, job.share):
        return attempt_of(Meaning.STORED, job.name)
    is_ours = result is None or any(is_same(result, share) for share in job.sent)
    if result is not None and not (is_ours or job.is_forced):
        return overridden(job, result)
    stamp = max(now, job.score.at + APART).isoformat()
    with database.writing() as session:
        payload = {**job.payload, "posted": True, "timestamp": stamp}
        note_payload(session, job.delivery_id, payload)
    return again("An older score stood in the way; this one is sent again.")
