"""Recording a competency: decided on the server, once, and never taken back silently."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xblock.scorable import Score

from quoin_xblock.attesting import attested_at
from quoin_xblock.evidence import Verdict, grade_of
from quoin_xblock.handing_over import hand_over
from quoin_xblock.learner import Learner
from quoin_xblock.watching import judge


def record(block: Any, learner: Learner, *, now: datetime) -> bool:
    """Look at the course and record what it proves; say whether the competency is newly met.

    Of visitors, staff and masquerades nothing is looked at and nothing is written.
    """
    if not learner.can_record or not block.competency_id or block.is_met:
        return False
    verdict = judge(block, learner)
    _keep(block, verdict)
    if not verdict.is_met:
        return False
    at = attested_at(block, learner) or now
    block.state, block.achieved_at, block.achieved_for = "met", at, block.competency_id
    hand_over(block, learner, grade=grade_of(verdict), at=at)
    block.emit_completion(1.0)
    if block.has_score:
        score = score_of(block)
        grade = {"value": score.raw_earned, "max_value": score.raw_possible}
        block.runtime.publish(block, "grade", {**grade, "only_if_higher": True})
    return True


def _keep(block: Any, verdict: Verdict) -> None:
    found = {"have": verdict.have, "need": verdict.need, "missing": list(verdict.missing[:20])}
    if verdict.score is not None:
        found["score"] = verdict.score
    if found == block.found:
        return
    block.found = found
    # A competency that was met for an earlier choice of the course team stays complete here.
    if not verdict.is_met and block.state != "met" and verdict.have:
        block.emit_completion(verdict.share)


def score_of(block: Any) -> Score:
    """Give the score: all of the weight when it is met, else nothing."""
    return Score(raw_earned=block.weight if block.is_met else 0.0, raw_possible=block.weight)
