"""Score documents as a tool posts them (AGS 2.0 section 3.4): read and checked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lti1p3platform.exceptions import LtiServiceException
from lti1p3platform.score import ActivityProgress, GradeProgress

from demo_lms.line_items import finite, positive

CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"


@dataclass(frozen=True)
class ScoreDocument:
    """``share`` is the part of the maximum that was reached (0.8 for 8 of 10); None: no score.

    ``new_submission`` is what Canvas's extension says; without it every score is a submission.
    """

    sub: object
    share: float | None
    comment: str
    activity_progress: str
    grading_progress: str
    timestamp: str
    new_submission: bool

    @property
    def is_final(self) -> bool:
        """Whether the grade is meant to stand."""
        return self.grading_progress == str(GradeProgress.FULLYGRADED.value)


def read_score(score: dict[str, Any]) -> ScoreDocument:
    """Read a score document; raises LtiServiceException 400 naming the member that is wrong."""
    comment = score.get("comment") or ""
    if not isinstance(comment, str):
        raise LtiServiceException("comment must be a text", 400)
    return ScoreDocument(
        sub=score.get("userId"),
        share=_share(score.get("scoreGiven"), score.get("scoreMaximum")),
        comment=comment,
        activity_progress=_one_of(ActivityProgress, score, "activityProgress"),
        grading_progress=_one_of(GradeProgress, score, "gradingProgress"),
        timestamp=_timestamp(score.get("timestamp")),
        new_submission=_new_submission(score.get(CANVAS_SUBMISSION)),
    )


def _share(given: object, maximum: object) -> float | None:
    whole = None if maximum is None else positive(maximum, "scoreMaximum")
    if given is None:
        return None
    if whole is None:
        raise LtiServiceException("scoreGiven needs a scoreMaximum", 400)
    return finite(given, "scoreGiven") / whole


def _one_of(kind: type[ActivityProgress | GradeProgress], score: dict[str, Any], name: str) -> str:
    known = [str(member.value) for member in kind]
    if score.get(name) not in known:
        raise LtiServiceException(f"{name} must be one of {', '.join(known)}", 400)
    return str(score[name])


def _timestamp(value: object) -> str:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        if at is not None:
            at.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter when its zone pushes it out of the calendar
        at = None
    if at is None or at.tzinfo is None:
        raise LtiServiceException("timestamp must be an ISO 8601 time with its zone", 400)
    return str(value)


def _new_submission(extension: object) -> bool:
    if extension is None:
        return True
    if not isinstance(extension, dict):
        raise LtiServiceException(f"{CANVAS_SUBMISSION} must be an object", 400)
    answer = extension.get("new_submission", True)
    if not isinstance(answer, bool):
        raise LtiServiceException("new_submission must be true or false", 400)
    return answer


def moment(timestamp: str) -> datetime:
    """A stored timestamp in UTC."""
    return datetime.fromisoformat(timestamp).astimezone(UTC)
