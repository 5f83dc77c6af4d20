"""Scores come to stand or are refused, and are read as results (AGS 2.0 sections 3.3 and 3.4)."""

import sqlite3
from datetime import datetime
from typing import Any

from lti1p3platform.exceptions import LtiServiceException

from demo_lms.directory import Directory
from demo_lms.gradebook import (
    Column,
    StandingScore,
    find_score,
    list_scores,
    put_score,
)
from demo_lms.people import Course
from demo_lms.score_documents import ScoreDocument, read_score
from demo_lms.score_rules import ScoreRules, is_newer, standing_score


def store_score(
    connection: sqlite3.Connection,
    directory: Directory,
    column: Column,
    rules: ScoreRules,
    score: dict[str, Any],
) -> None:
    """Let a score document stand in a column under the rules of a product.

    Raises LtiServiceException with the product's status: a wrong document, somebody who is not
    graded here, a timestamp that is not new enough.
    """
    document = read_score(score)
    username = _graded_learner(directory, directory.courses[column.course], rules, document)
    if rules.lowest is None and (document.share or 0) < 0:
        raise LtiServiceException("scoreGiven must not be below 0", 400)
    standing = find_score(connection, column.id, username)
    if standing and not is_newer(rules, document.timestamp, standing.timestamp):
        raise LtiServiceException(
            "The timestamp is not newer than the last change of this grade", rules.too_old
        )
    put_score(connection, standing_score(rules, column, document, username, standing))


def _graded_learner(
    directory: Directory, course: Course, rules: ScoreRules, document: ScoreDocument
) -> str:
    person = directory.person_of(document.sub)
    if person is None or person.username not in course.learners:
        status = rules.not_gradable if isinstance(document.sub, str) else 400
        raise LtiServiceException("User not found in course or is not a student", status)
    return person.username


def override_score(
    connection: sqlite3.Connection,
    standing: StandingScore | None,
    *,
    column: Column,
    username: str,
    score: float | None,
    teacher: str,
    now: datetime,
) -> None:
    """Let a teacher's grade stand; ``score`` is in points of the column, None takes it away."""
    put_score(
        connection,
        StandingScore(
            column_id=column.id,
            username=username,
            score=score,
            comment=standing.comment if standing else "",
            activity_progress=standing.activity_progress if standing else "Completed",
            grading_progress="FullyGraded",
            timestamp=now.isoformat(),
            changed_by=teacher,
            published=True,
            submissions=standing.submissions if standing else 0,
        ),
    )


def list_results(
    connection: sqlite3.Connection, directory: Directory, column: Column
) -> list[tuple[str, dict[str, Any]]]:
    """Sub and result document (without its addresses) of whoever has a score in the column."""
    return [
        (
            directory.people[standing.username].sub,
            {
                "resultScore": standing.score,
                "resultMaximum": column.score_maximum,
                "comment": standing.comment,
            },
        )
        for standing in list_scores(connection, column.id)
        if standing.score is not None and standing.username in directory.people
    ]
