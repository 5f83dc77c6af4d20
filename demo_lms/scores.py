"""Score rules in the manner of Moodle 4.5, and results (AGS 2.0 sections 3.3 and 3.4).

A score must be newer than what stands by at least a whole second; anything that is not final, or
has no scoreGiven, erases the standing score; scores are rescaled to the column's maximum and cut
there; only learners of the course have scores.
"""

import sqlite3
from datetime import UTC, datetime
from typing import Any

from lti1p3platform.exceptions import LtiServiceException
from lti1p3platform.score import ActivityProgress, GradeProgress, UpdateScoreStatus

from demo_lms.directory import Directory
from demo_lms.gradebook import Column, StandingScore, find_score, list_scores, put_score
from demo_lms.line_items import finite, positive
from demo_lms.people import Course

FINAL = GradeProgress.FULLYGRADED.value


def store_score(
    connection: sqlite3.Connection,
    directory: Directory,
    course: Course,
    column: Column,
    score: dict[str, Any],
) -> UpdateScoreStatus:
    """Let a score document stand in a column, or say that it is too old.

    Raises LtiServiceException 400 for a document that is wrong or a person who is not graded here.
    """
    username = _graded_learner(directory, course, score.get("userId"))
    new = _read(column, username, score)
    standing = find_score(connection, column.id, username)
    if standing and _second(new.timestamp) <= _second(standing.timestamp):
        return UpdateScoreStatus.OLD_TIMESTAMP
    put_score(connection, new)
    return UpdateScoreStatus.SUCCESS


def _graded_learner(directory: Directory, course: Course, sub: object) -> str:
    person = directory.person_of(sub)
    if person is None or person.username not in course.learners:
        raise LtiServiceException("userId is not a learner of this course", 400)
    return person.username


def _read(column: Column, username: str, score: dict[str, Any]) -> StandingScore:
    comment = score.get("comment") or ""
    if not isinstance(comment, str):
        raise LtiServiceException("comment must be a text", 400)
    given = _rescaled(column, score)
    grading = _one_of(GradeProgress, score.get("gradingProgress"), "gradingProgress")
    return StandingScore(
        column_id=column.id,
        username=username,
        score=given if grading == FINAL else None,
        comment=comment,
        activity_progress=_one_of(
            ActivityProgress, score.get("activityProgress"), "activityProgress"
        ),
        grading_progress=grading,
        timestamp=_timestamp(score.get("timestamp")),
    )


def _rescaled(column: Column, score: dict[str, Any]) -> float | None:
    given, maximum = score.get("scoreGiven"), score.get("scoreMaximum")
    if maximum is not None:
        maximum = positive(maximum, "scoreMaximum")
    if given is None:
        return None
    if maximum is None:
        raise LtiServiceException("scoreGiven needs a scoreMaximum", 400)
    given = finite(given, "scoreGiven")
    if given < 0:
        raise LtiServiceException("scoreGiven must not be below 0", 400)
    return min(float(given) / float(maximum), 1.0) * column.score_maximum


def _one_of(kind: type[ActivityProgress | GradeProgress], value: object, name: str) -> str:
    known = [str(member.value) for member in kind]
    if value not in known:
        raise LtiServiceException(f"{name} must be one of {', '.join(known)}", 400)
    return str(value)


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


def moment(timestamp: str) -> datetime:
    """A stored timestamp in UTC."""
    return datetime.fromisoformat(timestamp).astimezone(UTC)


def _second(timestamp: str) -> int:
    return int(datetime.fromisoformat(timestamp).timestamp())


def list_results(
    connection: sqlite3.Connection, directory: Directory, column: Column, item_url: str
) -> list[dict[str, Any]]:
    """The result documents of a column; an erased score has none."""
    return [
        {
            "id": f"{item_url}/results/{directory.people[standing.username].sub}",
            "scoreOf": item_url,
            "userId": directory.people[standing.username].sub,
            "resultScore": standing.score,
            "resultMaximum": column.score_maximum,
            "comment": standing.comment,
        }
        for standing in list_scores(connection, column.id)
        if standing.score is not None and standing.username in directory.people
    ]
