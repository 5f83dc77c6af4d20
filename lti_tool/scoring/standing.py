"""Which grade stands in the gradebook, and whether it is ours: a teacher's own grade wins."""

from __future__ import annotations

from decimal import Decimal

from lti_tool.errors import LTIServiceError
from lti_tool.lti.grades import RESULT_READONLY, Result, find_result
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.lti.score_answers import Meaning, sentence
from lti_tool.lti.service_tokens import NOT_GRANTED
from lti_tool.persistence.deliveries import Attempt, DeliveryState
from lti_tool.scoring.jobs import Job

NARROW = Decimal("0.0001")
ROUNDED = Decimal("0.00501")
"""Platforms round to two decimals of the column's own maximum."""

REFUSALS = (400, 403, 404, 405)
KEEPS = "The platform took our score and keeps the other grade; only a teacher can change it there."


def find_override(client: PlatformClient, job: Job, url: str) -> Attempt | None:
    """Return that another grade stands than the one we sent last; None when ours may go out.

    Nobody is asked where the course does not let us read results, or said to send anyway.
    ``LTIServiceError`` when the platform does not answer: a grade is not overwritten unseen.
    """
    if job.is_forced:
        return None
    result = read_standing(client, job, url)
    if result is None or any(is_same(result, share) for share in (*job.sent, job.share)):
        return None
    return overridden(job, result)


def check_forced(client: PlatformClient, job: Job, url: str) -> Attempt | None:
    """Return that the platform kept the other grade although it took ours (Moodle does)."""
    if not job.is_forced:
        return None
    result = read_standing(client, job, url)
    if result is None or is_same(result, job.share):
        return None
    words = f"{_words(job, result)} {KEEPS}"
    return Attempt(DeliveryState.OVERRIDDEN, words, reason=Meaning.OVERRIDDEN)


def read_standing(client: PlatformClient, job: Job, url: str) -> Result | None:
    """Return what stands for the learner, None when nothing does or we may not look."""
    if not job.book.offers(RESULT_READONLY):
        return None
    try:
        return find_result(client, job.book, url, job.score.user_id)
    except LTIServiceError as error:
        if error.code == NOT_GRANTED or error.status in REFUSALS:
            return None
        raise


def is_same(result: Result, share: Decimal) -> bool:
    """Return whether a result is this share of its maximum, as platforms round it."""
    off = abs(result.score - share * result.maximum)
    return off <= max(ROUNDED, NARROW * result.maximum)


def overridden(job: Job, result: Result) -> Attempt:
    """Return that the choice is the teacher's."""
    return Attempt(DeliveryState.OVERRIDDEN, _words(job, result), reason=Meaning.OVERRIDDEN)


def _words(job: Job, result: Result) -> str:
    standing = f"{_number(result.score)} of {_number(result.maximum)}"
    ours = f"{_number(job.share * result.maximum)} of {_number(result.maximum)}"
    return sentence(Meaning.OVERRIDDEN, job.name, standing=standing, ours=ours)


def _number(value: Decimal) -> str:
    text = format(round(value, 2), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
