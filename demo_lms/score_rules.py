"""The rules under which a score comes to stand, in the manner of three products.

Moodle 4.5 (seen running): newer by whole seconds than the last change of the grade, else 409; not
final, or no scoreGiven, erases; cut at 0 and at the maximum; in the column of an activity a
teacher's grade stays. Canvas (its source and documentation): 422 for whoever is no student of the
course, the test student among them; only final scores count; above the maximum is extra credit.
Open edX (lti-consumer-xblock 11.4): an older or equal timestamp is 400; published is only what is
final, above 0 and in a column of a link. Plain is Moodle's without its peculiarities.
"""

from dataclasses import dataclass, replace

from demo_lms.gradebook import Column, StandingScore
from demo_lms.score_documents import ScoreDocument, moment


@dataclass(frozen=True)
class ScoreRules:
    """What one product does; ``stored``, ``too_old`` and ``not_gradable`` are HTTP statuses.

    ``not_final`` says what becomes of the standing grade: it is erased, kept, or the new one
    replaces it unpublished.
    """

    stored: int = 200
    too_old: int = 409
    not_gradable: int = 400
    whole_seconds: bool = True
    lowest: float | None = None
    highest: float | None = 1.0
    not_final: str = "erase"
    teacher_stays: bool = False
    publishes_everything: bool = True


PLAIN = ScoreRules()
RULES = {
    "plain": PLAIN,
    "moodle": replace(PLAIN, lowest=0.0, teacher_stays=True),
    "canvas": replace(PLAIN, not_gradable=422, whole_seconds=False, highest=None, not_final="keep"),
    "openedx": replace(
        PLAIN,
        stored=201,
        too_old=400,
        whole_seconds=False,
        not_final="replace",
        publishes_everything=False,
    ),
}


def is_newer(rules: ScoreRules, timestamp: str, standing: str) -> bool:
    """Whether a score of that time may follow the standing one."""
    new, old = moment(timestamp), moment(standing)
    if rules.whole_seconds:
        return int(new.timestamp()) > int(old.timestamp())
    return new > old


def standing_score(
    rules: ScoreRules,
    column: Column,
    document: ScoreDocument,
    username: str,
    standing: StandingScore | None,
) -> StandingScore:
    """What stands after this score; whether it is new enough has been decided before."""
    if rules.teacher_stays and column.link_id and standing and standing.by_teacher:
        return standing
    score = _points(rules, column, document, standing)
    before = standing.submissions if standing else 0
    return StandingScore(
        column_id=column.id,
        username=username,
        score=score,
        comment=document.comment,
        activity_progress=document.activity_progress,
        grading_progress=document.grading_progress,
        timestamp=document.timestamp,
        changed_by="",
        published=_is_published(rules, column, document, score),
        submissions=before + int(document.new_submission or not standing),
    )


def _points(
    rules: ScoreRules, column: Column, document: ScoreDocument, standing: StandingScore | None
) -> float | None:
    if document.share is None or (not document.is_final and rules.not_final != "replace"):
        return standing.score if standing and rules.not_final == "keep" else None
    share = document.share
    if rules.lowest is not None:
        share = max(share, rules.lowest)
    if rules.highest is not None:
        share = min(share, rules.highest)
    return share * column.score_maximum


def _is_published(
    rules: ScoreRules, column: Column, document: ScoreDocument, score: float | None
) -> bool:
    return rules.publishes_everything or bool(column.link_id and document.is_final and score)
